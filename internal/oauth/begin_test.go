package oauth_test

import (
	"errors"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/oauth"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

// lookalikes are addresses that something lenient would take for the registered one (security T03).
var lookalikes = map[string]string{
	"nothing":                   "",
	"a prefix":                  "https://app.example/callbac",
	"a slash more":              callback + "/",
	"a path below":              callback + "/evil",
	"a path beside":             callback + "evil",
	"climbing out":              callback + "/../evil",
	"an escaped slash":          "https://app.example%2fcallback",
	"an escaped letter":         "https://app.example/%63allback",
	"an escaped dot segment":    callback + "/%2e%2e/evil",
	"capitals in the path":      "https://app.example/Callback",
	"capitals in the host":      "https://APP.example/callback",
	"capitals in the scheme":    "HTTPS://app.example/callback",
	"plain http":                "http://app.example/callback",
	"another scheme":            "javascript://app.example/callback",
	"a user name":               "https://app.example@evil.example/callback",
	"a user name before":        "https://evil@app.example/callback",
	"a port":                    "https://app.example:443/callback",
	"a fragment":                callback + "#",
	"a fragment with text":      callback + "#code=1",
	"a query":                   callback + "?",
	"a query with text":         callback + "?next=//evil.example",
	"a host that goes on":       "https://app.example.evil.example/callback",
	"a dot at the host's end":   "https://app.example./callback",
	"a Cyrillic twin":           "https://аpp.example/callback",
	"its xn-- form":             "https://xn--pp-7kc.example/callback",
	"a backslash":               `https://app.example\callback`,
	"a tab inside":              "https://app.example/call\tback",
	"a line end":                callback + "\r\nSet-Cookie: a=b",
	"a NUL":                     callback + "\x00",
	"bytes that are no UTF-8":   callback + "\xff",
	"a space at the end":        callback + " ",
	"another app's address":     "https://other.example/callback",
	"two addresses":             callback + "," + callback,
	"an address without scheme": "//app.example/callback",
	"a very long address":       callback + strings.Repeat("a", 100_000),
}

func TestNobodyIsSentToAnAddressThatIsNotRegisteredByteForByte(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		for name, uri := range lookalikes {
			r := c.request(consent)
			r.RedirectURI = uri

			refusal := w.refusal(r)

			if refusal == nil || refusal.Back != nil || refusal.Fault.Code != "redirect_uri_unknown" {
				t.Errorf("%s: %+v", name, refusal)
			} else if len(refusal.Registered) != 2 || refusal.Registered[0] != callback || refusal.Sent != uri {
				t.Errorf("%s: sent %q, registered %q", name, refusal.Sent, refusal.Registered)
			}
		}
		if refusal := w.refusal(c.request(consent)); refusal != nil {
			t.Errorf("the registered one: %v", refusal)
		}
	})
}

func TestAWrongClientIsToldOnAPage(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		for name, change := range map[string]func(*oauth.AuthRequest){
			"none":                     func(r *oauth.AuthRequest) { r.ClientID = "" },
			"unknown":                  func(r *oauth.AuthRequest) { r.ClientID = "fwy_00000000000000000000000000" },
			"a NUL":                    func(r *oauth.AuthRequest) { r.ClientID += "\x00" },
			"no UTF-8":                 func(r *oauth.AuthRequest) { r.ClientID = "\xff\xfe" },
			"very long":                func(r *oauth.AuthRequest) { r.ClientID = strings.Repeat("x", 100_000) },
			"of the other environment": func(r *oauth.AuthRequest) { r.Environment = catalog.Live },
		} {
			r := c.request(consent)
			change(&r)

			refusal := w.refusal(r)

			if refusal == nil || refusal.Back != nil || refusal.Fault.Code != "client_unknown" {
				t.Errorf("%s: %+v", name, refusal)
			}
		}
	})
}

func TestClientAndAddressSentTwiceAreToldOnAPageAndAnythingElseToTheTPP(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newClient("Budget Buddy")
	r := c.request(w.consent(c.everything()))
	for _, name := range []string{"client_id", "redirect_uri"} {
		r.Repeated = []string{name}
		if refusal := w.refusal(r); refusal == nil || refusal.Back != nil {
			t.Errorf("%s: %+v", name, refusal)
		}
	}

	r.Repeated = []string{"scope"}

	if refusal := w.refusal(r); refusal == nil || refusal.Back == nil || refusal.Fault.Code != "parameter_repeated" {
		t.Errorf("scope: %+v", refusal)
	}
}

// wrong is what a change of a sound request is refused with.
type wrong struct {
	change     func(*oauth.AuthRequest)
	code, says string
}

// wrongByThemselves are requests that need no consent to be wrong.
var wrongByThemselves = map[string]wrong{
	"no response type":             {func(r *oauth.AuthRequest) { r.ResponseType = "" }, "parameter_missing", "response_type is missing"},
	"implicit":                     {func(r *oauth.AuthRequest) { r.ResponseType = "token" }, "response_type_unsupported", "token"},
	"hybrid":                       {func(r *oauth.AuthRequest) { r.ResponseType = "code id_token" }, "response_type_unsupported", "code id_token"},
	"form_post":                    {func(r *oauth.AuthRequest) { r.ResponseMode = "form_post" }, "response_mode_unsupported", "form_post"},
	"fragment":                     {func(r *oauth.AuthRequest) { r.ResponseMode = "fragment" }, "response_mode_unsupported", "fragment"},
	"no state":                     {func(r *oauth.AuthRequest) { r.State = "" }, "state_unusable", "missing"},
	"a state of 513 characters":    {func(r *oauth.AuthRequest) { r.State = strings.Repeat("s", 513) }, "state_unusable", "512"},
	"a state with a NUL":           {func(r *oauth.AuthRequest) { r.State = "a\x00b" }, "state_unusable", "ASCII"},
	"a state that is no UTF-8":     {func(r *oauth.AuthRequest) { r.State = "\xff" }, "state_unusable", "ASCII"},
	"no challenge":                 {func(r *oauth.AuthRequest) { r.CodeChallenge = "" }, "code_challenge_unusable", "PKCE is required"},
	"a challenge with padding":     {func(r *oauth.AuthRequest) { r.CodeChallenge += "=" }, "code_challenge_unusable", "padding"},
	"a challenge of 42 characters": {func(r *oauth.AuthRequest) { r.CodeChallenge = r.CodeChallenge[:42] }, "code_challenge_unusable", "has 42 characters"},
	"a challenge of 44 characters": {func(r *oauth.AuthRequest) { r.CodeChallenge += "A" }, "code_challenge_unusable", "has 44 characters"},
	"a challenge in hexadecimal":   {func(r *oauth.AuthRequest) { r.CodeChallenge = strings.Repeat("5c305578", 8) }, "code_challenge_unusable", "hexadecimal"},
	"a challenge in base64":        {func(r *oauth.AuthRequest) { r.CodeChallenge = "+" + r.CodeChallenge[1:] }, "code_challenge_unusable", "base64url"},
	"a challenge with other signs": {func(r *oauth.AuthRequest) { r.CodeChallenge = "!" + r.CodeChallenge[1:] }, "code_challenge_unusable", "base64url"},
	"no method":                    {func(r *oauth.AuthRequest) { r.CodeChallengeMethod = "" }, "code_challenge_method_unsupported", "means plain"},
	"plain":                        {func(r *oauth.AuthRequest) { r.CodeChallengeMethod = "plain" }, "code_challenge_method_unsupported", "plain"},
	"S265":                         {func(r *oauth.AuthRequest) { r.CodeChallengeMethod = "S265" }, "code_challenge_method_unsupported", "code_challenge_method is S265. Only S256"},
	"a small s":                    {func(r *oauth.AuthRequest) { r.CodeChallengeMethod = "s256" }, "code_challenge_method_unsupported", "s256"},
	"no scope":                     {func(r *oauth.AuthRequest) { r.Scope = "" }, "scope_unusable", "missing"},
	"a scope without consent":      {func(r *oauth.AuthRequest) { r.Scope = "AIS" }, "scope_unusable", "AIS:{consentId}"},
	"a scope that is no UUID":      {func(r *oauth.AuthRequest) { r.Scope = "AIS:12345" }, "scope_unusable", "UUID"},
	"offline access alone":         {func(r *oauth.AuthRequest) { r.Scope = "offline_access" }, "scope_unusable", "no consent"},
	"an unknown consent":           {func(r *oauth.AuthRequest) { r.Scope = "AIS:00000000-0000-4000-8000-000000000000" }, "scope_unusable", "no consent of yours"},
}

func (w world) toldToTheTPP(name string, r oauth.AuthRequest, test wrong) {
	w.t.Helper()
	test.change(&r)
	refusal := w.refusal(r)
	if refusal == nil || refusal.Back == nil {
		w.t.Errorf("%s: %+v", name, refusal)
		return
	}
	if refusal.Fault.Code != test.code || !strings.Contains(refusal.Fault.Message, test.says) {
		w.t.Errorf("%s: %s, %q", name, refusal.Fault.Code, refusal.Fault.Message)
	}
	if b := refusal.Back; b.RedirectURI != callback || b.State != r.State || b.Issuer != "https://auth.example/sandbox/"+r.Brand || b.Code != "" || b.Refusal != refusal.Fault {
		w.t.Errorf("%s goes back as %+v", name, b)
	}
}

func TestWhatIsWrongWithARequestIsToldToTheTPP(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		for name, test := range wrongByThemselves {
			w.toldToTheTPP(name, c.request(consent), test)
		}
	})
}

func TestAScopeIsAConsentOfThisTPPAtThisBankThatWaits(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		consent, foreign := w.consent(c.everything()), w.consent(other.everything())
		elsewhere := c.everything()
		elsewhere.Brand = "alisa"
		atAlisa := w.consent(elsewhere)
		announced := c.everything()
		announced.RedirectURI = "https://app.example/elsewhere"
		withURI := w.consent(announced)
		done := w.consent(c.everything())
		w.approve(c, done)
		for name, test := range map[string]wrong{
			"a payment":                     {func(r *oauth.AuthRequest) { r.Scope = "PIS:" + consent.ID }, "scope_unusable", "PIS"},
			"two consents":                  {func(r *oauth.AuthRequest) { r.Scope += " AIS:" + consent.ID }, "scope_unusable", "one at a time"},
			"another TPP's consent":         {func(r *oauth.AuthRequest) { r.Scope = "AIS:" + foreign.ID }, "scope_unusable", "no consent of yours"},
			"a consent at another bank":     {func(r *oauth.AuthRequest) { r.Scope = "AIS:" + atAlisa.ID }, "scope_unusable", "no consent of yours"},
			"a bank that is not connected":  {func(r *oauth.AuthRequest) { r.Brand, r.Scope = "alisa", "AIS:"+atAlisa.ID }, "app_not_connected", "not connected"},
			"a consent that was authorised": {func(r *oauth.AuthRequest) { r.Scope = "AIS:" + done.ID }, "consent_not_authorisable", "is valid"},
			"another address than the consent's": {func(r *oauth.AuthRequest) { r.Scope = "AIS:" + withURI.ID },
				"redirect_uri_of_consent", "https://app.example/elsewhere"},
		} {
			w.toldToTheTPP(name, c.request(consent), test)
		}
	})
}

func TestASoundRequestMayBeWrittenInSeveralWays(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newClient("Budget Buddy")
	consent := w.consent(c.everything())
	for name, change := range map[string]func(*oauth.AuthRequest){
		"as it is":               func(*oauth.AuthRequest) {},
		"with response mode":     func(r *oauth.AuthRequest) { r.ResponseMode = "query" },
		"a lower-case prefix":    func(r *oauth.AuthRequest) { r.Scope = "ais:" + consent.ID },
		"an upper-case id":       func(r *oauth.AuthRequest) { r.Scope = "AIS:" + strings.ToUpper(consent.ID) },
		"offline access after":   func(r *oauth.AuthRequest) { r.Scope += " offline_access" },
		"offline access before":  func(r *oauth.AuthRequest) { r.Scope = "offline_access " + r.Scope },
		"a state of 512":         func(r *oauth.AuthRequest) { r.State = strings.Repeat("~", 512) },
		"the playground's URI":   func(r *oauth.AuthRequest) { r.RedirectURI = "http://localhost:8080/playground/flow/callback" },
		"the guidelines' sample": func(r *oauth.AuthRequest) { r.CodeChallenge = "XDBVePjxmy3NtsPJVcCqcJeCWQtGQuuJC5fkORfNDzY" },
	} {
		r := c.request(consent)
		change(&r)

		if refusal := w.refusal(r); refusal != nil {
			t.Errorf("%s: %v", name, refusal)
		}
	}
}

func TestASecretOpensItsAuthorisationAtItsBankAlone(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		begun, err := w.Begin(t.Context(), c.request(w.consent(c.everything())))
		w.must(err)

		a := w.open(begun.Secret)

		if a.ID != begun.ID || a.Stage != oauth.Started || !a.ExpiresAt.Equal(begun.ExpiresAt) || a.App.ID != c.app.ID || a.TPP.Identifier != "PSDXX-FWYSBX-TEST" {
			t.Errorf("%+v", a)
		}
		if _, err := w.Open(t.Context(), catalog.Sandbox, "alisa", begun.Secret); err == nil {
			t.Error("it opens at another bank")
		}
		if _, err := w.Open(t.Context(), catalog.Live, brand, begun.Secret); err == nil {
			t.Error("it opens in the other environment")
		}
		for _, wrong := range []string{"", "bank_x", "\x00", "\xff", strings.Repeat("x", 10_000)} {
			if _, err := w.Open(t.Context(), catalog.Sandbox, brand, secret.Text(wrong)); err == nil {
				t.Errorf("%q opens it", wrong)
			}
		}
	})
}

func TestAnAuthorisationWhoseAppIsGoneLeadsNowhere(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		begun, err := w.Begin(t.Context(), c.request(w.consent(c.everything())))
		w.must(err)
		_, err = w.apps.Update(t.Context(), c.org, c.app.ID, "person", apps.Change{Name: "Budget Buddy", RedirectURIs: []string{"https://app.example/new"}})
		w.must(err)

		_, err = w.Open(t.Context(), catalog.Sandbox, brand, begun.Secret)

		if err == nil || err.Error() != oauth.ErrAppGone.Error() {
			t.Errorf("the address was removed: %v", err)
		}
		w.must(w.apps.Delete(t.Context(), c.org, c.app.ID, "person"))
		if _, err := w.Open(t.Context(), catalog.Sandbox, brand, begun.Secret); err == nil {
			t.Error("the app was deleted, and the page goes on")
		}
	})
}

func TestAConsentThatEndsMeanwhileEndsTheAuthorisation(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		a := w.selected(c, consent, twoCards)
		w.must(w.consents.Terminate(t.Context(), consent.Owner, consent.ID))

		got, err := w.Confirm(t.Context(), a, w.SandboxCode(a))

		w.must(err)
		if got.Stage != oauth.Failed || got.Exit == nil || got.Exit.Refusal.Code != "consent_ended" {
			t.Errorf("%s, %+v", got.Stage, got.Exit)
		}
		if s := w.status(consent); s != consents.TerminatedByTPP {
			t.Errorf("the consent is %s", s)
		}
	})
}

func TestACustomerIsSentToTheBankSoOftenForOneConsent(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	w := newWorld(t, testkit.SQLiteAt(t, clk), clk)
	c := w.newClient("Budget Buddy")
	first, second := w.consent(c.everything()), w.consent(c.everything())
	for range 100 {
		if _, err := w.Begin(t.Context(), c.request(first)); err != nil {
			t.Fatal(err)
		}
	}

	_, err := w.Begin(t.Context(), c.request(first))
	_, other := w.Begin(t.Context(), c.request(second))

	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Back == nil || refusal.Fault.Code != "consent_not_authorisable" || other != nil {
		t.Errorf("the next %v, another consent %v", err, other)
	}
}
