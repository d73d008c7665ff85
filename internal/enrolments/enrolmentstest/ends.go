package enrolmentstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"sync"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/qcert"
)

// Ends are when the two certificates of a pair end.
type Ends struct{ QWAC, QSeal time.Time }

// Both makes the two certificates end at the same instant.
func Both(end time.Time) Ends { return Ends{end, end} }

// Submit uploads a pair and hands it in: the enrolment is due at the given instant and its fact is not told.
func Submit(t testing.TB, d *db.DB, s *enrolments.Enrolments, who enrolments.Who, ends Ends, due time.Time) *enrolments.Enrolment {
	t.Helper()
	files := enrolments.Files{QWAC: certificate(t, qcert.QWAC, ends.QWAC), QSeal: certificate(t, qcert.QSealC, ends.QSeal)}
	draft, err := s.Upload(t.Context(), who, 0, files)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.InTx(t.Context(), func(tx db.Tx) error { return submit(tx, draft, who.PersonID, due) }); err != nil {
		t.Fatal(err)
	}
	return Now(t, s, draft)
}

// Now is the enrolment as it stands.
func Now(t testing.TB, s *enrolments.Enrolments, e *enrolments.Enrolment) *enrolments.Enrolment {
	t.Helper()
	now, err := s.ByID(t.Context(), e.OrganisationID, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// Seen is what a reviewer has in front of them.
func Seen(e *enrolments.Enrolment) enrolments.Seen {
	return enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256}
}

// Seals need RSA keys, which are slow to make; the one of these tests is made once.
var sealKey = sync.OnceValues(func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, qcert.MinRSABits) })

func newKey(kind qcert.Kind) (crypto.Signer, error) {
	if kind == qcert.QSealC {
		return sealKey()
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// certificate is one of the sandbox's profile, as PEM.
func certificate(t testing.TB, kind qcert.Kind, end time.Time) []byte {
	t.Helper()
	key, err := newKey(kind)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := qcert.NewSerial()
	if err != nil {
		t.Fatal(err)
	}
	profile := qcert.Profile{
		Kind: kind, Country: "FI", Organization: qcert.SandboxName("Example Oy"), OrganizationIdentifier: qcert.SandboxIdentifier("A1B2C3D4E5"),
		Roles: []qcert.Role{qcert.RoleAI}, NCAName: qcert.SandboxAuthorityName, NCAID: qcert.SandboxAuthority,
		PDSURL: "https://portal.example/pds/en", CRLURL: "https://portal.example/pki/tpp.crl", IssuerURL: "https://portal.example/pki/tpp.cer",
		NotBefore: end.AddDate(-1, 0, 0), NotAfter: end, Serial: serial,
	}
	if kind == qcert.QWAC {
		profile.DNSNames = []string{"example.tpp.sandbox." + qcert.SandboxDomain}
	}
	template, err := qcert.Template(profile, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: pkix.Name{CommonName: "Example CA"}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
