package qcert

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func FuzzReadPEM(f *testing.F) {
	leaf := leafPEM()
	for _, seed := range [][]byte{
		leaf, leafDER(), []byte(base64Of(leafDER())), utf16Bytes(string(leaf), binary.LittleEndian, true),
		bytes.ReplaceAll(leaf, []byte("\n"), []byte(`\n`)), bytes.ReplaceAll(leaf, []byte("\n"), []byte(" ")),
		bytes.ReplaceAll(leaf, []byte("-----"), []byte("—–")), append(bytes.Clone(leaf), leaf[:200]...),
		[]byte("-----BEGIN CERTIFICATE-----\n> MIIC\n-----END X-----"), []byte("-----BEGIN PRIVATE KEY-----\nAA=="), []byte("  tls.crt: " + base64Of(leaf)),
	} {
		f.Add(seed)
	}
	for _, der := range keys(f) {
		f.Add(toPEM("CERTIFICATE", der))
	}

	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)

		certs, repairs, err := ReadPEM(data)

		if err == nil {
			if len(certs) == 0 || len(certs) > MaxBlocks || bytes.Contains(before, []byte("-----BEGIN PRIVATE KEY-----")) {
				t.Fatalf("%d certificates", len(certs))
			}
			for _, c := range certs {
				if _, err := Parse(c); err != nil {
					t.Fatalf("read but not parsed: %v", err)
				}
			}
			return
		}
		var r *Refusal
		if !errors.As(err, &r) || r.Code == "" || r.Text == "" || len(certs) != 0 || len(repairs) != 0 {
			t.Fatalf("error %v with %d certificates and repairs %v", err, len(certs), repairs)
		}
		if r.Code == KeyUploaded && len(bytes.Trim(data, "\x00")) != 0 {
			t.Fatal("a key was left in the upload")
		}
		if r.Code != KeyUploaded && !bytes.Equal(data, before) {
			t.Fatal("the upload was changed")
		}
	})
}

func FuzzParse(f *testing.F) {
	a := newFamily(f, ForTPPs)
	for _, kind := range []Kind{QWAC, QSealC} {
		for _, layout := range []Layout{Standard, Bare, Flattened, WithoutPSD2} {
			p := profile(f, kind)
			p.Layout = layout
			f.Add(a.mustIssue(f, p, rsaKey().Public()).Raw)
		}
	}
	f.Add(a.root.Raw)
	f.Add(a.issuing.Raw)
	for _, der := range reference() {
		f.Add(der)
	}

	f.Fuzz(func(t *testing.T, der []byte) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		i, err := Parse(cert)
		if err != nil {
			if len(der) <= MaxUpload {
				t.Fatal(err)
			}
			return
		}

		shown := append([]string{i.Subject, i.Issuer, i.CommonName, i.Organization, i.Country, i.OrganizationIdentifier, i.AuthorisationNumber, i.NCAID, i.NCAName, i.PDS}, i.DNSNames...)
		for _, finding := range CheckProfile(i, cert, i.Kind, instant) {
			shown = append(shown, finding.Text)
		}
		for _, s := range shown {
			if !clean(s) {
				t.Fatalf("unclean text %q", s)
			}
		}
	})
}

// reference is the DER of third parties' certificates, where they are present.
func reference() [][]byte {
	var out [][]byte
	names, _ := filepath.Glob(filepath.Join(os.Getenv("FAIRWAY_TESTDATA"), "qc-certs-zlint", "*.pem")) // the pattern is ours and valid
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if certs, _, err := ReadPEM(data); err == nil {
			out = append(out, certs[0].Raw)
		}
	}
	return out
}

func FuzzQCStatements(f *testing.F) {
	for _, layout := range []Layout{Standard, Bare, Flattened, WithoutPSD2} {
		f.Add(built(f, layout, QWAC, RoleAI, RolePI))
		f.Add(built(f, layout, QSealC, RoleIC))
	}
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Add(statements(part(oidType, in(asn1.SEQUENCE))))

	f.Fuzz(func(t *testing.T, value []byte) {
		s := ReadQCStatements(value)

		if len(s.Findings) > 100 {
			t.Fatalf("%d findings", len(s.Findings))
		}
		for _, finding := range s.Findings {
			if !clean(finding.Text) {
				t.Fatalf("unclean text %q", finding.Text)
			}
		}
		if s.PSD2 == nil {
			return
		}
		if len(s.PSD2.RoleNames) > maxRoles || !clean(s.PSD2.NCAName) || !clean(s.PSD2.NCAID) || !clean(strings.Join(s.PSD2.RoleNames, "")) {
			t.Fatalf("read %+v", s.PSD2)
		}
		if !Failed(s.Findings) && len(s.Findings) == 0 {
			mustRebuild(t, s, value)
		}
	})
}

// mustRebuild builds anew what was read without a finding: the PSD2 statement must come out byte for byte.
func mustRebuild(t *testing.T, s Statements, value []byte) {
	t.Helper()
	if len(s.PSD2.OtherRoles) > 0 || len(s.PSD2.NCAName) > 200 {
		return
	}
	d := declaration{s.Kind, false, "", s.PSD2.Roles, s.PSD2.NCAName, s.PSD2.NCAID}
	if err := d.check(); err != nil {
		t.Fatalf("read without a finding, refused by the builder: %v", err)
	}
	var b cryptobyte.Builder
	addStatement(&b, oidPSD2, func(b *cryptobyte.Builder) { d.addPSD2(b, Standard) })
	if again := b.BytesOrPanic(); !bytes.Contains(value, again) {
		t.Fatalf("%x does not hold %x", value, again)
	}
}
