package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const cardsPath = "/card-account/v1/card-accounts"

// refusal is what the door must say.
type refusal struct {
	status     int
	code, path string
	says       string // words of the text
}

func (want refusal) check(t testing.TB, a answer) {
	t.Helper()
	if a.status != want.status || a.code() != want.code || a.path() != want.path || !strings.Contains(a.text(), want.says) {
		t.Errorf("want %d %s at %q saying %q, got %s", want.status, want.code, want.path, want.says, a)
	}
}

// ready is a TPP with a customer's grant at the shared server without limits.
func ready(t testing.TB) (*tpp, grant) {
	t.Helper()
	p := town(t, wideLimits).newTPP(t)
	return p, p.granted(t, allAccounts)
}

func TestTheDoorRefusesConnectionsWithoutACertificateOfOurs(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	stranger := p.sv.newTPP(t)
	elsewhere := town(t, "").newTPP(t)
	seal := mustPair(t, filepath.Join(p.dir, "qseal.pem"), filepath.Join(p.dir, "qseal.key"))
	for name, c := range map[string]struct {
		qwac *tls.Certificate
		want refusal
	}{
		"no certificate":          {nil, refusal{401, "CERTIFICATE_MISSING", "TLS", "no client certificate"}},
		"another authority's":     {selfMade(t), refusal{401, "CERTIFICATE_INVALID", "TLS", "issued by"}},
		"the seal":                {&seal, refusal{401, "CERTIFICATE_INVALID", "TLS", "qwac.pem"}},
		"of another installation": {&elsewhere.qwac, refusal{401, "CERTIFICATE_INVALID", "TLS", "another installation"}},
		"of another TPP":          {&stranger.qwac, refusal{401, "API_KEY_INVALID", "X-API-Key", ""}},
	} {
		c.want.check(t, p.with(t, c.qwac).ask(t, p.read(cardsPath, g)))
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// selfMade is a client certificate that nobody knows.
func selfMade(t testing.TB) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Somebody", Organization: []string{"<b>Else</b>"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestTheDoorRefusesKeysAndTokensThatDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)
	otherGrant := other.granted(t, allAccounts)
	own := p.ownToken(t)
	for name, c := range map[string]struct {
		spoil func(*call) *call
		want  refusal
	}{
		"no key":                   {func(c *call) *call { return c.without("X-API-Key") }, refusal{401, "API_KEY_MISSING", "X-API-Key", "missing"}},
		"an empty key":             {func(c *call) *call { return c.set("X-API-Key", "") }, refusal{401, "API_KEY_MISSING", "X-API-Key", "missing"}},
		"an unknown key":           {func(c *call) *call { return c.set("X-API-Key", "sbx_ak_"+randomText(32)) }, refusal{401, "API_KEY_INVALID", "X-API-Key", ""}},
		"nonsense for a key":       {func(c *call) *call { return c.set("X-API-Key", "' OR 1=1 --") }, refusal{401, "API_KEY_INVALID", "X-API-Key", ""}},
		"another TPP's key":        {func(c *call) *call { return c.set("X-API-Key", other.app.APIKey) }, refusal{401, "API_KEY_INVALID", "X-API-Key", ""}},
		"two keys":                 {func(c *call) *call { c.header.Add("X-API-Key", p.app.APIKey); return c }, refusal{400, "FORMAT_ERROR", "X-API-Key", "twice"}},
		"the secret for a key":     {func(c *call) *call { return c.set("X-API-Key", p.app.ClientSecret) }, refusal{401, "API_KEY_INVALID", "X-API-Key", ""}},
		"no token":                 {func(c *call) *call { return c.without("Authorization") }, refusal{401, "TOKEN_UNKNOWN", "Authorization", "missing"}},
		"a token of nobody":        {func(c *call) *call { return c.set("Authorization", "Bearer sbx_at_"+randomText(32)) }, refusal{401, "TOKEN_UNKNOWN", "Authorization", ""}},
		"another scheme":           {func(c *call) *call { return c.set("Authorization", "Basic "+g.access) }, refusal{401, "TOKEN_UNKNOWN", "Authorization", "Bearer"}},
		"two tokens":               {func(c *call) *call { c.header.Add("Authorization", "Bearer "+g.access); return c }, refusal{401, "TOKEN_UNKNOWN", "Authorization", "once"}},
		"another TPP's token":      {func(c *call) *call { return c.set("Authorization", "Bearer "+otherGrant.access) }, refusal{401, "TOKEN_INVALID", "Authorization", ""}},
		"the TPP's own token":      {func(c *call) *call { return c.set("Authorization", "Bearer "+own) }, refusal{401, "TOKEN_INVALID", "Authorization", "client_credentials"}},
		"the refresh token":        {func(c *call) *call { return c.set("Authorization", "Bearer "+g.refresh) }, refusal{401, "TOKEN_UNKNOWN", "Authorization", "refresh token"}},
		"the API key for a token":  {func(c *call) *call { return c.set("Authorization", "Bearer "+p.app.APIKey) }, refusal{401, "TOKEN_UNKNOWN", "Authorization", "X-API-Key"}},
		"a customer's to consents": {func(c *call) *call { return toConsents(p, c) }, refusal{401, "TOKEN_INVALID", "Authorization", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.check(t, p.ask(t, c.spoil(p.read(cardsPath, g))))
		})
	}
	lower := p.read(cardsPath, g).set("Authorization", "bearer "+g.access)
	if a := p.ask(t, lower); a.status != http.StatusOK {
		t.Errorf("the scheme in small letters: %s", a)
	}
}

// toConsents makes a POST of consents from a read, with the read's token.
func toConsents(p *tpp, c *call) *call {
	post := p.call(http.MethodPost, consentsPath, "", []byte(allAccounts))
	return post.set("Authorization", c.header.Get("Authorization"))
}

func TestAnUnknownKeyAndAForeignOneAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)

	unknown := p.ask(t, p.read(cardsPath, g).set("X-API-Key", "sbx_ak_"+randomText(32)))
	foreign := p.ask(t, p.read(cardsPath, g).set("X-API-Key", other.app.APIKey))

	if unknown.text() != foreign.text() || unknown.status != foreign.status {
		t.Errorf("the answers differ:\n%s\n%s", unknown, foreign)
	}
}

func TestATokenIsBoundToItsCertificateAndApp(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	email := "bound-" + randomHex(4)
	first := sv.provision(t, email)
	token := first.ownToken(t)
	second := sv.provision(t, email, "--app", "second")
	sv.book.hide("the API key", second.app.APIKey)

	renewedSet := *second
	renewedSet.app = first.app // the first app's credentials with the organisation's new certificates
	refusal{401, "TOKEN_INVALID", "Authorization", "another client certificate"}.check(t,
		renewedSet.ask(t, renewedSet.call(http.MethodPost, consentsPath, token, []byte(allAccounts))))
	refusal{401, "TOKEN_INVALID", "Authorization", "another app"}.check(t,
		second.ask(t, second.call(http.MethodPost, consentsPath, renewedSet.ownToken(t), []byte(allAccounts))))
}

func TestTheDoorKnowsRolesConnectionsAndPlaces(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	payments := p.sv.newTPP(t, "--roles", "PSP_PI")
	own := p.ownToken(t)
	at := func(from, to string) func(*call) *call {
		return func(c *call) *call { c.url = strings.Replace(c.url, from, to, 1); return c }
	}
	refusal{401, "ROLE_INVALID", "TLS", "PSP_AI"}.check(t, payments.ask(t, payments.call(http.MethodPost, consentsPath, payments.ownToken(t), []byte(allAccounts))))
	refusal{403, "API_NOT_CONNECTED", "", "st1"}.check(t, p.ask(t, at("/rocker/", "/st1/")(p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)))))
	refusal{401, "TOKEN_INVALID", "Authorization", "rocker"}.check(t, p.ask(t, at("/rocker/", "/st1/")(p.read(cardsPath, g))))
	refusal{404, "RESOURCE_UNKNOWN", "", "brand"}.check(t, p.ask(t, at("/rocker/", "/nobank/")(p.read(cardsPath, g))))
	refusal{404, "RESOURCE_UNKNOWN", "", "The closest is /card-account/v1/card-accounts."}.check(t, p.ask(t, at("/card-accounts", "/accounts")(p.read(cardsPath, g))))
	refusal{405, "SERVICE_INVALID", "", "This path takes GET, not PATCH."}.check(t, p.ask(t, p.call(http.MethodPatch, cardsPath, g.access, []byte(`{}`))))
	live := p.ask(t, at("/sandbox/", "/live/")(p.read(cardsPath, g)))
	if live.status != http.StatusNotFound || live.code() != "RESOURCE_UNKNOWN" {
		t.Errorf("in live: %s", live)
	}
	if a := p.ask(t, at("/sandbox/rocker/", "/nowhere/")(p.read(cardsPath, g))); a.status != http.StatusMisdirectedRequest && a.status != http.StatusNotFound {
		t.Errorf("outside: %s", a)
	}
}
