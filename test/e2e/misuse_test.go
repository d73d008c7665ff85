package e2e

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/testkit/pg"
)

func TestACustomersTokenSpeaksForItsOwnConsentAlone(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	own := p.ownToken(t)
	other := p.newConsent(t, own, bankOffered)
	for _, c := range []*call{
		p.call(http.MethodGet, consentsPath+"/"+other, g.access, nil),
		p.call(http.MethodGet, consentsPath+"/"+other+"/status", g.access, nil),
		p.call(http.MethodDelete, consentsPath+"/"+other, g.access, nil),
		p.call(http.MethodGet, consentsPath+"/"+newUUID(), g.access, nil),
	} {
		refusal{401, "TOKEN_INVALID", "Authorization", "belongs to the consent " + g.consent}.check(t, p.ask(t, c))
	}
	if status := p.consentStatus(t, own, other); status != "received" {
		t.Errorf("the other consent is %s", status)
	}
	for _, id := range []string{g.consent, strings.ToUpper(g.consent)} {
		if a := p.ask(t, p.call(http.MethodGet, consentsPath+"/"+id, g.access, nil)); a.status != http.StatusOK {
			t.Errorf("its own consent as %s: %s", id, a)
		}
	}
}

func TestAMethodThatAPathDoesNotTakeNamesThoseThatItTakes(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for path, allow := range map[string]string{cardsPath: "GET", cardsPath + "/x/balances": "GET", consentsPath: "POST", consentsPath + "/" + g.consent: "GET, DELETE"} {
		for _, method := range []string{http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodTrace} {
			a := p.ask(t, p.call(method, path, g.access, nil))
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != allow {
				t.Errorf("%s %s: %d, Allow %q, want %q", method, path, a.status, a.header.Get("Allow"), allow)
			}
		}
	}
}

func TestAPageThatATPPMadeUpOpensNothing(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	g := p.granted(t, strings.NewReplacer(`"recurringIndicator":true`, `"recurringIndicator":false`, `"frequencyPerDay":4`, `"frequencyPerDay":1`).Replace(allAccounts))
	one := p.cards(t, p.ask(t, p.read(cardsPath, g)))[0]
	transactions := cardsPath + "/" + one.ResourceID + "/transactions"
	made := base64.RawURLEncoding.EncodeToString([]byte(`{"f":"2020-01-01","t":"2030-01-01","s":"both","b":"end"}`))

	refusal{400, "FORMAT_ERROR", "page", "linked to"}.check(t, p.ask(t, p.read(transactions+"?page="+made, g)))

	first := p.ask(t, p.read(transactions+"?bookingStatus=both&dateFrom=2025-01-01", g))
	next := jsonText(t, first.body, "cardTransactions", "_links", "next", "href")
	_, query, _ := strings.Cut(next, "?")
	if a := p.ask(t, p.read(transactions+"?"+query, g)); a.status != http.StatusOK {
		t.Errorf("the next page of the one read that a one-off consent allows: %s", a)
	}
	if a := p.ask(t, p.read(transactions+"?bookingStatus=both&dateFrom=2025-01-01", g)); a.code() != "CONSENT_EXPIRED" {
		t.Errorf("a second read: %s", a)
	}
}

// logged are the paths of a TPP's calls with this code, as the request log keeps them.
func (p *tpp) logged(t testing.TB, code string) []string {
	t.Helper()
	db, _, err := p.sv.openDatabase()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	query := "SELECT c.path FROM calls c JOIN apps a ON a.id = c.app_id AND a.organisation_id = c.organisation_id WHERE a.client_id = ? AND c.code = ? ORDER BY c.id"
	if p.sv.database != "" {
		query = strings.Replace(strings.Replace(query, "?", "$1", 1), "?", "$2", 1)
	}
	paths, err := texts(db, query, p.app.ClientID, code)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestACallThatForgotItsCertificateStandsInTheLogOfItsKey(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	a := p.with(t, nil).ask(t, p.read(cardsPath, g))
	refusal{401, "CERTIFICATE_MISSING", "TLS", ""}.check(t, a)
	within(t, 5*time.Second, "the refused call is in the log", func() bool { return len(p.logged(t, "CERTIFICATE_MISSING")) == 1 })
}

func TestEveryAnswer401NamesItsChallenge(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for name, c := range map[string]struct {
		as   *tpp
		call *call
		want string
	}{
		"no certificate": {p.with(t, nil), p.read(cardsPath, g), "Bearer"},
		"no key":         {p, p.read(cardsPath, g).without("X-API-Key"), "Bearer"},
		"no token":       {p, p.read(cardsPath, g).without("Authorization"), "Bearer"},
		"a wrong token":  {p, p.read(cardsPath, g).set("Authorization", "Bearer x"), `Bearer error="invalid_token"`},
		"a wrong digest": {p, p.read(cardsPath, g).set("Digest", "SHA-256=x"), "Bearer"},
	} {
		if a := c.as.ask(t, c.call); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != c.want {
			t.Errorf("%s: %q, %s", name, a.header.Get("WWW-Authenticate"), a)
		}
	}
}

func TestStrangeLettersBreakNeitherTheDoorNorItsLogOnSQLite(t *testing.T) {
	t.Parallel()
	strangeLetters(t, town(t, wideLimits))
}

func TestStrangeLettersBreakNeitherTheDoorNorItsLogOnPostgreSQL(t *testing.T) {
	t.Parallel()
	strangeLetters(t, start(t, settings{limits: wideLimits, database: pg.URL(t)}))
}

// strangeLetters sends what a database may not take as text, and secrets where none belong. Every call must be in the log.
func strangeLetters(t *testing.T, sv *server) {
	p := sv.newTPP(t)
	own := p.ownToken(t)
	id := strings.Repeat("a", 35)
	for path, code := range map[string]string{
		consentsPath + "/" + id + "%00": "CONSENT_UNKNOWN", consentsPath + "/" + id + "%ff": "CONSENT_UNKNOWN", "/nothing%00": "RESOURCE_UNKNOWN", "/%0a%1b%5b31m": "RESOURCE_UNKNOWN",
		"/nothing?key=" + p.app.APIKey: "RESOURCE_UNKNOWN", "/nothing/5243780000008693": "RESOURCE_UNKNOWN",
	} {
		c := p.call(http.MethodGet, path, own, nil).set("Api-Key", p.app.APIKey).set("X-Remark", "the secret is "+p.app.ClientSecret)
		if a := p.ask(t, c); a.code() != code {
			t.Errorf("%q: want %s, got %s", path, code, a)
		}
	}
	for name, value := range map[string]string{"PSU-ID": "caf\xe9", "PSU-Corporate-ID": "\xff", "TPP-Redirect-URI": "https://tpp.example/\xff"} {
		refusal{400, "FORMAT_ERROR", name, "UTF-8"}.check(t, p.ask(t, p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)).set(name, value)))
	}
	refusal{400, "FORMAT_ERROR", "X-Request-ID", "UUID"}.check(t, p.ask(t, p.call(http.MethodGet, consentsPath+"/"+newUUID(), own, nil).set("X-Request-ID", p.app.APIKey)))
	want := []string{"/%0A%1B%5B31m", "/nothing%00", "/nothing/524378******8693", "/nothing?key=sbx_ak_" + p.app.APIKey[7:11] + "…"}
	within(t, 5*time.Second, "all calls are in the log", func() bool {
		got := p.logged(t, "RESOURCE_UNKNOWN")
		slices.Sort(got)
		return slices.Equal(got, want) && len(p.logged(t, "CONSENT_UNKNOWN")) == 2 && len(p.logged(t, "FORMAT_ERROR")) == 4
	})
}

func TestAQuestionAboutTheServerItselfIsRefusedAtBothDoors(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	ask := func(door string) string {
		return "OPTIONS * HTTP/1.1\r\nHost: " + strings.TrimPrefix(strings.TrimPrefix(door, "https://"), "http://") + "\r\nConnection: close\r\n\r\n"
	}
	if a := p.wireTo(t).say(ask(p.sv.machines)); a.status != http.StatusNotFound {
		t.Errorf("machines: %s", a)
	}
	if a := wireToPortal(t, p.sv).say(ask(p.sv.portal)); a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
		t.Errorf("people: %s", a)
	}
}
