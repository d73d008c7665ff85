package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSupportFindsWhoIsStuckByARequestID is one search, which leads to the request, and one click from there.
func TestSupportFindsWhoIsStuckByARequestID(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: wideLimits})
	p := sv.newTPP(t)
	c := p.call(http.MethodGet, consentsPath+"/"+newUUID(), p.ownToken(t), nil).sign(t).without("Signature")
	if a := p.send(t, c); a.code() != "SIGNATURE_MISSING" {
		t.Fatal(a)
	}
	b := newTab(t, sv)
	b.enter(sv.link(t, "add", "--email", colleagueEmail, "--role", "support"))
	b.open("/support-desk")
	b.clicks = 0
	started := time.Now()

	b.paste("q", c.header.Get("X-Request-ID"))
	b.press("Search")
	request := b.words()
	b.press("TPP ")
	organisation := b.words()

	t.Logf("the request with one search, the TPP with %d click more, %.1f s together", b.clicks-1, time.Since(started).Seconds())
	if !strings.Contains(request, "SIGNATURE_MISSING") || !strings.Contains(request, c.header.Get("X-Request-ID")) {
		t.Errorf("the search shows %s", request)
	}
	if b.clicks != 2 || !strings.Contains(organisation, "Where it is stuck") || !strings.Contains(organisation, " of 6: ") {
		t.Errorf("after %d clicks: %s", b.clicks, organisation)
	}
}
