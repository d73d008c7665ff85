package oauth_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/secret"
)

func TestATPPGetsATokenOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		for name, scope := range map[string]string{"without scope": "", "with it": "AIS", "in small letters": "ais"} {
			r := c.own()
			r.Scope = scope

			answer := w.exchange(r)

			if !strings.HasPrefix(answer.AccessToken.Reveal(), "sbx_at_") || answer.ExpiresIn != time.Hour || answer.RefreshToken != "" || answer.Scope != "AIS" {
				t.Errorf("%s: %+v", name, answer)
			}
			token, err := w.Check(t.Context(), answer.AccessToken, c.thumbprint, c.app.ID, catalog.Sandbox, "st1")
			if err != nil || token.Grant != oauth.ClientCredentials || token.ConsentID != "" || token.Brand != "" || token.OrganisationID != c.org {
				t.Errorf("%s: %+v, %v", name, token, err)
			}
		}
		for _, scope := range []string{"PIS", "AIS:00000000-0000-4000-8000-000000000000", "AIS offline_access", "\x00"} {
			r := c.own()
			r.Scope = scope
			if got := w.refused(r); got != "scope_not_granted" {
				t.Errorf("scope %q: %q", scope, got)
			}
		}
	})
}

func TestAClientIsItsSecretAndItsCertificate(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		a, b := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		texts := map[string]bool{}
		for id := range 2 {
			for key := range 2 {
				for org := range 2 {
					pick := func(n int) client { return []client{a, b}[n] }
					r := oauth.TokenRequest{GrantType: "client_credentials", ClientID: pick(id).app.ClientID, ClientSecret: pick(key).secret,
						OrganisationID: pick(org).org, Thumbprint: pick(org).thumbprint}

					_, err := w.Exchange(t.Context(), r)

					if good := id == key && key == org; good != (err == nil) {
						t.Errorf("client %d, secret %d, certificate %d: %v", id, key, org, err)
					}
					if err != nil {
						texts[fault.Of(err).Message] = true
					}
				}
			}
		}
		for name, change := range map[string]func(*oauth.TokenRequest){
			"no client":           func(r *oauth.TokenRequest) { r.ClientID = "" },
			"an unknown client":   func(r *oauth.TokenRequest) { r.ClientID = "fwy_unknown" },
			"a client with a NUL": func(r *oauth.TokenRequest) { r.ClientID += "\x00" },
			"no secret":           func(r *oauth.TokenRequest) { r.ClientSecret = "" },
			"half a secret":       func(r *oauth.TokenRequest) { r.ClientSecret = r.ClientSecret[:20] },
			"a secret with more":  func(r *oauth.TokenRequest) { r.ClientSecret += "x" },
			"no organisation":     func(r *oauth.TokenRequest) { r.OrganisationID = "" },
			"no certificate":      func(r *oauth.TokenRequest) { r.Thumbprint = "" },
			"a live certificate":  func(r *oauth.TokenRequest) { r.Environment = catalog.Live },
		} {
			r := a.own()
			change(&r)

			_, err := w.Exchange(t.Context(), r)

			f := fault.Of(err)
			if f.Code != "invalid_client" || f.Kind != fault.Unauthenticated {
				t.Errorf("%s: %v", name, err)
			}
			texts[f.Message] = true
		}
		if len(texts) != 1 {
			t.Errorf("the answers tell the causes apart: %v", texts)
		}
	})
}

func TestACodeGivesTokensForItsConsent(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())

		answer := w.exchange(c.redeem(w.approve(c, consent)))

		if answer.Scope != "AIS:"+consent.ID || answer.ExpiresIn != time.Hour || !strings.HasPrefix(answer.RefreshToken.Reveal(), "sbx_rt_") || answer.AppID != c.app.ID {
			t.Errorf("%+v", answer)
		}
		token, err := w.Check(t.Context(), answer.AccessToken, c.thumbprint, c.app.ID, catalog.Sandbox, brand)
		if err != nil || token.Grant != oauth.AuthorisationCode || token.ConsentID != consent.ID || token.PSU != twoCards || token.Brand != brand || token.Thumbprint != c.thumbprint {
			t.Errorf("%+v, %v", token, err)
		}
		if got := w.check(c, answer.RefreshToken); got != "TOKEN_UNKNOWN" {
			t.Errorf("the refresh token as an access token: %q", got)
		}
	})
}

func TestFiftyParallelExchangesGiveOneTokenWhichThenDies(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		code := w.approve(c, w.consent(c.everything()))
		var given atomic.Int32
		var answer oauth.TokenAnswer
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				got, err := w.Exchange(t.Context(), c.redeem(code))
				if err == nil {
					given.Add(1)
					answer = got
				} else if fault.Of(err).Code != "code_used" {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		if given.Load() != 1 {
			t.Fatalf("%d tokens", given.Load())
		}
		if got := w.check(c, answer.AccessToken); got != "TOKEN_INVALID" {
			t.Errorf("its access token: %q", got)
		}
		if got := w.refused(c.refresh(answer.RefreshToken)); got != "refresh_token_revoked" {
			t.Errorf("its refresh token: %q", got)
		}
	})
}

func TestACodeIsNotBurntByAStrangerAndBurntByItsOwnersMistake(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		sibling := c
		sibling.app, sibling.secret = w.newApp(c.org, "person", "Second app")
		for name, test := range map[string]struct {
			change func(*oauth.TokenRequest)
			want   string
			burnt  bool
		}{
			"another TPP":                  {func(r *oauth.TokenRequest) { *r = other.redeem(r.Code) }, "code_unknown", false},
			"another app of the same TPP":  {func(r *oauth.TokenRequest) { *r = sibling.redeem(r.Code) }, "code_unknown", false},
			"a wrong secret":               {func(r *oauth.TokenRequest) { r.ClientSecret = "sbx_sk_x" }, "invalid_client", false},
			"another TPP's certificate":    {func(r *oauth.TokenRequest) { r.OrganisationID = other.org }, "invalid_client", false},
			"no redirect URI":              {func(r *oauth.TokenRequest) { r.RedirectURI = "" }, "parameter_missing", false},
			"another grant":                {func(r *oauth.TokenRequest) { r.GrantType = "authorisation_code" }, "grant_type_unsupported", false},
			"a wrong verifier":             {func(r *oauth.TokenRequest) { r.CodeVerifier = strings.Repeat("x", 43) }, "code_verifier_wrong", true},
			"no verifier":                  {func(r *oauth.TokenRequest) { r.CodeVerifier = "" }, "code_verifier_wrong", true},
			"the challenge for a verifier": {func(r *oauth.TokenRequest) { r.CodeVerifier = challenge(verifier) }, "code_verifier_wrong", true},
			"a short verifier":             {func(r *oauth.TokenRequest) { r.CodeVerifier = "short" }, "code_verifier_wrong", true},
			"another redirect URI":         {func(r *oauth.TokenRequest) { r.RedirectURI += "/" }, "redirect_uri_differs", true},
			"a wider scope":                {func(r *oauth.TokenRequest) { r.Scope = "AIS PIS" }, "scope_not_granted", true},
		} {
			code := w.approve(c, w.consent(c.everything()))
			r := c.redeem(code)
			test.change(&r)

			if got := w.refused(r); got != test.want {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}

			after := w.refused(c.redeem(code))
			if (after == "code_used") != test.burnt || (!test.burnt && after != "") {
				t.Errorf("%s: the right request afterwards: %q", name, after)
			}
		}
		for _, code := range []string{"x", "sbx_ac_", "\x00", strings.Repeat("x", 10_000)} {
			if got := w.refused(c.redeem(secret.Text(code))); got != "code_unknown" {
				t.Errorf("%.10q: %q", code, got)
			}
		}
		if got := w.refused(c.redeem("")); got != "parameter_missing" {
			t.Errorf("no code: %q", got)
		}
	})
}

func TestACodeWaitsAMinute(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		early := w.approve(c, w.consent(c.everything()))
		w.clock.Advance(time.Minute - time.Second)
		w.exchange(c.redeem(early))
		late := w.approve(c, w.consent(c.everything()))

		w.clock.Advance(time.Minute)

		if got := w.refused(c.redeem(late)); got != "code_expired" {
			t.Error(got)
		}
	})
}

func TestACodeIsWorthNothingOnceItsConsentEnded(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		code := w.approve(c, consent)
		w.must(w.consents.Terminate(t.Context(), consent.Owner, consent.ID))

		if got := w.refused(c.redeem(code)); got != "grant_consent_ended" {
			t.Error(got)
		}
	})
}

func TestARefreshTokenRotatesAndOneUsedTwiceEndsThemAll(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		first := w.exchange(c.redeem(w.approve(c, w.consent(c.everything()))))
		second := w.exchange(c.refresh(first.RefreshToken))
		if second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken || second.Scope != first.Scope {
			t.Fatalf("not rotated: %+v", second)
		}
		if w.check(c, first.AccessToken) != "" || w.check(c, second.AccessToken) != "" {
			t.Fatal("an access token died with the rotation")
		}

		if got := w.refused(c.refresh(first.RefreshToken)); got != "refresh_token_used" {
			t.Errorf("the first again: %q", got)
		}

		for name, token := range map[string]secret.Text{"first": first.AccessToken, "second": second.AccessToken} {
			if got := w.check(c, token); got != "TOKEN_INVALID" {
				t.Errorf("the %s access token: %q", name, got)
			}
		}
		if got := w.refused(c.refresh(second.RefreshToken)); got != "refresh_token_revoked" {
			t.Errorf("the second: %q", got)
		}
	})
}

func TestParallelRefreshesNeverLeaveTwoLivingTokens(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		first := w.exchange(c.redeem(w.approve(c, w.consent(c.everything()))))
		answers := make(chan oauth.TokenAnswer, 20)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if got, err := w.Exchange(t.Context(), c.refresh(first.RefreshToken)); err == nil {
					answers <- got
				}
			})
		}
		wg.Wait()
		close(answers)

		n := 0
		for got := range answers {
			n++
			if w.check(c, got.AccessToken) != "TOKEN_INVALID" || w.refused(c.refresh(got.RefreshToken)) == "" {
				t.Error("a token outlived the reuse")
			}
		}
		if n != 1 {
			t.Errorf("%d refreshes worked", n)
		}
	})
}

func TestNoRefreshSlipsPastTheEndOfItsFamily(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		for range 15 {
			first := w.exchange(c.redeem(w.approve(c, w.consent(c.everything()))))
			second := w.exchange(c.refresh(first.RefreshToken))
			var third oauth.TokenAnswer
			var wg sync.WaitGroup
			wg.Go(func() { third, _ = w.Exchange(t.Context(), c.refresh(second.RefreshToken)) }) // it may come before the end or after
			wg.Go(func() { w.refused(c.refresh(first.RefreshToken)) })
			wg.Wait()

			if third.AccessToken != "" && (w.check(c, third.AccessToken) == "" || w.refused(c.refresh(third.RefreshToken)) == "") {
				t.Fatal("a token was made beside the end of its family and lives")
			}
		}
	})
}

func TestARefreshTokenBelongsToItsApp(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		sibling := c
		sibling.app, sibling.secret = w.newApp(c.org, "person", "Second app")
		token := w.exchange(c.redeem(w.approve(c, w.consent(c.everything())))).RefreshToken

		for name, thief := range map[string]client{"another TPP": other, "another app of the same TPP": sibling} {
			if got := w.refused(thief.refresh(token)); got != "refresh_token_unknown" {
				t.Errorf("%s: %q", name, got)
			}
		}
		wider := c.refresh(token)
		wider.Scope = "AIS:" + secret.UUID()
		if got := w.refused(wider); got != "scope_not_granted" {
			t.Errorf("another scope: %q", got)
		}
		if got := w.refused(c.refresh("")); got != "parameter_missing" {
			t.Errorf("none: %q", got)
		}

		renewed := c
		renewed.thumbprint = secret.Hash("a newer certificate of the same organisation")
		answer := w.exchange(renewed.refresh(token))

		if got := w.check(renewed, answer.AccessToken); got != "" {
			t.Errorf("with the newer certificate: %q", got)
		}
		if got := w.check(c, answer.AccessToken); got != "TOKEN_INVALID" {
			t.Errorf("with the old certificate: %q", got)
		}
	})
}

func TestTokensDoNotOutliveTheirConsent(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		w.clock.Set(time.Date(2026, 11, 21, 21, 30, 0, 0, time.UTC)) // half past eleven in Helsinki
		r := c.everything()
		r.ValidUntil = "2026-11-21"
		today := w.exchange(c.redeem(w.approve(c, w.consent(r))))
		if today.ExpiresIn != 30*time.Minute {
			t.Errorf("a consent that ends at midnight: %v", today.ExpiresIn)
		}
		once := c.everything()
		once.Recurring, once.FrequencyPerDay = false, 1
		oneOff := w.exchange(c.redeem(w.approve(c, w.consent(once))))
		if oneOff.ExpiresIn != 20*time.Minute || oneOff.RefreshToken != "" {
			t.Errorf("a one-off consent: %+v", oneOff)
		}

		w.clock.Advance(30 * time.Minute)

		if got := w.check(c, today.AccessToken); got != "TOKEN_EXPIRED" {
			t.Errorf("the access token after midnight: %q", got)
		}
		if got := w.refused(c.refresh(today.RefreshToken)); got != "refresh_token_expired" {
			t.Errorf("the refresh token after midnight: %q", got)
		}
	})
}

func TestARefreshTokenEndsWithItsConsent(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		token := w.exchange(c.redeem(w.approve(c, consent))).RefreshToken
		w.approve(c, w.consent(c.everything()))
		if s := w.status(consent); s != consents.TerminatedByTPP {
			t.Fatalf("the former consent is %s", s)
		}

		if got := w.refused(c.refresh(token)); got != "grant_consent_ended" {
			t.Error(got)
		}
	})
}

func TestGrantsThatAreNotOfferedAreRefused(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newClient("Budget Buddy")
	for grant, want := range map[string]string{"": "parameter_missing", "password": "grant_type_unsupported", "implicit": "grant_type_unsupported",
		"authorisation_code": "grant_type_unsupported", "Client_Credentials": "grant_type_unsupported", "urn:ietf:params:oauth:grant-type:jwt-bearer": "grant_type_unsupported"} {
		r := c.own()
		r.GrantType = grant
		if got := w.refused(r); got != want {
			t.Errorf("%q: %q", grant, got)
		}
	}
}
