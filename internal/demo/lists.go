package demo

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"

	"fairway/internal/qcert"
	"fairway/internal/trustlist/xades"
)

// Who signs the lists: not authorities, since they issue nothing.
const (
	unionSigner    CA = "lotl-signer"
	nationalSigner CA = "list-signer"
)

// operator publishes both lists.
const operator = "Fairway " + Word + " scheme operator"

// listLife is how long a list counts: TS 119 612 §5.3.15 allows six months.
const listLife = 180 * 24 * time.Hour

// oidListSigning is the extended key usage of who signs trusted lists (TS 119 612 §5.7.1).
var oidListSigning = asn1.ObjectIdentifier{0, 4, 0, 2231, 3, 0}

// foundSigner makes who signs a list: a key with a certificate of its own.
func foundSigner(role CA, from time.Time) (authority, error) {
	key, err := newECKey()
	if err != nil {
		return authority{}, err
	}
	serial, err := qcert.NewSerial()
	if err != nil {
		return authority{}, err
	}
	template, err := qcert.QualifiedAuthority(qcert.Authority{
		Country: country, Organization: operator, CommonName: "Fairway " + Word + " " + string(role),
		NotBefore: from, NotAfter: from.AddDate(rootYears, 0, 0), Serial: serial,
	}, false, key.Public())
	if err != nil {
		return authority{}, err
	}
	template.IsCA, template.KeyUsage = false, x509.KeyUsageDigitalSignature
	template.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidListSigning}
	cert, err := sign(template, authority{template, key}, key.Public())
	return authority{cert, key}, err
}

// LOTLSigner is who signs the list of the lists of Lists. Whoever pins it believes this provider.
func (q *QTSP) LOTLSigner() *x509.Certificate { return q.all[unionSigner].cert }

// IsDemonstration tells whether a list is one of Lists by what it says of its operator. It proves nothing.
func IsDemonstration(listOperator string) bool { return listOperator == operator }

// Lists signs a list of the lists and the one national list that it names, on which the provider's authorities stand: one
// granted for websites, one for eSeals, and one whose status was withdrawn. Their number is that of the day.
func (q *QTSP) Lists(now time.Time) (union, national []byte, err error) {
	now = now.UTC().Truncate(time.Second)
	about := xades.About{Address: q.base + "/", Notice: "This list is for demonstrations. No service on it is qualified under Regulation (EU) No 910/2014."}
	list := xades.List{
		Version: xades.Version, Sequence: now.Unix() / int64(24*time.Hour/time.Second), Territory: country, Operator: operator,
		IssuedAt: now, NextUpdate: now.Add(listLife), Providers: []xades.Provider{{Name: provider, Services: q.services(now)}},
	}
	national, err = xades.Sign(list, about, q.listSigner(nationalSigner, now))
	if err != nil {
		return nil, nil, fmt.Errorf("sign the demonstration's national list: %w", err)
	}
	list.LOTL, list.Territory, list.Providers = true, "EU", nil
	list.Pointers = []xades.Pointer{{Territory: country, Location: q.base + "/list.xml", Signers: [][]byte{q.all[nationalSigner].cert.Raw}}}
	union, err = xades.Sign(list, about, q.listSigner(unionSigner, now))
	if err != nil {
		return nil, nil, fmt.Errorf("sign the demonstration's list of the lists: %w", err)
	}
	return union, national, nil
}

func (q *QTSP) listSigner(role CA, at time.Time) xades.Signer {
	return xades.Signer{Key: q.all[role].key, Certificate: q.all[role].cert, At: at}
}

func (q *QTSP) services(now time.Time) []xades.Service {
	service := func(ca CA, states ...xades.State) xades.Service {
		cert := q.all[ca].cert
		states[len(states)-1].Since = cert.NotBefore
		return xades.Service{Type: xades.TypeCAQC, Name: cert.Subject.CommonName, Certificates: [][]byte{cert.Raw}, States: states}
	}
	return []xades.Service{
		service(Websites, xades.State{Granted: true, Web: true}),
		service(Seals, xades.State{Granted: true, Seal: true}),
		service(Former, xades.State{Since: now.AddDate(-1, 0, 0), Web: true, Seal: true}, xades.State{Granted: true, Web: true, Seal: true}),
	}
}
