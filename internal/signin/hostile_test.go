package signin_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestLinksThatAreNotOursAreNotFound(t *testing.T) {
	t.Parallel()
	b := newTown(t).browser()
	b.get("/login")
	for _, token := range []string{"x", "lnk_0.x", strings.Repeat("a", 3000), "%00", "%ff%fe", "..%2f..", "<script>", "lnk_0123456789.%0d%0aX:y"} {
		for _, kind := range []string{"/verify/", "/reset/", "/staff/"} {
			for _, a := range []answer{b.get(kind + token), b.post(kind+token, "password", password)} {
				if a.status != http.StatusNotFound || strings.Contains(a.body, "<script>") && token == "<script>" {
					t.Errorf("%s%.20s: status %d", kind, token, a.status)
				}
			}
		}
	}
}

func TestARefusedSignUpComesBackFilledInWithoutThePassword(t *testing.T) {
	t.Parallel()
	b := newTown(t).browser()
	b.get("/signup")

	a := b.post("/signup", "email", `"><script>alert(1)</script>`, "organisation", "<b>\u202e", "country", "XX", "password", "canary-9")

	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantWords(t, a, "<title>Error: Create your account", "There is a problem", `href="#email"`, `href="#organisation"`, `href="#country"`, `href="#password"`, `aria-invalid="true"`)
	if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<b>") || strings.Contains(a.body, "canary-9") {
		t.Errorf("unescaped, or the password is echoed:\n%s", a.body)
	}
	if !strings.Contains(a.body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the address is not filled in again")
	}
	kept := b.post("/signup", "email", "maija@acme.example", "organisation", "Acme", "country", "SE", "password", "short")
	wantWords(t, kept, `value="maija@acme.example"`, `value="Acme"`, `<option value="SE" selected`)
}

func TestKnownAndUnknownAddressesGetTheSameAnswers(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.member("maija@acme.example")
	known, unknown := v.browser(), v.browser()
	known.get("/login")
	unknown.get("/login")
	steps := []func(b *browser, email string) answer{
		func(b *browser, email string) answer { return b.signUp(email) },
		func(b *browser, _ string) answer { return b.get("/signup/check") },
		func(b *browser, _ string) answer { return b.get("/signup/check/state") },
		func(b *browser, _ string) answer { return b.post("/signup/check") },
		func(b *browser, _ string) answer { return b.post("/signup/check") },
		func(b *browser, email string) answer {
			return b.post("/login", "email", email, "password", "wrong wrong wrong")
		},
		func(b *browser, email string) answer { return b.post("/reset", "email", email) },
		func(b *browser, _ string) answer { return b.get("/reset/sent") },
	}
	for i, step := range steps {
		a, z := normal(step(known, "maija@acme.example")), normal(step(unknown, "nobod@acme.example"))
		if a != z {
			t.Errorf("step %d tells the two apart:\n%s\n---\n%s", i, a, z)
		}
	}
}

var perVisit = regexp.MustCompile(`(name="_token" value=")[^"]+|(fairway[a-z_]*=)[A-Za-z0-9_-]+|maija@|nobod@`)

// normal is all that an answer says, without what differs between any two visits.
func normal(a answer) string {
	h := a.header.Clone()
	h.Del("Date")
	h.Del("Content-Length") // of a compressed body: the tokens compress differently
	var b strings.Builder
	_ = h.Write(&b)
	return perVisit.ReplaceAllString(http.StatusText(a.status)+"\n"+b.String()+a.body, "$1$2")
}

func TestHostileInputIsNeverOurFault(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.browser()
	b.get("/signup")
	for _, value := range []string{
		"a@b.example\r\nBcc: c@d.example", "\x00", "\xff\xfe\xfd", strings.Repeat("x", 10_000), "{{7*7}}", "' OR 1=1 --", "<svg onload=alert(1)>", "\u202e\u2066", "", "%s%n",
		strings.Repeat("é", 30_000),
	} {
		for _, path := range []string{"/signup", "/login", "/reset", "/theme", "/logout", "/signup/check"} {
			a := b.post(path, "email", value, "password", value, "organisation", value, "country", value, "next", value, "theme", value, "return", value)
			if a.status >= 500 || strings.Contains(a.body, "<svg onload=alert") {
				t.Errorf("%s with %.20q: status %d", path, value, a.status)
			}
		}
	}
	twice := b.post("/login", "email", "a@b.example", "email", "c@d.example", "password", "x")
	wantStatus(t, twice, http.StatusUnprocessableEntity)
	large := b.post("/signup", "email", strings.Repeat("x", 200_000))
	wantStatus(t, large, http.StatusRequestEntityTooLarge)
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.member("maija@acme.example")
	for _, path := range []string{"/signup", "/signup/check", "/login", "/logout", "/reset", "/theme", "/account/sessions", "/verify/x", "/verify/x/again", "/reset/x", "/staff/x", "/login/code", "/login/factor", "/account/factor/codes", "/account/factor/replace", "/account/confirm"} {
		good := b.token
		b.token = "forged"
		if a := b.post(path); a.status != http.StatusForbidden {
			t.Errorf("%s without the token: %d", path, a.status)
		}
		b.token = good
	}
	if !b.signedIn() {
		t.Error("somebody else's form ended the session")
	}
}
