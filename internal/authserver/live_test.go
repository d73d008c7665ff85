package authserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-jose/go-jose/v4"

	"fairway/internal/apps"
	"fairway/internal/authserver"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
)

const (
	livePath = "/bank/live/rocker"
	customer = "20260017"
)

// newLiveWorld is a world whose app is one of Live, at a brand that is open there.
func newLiveWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.must(w.db.InTx(t.Context(), func(tx db.Tx) error {
		return catalog.SetBackend(tx, "rocker", catalog.Backend{Upstream: "https://psd2.rocker.example", Authorise: "https://rocker.example/authorise", Callers: []string{strings.Repeat("ab", 32)}}, "per_admin")
	}))
	w.must(w.db.InTx(t.Context(), func(tx db.Tx) error {
		app, _, err := w.apps.Create(t.Context(), tx, w.org, "person", apps.NewApp{Environment: catalog.Live, Name: "Budget Buddy", RedirectURIs: []string{callback}})
		w.app = app
		if err != nil {
			return err
		}
		return w.apps.Connect(t.Context(), tx, w.org, app.ID, "rocker", "card-account", "person")
	}))
	return w
}

func inLive(r *consents.Request) { r.Environment = catalog.Live }

func (w *world) beginAddress(c *consents.Consent) string {
	return w.people + livePath + "/v1/authorizations?" + w.query(c).Encode()
}

// sentOff is a browser that was sent to the brand's page, and the request that it carries.
func (w *world) sentOff(c *consents.Consent) (*browser, brandRequest) {
	w.t.Helper()
	b := w.browser().get(w.beginAddress(c))
	return b, w.carried(b)
}

type brandRequest struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`
	DecideAt string `json:"decide_at"`
	TPP      struct {
		Name       string `json:"name"`
		Identifier string `json:"identifier"`
		App        string `json:"app"`
	} `json:"tpp"`
	Consent struct {
		ID        string          `json:"id"`
		Access    consents.Access `json:"access"`
		Recurring bool            `json:"recurring"`
	} `json:"consent"`
}

// carried reads the signed request of a browser that left for the brand.
func (w *world) carried(b *browser) brandRequest {
	w.t.Helper()
	if b.gone == nil || !strings.HasPrefix(b.gone.String(), "https://rocker.example/authorise?request=") || b.answer.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("at %s, %d, gone to %s\n%s", b.at, b.answer.StatusCode, b.gone, b.page)
	}
	signed, err := jose.ParseSignedCompact(b.gone.Query().Get("request"), []jose.SignatureAlgorithm{jose.ES256})
	w.must(err)
	public, err := w.keys.Public(w.t.Context())
	w.must(err)
	var set jose.JSONWebKeySet
	w.must(json.Unmarshal(public, &set))
	body, err := signed.Verify(set.Key(signed.Signatures[0].Header.KeyID)[0])
	w.must(err)
	var r brandRequest
	w.must(json.Unmarshal(body, &r))
	return r
}

// told is what the brand's own system is answered.
func (w *world) told(path, contentType, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	e := gin.New()
	brand, err := catalog.New(w.db, nil).Brand(w.t.Context(), "rocker")
	w.must(err)
	group := e.Group("/live/rocker", func(c *gin.Context) {
		c.Request = c.Request.WithContext(authserver.WithBrand(c.Request.Context(), brand))
	})
	w.face.MountBrands(httpkit.NewRoutes(group, httpkit.Brand, &httpkit.Table{}, w.face.FailToken))
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, r)
	return rec
}

func (w *world) decide(r brandRequest, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.told(strings.TrimPrefix(r.DecideAt, authURL), "application/json", body)
}

const approval = `{"decision":"approved","psu":"` + customer + `","accounts":[{"resource_id":"card-1","masked_pan":"4571 91** **** 2204","currency":"EUR","balances":true,"transactions":true}]}`

func TestACustomerOfLiveIsSentToTheBrandAndBack(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	consent := w.consent(inLive)

	b, r := w.sentOff(consent)
	answered := w.decide(r, approval)
	again := w.decide(r, approval)
	other := w.decide(r, `{"decision":"denied"}`)

	if r.Issuer != authURL || r.Audience != "https://rocker.example/authorise" || r.Expires != w.clock.Now().Add(10*time.Minute).Unix() || r.DecideAt != authURL+"/live/rocker/authorisations/"+r.ID {
		t.Errorf("%+v", r)
	}
	if r.TPP.Name != "Budget Buddy Oy" || r.TPP.Identifier == "" || r.TPP.App != "Budget Buddy" || r.Consent.ID != consent.ID || r.Consent.Access.AllPSD2 != "allAccounts" || !r.Consent.Recurring {
		t.Errorf("%+v", r)
	}
	back := w.people + livePath + "/authorise?back=" + w.oauth.Returns(r.ID)
	if want := `{"return_to":"` + back + `"}`; answered.Code != 200 || strings.TrimSpace(answered.Body.String()) != want || again.Code != 200 || again.Body.String() != answered.Body.String() {
		t.Errorf("%d %s, again %d %s", answered.Code, answered.Body, again.Code, again.Body)
	}
	if other.Code != 409 || !strings.Contains(other.Body.String(), `"invalid_request"`) {
		t.Errorf("another word: %d %s", other.Code, other.Body)
	}
	w.browser().get(back).on(400, "no open request in this browser")
	b.get(w.people+livePath+"/authorise").on(200, "Confirmed, but not in this browser", "Rocker has told us that access for Budget Buddy Oy was confirmed")
	b.get(w.people+livePath+"/authorise?go=bank").on(200, "Confirmed, but not in this browser")
	b.get(back)
	if b.gone == nil || !strings.HasPrefix(b.gone.String(), callback+"?code=live_ac_") || b.gone.Query().Get("iss") != authURL+"/live/rocker" || b.gone.Query().Get("state") != "a state & more" {
		t.Errorf("back at %s", b.gone)
	}
	if w.status(consent) != consents.Valid {
		t.Errorf("the consent is %s", w.status(consent))
	}
}

func TestWhoComesBackUndecidedIsToldSoAndCanGoOn(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	b, first := w.sentOff(w.consent(inLive))

	b.get(w.people+livePath+"/authorise").on(200, "Not decided yet", "Rocker has not told us yet what you decided about Budget Buddy Oy", "Nothing is shared before you confirm it at Rocker. You have until 09:10 UTC",
		`href="`+livePath+`/authorise?go=bank"`, `href="`+livePath+`/authorise"`)
	if strings.Contains(b.page, "<form") {
		t.Errorf("the page has a form:\n%s", b.page)
	}
	w.clock.Advance(time.Minute)
	second := w.carried(b.get(w.people + livePath + "/authorise?go=bank"))

	if second.ID != first.ID || second.DecideAt != first.DecideAt || second.Expires != first.Expires {
		t.Errorf("first %+v, then %+v", first, second)
	}
	w.must(w.oauth.Decide(t.Context(), "rocker", first.ID, oauth.Decision{Outcome: oauth.Refused}))
	b.get(w.people + livePath + "/authorise?go=bank")
	if b.gone == nil || b.gone.Query().Get("error") != "access_denied" {
		t.Errorf("after a no, ?go=bank leads to %s", b.gone)
	}
}

func TestInLiveNoFormOfOursIsTaken(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	consent := w.consent(inLive)
	b, _ := w.sentOff(consent)
	for _, step := range []string{"identify", "select", "confirm", "deny", ""} {
		b.load(http.MethodPost, w.people+livePath+"/authorise", url.Values{"step": {step}, "psu_id": {twoCards}, "code": {"123456"}})

		if b.answer.StatusCode != http.StatusNotFound || w.status(consent) != consents.Received {
			t.Errorf("%q: %d, the consent is %s", step, b.answer.StatusCode, w.status(consent))
		}
	}
}

func TestHEADOpensNothingInLive(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	consent := w.consent(inLive)
	b := w.browser()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, w.beginAddress(consent), nil)
	w.must(err)

	res, err := b.client.Do(r)

	w.must(err)
	_ = res.Body.Close()
	var visits int
	w.must(w.db.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM authorisations").Scan(&visits))
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != livePath+"/authorise" || len(res.Cookies()) != 0 || visits != 0 {
		t.Errorf("%d %v, %d visits", res.StatusCode, res.Header, visits)
	}
}

func TestABodyOfABrandThatCannotBeTakenSaysWhere(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	_, r := w.sentOff(w.consent(inLive))
	decideAt, withdrawAt := strings.TrimPrefix(r.DecideAt, authURL), "/live/rocker/consents/"+r.Consent.ID+"/withdrawal"
	for name, c := range map[string]struct {
		path, contentType, body string
		status                  int
		text                    string
	}{
		"a form":                  {decideAt, "application/x-www-form-urlencoded", "decision=denied", 400, "application/json"},
		"no type":                 {decideAt, "", `{"decision":"denied"}`, 400, "application/json"},
		"no JSON":                 {decideAt, "application/json", "denied", 400, ""},
		"twice the same":          {decideAt, "application/json", `{"decision":"denied","decision":"approved"}`, 400, "decision"},
		"something more":          {decideAt, "application/json", `{"decision":"denied","reason":"x"}`, 400, "reason"},
		"a list for a word":       {decideAt, "application/json", `{"decision":["denied"]}`, 400, "decision: "},
		"a word for a list":       {decideAt, "application/json", `{"decision":"approved","psu":"1","accounts":"all"}`, 400, "accounts: "},
		"a right that is a word":  {decideAt, "application/json", strings.Replace(approval, `"balances":true`, `"balances":"true"`, 1), 400, "accounts[0].balances: "},
		"the whole card number":   {decideAt, "application/json", strings.Replace(approval, "91** ****", "9100 0000", 1), 400, "accounts[0].masked_pan: "},
		"another word":            {decideAt, "application/json", `{"decision":"maybe"}`, 400, "decision: "},
		"an unknown visit":        {"/live/rocker/authorisations/99391c7e-ad88-49ec-a2ad-99ddcb1f7756", "application/json", approval, 404, "decide_at"},
		"a NUL in the address":    {"/live/rocker/authorisations/a%00b", "application/json", approval, 404, "decide_at"},
		"withdrawn, no customer":  {withdrawAt, "application/json", `{}`, 400, "psu"},
		"withdrawn, a number":     {withdrawAt, "application/json", `{"psu":1}`, 400, "psu: "},
		"withdrawn, not given":    {withdrawAt, "application/json", `{"psu":"` + customer + `"}`, 404, "no such consent"},
		"withdrawn, unknown":      {"/live/rocker/consents/nothing%00/withdrawal", "application/json", `{"psu":"1"}`, 404, "no such consent"},
		"withdrawn, more than 64": {withdrawAt, "application/json", `{"psu":"` + strings.Repeat("1", 70_000) + `"}`, 400, "64 kB"},
	} {
		a := w.told(c.path, c.contentType, c.body)

		var body struct{ Error, Error_description string }
		if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil || a.Code != c.status || body.Error != "invalid_request" || !strings.Contains(body.Error_description, c.text) {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}

func TestAWithdrawalIsAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	consent := w.consent(inLive)
	_, r := w.sentOff(consent)
	w.decide(r, approval)

	for range 2 {
		if a := w.told("/live/rocker/consents/"+consent.ID+"/withdrawal", "application/json", `{"psu":"`+customer+`"}`); a.Code != http.StatusNoContent || a.Body.Len() != 0 {
			t.Errorf("%d %s", a.Code, a.Body)
		}
	}
	if w.status(consent) != consents.RevokedByPSU {
		t.Errorf("the consent is %s", w.status(consent))
	}
}

func TestTheMetadataOfLiveIsThereWhereTheBrandIsOpen(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	ask := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		w.machines.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return rec
	}

	open := ask("/live/rocker/.well-known/oauth-authorization-server")
	closed := ask("/live/alisa/.well-known/oauth-authorization-server")

	var got map[string]any
	w.must(json.Unmarshal(open.Body.Bytes(), &got))
	for name, want := range map[string]string{"issuer": authURL + "/live/rocker", "authorization_endpoint": w.people + livePath + "/v1/authorizations", "token_endpoint": authURL + "/token"} {
		if got[name] != want {
			t.Errorf("%s is %v, not %s", name, got[name], want)
		}
	}
	if open.Code != 200 || got["tls_client_certificate_bound_access_tokens"] != true || closed.Code != 404 {
		t.Errorf("%d, and where the brand is not open %d %s", open.Code, closed.Code, closed.Body)
	}
	keys := ask("/live/jwks.json")
	if keys.Code != 200 || keys.Header().Get("Content-Type") != "application/jwk-set+json" || keys.Header().Get("Cache-Control") != "public, max-age=300" || strings.Contains(keys.Body.String(), `"d"`) {
		t.Errorf("the keys: %d %v %s", keys.Code, keys.Header(), keys.Body)
	}
	w.browser().get(w.people + "/bank/live/alisa/v1/authorizations?client_id=x").on(404)
}
