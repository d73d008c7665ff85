// Package zlint holds the sandbox's certificates against zlint's rules. It is a module of its own, so that the product's
// module does not depend on a linter.
package zlint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"

	"fairway/internal/qcert"
)

// authority is an issuing CA with its key.
type authority struct {
	root, cert *x509.Certificate
	key        crypto.Signer
}

func newAuthority(t *testing.T, use qcert.Use) authority {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	a := qcert.Authority{
		Country: "FI", Organization: "Fairway SANDBOX", CommonName: "Fairway Sandbox Root",
		NotBefore: time.Now(), NotAfter: time.Now().AddDate(10, 0, 0), Serial: must(qcert.NewSerial())(t),
	}
	template := must(qcert.RootTemplate(a, key.Public()))(t)
	root := sign(t, template, template, key)

	a.CommonName, a.Serial, a.NotAfter = "Fairway Sandbox CA", must(qcert.NewSerial())(t), time.Now().AddDate(5, 0, 0)
	a.CRLURL, a.IssuerURL = "http://portal.example.com/pki/root.crl", "http://portal.example.com/pki/root.cer"
	template = must(qcert.IssuingTemplate(a, use, key.Public()))(t)
	return authority{root: root, cert: sign(t, template, root, key), key: key}
}

// issue makes one certificate of the sandbox.
func (a authority) issue(t *testing.T, kind qcert.Kind, layout qcert.Layout, pub crypto.PublicKey) *x509.Certificate {
	t.Helper()
	p := qcert.Profile{
		Kind: kind, Layout: layout, Country: "FI", Organization: qcert.SandboxName("Example Oy"),
		OrganizationIdentifier: qcert.SandboxIdentifier("A1B2C3D4E5"), Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI, qcert.RoleIC},
		NCAName: qcert.SandboxAuthorityName, NCAID: qcert.SandboxAuthority, PDSURL: "https://auth.example.com/pki/pds",
		CRLURL: "http://portal.example.com/pki/tpp.crl", IssuerURL: "http://portal.example.com/pki/tpp.cer",
		NotBefore: time.Now().Add(-5 * time.Minute), NotAfter: time.Now().AddDate(0, 0, 90), Serial: must(qcert.NewSerial())(t),
	}
	if kind == qcert.QWAC {
		p.DNSNames = []string{"example.tpp.sandbox.invalid"}
	}
	return sign(t, must(qcert.Template(p, pub))(t), a.cert, a.key)
}

func sign(t *testing.T, template, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der := must(x509.CreateCertificate(rand.Reader, template, parent, template.PublicKey, key))(t)
	return must(x509.ParseCertificate(der))(t)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// result is what one lint said.
type result struct {
	name, details string
	source        lint.LintSource
	status        lint.LintStatus
}

func lintAll(t *testing.T, cert *x509.Certificate) []result {
	t.Helper()
	parsed := must(zx509.ParseCertificate(cert.Raw))(t)
	var out []result
	for name, r := range zlint.LintCertificate(parsed).Results {
		out = append(out, result{name, r.Details, source(name), r.Status})
	}
	slices.SortFunc(out, func(a, b result) int { return strings.Compare(a.name, b.name) })
	return out
}

func source(name string) lint.LintSource {
	if l := lint.GlobalRegistry().CertificateLints().ByName(name); l != nil {
		return l.Source
	}
	return ""
}

// pair is the sandbox's set: QWACs of both kinds of key, and a seal.
func pair(t *testing.T) map[string]*x509.Certificate {
	t.Helper()
	a := newAuthority(t, qcert.ForTPPs)
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	ecKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	return map[string]*x509.Certificate{
		"QWAC with RSA":   a.issue(t, qcert.QWAC, qcert.Standard, rsaKey.Public()),
		"QWAC with P-256": a.issue(t, qcert.QWAC, qcert.Standard, ecKey.Public()),
		"eSeal":           a.issue(t, qcert.QSealC, qcert.Standard, rsaKey.Public()),
	}
}

func TestSandboxPairPassesEveryETSILint(t *testing.T) {
	t.Parallel()
	mustPass := []string{
		"e_qcstatem_psd2_valid", "e_qcstatem_psd2_roles_valid", "e_qcstatem_psd2_roles_present", "e_qcstatem_psd2_ncaid_format",
		"e_qcstatem_psd2_ncaname_valid", "w_qcstatem_psd2_orgid_format", "e_qcstatem_qccompliance_valid", "e_qcstatem_qctype_oneonly",
		"e_qcstatem_qcpds_valid", "e_qcstatem_pds_must_have_https_only", "e_qcstatem_mandatory_etsi_statems",
	}
	for what, cert := range pair(t) {
		var passed []string
		for _, r := range lintAll(t, cert) {
			if r.source == lint.EtsiEsi && r.status != lint.Pass && r.status != lint.NA && r.status != lint.NE {
				t.Errorf("%s: %s is %s: %s", what, r.name, r.status, r.details)
			}
			if slices.Contains(mustPass, r.name) && r.status == lint.Pass {
				passed = append(passed, r.name)
			}
		}
		for _, name := range mustPass {
			if !slices.Contains(passed, name) {
				t.Errorf("%s: %s has not passed", what, name)
			}
		}
	}
}

// publicOnly are the CA/Browser Forum's rules for publicly trusted websites that the sandbox breaks on purpose.
var publicOnly = map[string]string{
	"e_dnsname_not_valid_tld":                          "names lie below .invalid so that none can exist",
	"e_policy_qualifiers_other_than_cps_not_permitted": "the notice says that the certificate is not qualified",
	"e_sub_cert_locality_name_must_appear":             "ETSI asks for no locality",
	"e_sub_cert_province_must_appear":                  "ETSI asks for no province",
	"e_sub_cert_eku_missing":                           "a seal is for no TLS use",
	"e_ext_san_missing":                                "a seal has no DNS name",
	"e_subject_common_name_not_exactly_from_san":       "a seal's common name is the company's",
	"e_dnsname_bad_character_in_label":                 "the same: it is no DNS name",
	"e_invalid_ca_certificate_policies":                "the sandbox's CA issues under the sandbox's policy only",
	"e_sub_ca_certificate_policies_missing":            "the servers' CA issues under no policy",
}

func TestSandboxBreaksOnlyRulesForPublicWebsites(t *testing.T) {
	t.Parallel()
	all := pair(t)
	for what, use := range map[string]qcert.Use{"TPP CA": qcert.ForTPPs, "server CA": qcert.ForServers} {
		a := newAuthority(t, use)
		all[what], all[what+"'s root"] = a.cert, a.root
	}

	for what, cert := range all {
		for _, r := range lintAll(t, cert) {
			if r.status != lint.Error && r.status != lint.Fatal {
				continue
			}
			if _, known := publicOnly[r.name]; !known || r.source != lint.CABFBaselineRequirements {
				t.Errorf("%s: %s of %s is %s: %s", what, r.name, r.source, r.status, r.details)
			}
		}
	}
}

func TestLayoutsThatAreBrokenOnPurposeFail(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, qcert.ForTPPs)
	key := must(rsa.GenerateKey(rand.Reader, 2048))(t)

	results := lintAll(t, a.issue(t, qcert.QSealC, qcert.Flattened, key.Public()))
	if !slices.ContainsFunc(results, func(r result) bool { return r.source == lint.EtsiEsi && r.status == lint.Error }) {
		t.Error("flattened: no ETSI lint objects")
	}

	if _, err := zx509.ParseCertificate(a.issue(t, qcert.QSealC, qcert.Bare, key.Public()).Raw); err == nil {
		t.Error("bare: the linter can read it")
	}
}
