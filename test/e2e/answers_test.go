package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnAnswerWithoutABodyLinksToThePageOfItsStatus(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for status, c := range map[string]*call{
		"415": p.call(http.MethodPost, consentsPath, p.ownToken(t), []byte(allAccounts)).without("Content-Type"),
		"500": p.read(cardsPath, g).rehearsed("500"),
		"503": p.read(cardsPath, g).rehearsed("503"),
	} {
		a := p.ask(t, c)
		page := strings.TrimSuffix(strings.TrimPrefix(a.header.Get("Link"), "<"), `>; rel="help"`)

		if !strings.HasPrefix(page, p.sv.portal+"/docs/errors/"+status+"?rid=") || a.body != "" {
			t.Fatalf("%s links to %q: %s", status, page, a)
		}
		if shown := p.sv.browser(t).open(page); shown.status != http.StatusOK {
			t.Errorf("%s: %s", page, shown.answer)
		}
	}
}

func TestAPathThatIsMissedByASlashIsNamed(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	refusal{404, "RESOURCE_UNKNOWN", "", "There is a slash too many at its end; call /card-account/v1/card-accounts."}.check(t, p.ask(t, p.read(cardsPath+"/", g)))

	a := p.ask(t, p.call(http.MethodPut, consentsPath+"/"+g.consent, g.access, []byte("{}")))

	refusal{405, "SERVICE_INVALID", "", "This path takes GET and DELETE, not PUT."}.check(t, a)
	if a.header.Get("Allow") != "GET, DELETE" {
		t.Errorf("Allow: %s", a.header.Get("Allow"))
	}
}

func TestADateThatCannotBeReadIsRepeated(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	card := p.cards(t, p.ask(t, p.read(cardsPath, g)))[0]
	list := cardsPath + "/" + card.ResourceID + "/transactions?bookingStatus=booked&dateFrom="

	refusal{400, "FORMAT_ERROR", "dateFrom", `dateFrom is "31.01.2026"; it is a date like 2026-01-31.`}.check(t, p.ask(t, p.read(list+"31.01.2026", g)))
	refusal{400, "FORMAT_ERROR", "dateFrom", `dateFrom is "` + strings.Repeat("9", 40) + `…";`}.check(t, p.ask(t, p.read(list+strings.Repeat("9", 400), g)))
}

func TestTheAnswerNamesTheFormOfTheBodyThatWasHashed(t *testing.T) {
	t.Parallel()
	p, _ := ready(t)
	own := p.ownToken(t)
	const lines = "{\n  \"access\": {\"accounts\": []}\n}"
	for form, c := range map[string]struct{ hashed, sent string }{
		"the body with LF in place of CR LF":   {lines, strings.ReplaceAll(lines, "\n", "\r\n")},
		"the same JSON without blanks":         {`{"access":{"accounts":[]}}`, lines},
		"the body with a line feed behind it":  {lines + "\n", lines},
		"the body without its byte order mark": {lines, "\ufeff" + lines},
		"":                                     {"{}x", lines},
	} {
		one := p.call(http.MethodPost, consentsPath, own, []byte(c.hashed)).sign(t)
		one.body = []byte(c.sent)
		says := "It is the digest of " + form
		if form == "" {
			says = "Hash the exact bytes that you send"
		}
		until(t, "the answer says: "+says, func() bool { return strings.Contains(p.send(t, one).text(), says) }) // once a second for an app
	}
}

func TestOutsideOfAllAddressesTheDoorSaysWhatItIs(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	for path, status := range map[string]string{"/": "200", "/nowhere": "404"} {
		a := p.wireTo(t).say("GET " + path + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(p.sv.machines, "https://") + "\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(a.String(), status) || !strings.Contains(a.body, `"`+p.app.APIURL+`"`) || !strings.Contains(a.body, p.sv.portal+"/docs/environments") {
			t.Errorf("%s: %s", path, a)
		}
	}
	other := p.wireTo(t).say("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
	if other.status != http.StatusMisdirectedRequest || !strings.Contains(other.body, `"`+p.app.APIURL+`"`) || strings.Contains(other.body, "evil") {
		t.Errorf("another host: %s", other)
	}
}
