package qcert

import (
	"crypto/x509"
	"slices"
	"testing"
	"time"
)

// qualified is a profile as a provider issues it; tests change what they are about.
func qualified(t testing.TB, kind Kind) Profile {
	t.Helper()
	p := profile(t, kind)
	p.Organization, p.OrganizationIdentifier = "Example Oy", "PSDFI-FINFSA-1234567-8"
	p.NCAName, p.NCAID = "Finnish Financial Supervisory Authority", "FI-FINFSA"
	if kind == QWAC {
		p.DNSNames = []string{"tpp.example.com"}
	}
	return p
}

func mustQualify(t testing.TB, p Profile) *x509.Certificate {
	t.Helper()
	a := Authority{
		Country: "FI", Organization: "Example Trust Oy", CommonName: "Example CA", CRLURL: "http://ca.example.com/root.crl",
		NotBefore: instant.Add(-time.Hour), NotAfter: instant.AddDate(2, 0, 0), Serial: mustSerial(t),
	}
	issuing, err := QualifiedAuthority(a, true, caKey().Public())
	must(t, err)
	template, err := QualifiedTemplate(p, rsaKey().Public())
	must(t, err)
	return mustSign(t, template, issuing, caKey())
}

func TestAQualifiedCertificateHasNoFindingInLive(t *testing.T) {
	t.Parallel()
	for kind, policy := range map[Kind]string{QWAC: "0.4.0.19495.3.1", QSealC: "0.4.0.194112.1.1"} {
		cert := mustQualify(t, qualified(t, kind))
		i := mustParse(t, cert)

		if got := CheckProfile(i, cert, kind, instant); len(got) != 0 {
			t.Errorf("%s: %v", kind, got)
		}
		if len(cert.Policies) != 1 || cert.Policies[0].String() != policy || i.Sandbox || i.OnDevice {
			t.Errorf("%s: policies %v, sandbox %v, on a device %v", kind, cert.Policies, i.Sandbox, i.OnDevice)
		}
	}
}

func TestASealOnADeviceSaysSoAndHasItsPolicy(t *testing.T) {
	t.Parallel()
	p := qualified(t, QSealC)
	p.OnDevice = true

	cert := mustQualify(t, p)

	if !mustParse(t, cert).OnDevice || cert.Policies[0].String() != "0.4.0.194112.1.3" {
		t.Errorf("policies %v", cert.Policies)
	}
}

func TestQualifiedTemplatesRefuseWhatNoProviderIssues(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*Profile){
		"a name of one label":  func(p *Profile) { p.DNSNames = []string{"localhost"} },
		"a name in capitals":   func(p *Profile) { p.DNSNames = []string{"TPP.example.com"} },
		"a wildcard":           func(p *Profile) { p.DNSNames = []string{"*.example.com"} },
		"a notice":             func(p *Profile) { p.PolicyNotice = "for tests" },
		"a website's device":   func(p *Profile) { p.OnDevice = true },
		"an unknown character": func(p *Profile) { p.Organization = "Ex\u202eample" },
	} {
		p := qualified(t, QWAC)
		spoil(&p)

		if _, err := QualifiedTemplate(p, rsaKey().Public()); err == nil {
			t.Errorf("%s: the template was built", what)
		}
	}
}

func TestTheSandboxClaimsNoDevice(t *testing.T) {
	t.Parallel()
	p := profile(t, QSealC)
	p.OnDevice = true

	if _, err := Template(p, rsaKey().Public()); err == nil {
		t.Error("the template was built")
	}
}

func TestLayoutsThatAreBrokenOnPurposeAreFound(t *testing.T) {
	t.Parallel()
	for layout, code := range map[Layout]string{
		Bare: QCEncoding, Flattened: QCEncoding, WithoutPSD2: QCPSD2Missing, WithoutCompliance: QCNotQualified, Misnamed: RoleMismatch,
	} {
		p := qualified(t, QSealC)
		p.Layout = layout

		i := mustParse(t, mustQualify(t, p))

		if level(i.Findings, code) != LevelError {
			t.Errorf("layout %d: %v", layout, i.Findings)
		}
		if layout == Misnamed && !slices.Equal(i.Roles, []Role{RoleAI, RolePI}) {
			t.Errorf("misnamed: roles %v", i.Roles)
		}
	}
}
