package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// newBrand are the fields of a brand that nobody built in.
var newBrand = []string{"id", "new-bank", "name", "New Bank", "support_email", "openbanking@new.example", "support_hours", "Monday to Friday, 09:00 to 16:00", "do", "save",
	"light_accent", "#0f6a3c", "light_accent_hover", "#0b5330", "light_accent_subtle", "#e3f4ea", "light_on_accent", "#ffffff", "light_link", "#0f6a3c"}

// TestABrandThatAnAdministratorAddsWorksAtOnce: no code, no restart, from the form to the cards of its test customer.
func TestABrandThatAnAdministratorAddsWorksAtOnce(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	sv.book.hide("the password", password)
	ada := sv.browser(t)
	ada.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	ada.open("/admin/brands/new")
	ada.submit(ada.formTo("/admin/brands/new"), newBrand...)
	if ada.follow(); ada.page.heading() != "New Bank" {
		t.Fatalf("after the form: %s", ada.page)
	}
	ada.open("/admin/apis/card-account/new-bank/new")
	ada.submit(ada.formTo("/admin/apis/card-account/new-bank/new"))
	if ada.follow(); ada.page.heading() != "Card accounts v1" {
		t.Fatalf("after the version: %s", ada.page)
	}

	p := sv.newTPP(t, "--brand", "new-bank")
	consent := p.newConsent(t, p.ownToken(t), bankOffered)
	g := p.grantedTo(t, consent, nil)
	list := p.ask(t, p.read("/card-account/v1/card-accounts", g))

	if cards := p.cards(t, list); len(cards) != 2 || cards[0].MaskedPAN != "5243 78** **** 8693" || !strings.Contains(p.app.APIURL, "new-bank") {
		t.Errorf("the cards of %s at %s are %s", p.app.PSUID, p.app.APIURL, list)
	}
	if docs := sv.browser(t).open("/docs/environments"); !strings.Contains(docs.words(), "New Bank") {
		t.Error("the documentation does not know the brand")
	}
	if contact := sv.browser(t).open("/docs/contact"); !strings.Contains(contact.words(), "New Bank answers Monday to Friday, 09:00 to 16:00") {
		t.Errorf("the hours of support: %s", contact)
	}
}

func TestALimitThatAnAdministratorSetsIsToldInTheNextAnswer(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	sv.book.hide("the password", password)
	ada := sv.browser(t)
	ada.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	p, other := sv.newTPP(t, "--organisation", "Budget Buddy Oy"), sv.newTPP(t)
	policy := func(p *tpp) string {
		return p.ask(t, p.call(http.MethodGet, consentsPath+"/"+newUUID()+"/status", p.ownToken(t), nil)).header.Get("RateLimit-Policy")
	}
	before := policy(p)
	ada.open("/admin/limits/new")

	ada.submit(ada.formTo("/admin/limits/new"), "organisation", "Budget Buddy Oy", "per_second", "50", "per_day", "20000",
		"ends_at", time.Now().AddDate(0, 0, 7).Format(time.DateOnly), "reason", "They test their load.")

	if ada.follow(); !strings.Contains(ada.page.words(), "The limit is in force.") {
		t.Fatalf("after the form: %s", ada.page)
	}
	const usual = `"second";q=5;w=1, "day";q=1000;w=86400`
	if after := policy(p); before != usual || after != `"second";q=50;w=1, "day";q=20000;w=86400` || policy(other) != usual {
		t.Errorf("before %s, after %s, another's %s", before, after, policy(other))
	}
}
