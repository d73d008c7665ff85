package demo

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Entry is one certificate that the provider issued, and what became of it.
type Entry struct {
	Certificate *x509.Certificate
	// RevokedAt is zero while the certificate is good.
	RevokedAt time.Time
	// Reason is a code of RFC 5280 §5.3.1.
	Reason int
}

// Ledger is what the provider issued to others; its own authorities are not in it.
type Ledger []Entry

// answerLife is how long an answer about revocation counts. It is short, so that whoever tries a revocation sees it.
const answerLife = 10 * time.Minute

// MaxQuestion is the largest question that the responder reads, in bytes; one with a single certificate has about a hundred.
const MaxQuestion = 4 << 10

var errNoAuthority = errors.New("the provider has no such authority")

// CRL is an authority's revocation list in DER: every certificate of it that is revoked (RFC 5280 §5). Its number is the
// time, so that a later list has a larger one.
func (q *QTSP) CRL(ca CA, l Ledger, now time.Time) ([]byte, error) {
	if !slices.Contains(CAs(), ca) {
		return nil, errNoAuthority
	}
	by := q.all[ca]
	list := &x509.RevocationList{Number: big.NewInt(now.UnixMilli()), ThisUpdate: now.UTC(), NextUpdate: now.UTC().Add(answerLife)}
	for _, e := range l {
		if issuer, ok := q.Issuer(e.Certificate); ok && issuer == ca && !e.RevokedAt.IsZero() {
			list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{
				SerialNumber: e.Certificate.SerialNumber, RevocationTime: e.RevokedAt.UTC(), ReasonCode: e.Reason,
			})
		}
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, by.cert, by.key)
	if err != nil {
		return nil, fmt.Errorf("sign the revocation list: %w", err)
	}
	return der, nil
}

// OCSP answers a question about one certificate (RFC 6960), signed by its issuer. What the provider never issued is unknown,
// not good; a question that cannot be read and one about somebody else's certificate have the unsigned answers that the
// standard has for them.
func (q *QTSP) OCSP(question []byte, l Ledger, now time.Time) ([]byte, error) {
	if len(question) > MaxQuestion {
		return ocsp.MalformedRequestErrorResponse, nil
	}
	asked, err := ocsp.ParseRequest(question)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, nil //nolint:nilerr // the answer says it
	}
	by, ok := q.asked(asked)
	if !ok {
		return ocsp.UnauthorizedErrorResponse, nil
	}
	template := ocsp.Response{
		Status: ocsp.Unknown, SerialNumber: asked.SerialNumber, IssuerHash: asked.HashAlgorithm,
		ThisUpdate: now.UTC().Truncate(time.Second), NextUpdate: now.UTC().Truncate(time.Second).Add(answerLife),
	}
	if e, found := q.issued(by.cert, asked.SerialNumber, l); found {
		template.Status = ocsp.Good
		if !e.RevokedAt.IsZero() {
			template.Status, template.RevokedAt, template.RevocationReason = ocsp.Revoked, e.RevokedAt.UTC(), e.Reason
		}
	}
	answer, err := ocsp.CreateResponse(by.cert, by.cert, template, by.key)
	if err != nil {
		return nil, fmt.Errorf("sign the answer: %w", err)
	}
	return answer, nil
}

// asked finds the authority that a question names by the sums of its name and its key.
func (q *QTSP) asked(r *ocsp.Request) (authority, bool) {
	for _, ca := range CAs() {
		by := q.all[ca]
		if bytes.Equal(r.IssuerNameHash, sum(r.HashAlgorithm, by.cert.RawSubject)) && bytes.Equal(r.IssuerKeyHash, sum(r.HashAlgorithm, publicKeyBits(by.cert))) {
			return by, true
		}
	}
	return authority{}, false
}

// issued looks among what the authority issued, the provider's other authorities included.
func (q *QTSP) issued(by *x509.Certificate, serial *big.Int, l Ledger) (Entry, bool) {
	mine := func(c *x509.Certificate) bool {
		return c.SerialNumber.Cmp(serial) == 0 && bytes.Equal(c.RawIssuer, by.RawSubject)
	}
	for _, e := range l {
		if mine(e.Certificate) {
			return e, true
		}
	}
	for _, ca := range CAs() {
		if cert := q.all[ca].cert; mine(cert) {
			return Entry{Certificate: cert}, true
		}
	}
	return Entry{}, false
}

func sum(h crypto.Hash, data []byte) []byte {
	if !h.Available() {
		return nil
	}
	w := h.New()
	_, _ = w.Write(data) // a hash takes everything
	return w.Sum(nil)
}

// publicKeyBits are the contents of the key's bit string, which RFC 6960 §4.1.1 sums up.
func publicKeyBits(cert *x509.Certificate) []byte {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &info); err != nil {
		return nil
	}
	return info.Key.Bytes
}
