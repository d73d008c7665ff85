package revocation

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

var instant = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// pair is an issuer with its key, and a certificate of it.
func pair(t testing.TB) (cert, issuer *x509.Certificate, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "QTSP CA"}, NotBefore: instant.AddDate(-1, 0, 0), NotAfter: instant.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1},
	}
	issuer = sign(t, template, template, key)
	template = &x509.Certificate{SerialNumber: big.NewInt(0xff), Subject: pkix.Name{CommonName: "tpp.example"}, NotBefore: instant.AddDate(-1, 0, 0), NotAfter: instant.AddDate(1, 0, 0)}
	return sign(t, template, issuer, key), issuer, key
}

func sign(t testing.TB, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestWhatIsHeldIsBounded(t *testing.T) {
	t.Parallel()
	var h held
	name := func(n int) key { return key{cert: [32]byte{byte(n), byte(n >> 8)}} }
	for n := range maxHeld {
		h.keep(name(n), Result{State: Unavailable, CheckedAt: instant})
	}
	later := instant.Add(2 * time.Minute)

	h.keep(name(maxHeld), Result{State: Good, CheckedAt: instant})
	full := len(h.entries)
	h.keep(name(maxHeld+1), Result{State: Good, CheckedAt: later, NextUpdate: later.Add(time.Hour)})
	_, first := h.find(name(maxHeld), later)
	_, second := h.find(name(maxHeld+1), later)

	if full != maxHeld || len(h.entries) > maxHeld || !first || !second {
		t.Errorf("%d, then %d are held; the last two: %v, %v", full, len(h.entries), first, second)
	}
}

// TestEntriesAreReadAsTheStandardLibraryReadsThem makes every kind of entry and compares.
func TestEntriesAreReadAsTheStandardLibraryReadsThem(t *testing.T) {
	t.Parallel()
	cert, issuer, key := pair(t)
	for reason := range 11 {
		list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: instant, NextUpdate: instant.AddDate(0, 0, 1)}
		for n := range int64(400) {
			list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: instant.AddDate(int(n)-20, 0, 0), ReasonCode: reason})
		}
		der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}

		parsed, entries, err := openCRL(der)

		if err != nil || !bytes.Equal(parsed.RawTBSRevocationList, whole.RawTBSRevocationList) || !bytes.Equal(parsed.Signature, whole.Signature) || parsed.SignatureAlgorithm != whole.SignatureAlgorithm {
			t.Fatalf("%v: %+v", err, parsed)
		}
		for _, want := range whole.RevokedCertificateEntries {
			r, err := lookUp(slices.Clone(entries), want.SerialNumber.Bytes())

			if err != nil || (r.State == Revoked) == (reason == ocsp.RemoveFromCRL) || r.State == Revoked && (!r.RevokedAt.Equal(want.RevocationTime) || r.Reason != reasons[want.ReasonCode]) {
				t.Fatalf("%d: %+v, %v", want.SerialNumber, r, err)
			}
		}
		if r, err := lookUp(entries, []byte{1, 0xff}); r.State != Good || err != nil {
			t.Errorf("a serial number that is not there: %+v, %v", r, err)
		}
		if r, err := readCRL(der, cert, issuer, instant); err != nil || (r.State == Revoked) == (reason == ocsp.RemoveFromCRL) {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func FuzzOCSP(f *testing.F) {
	cert, issuer, key := pair(f)
	now := time.Now()
	for status := range 3 {
		for _, embedded := range []*x509.Certificate{nil, issuer} {
			der, err := ocsp.CreateResponse(issuer, issuer, ocsp.Response{Status: status, SerialNumber: cert.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour), RevokedAt: now, Certificate: embedded}, key)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(der)
		}
	}
	f.Add(ocsp.TryLaterErrorResponse)

	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := readOCSP(der, cert, issuer, now)

		if err != nil && r.State != "" || err == nil && r.State != Good && r.State != Revoked {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}

func FuzzCRL(f *testing.F) {
	cert, issuer, key := pair(f)
	for _, entries := range [][]x509.RevocationListEntry{nil, {{SerialNumber: big.NewInt(7), RevocationTime: instant}}, {{SerialNumber: cert.SerialNumber, RevocationTime: instant, ReasonCode: 1}}} {
		list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: instant, NextUpdate: instant.AddDate(0, 0, 1), RevokedCertificateEntries: entries,
			ExtraExtensions: []pkix.Extension{{Id: distributionPoint, Critical: true, Value: []byte{0x30, 3, 0x81, 1, 0xff}}}}
		der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}

	f.Fuzz(func(t *testing.T, der []byte) {
		_, _ = readCRL(der, cert, issuer, instant) // must end
		parsed, entries, err := openCRL(der)
		if err != nil {
			return
		}
		_ = covers(parsed, cert) // must end
		r, err := lookUp(entries, cert.SerialNumber.Bytes())
		whole, other := x509.ParseRevocationList(der)
		if err != nil || other != nil {
			return
		}
		for _, e := range whole.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(cert.SerialNumber) == 0 && e.ReasonCode != ocsp.RemoveFromCRL && r.State != Revoked {
				t.Fatalf("the library finds the certificate, we do not: %+v", r)
			}
		}
	})
}

func BenchmarkLookUpInLongList(b *testing.B) {
	cert, issuer, key := pair(b)
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: instant, NextUpdate: instant.AddDate(0, 0, 1)}
	for n := range int64(400_000) {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(1<<60 + n), RevocationTime: instant, ReasonCode: 1})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(der)))
	b.ReportAllocs()
	for b.Loop() {
		if r, err := readCRL(der, cert, issuer, instant); err != nil || r.State != Good {
			b.Fatal(r, err)
		}
	}
}

func TestWhatIsRememberedOfSlowServersIsBounded(t *testing.T) {
	t.Parallel()
	var r resting
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

	for n := range 3 * maxResting {
		r.was(fmt.Sprintf("OCSP host%d.example", n), true, now)
	}

	if len(r.until) > maxResting {
		t.Errorf("%d servers are remembered", len(r.until))
	}
}

func TestOneQuestionAtATimeFindsOutWhetherASlowServerIsBack(t *testing.T) {
	t.Parallel()
	var r resting
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	r.was("OCSP a.example", true, now)
	later := now.Add(restFor)

	first, second, other := r.may("OCSP a.example", later, time.Second), r.may("OCSP a.example", later, time.Second), r.may("CRL a.example", later, time.Second)

	if !first || second || !other {
		t.Errorf("the first %v, another at the same time %v, another role %v", first, second, other)
	}
}
