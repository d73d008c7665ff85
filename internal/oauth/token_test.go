package oauth_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestATokenSaysWhatIsWrongWithIt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		code := w.approve(c, w.consent(c.everything()))
		user := w.exchange(c.redeem(code))
		own := w.exchange(c.own()).AccessToken
		for name, test := range map[string]struct {
			token               secret.Text
			thumbprint, app     string
			env                 catalog.Environment
			brand               string
			code, says, saysNot string
		}{
			"a token that fits":     {user.AccessToken, c.thumbprint, c.app.ID, catalog.Sandbox, brand, "", "", ""},
			"our own at any bank":   {own, c.thumbprint, c.app.ID, catalog.Sandbox, "alisa", "", "", ""},
			"no token":              {"", c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "not known", ""},
			"an invented token":     {secret.Token("sbx_at_"), c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "not known", ""},
			"a token with more":     {user.AccessToken + "x", c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "not known", ""},
			"half a token":          {user.AccessToken[:20], c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "not known", ""},
			"a NUL":                 {"sbx_at_\x00", c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "not known", ""},
			"a refresh token":       {user.RefreshToken, c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "refresh token", ""},
			"a code":                {code, c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "authorisation code", ""},
			"an API key":            {"sbx_ak_x", c.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_UNKNOWN", "X-API-Key", ""},
			"another certificate":   {user.AccessToken, other.thumbprint, c.app.ID, catalog.Sandbox, brand, "TOKEN_INVALID", other.thumbprint[:16], ""},
			"no certificate":        {user.AccessToken, "", c.app.ID, catalog.Sandbox, brand, "TOKEN_INVALID", c.thumbprint[:16], ""},
			"another app":           {user.AccessToken, c.thumbprint, other.app.ID, catalog.Sandbox, brand, "TOKEN_INVALID", "another app", c.thumbprint[:16]},
			"a thief with all else": {user.AccessToken, other.thumbprint, other.app.ID, catalog.Sandbox, brand, "TOKEN_INVALID", "another app", c.thumbprint[:16]},
			"another bank":          {user.AccessToken, c.thumbprint, c.app.ID, catalog.Sandbox, "alisa", "TOKEN_INVALID", "alisa", ""},
			"the other environment": {own, c.thumbprint, c.app.ID, catalog.Live, brand, "TOKEN_INVALID", "Live", ""},
		} {
			_, err := w.Check(t.Context(), test.token, test.thumbprint, test.app, test.env, test.brand)

			if test.code == "" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			f := fault.Of(err)
			if f.Code != test.code || f.Kind != fault.Unauthenticated || f.Path != "Authorization" || !strings.Contains(f.Message, test.says) ||
				(test.saysNot != "" && strings.Contains(f.Message, test.saysNot)) || len(f.Message) > 500 {
				t.Errorf("%s: %s at %s: %s", name, f.Code, f.Path, f.Message)
			}
		}
	})
}

func TestATokenLivesAnHour(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		token := w.exchange(c.own()).AccessToken
		w.clock.Advance(time.Hour - time.Second)
		if got := w.check(c, token); got != "" {
			t.Fatalf("a second before: %q", got)
		}

		w.clock.Advance(time.Second)
		_, err := w.Check(t.Context(), token, c.thumbprint, c.app.ID, catalog.Sandbox, brand)

		if f := fault.Of(err); f.Code != "TOKEN_EXPIRED" || !strings.Contains(f.Message, "21 Nov 2026, 10:00 UTC") {
			t.Error(err)
		}
	})
}

func TestARevokedTokenDiesInEveryProcess(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk, shared := testkit.Clock(), url(t)
			here, there := newWorld(t, testkit.Open(t, shared, clk), clk), newWorld(t, testkit.Open(t, shared, clk), clk)
			testkit.Run(t, there.db.WatchChanges)
			c := here.newClient("Budget Buddy")
			consent := here.consent(c.everything())
			code := here.approve(c, consent)
			answer := here.exchange(c.redeem(code))
			if got := there.check(c, answer.AccessToken); got != "" {
				t.Fatalf("there, before: %q", got)
			}

			here.refused(c.redeem(code))

			if got := here.check(c, answer.AccessToken); got != "TOKEN_INVALID" {
				t.Errorf("here, at once: %q", got)
			}
			testkit.Eventually(t, "the other process to know", func() bool { return there.check(c, answer.AccessToken) == "TOKEN_INVALID" })
		})
	}
}

func TestACodeThatWasApprovedElsewhereIsExchangedAtOnce(t *testing.T) {
	t.Parallel()
	clk, shared := testkit.Clock(), testkit.SQLiteURL(t)
	here, there := newWorld(t, testkit.Open(t, shared, clk), clk), newWorld(t, testkit.Open(t, shared, clk), clk)
	c := here.newClient("Budget Buddy")
	consent := here.consent(c.everything())
	there.status(consent) // which remembers it as received

	code := here.approve(c, consent)

	if got := there.refused(c.redeem(code)); got != "" {
		t.Error(got)
	}
}

func TestAnAppTakesItsTokensAlong(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		consent := w.consent(c.everything())
		user, own := w.exchange(c.redeem(w.approve(c, consent))), w.exchange(c.own()).AccessToken
		w.must(w.RevokeApp(t.Context(), other.org, c.app.ID))
		if w.check(c, user.AccessToken) != "" || w.check(c, own) != "" {
			t.Fatal("another organisation revoked them")
		}

		w.must(w.RevokeApp(t.Context(), c.org, c.app.ID))

		if w.check(c, user.AccessToken) != "TOKEN_INVALID" || w.refused(c.refresh(user.RefreshToken)) != "refresh_token_revoked" || w.check(c, own) != "TOKEN_INVALID" {
			t.Error("a token of the app lives")
		}
	})
}

func TestWhatExpiredIsKeptForADayAndThenGone(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		code := w.approve(c, w.consent(c.everything()))
		begun, err := w.Begin(t.Context(), c.request(w.consent(c.everything())))
		w.must(err)
		user := w.exchange(c.redeem(code))
		w.clock.Advance(24 * time.Hour)
		w.must(w.Purge(t.Context()))
		if got := w.check(c, user.AccessToken); got != "TOKEN_EXPIRED" {
			t.Errorf("after a day: %q", got)
		}
		w.open(begun.Secret)

		w.clock.Advance(2 * time.Hour)
		w.must(w.Purge(t.Context()))

		fresh := newWorld(t, w.db, w.clock)
		if got := fresh.check(c, user.AccessToken); got != "TOKEN_UNKNOWN" {
			t.Errorf("after more than a day: %q", got)
		}
		if _, err := fresh.Open(t.Context(), catalog.Sandbox, brand, begun.Secret); fault.Of(err).Code != "authorisation_unknown" {
			t.Errorf("the authorisation: %v", err)
		}
		if got := fresh.refused(c.redeem(code)); got != "code_unknown" {
			t.Errorf("the code: %q", got)
		}
		fresh.exchange(c.refresh(user.RefreshToken))
	})
}

func TestSecretsStandInTheDatabaseAsHashesOnly(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		begun, err := w.Begin(t.Context(), c.request(w.consent(c.everything())))
		w.must(err)
		code := w.approve(c, w.consent(c.everything()))
		answer := w.exchange(c.redeem(code))

		rows := dump(t, w.db, "authorisations", "codes", "tokens")

		for name, s := range map[string]secret.Text{"cookie": begun.Secret, "code": code, "access token": answer.AccessToken, "refresh token": answer.RefreshToken} {
			if strings.Contains(rows, s.Reveal()) {
				t.Errorf("the %s is there", name)
			}
			if name != "cookie" && !strings.Contains(rows, secret.Hash(s)) {
				t.Errorf("the hash of the %s is not", name)
			}
		}
	})
}

func TestARememberedTokenCostsNoMemory(t *testing.T) {
	w := newLiteWorld(t)
	c := w.newClient("Budget Buddy")
	token := w.exchange(c.own()).AccessToken
	ctx := t.Context()

	got := testing.AllocsPerRun(100, func() {
		if _, err := w.Check(ctx, token, c.thumbprint, c.app.ID, catalog.Sandbox, brand); err != nil {
			t.Error(err)
		}
	})

	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
