package revocation_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"

	"fairway/internal/revocation"
)

func TestAListIsAskedWhereThereIsNoResponder(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(withoutOCSP)
	q.set(nil, serving(q.signedList(q.revokedList(big.NewInt(7)), q.ca)))

	r := q.check(cert)

	want := revocation.Result{
		State: revocation.Good, Source: revocation.CRL, URL: q.url + "/crl", Responder: "CN=QTSP CA,O=QTSP,C=FI",
		ThisUpdate: q.now.Add(-time.Hour), NextUpdate: q.now.Add(time.Hour), CheckedAt: q.now,
		Sentence: "Not revoked: it is not on the QTSP’s list of " + q.now.Add(-time.Hour).Format("2 Jan 2006, 15:04 UTC") + ".",
	}
	if !same(r, want) {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
}

func TestAnEntryOfTheListSaysWhenAndWhy(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	for reason, words := range map[int]string{0: "", 1: "key compromise", 6: "on hold", 9: "privilege withdrawn"} {
		cert := q.leaf(withoutOCSP)
		list := q.revokedList(big.NewInt(7), cert.SerialNumber, big.NewInt(8))
		list.RevokedCertificateEntries[1].ReasonCode = reason
		q.set(nil, serving(q.signedList(list, q.ca)))

		r := q.check(cert)

		if r.State != revocation.Revoked || r.Source != revocation.CRL || !r.RevokedAt.Equal(q.now.Add(-2*time.Hour)) || r.Reason != words || !strings.HasPrefix(r.Sentence, "Revoked on ") {
			t.Errorf("%d: %+v", reason, r)
		}
	}
}

// list is a revocation list that a test publishes; revoking tells whether it names the certificate.
type list struct {
	name   string
	change func(q *qtsp, l *x509.RevocationList)
	state  revocation.State
	note   string
}

var (
	deltaIndicator = pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}
	strange        = pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	strangeNote    = pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}
)

// point is an IssuingDistributionPoint with these flags by their tags, for the list at an address or for any.
func point(address string, flags ...uint8) pkix.Extension {
	var b cryptobyte.Builder
	context := func(n uint8) tags.Tag { return tags.Tag(n).ContextSpecific() }
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		if address != "" {
			b.AddASN1(context(0).Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(context(0).Constructed(), func(b *cryptobyte.Builder) {
					b.AddASN1(context(6), func(b *cryptobyte.Builder) { b.AddBytes([]byte(address)) })
				})
			})
		}
		for _, n := range flags {
			if n == 3 { // reasons are a bit string
				b.AddASN1(context(3), func(b *cryptobyte.Builder) { b.AddBytes([]byte{6, 0x40}) })
				continue
			}
			b.AddASN1(context(n), func(b *cryptobyte.Builder) { b.AddUint8(0xff) })
		}
	})
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: b.BytesOrPanic()}
}

func extended(e func(q *qtsp) pkix.Extension) func(*qtsp, *x509.RevocationList) {
	return func(q *qtsp, l *x509.RevocationList) { l.ExtraExtensions = append(l.ExtraExtensions, e(q)) }
}

func pointed(path string, flags ...uint8) func(*qtsp, *x509.RevocationList) {
	return extended(func(q *qtsp) pkix.Extension {
		if path == "" {
			return point("", flags...)
		}
		return point(q.url+path, flags...)
	})
}

// entered changes the entry of another certificate.
func entered(change func(*x509.RevocationListEntry)) func(*qtsp, *x509.RevocationList) {
	return func(_ *qtsp, l *x509.RevocationList) { change(&l.RevokedCertificateEntries[0]) }
}

func TestListsAreHeldAgainstTheStandard(t *testing.T) {
	t.Parallel()
	for _, l := range []list{
		{"empty", func(_ *qtsp, l *x509.RevocationList) { l.RevokedCertificateEntries = nil }, revocation.Good, ""},
		{"four minutes late", func(q *qtsp, l *x509.RevocationList) { l.NextUpdate = q.now.Add(-4 * time.Minute) }, revocation.Good, ""},
		{"for the certificate's own address", pointed("/crl"), revocation.Good, ""},
		{"of users", pointed("", 1), revocation.Good, ""},
		{"with a note", extended(func(*qtsp) pkix.Extension { return strangeNote }), revocation.Good, ""},
		{"with an entry that was removed", entered(func(e *x509.RevocationListEntry) { e.ReasonCode = 8 }), revocation.Good, ""},
		{"stale", func(q *qtsp, l *x509.RevocationList) { l.NextUpdate = q.now.Add(-6 * time.Minute) }, revocation.Unavailable, "out of date"},
		{"from the future", func(q *qtsp, l *x509.RevocationList) { l.ThisUpdate = q.now.Add(6 * time.Minute) }, revocation.Unavailable, "from the future"},
		{"of changes", extended(func(*qtsp) pkix.Extension { return deltaIndicator }), revocation.Unavailable, "of changes only"},
		{"of several issuers", pointed("", 4), revocation.Unavailable, "of several issuers"},
		{"of authorities", pointed("", 2), revocation.Unavailable, "of other certificates"},
		{"of attributes", pointed("", 5), revocation.Unavailable, "of other certificates"},
		{"of some reasons", pointed("", 3), revocation.Unavailable, "of other certificates"},
		{"for another address", pointed("/other"), revocation.Unavailable, "of other certificates"},
		{"with a spoilt point", extended(func(*qtsp) pkix.Extension {
			return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: []byte{4, 0}}
		}), revocation.Unavailable, "cannot be read"},
		{"with a strange critical extension", extended(func(*qtsp) pkix.Extension { return strange }), revocation.Unavailable, "critical extension"},
		{"with another issuer's entry", entered(func(e *x509.RevocationListEntry) {
			e.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
		}), revocation.Unavailable, "critical extension"},
		{"signed on SHA-1", func(_ *qtsp, l *x509.RevocationList) { l.SignatureAlgorithm = x509.ECDSAWithSHA1 }, revocation.Unavailable, "too weak"},
	} {
		q := newQTSP(t)
		cert := q.leaf(withoutOCSP)
		template := q.revokedList(big.NewInt(7), big.NewInt(8))
		l.change(q, template)
		q.set(nil, serving(q.signedList(template, q.ca)))

		r := q.check(cert)

		if r.State != l.state || (l.note != "" && (len(r.Notes) != 1 || !strings.Contains(r.Notes[0], l.note))) {
			t.Errorf("%s: %+v", l.name, r)
		}
	}
}

func TestAListOfUsersSaysNothingOfAnAuthority(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	for flag, state := range map[uint8]revocation.State{1: revocation.Unavailable, 2: revocation.Good} {
		below := q.leaf(func(c *x509.Certificate) {
			withoutOCSP(c)
			c.IsCA, c.BasicConstraintsValid = true, true
		})
		template := q.revokedList()
		pointed("", flag)(q, template)
		q.set(nil, serving(q.signedList(template, q.ca)))

		if r := q.check(below); r.State != state {
			t.Errorf("flag %d: %+v", flag, r)
		}
	}
}

func TestAnEntryThatWasRemovedRevokesNothing(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(withoutOCSP)
	template := q.revokedList(cert.SerialNumber)
	template.RevokedCertificateEntries[0].ReasonCode = 8
	q.set(nil, serving(q.signedList(template, q.ca)))

	if r := q.check(cert); r.State != revocation.Good {
		t.Errorf("%+v", r)
	}
}

func TestListsOfOthersOrOfNobodyDoNotCount(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(withoutOCSP)
	good := q.signedList(q.revokedList(cert.SerialNumber), q.ca)
	other := newAuthority(t, "Another CA", otherKey(), q.now)
	namesake := newAuthority(t, "QTSP CA", otherKey(), q.now)
	cut := append([]byte(nil), good...)
	cut[len(cut)-3] ^= 1
	for name, c := range map[string]struct {
		body []byte
		note string
	}{
		"another issuer's":        {q.signedList(q.revokedList(cert.SerialNumber), other), "of another issuer"},
		"a namesake's":            {q.signedList(q.revokedList(cert.SerialNumber), namesake), "whose signature is not the issuer’s"},
		"changed on the way":      {cut, "whose signature is not the issuer’s"},
		"a byte too many":         {append(good[:len(good):len(good)], 0), "cannot be read"},
		"a byte too few":          {good[:len(good)-1], "cannot be read"},
		"a page":                  {[]byte("<html>"), "cannot be read"},
		"nothing":                 {nil, "cannot be read"},
		"deep garbage":            {[]byte(strings.Repeat("\x30\x80", 1<<20)), "cannot be read"},
		"an OCSP answer":          {q.signed(q.response(cert), q.ca), "cannot be read"},
		"more than 20 MiB":        {make([]byte, 20<<20+1), "too large"},
		"20 MiB without contents": {make([]byte, 20<<20), "cannot be read"},
	} {
		fresh := q.leaf(withoutOCSP)
		q.set(nil, serving(c.body))

		r := q.check(fresh)

		if r.State != revocation.Unavailable || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "CRL: "+q.url+"/crl ") || !strings.Contains(r.Notes[0], c.note) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestAnIssuerThatMayNotSignListsIsNotBelieved(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: q.ca.cert.Subject, NotBefore: q.now.Add(-time.Hour), NotAfter: q.now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	same := mustSign(t, template, template, q.ca.key.Public(), q.ca.key)
	q.set(nil, serving(q.signedList(q.revokedList(), q.ca)))

	r, err := q.checker.Check(t.Context(), q.leaf(withoutOCSP), same)

	if err != nil || r.State != revocation.Unavailable || !strings.Contains(r.Notes[0], "not for signing lists") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestALongListIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(withoutOCSP)
	var serials []*big.Int
	for n := range 50_000 {
		serials = append(serials, big.NewInt(1<<40+int64(n)))
	}
	body := q.signedList(q.revokedList(append(serials, cert.SerialNumber)...), q.ca)
	q.set(nil, serving(body))

	r := q.check(cert)

	if r.State != revocation.Revoked {
		t.Errorf("%d bytes: %+v", len(body), r)
	}
}

func TestTheSecondListIsAskedWhereTheFirstIsMissing(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(func(c *x509.Certificate) {
		c.OCSPServer = nil
		c.CRLDistributionPoints = []string{q.url + "/missing", q.url + "/crl"}
	})
	body := q.signedList(q.revokedList(cert.SerialNumber), q.ca)
	q.set(nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(body)
	})

	r := q.check(cert)

	if r.State != revocation.Revoked || r.URL != q.url+"/crl" || len(r.Notes) != 1 || r.Notes[0] != "CRL: "+q.url+"/missing answered with HTTP status 404." {
		t.Errorf("%+v", r)
	}
}
