package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestOnlyTheCredentialsOfOneTPPPass mixes five credentials of two TPPs in all ways (security T06).
func TestOnlyTheCredentialsOfOneTPPPass(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	type party struct {
		*tpp
		grant
	}
	parties := [2]party{}
	for i := range parties {
		p := sv.newTPP(t)
		parties[i] = party{p, p.granted(t, allAccounts)}
	}
	var passed []string
	for mix := range 32 {
		of := func(bit int) party { return parties[mix>>bit&1] }
		c := of(0).read(cardsPath, of(0).grant)
		c.seal = of(1).seal
		c.set("Authorization", "Bearer "+of(2).access).set("X-API-Key", of(3).app.APIKey).set("Consent-ID", of(4).consent)
		a := of(0).ask(t, c)
		if a.status == http.StatusOK {
			passed = append(passed, fmt.Sprintf("%05b", mix))
		} else if a.status != http.StatusUnauthorized && a.status != http.StatusBadRequest {
			t.Errorf("mix %05b: %s", mix, a)
		}
	}
	if got := strings.Join(passed, " "); got != "00000 11111" {
		t.Errorf("the mixes %s passed; only those of one TPP alone may", got)
	}
}

func TestAConsentOfAnotherTPPIsUnknown(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	other := p.sv.newTPP(t)
	own := other.ownToken(t)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		foreign := other.ask(t, other.call(method, consentsPath+"/"+g.consent, own, nil))
		missing := other.ask(t, other.call(method, consentsPath+"/"+newUUID(), own, nil))
		if foreign.status != http.StatusForbidden || foreign.code() != "CONSENT_UNKNOWN" || foreign.text() != missing.text() {
			t.Errorf("%s: %s\nwhere there is none: %s", method, foreign, missing)
		}
	}
	if a := p.ask(t, p.read(cardsPath, g)); a.status != http.StatusOK {
		t.Errorf("the owner: %s", a)
	}
}

func TestFiftyPostsOfOneRequestAreOneConsent(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	own, id := p.ownToken(t), newUUID()
	post := func(body string) *call {
		return p.call(http.MethodPost, consentsPath, own, []byte(body)).set("X-Request-ID", id).sign(t)
	}

	answers, _ := p.burst(t, 50, func() *call { return post(allAccounts) })

	ids := map[string]int{}
	for _, a := range answers {
		if a.status != http.StatusCreated {
			t.Fatalf("a repeat: %s", a)
		}
		ids[jsonText(t, a.body, "consentId")]++
	}
	if len(ids) != 1 {
		t.Errorf("there are %d consents", len(ids))
	}
	refusal{400, "FORMAT_ERROR", "X-Request-ID", "another body"}.check(t, p.send(t, post(bankOffered)))
	other := p.sv.newTPP(t)
	theirs := other.ask(t, other.call(http.MethodPost, consentsPath, other.ownToken(t), []byte(allAccounts)).set("X-Request-ID", id))
	if theirs.status != http.StatusCreated || ids[jsonText(t, theirs.body, "consentId")] != 0 {
		t.Errorf("the same id of another TPP: %s", theirs)
	}
}

func TestFiftyRedemptionsOfOneCodeGiveOneTokenThatIsThenDead(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	consent := p.newConsent(t, p.ownToken(t), allAccounts)
	v := p.visit(consent)
	code := p.codeIn(t, p.approve(t, p.sv.browser(t), v, nil), v)
	answers := make([]answer, 50)

	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = p.redeem(t, code, v) })
	}
	wg.Wait()

	var got []tokens
	for _, a := range answers {
		if a.status == http.StatusOK {
			got = append(got, p.tokens(t, a))
		} else if a.oauthCode() != "invalid_grant" {
			t.Errorf("a further redemption: %s", a)
		}
	}
	if len(got) != 1 {
		t.Fatalf("%d redemptions gave tokens", len(got))
	}
	refusal{401, "TOKEN_INVALID", "Authorization", "second time"}.check(t, p.ask(t, p.read(cardsPath, grant{consent: consent, access: got[0].AccessToken})))
	if a := p.askToken(t, "grant_type", "refresh_token", "refresh_token", got[0].RefreshToken); a.oauthCode() != "invalid_grant" {
		t.Errorf("its refresh token: %s", a)
	}
}

func TestARefreshTokenThatIsUsedTwiceEndsItsFamily(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	fresh := p.tokens(t, p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh))

	again := p.askToken(t, "grant_type", "refresh_token", "refresh_token", g.refresh)

	if again.oauthCode() != "invalid_grant" {
		t.Errorf("the second use: %s", again)
	}
	for what, access := range map[string]string{"the first": g.access, "the fresh": fresh.AccessToken} {
		g.access = access
		if a := p.ask(t, p.read(cardsPath, g)); a.code() != "TOKEN_INVALID" {
			t.Errorf("%s access token: %s", what, a)
		}
	}
	if a := p.askToken(t, "grant_type", "refresh_token", "refresh_token", fresh.RefreshToken); a.oauthCode() != "invalid_grant" {
		t.Errorf("the fresh refresh token: %s", a)
	}
}
