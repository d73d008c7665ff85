//go:build e2e_full

package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestACodeThatWaitedLongerThanAMinuteIsWorthNothing(t *testing.T) {
	t.Parallel()
	p, code, v := coded(t)
	select {
	case <-time.After(61 * time.Second):
	case <-t.Context().Done():
	}

	a := p.redeem(t, code, v)

	if a.status != http.StatusBadRequest || a.oauthCode() != "invalid_grant" || !strings.Contains(a.body, "expired") {
		t.Errorf("%s", a)
	}
}

func TestThousandsOfTransactionsAreReadPageByPageEachOnce(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	p.app.PSUID = "1345617"
	g := p.granted(t, allAccounts)
	href := p.cards(t, p.ask(t, p.read(cardsPath, g)))[0].Links["transactions"].Href + "?bookingStatus=both&dateFrom=2000-01-01"
	seen := map[string]bool{}
	pages := 0
	for href != "" {
		r, ids := p.report(t, p.follow(t, g, href))
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
		href = r.CardTransactions.Links["next"].Href
		pages++
	}
	if len(seen) < 5000 || pages < 50 {
		t.Errorf("%d transactions on %d pages", len(seen), pages)
	}
}

// TestASlowClientHoldsUpNobody sends headers and a body a byte at a time, on many connections, while others are served.
func TestASlowClientHoldsUpNobody(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	for range 200 {
		w := p.wireTo(t)
		t.Cleanup(func() { _ = w.conn.Close() })
		if _, err := w.conn.Write([]byte("GET /sandbox/rocker/card-account/v1/card-accounts HTTP/1.1\r\nHost: loc")); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 {
		if a := p.ask(t, p.read(cardsPath, g)); a.status != http.StatusOK {
			t.Fatalf("%s", a)
		}
	}
}
