package qcert

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // to make what must be refused
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	mathrand "math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// request makes a request with a key as OpenSSL does.
func request(t testing.TB, key crypto.Signer, template x509.CertificateRequest) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &template, key)
	must(t, err)
	return der
}

// wanted is a good request for a profile: all that the profile says, and the statements.
func wanted(t testing.TB, p Profile) x509.CertificateRequest {
	t.Helper()
	statements, err := QCStatements(p.Kind, true, "", p.Roles, p.NCAName, p.NCAID)
	must(t, err)
	usage := pkix.Extension{Id: asn1OID(oidKeyUsage), Critical: true, Value: []byte{3, 2, 6, 0xc0}}
	r := x509.CertificateRequest{Subject: orderedName(oidCountry, p.Country, oidOrganization, p.Organization, oidOrgID, p.OrganizationIdentifier, oidCommonName, p.CommonName),
		ExtraExtensions: []pkix.Extension{statements, usage}}
	if p.Kind == QWAC {
		r.DNSNames = p.DNSNames
		r.ExtraExtensions = append(r.ExtraExtensions, pkix.Extension{Id: asn1OID(oidExtKeyUsage), Value: []byte("\x30\x14\x06\x08" + oidServerAuth + "\x06\x08" + oidClientAuth)})
	}
	return r
}

// applicant is what is issued for the requests of these tests.
func applicant(t testing.TB, kind Kind) Profile {
	t.Helper()
	p := profile(t, kind)
	if kind == QWAC {
		p.DNSNames = p.DNSNames[:1]
	}
	must(t, p.completeNames())
	return p
}

func mustRead(t testing.TB, der []byte) *x509.CertificateRequest {
	t.Helper()
	r, _, err := ReadRequest(toPEM("CERTIFICATE REQUEST", der))
	must(t, err)
	return r
}

func TestAGoodRequestPassesEveryRule(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{QWAC, QSealC} {
		p := applicant(t, kind)
		r := mustRead(t, request(t, rsaKey(), wanted(t, p)))

		lines := RequestChecklist(r, p)

		if len(lines) != len(requestRules) || len(LintRequest(r, p)) != 0 {
			t.Errorf("%s: %+v", kind, LintRequest(r, p))
		}
		for _, c := range lines {
			if c.Level != LevelPassed || c.Title == "" || c.Rule == "" || c.Expected == "" || c.Found == "" {
				t.Errorf("%s: %+v", kind, c)
			}
		}
	}
}

func TestARequestWithNothingButItsKeyGetsNotes(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{QWAC, QSealC} {
		found := LintRequest(mustRead(t, request(t, rsaKey(), x509.CertificateRequest{})), applicant(t, kind))

		if len(found) < 5 || slices.ContainsFunc(found, func(f Finding) bool { return f.Level != LevelNote }) {
			t.Errorf("%s: %+v", kind, found)
		}
	}
}

// flaw is one thing that is wrong with a request.
type requestFlaw struct {
	name        string
	kind        Kind
	change      func(r *x509.CertificateRequest)
	code, level string
	field       string
}

func extra(oid, value string, critical bool) func(*x509.CertificateRequest) {
	return func(r *x509.CertificateRequest) {
		kept := slices.DeleteFunc(r.ExtraExtensions, func(e pkix.Extension) bool { return oidBytes(e.Id) == oid })
		r.ExtraExtensions = append(kept, pkix.Extension{Id: asn1OID(oid), Critical: critical, Value: []byte(value)})
	}
}

func subject(pairs ...string) func(*x509.CertificateRequest) {
	return func(r *x509.CertificateRequest) { r.Subject = orderedName(pairs...) }
}

func layout(t *testing.T, l Layout, d declaration) func(*x509.CertificateRequest) {
	t.Helper()
	e, err := layOut(l, d)
	must(t, err)
	return extra(oidQCStatements, string(e.Value), false)
}

func requestFlaws(t *testing.T) []requestFlaw {
	t.Helper()
	web := declaration{kind: QWAC, roles: []Role{RoleAI, RolePI}, ncaName: SandboxAuthorityName, ncaID: SandboxAuthority}
	seal, others, finland := web, web, web
	seal.kind, others.roles = QSealC, []Role{RoleIC}
	finland.ncaName, finland.ncaID = "Finanssivalvonta", "FI-FINFSA"
	good := func(o, id string) []string {
		return []string{oidCountry, "FI", oidOrganization, o, oidOrgID, id, oidCommonName, "example.tpp.sandbox.invalid"}
	}
	ours := SandboxIdentifier("A1B2C3D4E5")
	return []requestFlaw{
		{"another organisation of the sandbox", QWAC, subject(good("Example Oy", SandboxIdentifier("ZZZZZZZZZZ"))...), RequestIdentifier, LevelError, "organizationIdentifier"},
		{"the identifier of Live", QWAC, subject(good("Example Oy", "PSDFI-FINFSA-1234567-8")...), RequestIdentifier, LevelWarning, "organizationIdentifier"},
		{"no identifier's form", QWAC, subject(good("Example Oy", "1234567-8")...), RequestIdentifier, LevelWarning, "organizationIdentifier"},
		{"another name", QWAC, subject(good("Other Oy", ours)...), RequestSubject, LevelWarning, "O"},
		{"markup", QWAC, subject(good("<script>alert(1)</script>", ours)...), RequestSubject, LevelWarning, "O"},
		{"letters that run backwards", QWAC, subject(good("Example \u202eyO", ours)...), RequestSubject, LevelError, "subject"},
		{"a NUL", QWAC, subject(good("Example\x00Oy", ours)...), RequestSubject, LevelError, "subject"},
		{"10,000 characters", QWAC, subject(good(strings.Repeat("x", 10_000), ours)...), RequestSubject, LevelError, "subject"},
		{"two names", QWAC, subject(append(good("Example Oy", ours), oidOrganization, "Example Oy")...), RequestSubject, LevelWarning, "O"},
		{"the eSeal's field", QWAC, layout(t, Standard, seal), RequestKind, LevelError, "qcStatements"},
		{"bare statements", QWAC, layout(t, Bare, web), RequestStatements, LevelWarning, "qcStatements"},
		{"flattened roles", QWAC, layout(t, Flattened, web), RequestStatements, LevelWarning, "roles"},
		{"misnamed roles", QWAC, layout(t, Misnamed, web), RequestRoles, LevelWarning, "roles"},
		{"statements that are none", QWAC, extra(oidQCStatements, "\x30\x03abc", false), RequestStatements, LevelWarning, "qcStatements"},
		{"other roles", QWAC, layout(t, Standard, others), RequestRoles, LevelWarning, "roles"},
		{"the authority of Live", QWAC, layout(t, Standard, finland), RequestAuthority, LevelWarning, "NCAId"},
		{"a CA", QWAC, extra(oidBasicConstraints, "\x30\x03\x01\x01\xff", true), RequestCA, LevelError, "basicConstraints"},
		{"a CA's key usage", QSealC, extra(oidKeyUsage, "\x03\x02\x01\x06", true), RequestCA, LevelError, "keyUsage"},
		{"key agreement alone", QWAC, extra(oidKeyUsage, "\x03\x02\x03\x08", true), RequestUsage, LevelWarning, "keyUsage"},
		{"an eSeal for TLS", QSealC, extra(oidExtKeyUsage, "\x30\x0a\x06\x08"+oidServerAuth, false), RequestUsage, LevelWarning, "extKeyUsage"},
		{"a QWAC for code", QWAC, extra(oidExtKeyUsage, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03", false), RequestUsage, LevelWarning, "extKeyUsage"},
		{"a public name", QWAC, func(r *x509.CertificateRequest) { r.DNSNames = []string{"www.example.com"} }, RequestNames, LevelWarning, "subjectAltName"},
		{"another name below .invalid", QWAC, func(r *x509.CertificateRequest) { r.DNSNames = []string{"other.invalid"} }, RequestNames, LevelWarning, "subjectAltName"},
		{"an address", QWAC, func(r *x509.CertificateRequest) { r.DNSNames, r.IPAddresses = nil, []net.IP{{192, 0, 2, 1}} }, RequestNames, LevelWarning, "subjectAltName"},
		{"an eSeal with hosts", QSealC, func(r *x509.CertificateRequest) { r.DNSNames = []string{"a.invalid"} }, RequestNames, LevelWarning, "subjectAltName"},
		{"an unknown critical extension", QSealC, extra("\x2a\x03\x04", "\x05\x00", true), RequestExtension, LevelError, "extensions"},
		{"an unknown extension", QSealC, extra("\x2a\x03\x04", "\x05\x00", false), RequestExtension, LevelNote, "extensions"},
	}
}

func TestWhatIsWrongWithARequestIsFoundUnderItsRule(t *testing.T) {
	t.Parallel()
	for _, c := range requestFlaws(t) {
		p := applicant(t, c.kind)
		template := wanted(t, p)
		c.change(&template)
		r := mustRead(t, request(t, rsaKey(), template))

		found := LintRequest(r, p)

		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == c.code && f.Level == c.level && f.Field == c.field }) {
			t.Errorf("%s: %+v", c.name, found)
		}
		inLines := 0
		for _, line := range RequestChecklist(r, p) {
			inLines += len(line.Findings)
		}
		if inLines != len(found) {
			t.Errorf("%s: %d findings, %d in the check list", c.name, len(found), inLines)
		}
		for _, f := range found {
			if strings.ContainsAny(f.Text, "\x00\u202e") || len(f.Text) > 700 || strings.Contains(f.Text, "QTSP") {
				t.Errorf("%s: not fit to show: %q", c.name, f.Text)
			}
		}
	}
}

func TestAKeyIsJudgedBeforeItsSignatureIs(t *testing.T) {
	t.Parallel()
	good := request(t, rsaKey(), x509.CertificateRequest{})
	forged := bytes.Clone(good)
	forged[len(forged)-1] ^= 1
	cases := []struct {
		name string
		der  []byte
		kind Kind
		code string
	}{
		{"a signature of nobody", forged, QWAC, RequestSignature},
		{"a small key", request(t, newRSA(1024), x509.CertificateRequest{}), QWAC, CertWeakKey},
		{"an eSeal with P-256", request(t, ecKey(), x509.CertificateRequest{}), QSealC, CertSealNotRSA},
		{"SHA-1", withSHA1(t), QWAC, RequestWeakHash},
	}
	for _, c := range cases {
		found := LintRequest(mustRead(t, c.der), applicant(t, c.kind))

		if !Failed(found) || !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == c.code && f.Level == LevelError }) {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
	if Failed(LintRequest(mustRead(t, request(t, ecKey(), x509.CertificateRequest{})), applicant(t, QWAC))) {
		t.Error("a QWAC with P-256 is refused")
	}
}

// withSHA1 is a request that is signed with SHA-1, which crypto/x509 does not make any more.
func withSHA1(t *testing.T) []byte {
	t.Helper()
	var parts struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	_, err := asn1.Unmarshal(request(t, rsaKey(), x509.CertificateRequest{}), &parts)
	must(t, err)
	sum := sha1.Sum(parts.TBS.FullBytes) //nolint:gosec // as above
	sig, err := rsaKey().Sign(rand.Reader, sum[:], crypto.SHA1)
	must(t, err)
	parts.Algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	parts.Signature = asn1.BitString{Bytes: sig, BitLength: len(sig) * 8}
	der, err := asn1.Marshal(parts)
	must(t, err)
	return der
}

func TestOneKeyForBothIsRefused(t *testing.T) {
	t.Parallel()
	one, other := mustRead(t, request(t, rsaKey(), x509.CertificateRequest{})), mustRead(t, request(t, secondKey(), x509.CertificateRequest{}))

	if found := LintPair(one, one); len(found) != 1 || found[0].Code != CertSameKey || !Failed(found) {
		t.Errorf("%+v", found)
	}
	if found := LintPair(one, other); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	lines := RequestChecklist(one, applicant(t, QWAC), KeyUsed())
	if Worst(lines) != LevelError {
		t.Error("a used key passes")
	}
}

func TestWhatIsNoRequestIsNamed(t *testing.T) {
	t.Parallel()
	good := toPEM("CERTIFICATE REQUEST", request(t, rsaKey(), x509.CertificateRequest{}))
	broken := bytes.Clone(request(t, rsaKey(), x509.CertificateRequest{}))
	broken[11] ^= 0xff
	for what, c := range map[string]struct {
		sent       []byte
		code, says string
	}{
		"nothing":           {nil, NotARequest, "no certificate signing request"},
		"a certificate":     {leafPEM(), NotARequest, "This is a certificate,"},
		"prose":             {[]byte("hello"), NotARequest, "BEGIN CERTIFICATE REQUEST"},
		"two requests":      {append(bytes.Clone(good), toPEM("CERTIFICATE REQUEST", request(t, secondKey(), x509.CertificateRequest{}))...), NotARequest, "2 blocks"},
		"a damaged one":     {toPEM("CERTIFICATE REQUEST", broken), RequestMalformed, "damaged"},
		"a request and key": {append(bytes.Clone(good), toPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey()))...), KeyUploaded, "private key"},
		"a flood":           {bytes.Repeat([]byte("x "), MaxUpload), UploadTooLarge, "larger"},
	} {
		_, _, err := ReadRequest(c.sent)

		var r *Refusal
		if !errors.As(err, &r) || r.Code != c.code || !strings.Contains(r.Text, c.says) || strings.Contains(r.Text, "QTSP") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, repairs, err := ReadRequest([]byte(strings.ReplaceAll(string(good), "\n", " "))); err != nil || len(repairs) == 0 {
		t.Errorf("on one line: %v, repairs %v", err, repairs)
	}
}

// seeds are requests that are worth mutating.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, kind := range []Kind{QWAC, QSealC} {
		p := applicant(t, kind)
		all = append(all, request(t, rsaKey(), wanted(t, p)), request(t, ecKey(), x509.CertificateRequest{Subject: pkix.Name{CommonName: "x"}}))
	}
	long := wanted(t, applicant(t, QWAC))
	subject(oidOrganization, strings.Repeat("<b>\u202e", 3000))(&long)
	return append(all, request(t, rsaKey(), long))
}

func lintAnything(t testing.TB, data []byte, p Profile) {
	r, _, err := ReadRequest(data)
	if err != nil {
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code == "" || refusal.Text == "" {
			t.Fatalf("no refusal: %v", err)
		}
		return
	}
	found := LintRequest(r, p)
	if len(found) > 200 {
		t.Fatalf("%d findings", len(found))
	}
	for _, f := range found {
		if f.Code == "" || f.Field == "" || len(f.Text) > 2000 || strings.ContainsAny(f.Text, "\x00\u202e\x1b") {
			t.Fatalf("not fit to show: %+v", f)
		}
	}
	for _, c := range RequestChecklist(r, p) {
		if c.Found == "" || len(c.Found) > 2000 {
			t.Fatalf("not fit to show: %+v", c)
		}
	}
}

func TestTenThousandMutationsOfARequestAreBornePatiently(t *testing.T) {
	t.Parallel()
	source := mathrand.New(mathrand.NewPCG(4, 2))
	profiles := []Profile{applicant(t, QWAC), applicant(t, QSealC)}
	started := time.Now()
	all := seeds(t)

	for n := range 10_000 {
		der := bytes.Clone(all[n%len(all)])
		for range 1 + source.IntN(4) {
			der[source.IntN(min(len(der), 1200))] = byte(source.Uint32())
		}
		if n%5 == 0 {
			der = der[:source.IntN(len(der))]
		}
		lintAnything(t, der, profiles[n%2])
	}

	if each := time.Since(started) / 10_000; each > 20*time.Millisecond {
		t.Errorf("%s each", each)
	}
}

func FuzzLintRequest(f *testing.F) {
	for _, der := range seeds(f) {
		f.Add(der)
		f.Add(toPEM("CERTIFICATE REQUEST", der))
	}
	f.Add([]byte("-----BEGIN CERTIFICATE REQUEST-----"))
	qwac, seal := applicant(f, QWAC), applicant(f, QSealC)

	f.Fuzz(func(t *testing.T, data []byte) {
		lintAnything(t, bytes.Clone(data), qwac)
		lintAnything(t, bytes.Clone(data), seal)
	})
}
