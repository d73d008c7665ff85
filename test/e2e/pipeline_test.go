package e2e

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/testkit/pg"
)

func TestAPipelineGoesFromNothingToTransactionsOnSQLite(t *testing.T) {
	t.Parallel()
	wholeWay(t, town(t, ""))
}

func TestAPipelineGoesFromNothingToTransactionsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	wholeWay(t, start(t, settings{database: pg.URL(t)}))
}

// wholeWay is the example flow of a TPP from the first certificate to the end of its consent, within the usual limits.
func wholeWay(t *testing.T, sv *server) {
	p := sv.newTPP(t)
	token := p.ownToken(t)
	consent := p.newConsent(t, token, bankOffered)
	if status := p.consentStatus(t, token, consent); status != "received" {
		t.Errorf("a new consent is %s", status)
	}

	g := p.grantedTo(t, consent, nil)

	list := p.ask(t, p.read("/card-account/v1/card-accounts", g))
	cards := p.cards(t, list)
	if len(cards) != 2 || cards[0].MaskedPAN != "5243 78** **** 8693" || cards[1].MaskedPAN != "5243 66** **** 8694" || cards[0].Name != "MC_CARD" {
		t.Fatalf("the cards of %s are %s", p.app.PSUID, list)
	}
	p.readOne(t, g, cards[0])
	p.readBalances(t, g, cards[0])
	p.pages(t, g, cards[0])
	g = p.rotate(t, g)
	p.end(t, g)
}

// card is a card account as a client of the published schema reads it.
type card struct {
	ResourceID string `json:"resourceId"`
	MaskedPAN  string `json:"maskedPan"`
	Currency   string `json:"currency"`
	Name       string `json:"name"`
	Links      map[string]struct {
		Href string `json:"href"`
	} `json:"_links"`
}

func (p *tpp) cards(t testing.TB, a answer) []card {
	t.Helper()
	var got struct {
		CardAccounts []card `json:"cardAccounts"`
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != http.StatusOK {
		t.Fatalf("no cards: %s", a)
	}
	return got.CardAccounts
}

func (p *tpp) consentStatus(t testing.TB, token, consent string) string {
	t.Helper()
	a := p.ask(t, p.call(http.MethodGet, consentsPath+"/"+consent+"/status", token, nil))
	if a.status != http.StatusOK {
		t.Fatalf("no status: %s", a)
	}
	return jsonText(t, a.body, "consentStatus")
}

func (p *tpp) readOne(t testing.TB, g grant, c card) {
	t.Helper()
	a := p.ask(t, p.read("/card-account/v1/card-accounts/"+c.ResourceID, g))
	if a.status != http.StatusOK || jsonText(t, a.body, "cardAccount", "maskedPan") != c.MaskedPAN {
		t.Errorf("one card: %s", a)
	}
}

// readBalances follows the link of the list; it leads below the bank's address, prefix and all.
func (p *tpp) readBalances(t testing.TB, g grant, c card) {
	t.Helper()
	a := p.follow(t, g, c.Links["balances"].Href)
	list, ok := jsonAt(t, a.body, "balances").([]any)
	if a.status != http.StatusOK || !ok || len(list) == 0 || jsonText(t, a.body, "cardAccount", "maskedPan") != c.MaskedPAN {
		t.Errorf("balances: %s", a)
	}
}

// follow asks for a link of an answer with the headers of the original call.
func (p *tpp) follow(t testing.TB, g grant, href string) answer {
	t.Helper()
	if !strings.HasPrefix(href, "/") {
		t.Fatalf("the link %q is not a path", href)
	}
	c := p.read("", g)
	c.url = p.sv.machines + href
	return p.ask(t, c)
}

// report is the answer to GET …/transactions.
type report struct {
	CardTransactions struct {
		Booked []struct {
			ID          string `json:"cardTransactionId"`
			BookingDate string `json:"bookingDate"`
		} `json:"booked"`
		Pending []struct {
			ID string `json:"cardTransactionId"`
		} `json:"pending"`
		Links map[string]struct {
			Href string `json:"href"`
		} `json:"_links"`
	} `json:"cardTransactions"`
}

func (p *tpp) report(t testing.TB, a answer) (r report, ids []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.status != http.StatusOK {
		t.Fatalf("no transactions: %s", a)
	}
	for _, b := range r.CardTransactions.Booked {
		ids = append(ids, b.ID)
	}
	for _, b := range r.CardTransactions.Pending {
		ids = append(ids, b.ID)
	}
	return r, ids
}

// pages reads a year from the first page to the last and back again: the same pages, each transaction once.
func (p *tpp) pages(t testing.TB, g grant, c card) {
	t.Helper()
	from := time.Now().UTC().AddDate(-1, 0, 0).Format(time.DateOnly)
	href := c.Links["transactions"].Href + "?bookingStatus=both&dateFrom=" + from
	var there [][]string
	var last report
	for href != "" {
		r, ids := p.report(t, p.politely(t, g, href))
		for _, b := range r.CardTransactions.Booked {
			if b.BookingDate < from {
				t.Errorf("%s was booked on %s, before %s", b.ID, b.BookingDate, from)
			}
		}
		there, last = append(there, ids), r
		href = r.CardTransactions.Links["next"].Href
		if len(there) > 40 {
			t.Fatal("the pages have no end")
		}
	}
	all := slices.Concat(there...)
	if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != len(all) || len(there) < 3 {
		t.Errorf("%d transactions on %d pages, %d different ones", len(all), len(there), len(distinct))
	}
	for at := len(there) - 2; at >= 0; at-- {
		r, ids := p.report(t, p.politely(t, g, last.CardTransactions.Links["previous"].Href))
		if !slices.Equal(ids, there[at]) {
			t.Errorf("page %d read backwards differs: %v, forwards %v", at, ids, there[at])
		}
		last = r
	}
	if back := last.CardTransactions.Links["previous"].Href; back != "" {
		t.Errorf("before the first page there is %s", back)
	}
}

// politely waits a moment and asks again where the limit of a second is met, as Retry-After says.
func (p *tpp) politely(t testing.TB, g grant, href string) answer {
	t.Helper()
	for {
		a := p.follow(t, g, href)
		if a.code() != "RATE_LIMIT_EXCEEDED" {
			return a
		}
		<-time.After(250 * time.Millisecond)
	}
}

// rotate refreshes the tokens: the new ones work, the old refresh token is spent.
func (p *tpp) rotate(t testing.TB, g grant) grant {
	t.Helper()
	fresh := p.tokens(t, p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh))
	if fresh.RefreshToken == g.refresh || fresh.AccessToken == g.access || fresh.Scope != "AIS:"+g.consent {
		t.Error("the refresh token was not rotated")
	}
	g.access, g.refresh = fresh.AccessToken, fresh.RefreshToken
	<-time.After(time.Second)
	if a := p.ask(t, p.read("/card-account/v1/card-accounts", g)); a.status != http.StatusOK {
		t.Errorf("with the refreshed token: %s", a)
	}
	return g
}

// end deletes the consent: its token and its refresh token are dead at once, its status can still be read.
func (p *tpp) end(t testing.TB, g grant) {
	t.Helper()
	a := p.ask(t, p.call(http.MethodDelete, consentsPath+"/"+g.consent, g.access, nil))
	if a.status != http.StatusNoContent || a.body != "" {
		t.Errorf("delete: %s", a)
	}
	if a := p.ask(t, p.read("/card-account/v1/card-accounts", g)); a.status != http.StatusUnauthorized || a.code() != "CONSENT_INVALID" && a.code() != "TOKEN_INVALID" {
		t.Errorf("after the consent's end: %s", a)
	}
	if a := p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh); a.oauthCode() != "invalid_grant" {
		t.Errorf("refreshed after the consent's end: %s", a)
	}
	<-time.After(time.Second)
	if status := p.consentStatus(t, p.ownToken(t), g.consent); status != "terminatedByTpp" {
		t.Errorf("the consent is %s", status)
	}
}

func TestProvisioningWritesEverythingThatAClientNeeds(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	p := sv.newTPP(t)

	entries, err := os.ReadDir(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if want := []string{"app.json", "ca.pem", "chain.pem", "qseal.key", "qseal.pem", "qwac.key", "qwac.pem"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
	want := appFile{ClientID: p.app.ClientID, ClientSecret: p.app.ClientSecret, APIKey: p.app.APIKey, Brand: "rocker", RedirectURI: redirectURI,
		PortalURL: sv.portal, TokenURL: sv.machines + "/auth/token", AuthorizationURL: sv.portal + "/bank/sandbox/rocker/v1/authorizations",
		APIURL: sv.machines + "/sandbox/rocker", PSUID: "1345611", PSUCode: p.app.PSUCode}
	if p.app != want || p.app.PSUCode == "" {
		t.Errorf("app.json holds %+v, want %+v", p.app, want)
	}
	for prefix, value := range map[string]string{"fwy_": p.app.ClientID, "sbx_sk_": p.app.ClientSecret, "sbx_ak_": p.app.APIKey} {
		if !strings.HasPrefix(value, prefix) {
			t.Errorf("a value does not begin with %s", prefix)
		}
	}
}

func TestTheChainOfAProvisionedSetIsWhole(t *testing.T) {
	t.Parallel()
	p := town(t, "").newTPP(t)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range certificatesIn(t, filepath.Join(p.dir, "ca.pem")) {
		roots.AddCert(c)
	}
	for _, c := range certificatesIn(t, filepath.Join(p.dir, "chain.pem")) {
		between.AddCert(c)
	}

	for _, c := range []*x509.Certificate{p.qwac.Leaf, p.seal.cert} {
		usage := []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
		if _, err := c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: usage}); err != nil {
			t.Errorf("%s: %v", c.Subject, err)
		}
	}
	if slices.Contains(p.seal.cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || !slices.Contains(p.qwac.Leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		t.Error("QWAC and seal have each other's purposes")
	}
	if p.qwac.Leaf.IsCA || p.seal.cert.IsCA || len(p.qwac.Leaf.DNSNames) == 0 || !strings.HasSuffix(p.qwac.Leaf.DNSNames[0], ".invalid") {
		t.Errorf("the QWAC is for %v", p.qwac.Leaf.DNSNames)
	}
}
