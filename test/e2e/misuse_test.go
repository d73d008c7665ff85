package e2e

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
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
