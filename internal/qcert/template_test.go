package qcert

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsBuiltIsReadBack(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)

	for _, kind := range []Kind{QWAC, QSealC} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			p := profile(t, kind)

			i := mustParse(t, f.mustIssue(t, p, rsaKey().Public()))

			want := map[string][2]string{
				"kind":         {string(i.Kind), string(kind)},
				"organisation": {i.Organization, "Example Oy SANDBOX"},
				"identifier":   {i.OrganizationIdentifier, "PSDXX-FWYSBX-A1B2C3D4E5"},
				"scheme":       {i.IdentifierScheme, "PSD"},
				"authority":    {i.Authority, "XX-FWYSBX"},
				"number":       {i.AuthorisationNumber, "A1B2C3D4E5"},
				"NCA":          {i.NCAID + "/" + i.NCAName, SandboxAuthority + "/" + SandboxAuthorityName},
				"roles":        {roleList(i.Roles), "PSP_AI, PSP_PI"},
				"PDS":          {i.PDS, p.PDSURL},
				"country":      {i.Country, "FI"},
				"key":          {i.KeyAlgorithm, "RSA"},
				"issuer":       {i.Issuer, "CN=Fairway Sandbox TPP CA,O=Fairway SANDBOX,C=FI"},
				"serial":       {strings.TrimLeft(i.SerialHex, "0"), strings.ToUpper(p.Serial.Text(16))},
			}
			for what, pair := range want {
				if pair[0] != pair[1] {
					t.Errorf("%s: read %q, want %q", what, pair[0], pair[1])
				}
			}
			if !i.HasCompliance || !i.Sandbox || i.KeyBits != 2048 || i.Statement.Bare || i.Statement.Flattened {
				t.Errorf("read %+v", i)
			}
			if !i.NotBefore.Equal(p.NotBefore) || !i.NotAfter.Equal(p.NotAfter) {
				t.Errorf("valid %v to %v, want %v to %v", i.NotBefore, i.NotAfter, p.NotBefore, p.NotAfter)
			}
		})
	}
}

func TestSandboxPairHasNoFindingInTheSandboxAndIsRefusedInLive(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	qwac := f.mustIssue(t, profile(t, QWAC), rsaKey().Public())
	seal := f.mustIssue(t, profile(t, QSealC), secondKey().Public())

	for kind, cert := range map[Kind]*x509.Certificate{QWAC: qwac, QSealC: seal} {
		all := CheckProfile(mustParse(t, cert), cert, kind, instant)

		if got := ForSandbox(all); len(got) != 0 {
			t.Errorf("%s in the sandbox: %v", kind, got)
		}
		for _, code := range []string{NCASandbox, CertSandboxInLive} {
			if level(all, code) != LevelError {
				t.Errorf("%s in Live: no error %s in %v", kind, code, all)
			}
		}
	}
	if got := CheckPair(mustParse(t, qwac), mustParse(t, seal)); len(got) != 0 {
		t.Errorf("the pair: %v", got)
	}
}

func TestLeafHasTheExtensionsOfTheProfile(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	qwac := f.mustIssue(t, profile(t, QWAC), rsaKey().Public())
	seal := f.mustIssue(t, profile(t, QSealC), rsaKey().Public())
	small := f.mustIssue(t, profile(t, QWAC), ecKey().Public())

	if qwac.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment || small.KeyUsage != x509.KeyUsageDigitalSignature {
		t.Errorf("key usage of QWACs: RSA %b, EC %b", qwac.KeyUsage, small.KeyUsage)
	}
	if seal.KeyUsage != x509.KeyUsageContentCommitment|x509.KeyUsageDigitalSignature {
		t.Errorf("key usage of the seal: %b", seal.KeyUsage)
	}
	if !slices.Equal(qwac.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}) || len(seal.ExtKeyUsage) != 0 {
		t.Errorf("extended key usage: QWAC %v, seal %v", qwac.ExtKeyUsage, seal.ExtKeyUsage)
	}
	if qwac.Subject.CommonName != qwac.DNSNames[0] || seal.Subject.CommonName != "Example Oy SANDBOX eSeal" || len(seal.DNSNames) != 0 {
		t.Errorf("names: %q %v, %q %v", qwac.Subject.CommonName, qwac.DNSNames, seal.Subject.CommonName, seal.DNSNames)
	}

	critical := map[string]bool{"2.5.29.15": true, "2.5.29.19": true}
	present := []string{"2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.31", "2.5.29.32", "2.5.29.35", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.3"}
	for _, cert := range []*x509.Certificate{qwac, seal, small} {
		var have []string
		for _, e := range cert.Extensions {
			have = append(have, e.Id.String())
			if e.Critical != critical[e.Id.String()] {
				t.Errorf("%s: extension %s has critical = %v", cert.Subject.CommonName, e.Id, e.Critical)
			}
		}
		for _, want := range present {
			if !slices.Contains(have, want) {
				t.Errorf("%s: no extension %s", cert.Subject.CommonName, want)
			}
		}
		if cert.IsCA || !cert.BasicConstraintsValid || len(cert.SubjectKeyId) != 20 || !slices.Equal(cert.AuthorityKeyId, f.issuing.SubjectKeyId) {
			t.Errorf("%s: CA %v, key ids %x and %x", cert.Subject.CommonName, cert.IsCA, cert.SubjectKeyId, cert.AuthorityKeyId)
		}
	}
}

func TestSubjectKeepsItsOrder(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)

	cert := f.mustIssue(t, profile(t, QSealC), rsaKey().Public())

	var order []string
	for _, a := range cert.Subject.Names {
		order = append(order, a.Type.String())
	}
	if got := strings.Join(order, " "); got != "2.5.4.6 2.5.4.10 2.5.4.97 2.5.4.3" {
		t.Errorf("order %s", got)
	}
	if got, want := mustParse(t, cert).Subject, "CN=Example Oy SANDBOX eSeal,organizationIdentifier=PSDXX-FWYSBX-A1B2C3D4E5,O=Example Oy SANDBOX,C=FI"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
}

func TestPolicyNoticeIsUTF8(t *testing.T) {
	t.Parallel()
	cert := newFamily(t, ForTPPs).mustIssue(t, profile(t, QWAC), rsaKey().Public())
	value, _, _ := extension(cert, oidPolicies)
	var policies []struct {
		ID         asn1.ObjectIdentifier
		Qualifiers []struct {
			ID     asn1.ObjectIdentifier
			Notice struct{ Text asn1.RawValue }
		}
	}

	rest, err := asn1.Unmarshal(value, &policies)

	must(t, err)
	if len(rest) != 0 || len(policies) != 1 || policies[0].ID.String() != SandboxPolicy {
		t.Fatalf("policies %+v, rest %x", policies, rest)
	}
	text := policies[0].Qualifiers[0].Notice.Text
	if text.Tag != asn1.TagUTF8String || string(text.Bytes) != "SANDBOX – not qualified" {
		t.Errorf("notice with tag %d: %q", text.Tag, text.Bytes)
	}
}

func TestTemplateRefusesWhatTheProfileMayNotHold(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*Profile){
		"no kind":                            func(p *Profile) { p.Kind = Unknown },
		"name outside of .invalid":           func(p *Profile) { p.DNSNames = []string{"example.com"} },
		"name that only ends like it":        func(p *Profile) { p.DNSNames = []string{"example.notinvalid"} },
		"wildcard":                           func(p *Profile) { p.DNSNames = []string{"*.tpp.sandbox.invalid"} },
		"the bare domain":                    func(p *Profile) { p.DNSNames = []string{"invalid"} },
		"no name":                            func(p *Profile) { p.DNSNames = nil },
		"common name that is no name":        func(p *Profile) { p.CommonName = "other.tpp.sandbox.invalid" },
		"organisation without SANDBOX":       func(p *Profile) { p.Organization = "Example Oy" },
		"organisation too long":              func(p *Profile) { p.Organization = strings.Repeat("SANDBOX ", 9) },
		"organisation right to left":         func(p *Profile) { p.Organization = "SANDBOX \u202eyO" },
		"organisation with a zero byte":      func(p *Profile) { p.Organization = "SANDBOX \x00" },
		"organisation of broken UTF-8":       func(p *Profile) { p.Organization = "SANDBOX \xff" },
		"country":                            func(p *Profile) { p.Country = "ZZ" },
		"identifier without an authority":    func(p *Profile) { p.OrganizationIdentifier = "PSDXX-1" },
		"identifier of an unknown country":   func(p *Profile) { p.OrganizationIdentifier = "PSDZZ-FWYSBX-1" },
		"no role":                            func(p *Profile) { p.Roles = nil },
		"unknown role":                       func(p *Profile) { p.Roles = []Role{"PSP_XX"} },
		"role twice":                         func(p *Profile) { p.Roles = []Role{RoleAI, RoleAI} },
		"authority with an underscore":       func(p *Profile) { p.NCAID = "XX_FWYSBX" },
		"authority of no country":            func(p *Profile) { p.NCAID = "ZZ-FWYSBX" },
		"authority without a name":           func(p *Profile) { p.NCAName = "" },
		"central bank with an authority":     func(p *Profile) { p.Roles = []Role{RoleCB} },
		"disclosure statement without https": func(p *Profile) { p.PDSURL = "http://localhost/pds" },
		"revocation list by file":            func(p *Profile) { p.CRLURL = "file:///etc/passwd" },
		"end before the beginning":           func(p *Profile) { p.NotAfter = p.NotBefore },
		"no serial number":                   func(p *Profile) { p.Serial = nil },
		"policy that is no identifier":       func(p *Profile) { p.PolicyOID = "1.2.x" },
		"notice that is too long":            func(p *Profile) { p.PolicyNotice = strings.Repeat("x", 201) },
	}
	for what, spoil := range cases {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := profile(t, QWAC)
			spoil(&p)

			if _, err := Template(p, rsaKey().Public()); err == nil {
				t.Error("the template was built")
			}
		})
	}
}

func TestTemplateRefusesKeys(t *testing.T) {
	t.Parallel()
	small := newRSA(1024)
	odd := newEC(elliptic.P224())

	for what, try := range map[string]struct {
		kind Kind
		pub  crypto.PublicKey
	}{
		"RSA 1024":             {QWAC, small.Public()},
		"P-224":                {QWAC, odd.Public()},
		"a seal on P-256":      {QSealC, ecKey().Public()},
		"something unheard of": {QWAC, "key"},
	} {
		if _, err := Template(profile(t, try.kind), try.pub); err == nil {
			t.Errorf("%s: the template was built", what)
		}
	}
}

func TestSandboxNameFitsAndIsMarked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Example Oy":               "Example Oy SANDBOX",
		"":                         "SANDBOX",
		"Ex\u202eample\x00 \xffOy": "Ex ample Oy SANDBOX",
		strings.Repeat("ä", 100):   strings.Repeat("ä", 56) + " SANDBOX",
	} {
		if got := SandboxName(in); got != want {
			t.Errorf("SandboxName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSerialNumbersArePositiveAndShort(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		n := mustSerial(t)
		if n.Sign() <= 0 || n.BitLen() > 127 || n.BitLen() <= 64 || seen[n.String()] {
			t.Fatalf("serial %x", n)
		}
		seen[n.String()] = true
	}
}
