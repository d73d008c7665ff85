package certs

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"fairway/internal/fault"
	"fairway/internal/qcert"
)

func TestAThousandCertificatesHaveTheirOwnPositiveSerials(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	c := &Certs{cfg: Config{BaseURL: "https://portal.example", AuthURL: "https://auth.example"}}
	root, err := newAuthority(Root, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	tpp, err := newAuthority(TPP, &root, now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, DefaultKeyBits)
	if err != nil {
		t.Fatal(err)
	}
	i := issue{
		org: Organisation{Name: "Example Oy", Country: "SE"}, identity: identityRow{OrganizationIdentifier: "PSDXX-FWYSBX-ABCDEFGHIJ", DNSName: "example-oy-x1y2.tpp.sandbox.invalid"},
		keys: Keys{origin: ByServer, roles: OfferedRoles(), bits: DefaultKeyBits, private: PrivateKeys{qwac: key, qseal: key}},
	}
	seen := map[string]bool{}
	for n := range 1000 {
		cert, err := c.sign(tpp, i, i.keys.all()[n%2], now)
		if err != nil {
			t.Fatal(err)
		}
		serial := cert.SerialNumber
		if serial.Sign() <= 0 || serial.BitLen() > 127 || seen[serial.String()] {
			t.Fatalf("serial %v", serial)
		}
		seen[serial.String()] = true
		if cert.IsCA || cert.KeyUsage&x509.KeyUsageCertSign != 0 || cert.CheckSignatureFrom(tpp.cert) != nil {
			t.Fatal("not a leaf of ours")
		}
		for _, name := range cert.DNSNames {
			if !strings.HasSuffix(name, ".invalid") {
				t.Fatalf("name %s", name)
			}
		}
		if info, err := qcert.Parse(cert); err != nil || !info.Sandbox || info.NCAID != "XX-FWYSBX" {
			t.Fatalf("it could pass for a real one: %+v", info)
		}
	}
}

func TestTheGateLetsOneInAndSendsTheTenthAway(t *testing.T) {
	t.Parallel()
	g := newGate()
	leave, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, maxWaiting)
	for range maxWaiting {
		go func() {
			_, err := g.enter(ctx)
			ended <- err
		}()
	}
	deadline := time.After(5 * time.Second)
	for g.waiting.Load() < maxWaiting {
		select {
		case <-deadline:
			t.Fatal("nobody waits")
		case <-time.After(time.Millisecond):
		}
	}

	_, err = g.enter(t.Context())

	f := fault.Of(err)
	if f.Kind != fault.Unavailable || f.Code != "certificates_busy" || f.RetryAfter == 0 {
		t.Errorf("got %v", err)
	}
	cancel()
	for range maxWaiting {
		if err := <-ended; err == nil {
			t.Error("somebody came in beside the first")
		}
	}
	leave()
	if leave, err = g.enter(t.Context()); err != nil {
		t.Errorf("after the first one left: %v", err)
	}
	leave()
}

func TestASlugIsTheBeginningOfADNSLabel(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Example Oy": "example-oy", "Åland Pay & Söhne": "aland-pay-sohne", "  --A--  ": "a", "日本銀行": "tpp", "": "tpp", "xn--evil": "xn-evil",
		"A.B.C": "a-b-c", strings.Repeat("ab ", 40): "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab", "Straße 7": "strasse-7", "İstanbul": "istanbul",
	} {
		if got := slug(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestTheNameOfTheLongestOrganisationFitsIntoACertificate(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("a", 80), strings.Repeat("ab ", 40)} {
		if host := ownIdentity(Organisation{ID: "org_x", Name: name}).DNSName; len(host) > 64 {
			t.Errorf("%s has %d characters; a common name has at most 64", host, len(host))
		}
	}
}

func TestTheSealsNameFitsAndIsMarked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Example Oy", strings.Repeat("Ö", 300), "", "A\u202eB"} {
		got := sealName(name)
		if n := len([]rune(got)); n > 64 || !strings.HasSuffix(got, "SANDBOX eSeal") || strings.ContainsRune(got, '\u202e') {
			t.Errorf("%q gives %q", name, got)
		}
	}
}

func TestARequestForNothingOrTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	for what, r := range map[string]Request{
		"no role":      {},
		"unknown role": {Roles: []qcert.Role{qcert.RoleAI, "PSP_XX"}},
		"bank's role":  {Roles: []qcert.Role{qcert.RoleAS}},
	} {
		_, err := checkRequest(r)
		if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "roles" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := checkRequest(Request{KeyBits: 1024})
	if f := fault.Of(err); len(f.Fields) != 2 {
		t.Errorf("all findings at once: %v", f.Fields)
	}
	keys, err := checkRequest(Request{Roles: []qcert.Role{qcert.RoleIC, qcert.RoleAI, qcert.RoleIC}, KeyBits: LargeKeyBits})
	if err != nil || joinRoles(keys.roles, ",") != "PSP_AI,PSP_IC" || keys.bits != 3072 {
		t.Errorf("got %v %v", keys.roles, err)
	}
}
