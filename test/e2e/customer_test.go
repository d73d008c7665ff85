package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestACustomerWhoSaysNoIsSentBackAndTheConsentIsRejected(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	for _, steps := range []int{0, 1, 2} {
		v := p.visit(consent)
		b := p.sv.browser(t)
		b.open(v.url)
		b.follow()
		for range steps {
			b.send(http.MethodPost, b.resolve(p.goOn(t, b).action), p.filled(p.goOn(t, b), nil))
			b.follow()
		}
		var no []form
		for _, f := range b.page.forms() {
			if f.hasClass("deny") {
				no = append(no, f)
			}
		}
		if len(no) != 1 {
			t.Fatalf("%d forms say no: %s", len(no), b.page)
		}
		p.expectBack(t, b.submit(no[0]), v, "access_denied", "declined")
		own := p.ownToken(t)
		if status := p.consentStatus(t, own, consent); status != "rejected" {
			t.Errorf("denied after %d steps, the consent is %s", steps, status)
		}
		again := p.visit(consent)
		p.expectBack(t, p.sv.browser(t).open(again.url), again, "invalid_scope", "rejected")
		consent = p.newConsent(t, own, allAccounts)
	}
}

func TestThreeWrongCodesEndTheAuthorisation(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	v := p.visit(consent)
	b := p.sv.browser(t)
	b.open(v.url)
	b.follow()
	for range 2 {
		b.send(http.MethodPost, b.resolve(p.goOn(t, b).action), p.filled(p.goOn(t, b), nil))
		b.follow()
	}
	wrong := *p
	wrong.app.PSUCode = "000000"
	for try := range 2 {
		f := b.goOnForm(t)
		b.send(http.MethodPost, b.resolve(f.action), wrong.filled(f, nil))
		b.follow()
		if b.page.status != http.StatusUnprocessableEntity || !strings.Contains(b.page.words(), "wrong") {
			t.Fatalf("try %d: %s", try, b.page)
		}
	}
	f := b.goOnForm(t)
	p.expectBack(t, b.send(http.MethodPost, b.resolve(f.action), wrong.filled(f, nil)), v, "access_denied", "three times")
	if status := p.consentStatus(t, p.ownToken(t), consent); status != "rejected" {
		t.Errorf("the consent is %s", status)
	}
}

// goOnForm is the page's form that goes on, whatever the page's status is.
func (b *browser) goOnForm(t testing.TB) form {
	t.Helper()
	for _, f := range b.page.forms() {
		if f.hasClass("go-on") {
			return f
		}
	}
	t.Fatalf("no form goes on: %s", b.page)
	return form{}
}

func TestABlockedCustomerIsServedByNobody(t *testing.T) {
	t.Parallel()
	p, consent := waiting(t)
	blocked := *p
	blocked.app.PSUID = "1345614"
	v := p.visit(consent)
	b := p.sv.browser(t)
	b.open(v.url)
	b.follow()

	f := p.goOn(t, b)
	p.expectBack(t, b.send(http.MethodPost, b.resolve(f.action), blocked.filled(f, nil)), v, "access_denied", "SERVICE_BLOCKED")
}

func TestACustomerChoosesWhichAccountsOfABankOfferedConsent(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	consent := p.newConsent(t, p.ownToken(t), bankOffered)
	first := ""
	g := p.grantedTo(t, consent, func(account string) bool {
		if first == "" {
			first = account
		}
		return account == first
	})

	cards := p.cards(t, p.ask(t, p.read(cardsPath, g)))

	if len(cards) != 1 || cards[0].Links["balances"].Href == "" || cards[0].Links["transactions"].Href == "" {
		t.Fatalf("one account was chosen, the list has %+v", cards)
	}
	a := p.ask(t, p.call(http.MethodGet, consentsPath+"/"+consent, g.access, nil))
	for _, kind := range []string{"accounts", "balances", "transactions"} {
		if list, ok := jsonAt(t, a.body, "access", kind).([]any); kind != "accounts" && (!ok || len(list) != 1) {
			t.Errorf("the consent shows %s as %v", kind, jsonAt(t, a.body, "access", kind))
		}
	}
	if jsonText(t, a.body, "consentStatus") != "valid" || jsonText(t, a.body, "_links", "card-account", "href") == "" {
		t.Errorf("the consent: %s", a)
	}
	other := p.grantedOn(t, onlyList)
	for _, c := range p.cards(t, p.ask(t, p.read(cardsPath, other))) {
		if c.ResourceID != cards[0].ResourceID {
			refusal{401, "CONSENT_INVALID", "", ""}.checkSoft(t, p.ask(t, p.read(cardsPath+"/"+c.ResourceID+"/balances", g)))
		}
	}
	refusal{404, "RESOURCE_UNKNOWN", "account-id", ""}.check(t, p.ask(t, p.read(cardsPath+"/"+newUUID(), g)))
}

// grantedOn is granted; it reads better where the kind of consent matters.
func (p *tpp) grantedOn(t testing.TB, body string) grant {
	t.Helper()
	return p.granted(t, body)
}

// checkSoft is check where the path of the fault does not matter.
func (want refusal) checkSoft(t testing.TB, a answer) {
	t.Helper()
	want.path = a.path()
	want.check(t, a)
}

func TestADetailedConsentOpensWhatItNames(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	g := p.granted(t, detailed)

	cards := p.cards(t, p.ask(t, p.read(cardsPath, g)))

	if len(cards) != 1 || cards[0].MaskedPAN != "5243 78** **** 8693" {
		t.Fatalf("the list has %+v", cards)
	}
	for _, what := range []string{"/balances", "/transactions?bookingStatus=booked&dateFrom=2026-01-01"} {
		if a := p.ask(t, p.read(cardsPath+"/"+cards[0].ResourceID+what, g)); a.status != http.StatusOK {
			t.Errorf("%s: %s", what, a)
		}
	}
}

func TestAConsentOnAvailableAccountsOpensTheListAlone(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	g := p.granted(t, onlyList)
	if g.refresh != "" {
		t.Error("a one-off consent has a refresh token")
	}

	cards := p.cards(t, p.ask(t, p.read(cardsPath, g)))

	if len(cards) != 2 || len(cards[0].Links) != 0 {
		t.Fatalf("the list has %+v", cards)
	}
	refusal{401, "CONSENT_INVALID", "", ""}.checkSoft(t, p.ask(t, p.read(cardsPath+"/"+cards[0].ResourceID+"/balances", g)))
	refusal{401, "CONSENT_INVALID", "", ""}.checkSoft(t, p.ask(t, p.read(cardsPath+"/"+cards[0].ResourceID, g)))
	again := p.ask(t, p.read(cardsPath, g))
	if again.status != http.StatusUnauthorized || again.code() != "CONSENT_EXPIRED" {
		t.Errorf("the second read of a one-off consent: %s", again)
	}
}

func TestUnattendedReadsAreCountedAndAttendedOnesAreNot(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	alone := func() *call { return p.read(cardsPath, g).without("PSU-IP-Address") }
	for n := range 4 {
		if a := p.ask(t, alone()); a.status != http.StatusOK {
			t.Fatalf("read %d: %s", n+1, a)
		}
	}

	over := p.ask(t, alone())

	if over.status != http.StatusTooManyRequests || over.code() != "ACCESS_EXCEEDED" || over.header.Get("Retry-After") == "" {
		t.Errorf("the fifth read: %s", over)
	}
	if a := p.ask(t, p.read(cardsPath, g)); a.status != http.StatusOK {
		t.Errorf("with the customer present: %s", a)
	}
}

func TestANewRecurringConsentEndsTheFormerOneWhenItIsAuthorised(t *testing.T) {
	t.Parallel()
	p, former := ready(t)
	consent := p.newConsent(t, p.ownToken(t), bankOffered)
	if a := p.ask(t, p.read(cardsPath, former)); a.status != http.StatusOK {
		t.Fatalf("before the new one is authorised: %s", a)
	}

	p.grantedTo(t, consent, nil)

	if a := p.ask(t, p.read(cardsPath, former)); a.status != http.StatusUnauthorized {
		t.Errorf("the former consent's token: %s", a)
	}
	if status := p.consentStatus(t, p.ownToken(t), former.consent); status != "terminatedByTpp" {
		t.Errorf("the former consent is %s", status)
	}
}
