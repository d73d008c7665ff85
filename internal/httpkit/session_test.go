package httpkit_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fairway/internal/httpkit"
)

func TestSigningInGivesANewSessionAndEndsTheOld(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.token = v.post("/note", "key", "note", "value", "of nobody").body
	planted := v.cookies["fairway"]

	v.post("/login", "person", "per_1")
	attacker := h.visitor()
	attacker.cookies["fairway"] = planted

	if v.cookies["fairway"] == planted || v.get("/who").body != "per_1/" {
		t.Errorf("the session is the old one, or not hers: %s", v.get("/who").body)
	}
	if got := attacker.get("/who").body; got != "/" {
		t.Errorf("the session that was planted before is %q", got)
	}
}

func TestAPageThatAsksByItselfDoesNotUseTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	h.keeper.foundSince()
	ask := func(method string, headers ...string) string {
		r := v.request("/who")
		r.Method = method
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		v.send(r)
		return h.keeper.foundSince()
	}

	navigation := []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin"}
	for what, c := range map[string]struct{ got, want string }{
		"a visit by an old browser":            {ask(http.MethodGet), "used"},
		"a part that is fetched again":         {ask(http.MethodGet, "Fairway-Poll", "1"), "peeked into"},
		"a form that says it is such a part":   {ask(http.MethodPost, "Fairway-Poll", "1"), "used"},
		"a page that is loaded again":          {ask(http.MethodGet, navigation...), "peeked into"},
		"a link that is clicked":               {ask(http.MethodGet, append(navigation, "Sec-Fetch-User", "?1")...), "used"},
		"an address that is typed":             {ask(http.MethodGet, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "none"), "used"},
		"a part that is fetched after a click": {ask(http.MethodGet, "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"), "used"},
	} {
		if c.got != c.want {
			t.Errorf("%s: the session was %q, want %q", what, c.got, c.want)
		}
	}
}

func TestSigningInAgainEndsTheFormerSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	first := h.visitor()
	first.cookies["fairway"] = v.cookies["fairway"]
	v.open()

	v.post("/login", "person", "per_2")

	if got := first.get("/who").body; got != "/" || v.get("/who").body != "per_2/" {
		t.Errorf("the former session is %q, hers is %q", got, v.get("/who").body)
	}
}

func TestSigningOutEndsTheSessionWhereverItsCookieWasCopiedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	copied := h.visitor()
	copied.cookies["fairway"] = v.cookies["fairway"]
	if got := copied.get("/who").body; got != "per_1/" {
		t.Fatalf("the copy is %q", got)
	}
	v.open()

	out := v.post("/logout")

	gone := out.cookie("fairway")
	if gone == nil || gone.MaxAge >= 0 || gone.Value != "" || len(h.keeper.kept) != 0 {
		t.Errorf("%+v, %d sessions are left", gone, len(h.keeper.kept))
	}
	if got := copied.get("/who").body; got != "/" {
		t.Errorf("the copy is still %q", got)
	}
}

func TestTwoSessionCookiesAreNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	for _, second := range []string{"planted", v.cookies["fairway"], ""} {
		r := httptest.NewRequest(http.MethodGet, "/who", nil)
		r.AddCookie(&http.Cookie{Name: "fairway", Value: second})

		if got := v.send(r).body; got != "/" {
			t.Errorf("with %q beside it the session is %q", second, got)
		}
	}
}

func TestCookiesCanBeReadByNobodyElse(t *testing.T) {
	t.Parallel()
	for secure, prefix := range map[bool]string{false: "", true: "__Host-"} {
		v := newHouse(t, secure).visitor()
		form := v.open().cookie(prefix + "fairway_form")
		session := v.post("/login", "person", "per_1").cookie(prefix + "fairway")
		v.open()
		gone := v.post("/logout").cookie(prefix + "fairway")

		for name, c := range map[string]*http.Cookie{"form": form, "session": session, "gone": gone} {
			if c == nil {
				t.Fatalf("secure %v: no cookie for the %s", secure, name)
			}
			if !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Raw) > 1000 {
				t.Errorf("secure %v, %s: %s", secure, name, c.Raw)
			}
			if name != "gone" && (c.MaxAge != 0 || !c.Expires.IsZero()) {
				t.Errorf("secure %v, %s outlives the browser: %s", secure, name, c.Raw)
			}
		}
	}
}

func TestASessionOfTheOtherSchemeIsNotRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, true)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	v.cookies["fairway"] = v.cookies["__Host-fairway"]
	delete(v.cookies, "__Host-fairway")

	if got := v.get("/who").body; got != "/" {
		t.Errorf("a cookie that any host may have set is %q", got)
	}
}

// A remembered text must never become who somebody is, whatever its key.
func TestNothingRememberedMakesSomebodyAPerson(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"person", "fairway.visitor", "visitor", "fairway.session", "0", "1"} {
		h := newHouse(t, false)
		v := h.visitor()
		v.open()

		v.post("/note", "key", key, "value", "per_1")

		if got := v.get("/who").body; got != "/" {
			t.Errorf("with %q remembered the visitor is %q", key, got)
		}
		for _, kept := range h.keeper.kept {
			if kept.Visitor.PersonID != "" || kept.Data[key] != "per_1" {
				t.Errorf("%q is kept as %+v", key, kept)
			}
		}
	}
}

func TestWhatIsRememberedStaysWithTheSession(t *testing.T) {
	t.Parallel()
	v := newHouse(t, false).visitor()
	v.open()
	v.token = v.post("/note", "key", "note", "value", "hello").body

	kept := v.get("/who").body
	v.post("/login", "person", "per_1")

	if kept != "/hello" || v.get("/who").body != "per_1/" {
		t.Errorf("%q, then %q", kept, v.get("/who").body)
	}
}

func TestASessionThatCannotBeLoadedOpensNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	h.keeper.broken = errors.New("dial tcp 10.0.0.7:5432: connection refused")

	a := v.get("/who")

	if a.status != http.StatusInternalServerError || strings.Contains(a.body, "10.0.0.7") || strings.Contains(a.body, "per_1") {
		t.Errorf("%d %q", a.status, a.body)
	}
}

func TestAMessageIsShownOnceAndNotToWhoAsksForHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/frame", func(c *call) error {
		p := httpkit.Frame(c, "x")
		if p.Flash == nil {
			return httpkit.Page(c, http.StatusOK, text("nothing"))
		}
		return httpkit.Page(c, http.StatusOK, text(string(p.Flash.Tone)+": "+p.Flash.Text))
	})
	h.routes.Post("/flash", func(c *call) error {
		if err := httpkit.Flash(c, "ok", "Saved | done."); err != nil {
			return err
		}
		return httpkit.SeeOther(c, "/frame")
	})
	v := h.visitor()
	v.open()
	v.post("/flash")

	v.send(httptest.NewRequest(http.MethodHead, "/frame", nil))
	first, second := v.get("/frame"), v.get("/frame")

	if first.body != "ok: Saved | done." || second.body != "nothing" {
		t.Errorf("%q, then %q", first.body, second.body)
	}
}
