package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var supportLink = regexp.MustCompile(`http://[^\s"<]+/shared/(req_[A-Za-z0-9_-]{43})`)

func TestAFailingCallIsShownToSupportByItsTraceID(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	owner := sv.browser(t)
	owner.signUp(t, "traced-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, owner.setUp(t))
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	c := p.read(cardsPath, g).sign(t)
	c.header.Set("Psu-Ip-Address", "198.51.100.44")
	c.header.Set("Psu-Id", "customer-of-the-bank")
	c.header.Set("Signature", c.signatureOver(t, "digest: x"))

	refused := p.send(t, c)

	trace := refused.header.Get("X-Trace-Id")
	if refused.status != http.StatusUnauthorized || trace == "" || !strings.HasSuffix(jsonMessage(t, refused), "rid="+trace) {
		t.Fatalf("the trace id is %q: %s", trace, refused)
	}
	request := sv.portal + "/playground/requests/" + trace
	if page := owner.open(request); page.status != http.StatusOK || !strings.Contains(page.body, "customer-of-the-bank") {
		t.Fatalf("the owner's page: %s", page)
	}
	shown := owner.submit(owner.formTo("/playground/requests/" + trace + "/share"))
	found := supportLink.FindStringSubmatch(shown.body)
	if found == nil {
		t.Fatalf("no link: %s", shown)
	}
	page := sv.browser(t).open(found[0])
	if page.status != http.StatusOK || !strings.Contains(page.words(), "SIGNATURE_INVALID") || !strings.Contains(page.words(), trace) {
		t.Errorf("who has the link sees: %s", page)
	}
	for _, secret := range []string{"198.51.100.44", "customer-of-the-bank", "sbx_", p.app.ClientID, "127.0.0.1"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the shared page holds %q", secret)
		}
	}
	if strings.Contains(sv.out.String(), found[1]) {
		t.Error("the server's log holds the link")
	}
}

func TestEveryAnswerWithARowNamesItAndNoOtherDoes(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	owner := sv.browser(t)
	owner.signUp(t, "named-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, owner.setUp(t))
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	stranger := p.read(cardsPath, g).sign(t)
	stranger.header.Del("X-Api-Key")
	unknown := p.with(t, nil)

	for name, a := range map[string]answer{
		"a good call": p.send(t, p.read(cardsPath, g).sign(t)), "no API key": p.send(t, stranger), "no such path": p.send(t, p.read("/nothing", g).sign(t)),
		"a token": p.askToken(t, "grant_type", "client_credentials"), "a token refused": p.askToken(t, "grant_type", "password"),
	} {
		trace := a.header.Get("X-Trace-Id")
		if page := owner.open(sv.portal + "/playground/requests/" + trace); trace == "" || page.status != http.StatusOK {
			t.Errorf("%s: %q leads to %d, of %s", name, trace, page.status, a)
		}
	}
	nobody := p.read(cardsPath, g).sign(t)
	nobody.header.Del("X-Api-Key")
	if a := unknown.send(t, nobody); a.header.Get("X-Trace-Id") != "" {
		t.Errorf("nobody's call has a page: %s", a)
	}
}
