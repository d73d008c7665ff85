package signin_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/secret"
	"fairway/internal/totp"
)

// colleague is a browser whose person is staff and signed in, with her app in her hands.
type colleague struct {
	*browser
	app   accountstest.App
	codes []string
}

var (
	shownKey   = regexp.MustCompile(`<code id="factor-key">([A-Z2-7 ]+)</code>`)
	shownCodes = regexp.MustCompile(`<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>`)
)

// scan reads the key of an enrolment page into an app.
func scan(t *testing.T, a answer) accountstest.App {
	t.Helper()
	found := shownKey.FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("no key, status %d:\n%s", a.status, a.body)
	}
	return accountstest.NewApp(t, secret.Text(strings.ReplaceAll(found[1], " ", "")))
}

func codesOn(t *testing.T, a answer) []string {
	t.Helper()
	wantStatus(t, a, http.StatusOK)
	var codes []string
	for _, found := range shownCodes.FindAllStringSubmatch(a.body, -1) {
		codes = append(codes, found[1])
	}
	if len(codes) != 10 || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d codes, %q:\n%s", len(codes), a.header.Get("Cache-Control"), a.body)
	}
	return codes
}

const staffPassword = "gravel lantern seventy"

// newcomer is a browser that has chosen its password at the one-time link.
func (v town) newcomer(role accounts.Role) *browser {
	v.t.Helper()
	link := must(v.accounts.AddStaff(v.t.Context(), "ada@fairway.example", role))(v.t)
	b := v.browser()
	wantWords(v.t, b.get("/staff/"+link.Reveal()), "Welcome", "ada@fairway.example")
	if a := b.post("/staff/"+link.Reveal(), "password", staffPassword); a.to() != "/login/code" {
		v.t.Fatalf("the password leads to %q, status %d:\n%s", a.to(), a.status, a.body)
	}
	return b
}

func (v town) colleague(role accounts.Role) colleague {
	v.t.Helper()
	c := colleague{browser: v.newcomer(role)}
	c.app = scan(v.t, c.get("/login/factor"))
	c.codes = codesOn(v.t, c.post("/login/factor", "code", c.app.Code(v.clock.Now())))
	v.clock.Advance(totp.Period)
	return c
}

func TestStaffSetsUpASecondFactorAtTheOneTimeLink(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.newcomer(accounts.Admin)
	if a := b.get("/login/code"); a.to() != "/login/factor" {
		t.Fatalf("without a factor the second step leads to %q", a.to())
	}
	page := b.get("/login/factor")
	app := scan(t, page)
	wantWords(t, page, `href="otpauth://totp/Fairway:ada@fairway.example?`, `<svg class="qr"`, "Your password is set.", `autocomplete="one-time-code"`)
	if strings.Contains(page.body, "style=") || page.header.Get("Cache-Control") != "no-store" {
		t.Error("the page has an inline style, or may be kept")
	}
	before := b.cookie("fairway")
	wantWords(t, b.post("/login/factor", "code", "12345"), "There is a problem", `href="#code"`)

	done := b.post("/login/factor", "code", app.Code(v.clock.Now()))

	codesOn(t, done)
	wantWords(t, done, "Shown once", `href="/admin"`, "Administration")
	if after := b.cookie("fairway"); after == before || b.withSession(before).signedIn() || !b.signedIn() {
		t.Error("the session kept its token")
	}
	account := b.get("/account")
	wantWords(t, account, "Administrator of the service provider", "ada@fairway.example", `href="/account/factor"`)
	if subject := v.letter(1).Subject; subject != "A second factor was set up" {
		t.Errorf("the letter says %q", subject)
	}
	if a := b.get("/login/factor"); a.to() != "/admin" {
		t.Errorf("once more leads to %q", a.to())
	}
}

func TestALinkOfStaffThatWasUsedSaysWhereANewOneComesFrom(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	link := must(v.accounts.AddStaff(t.Context(), "ada@fairway.example", accounts.Admin))(t)
	b := v.browser()
	b.get("/staff/" + link.Reveal())
	b.post("/staff/"+link.Reveal(), "password", staffPassword)

	dead := v.browser().get("/staff/" + link.Reveal())

	wantStatus(t, dead, http.StatusConflict)
	wantWords(t, dead, "comes from the operator")
}

func TestStaffSignsInWithAPasswordAndACode(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Support)
	b := v.browser()
	b.get("/login?next=" + url.QueryEscape("/account?a=b"))

	half := b.post("/login", "email", "ada@fairway.example", "password", staffPassword, "next", "/account?a=b")

	if half.to() != "/login/code?next=%2Faccount%3Fa%3Db" || strings.Contains(strings.Join(half.header["Set-Cookie"], " "), "fairway_device=dev_") {
		t.Fatalf("the password leads to %q, cookies %q", half.to(), half.header["Set-Cookie"])
	}
	before := b.cookie("fairway")
	for _, path := range []string{"/account", "/account/factor", "/account/confirm", "/account/factor/replace"} {
		if a := b.get(path); a.status != http.StatusSeeOther || a.to() != "/login?next="+url.QueryEscape(path) {
			t.Errorf("halfway %s answers %d to %q", path, a.status, a.to())
		}
	}
	if a := b.get("/login?next=%2Fdocs"); a.to() != "/login/code?next=%2Fdocs" {
		t.Errorf("the log-in leads to %q", a.to())
	}
	if a := b.get("/login/factor"); a.to() != "/login/code" {
		t.Errorf("another factor is offered: %d to %q", a.status, a.to())
	}
	page := b.get(half.to())
	wantWords(t, page, `name="next" value="/account?a=b"`, "ada@fairway.example", "Use a recovery code")
	wrong := b.post("/login/code", "code", "000000", "next", "/account?a=b")
	wantStatus(t, wrong, http.StatusUnprocessableEntity)
	wantWords(t, wrong, "<title>Error: Enter your code", "This code is not right", `name="next" value="/account?a=b"`)

	in := b.post("/login/code", "code", c.app.Code(v.clock.Now()), "next", "/account?a=b")

	if in.to() != "/account?a=b" || !strings.Contains(strings.Join(in.header["Set-Cookie"], " "), "fairway_device=dev_") {
		t.Fatalf("the code leads to %q, cookies %q", in.to(), in.header["Set-Cookie"])
	}
	if b.cookie("fairway") == before || b.withSession(before).signedIn() || !b.signedIn() {
		t.Error("the session kept its token")
	}
	if a := b.get("/login"); a.to() != "/support-desk" {
		t.Errorf("signed in, the log-in leads to %q", a.to())
	}
}

func TestACodeLeadsToOwnPathsOnly(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Admin)
	for next, want := range map[string]string{"": "/admin", "//evil.example": "/admin", "https://evil.example": "/admin", `/\evil.example`: "/admin", "/docs?a#b": "/docs?a#b"} {
		b := v.browser()
		b.logIn("ada@fairway.example", staffPassword)
		b.get("/login/code?next=" + url.QueryEscape(next))

		if a := b.post("/login/code", "code", c.app.Code(v.clock.Now()), "next", next); a.to() != want {
			t.Errorf("next=%q leads to %q, want %q", next, a.to(), want)
		}
		v.clock.Advance(totp.Period)
	}
}

func TestARecoveryCodeLetsInOnceAndALetterSaysSo(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Admin)
	v.letter(1)
	enter := func() answer {
		b := v.browser()
		b.logIn("ada@fairway.example", staffPassword)
		page := b.get("/login/code?kind=recovery&next=%2Faccount")
		wantWords(t, page, "Recovery code", `name="kind" value="recovery"`)
		a := b.post("/login/code", "kind", "recovery", "code", strings.ToLower(c.codes[0]), "next", "/account")
		if a.status == http.StatusSeeOther {
			wantWords(t, b.get(a.to()), "You used a recovery code. 9 are left.")
		}
		return a
	}

	if a := enter(); a.to() != "/account" {
		t.Fatalf("it leads to %q, status %d:\n%s", a.to(), a.status, a.body)
	}

	wantStatus(t, enter(), http.StatusUnprocessableEntity)
	if subject := v.letter(2).Subject; subject != "A recovery code was used" {
		t.Errorf("the letter says %q", subject)
	}
}

func TestTooManyCodesComeBackWithTheTimeToWait(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.colleague(accounts.Admin)
	b := v.browser()
	b.logIn("ada@fairway.example", staffPassword)
	b.get("/login/code")
	for range 6 {
		wantStatus(t, b.post("/login/code", "code", "000000"), http.StatusUnprocessableEntity)
	}

	a := b.post("/login/code", "code", "000000")

	wantStatus(t, a, http.StatusTooManyRequests)
	wantWords(t, a, "Try again in 2 seconds.")
}

func TestWhoStopsHalfwayIsNobodyAgain(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	v.colleague(accounts.Admin)
	b := v.browser()
	b.logIn("ada@fairway.example", staffPassword)
	b.get("/login/code")

	if a := b.post("/logout"); a.to() != "/" {
		t.Errorf("leads to %q", a.to())
	}

	if a := b.get("/login/code"); a.to() != "/login?next=%2Flogin%2Fcode" {
		t.Errorf("the second step answers %d to %q", a.status, a.to())
	}
	v.clock.Advance(31 * time.Minute)
	wantStatus(t, b.get("/login"), http.StatusOK)
}

func TestChangesOfTheFactorAskForACodeAfterFiveMinutes(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Admin)
	v.letter(1)
	if page := c.get("/account/factor"); strings.Contains(page.body, `name="code"`) {
		t.Error("a code is asked for right after the enrolment")
	}
	v.clock.Advance(accounts.FactorLasts)
	wantWords(t, c.get("/account/factor"), `name="code"`, "Recovery codes left")
	missing := c.post("/account/factor/codes")
	wantStatus(t, missing, http.StatusUnprocessableEntity)
	wantWords(t, missing, `href="#code"`, "Enter the six digits")
	wrong := c.post("/account/factor/codes", "code", "000000")
	wantStatus(t, wrong, http.StatusUnprocessableEntity)

	fresh := codesOn(t, c.post("/account/factor/codes", "code", c.app.Code(v.clock.Now())))

	if fresh[0] == c.codes[0] {
		t.Error("the codes are the old ones")
	}
	if subject := v.letter(2).Subject; subject != "Your recovery codes were replaced" {
		t.Errorf("the letter says %q", subject)
	}
	wantStatus(t, c.post("/account/factor/codes"), http.StatusOK) // fresh now
}

func TestAnotherAppIsSetUpAfterACodeOfTheOldOne(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Admin)
	v.clock.Advance(accounts.FactorLasts)
	ask := c.get("/account/factor/replace")
	if ask.to() != "/account/confirm?next=%2Faccount%2Ffactor%2Freplace" {
		t.Fatalf("it leads to %q", ask.to())
	}
	wantWords(t, c.get(ask.to()), `name="next" value="/account/factor/replace"`, `name="code"`)
	if a := c.post("/account/factor/replace", "code", "123456"); a.to() != ask.to() {
		t.Errorf("the act itself leads to %q, status %d", a.to(), a.status)
	}
	wantStatus(t, c.post("/account/confirm", "code", "000000", "next", "/account/factor/replace"), http.StatusUnprocessableEntity)
	if a := c.post("/account/confirm", "code", c.app.Code(v.clock.Now()), "next", "/account/factor/replace"); a.to() != "/account/factor/replace" {
		t.Fatalf("the code leads to %q, status %d", a.to(), a.status)
	}
	if a := c.get("/account/confirm?next=//evil.example"); a.to() != "/account/factor" {
		t.Errorf("fresh, it leads to %q", a.to())
	}
	app := scan(t, c.get("/account/factor/replace"))
	before := c.cookie("fairway")

	codes := codesOn(t, c.post("/account/factor/replace", "code", app.Code(v.clock.Now())))

	if codes[0] == c.codes[0] || c.cookie("fairway") == before || c.withSession(before).signedIn() || !c.signedIn() {
		t.Error("codes or session are the old ones")
	}
	b := v.browser()
	b.logIn("ada@fairway.example", staffPassword)
	b.get("/login/code")
	wantStatus(t, b.post("/login/code", "code", c.app.Next(v.clock.Now())), http.StatusUnprocessableEntity)
	if a := b.post("/login/code", "code", app.Next(v.clock.Now())); a.to() != "/admin" {
		t.Errorf("the new app leads to %q, status %d", a.to(), a.status)
	}
}

func TestThirdPartyProvidersKnowNothingOfASecondFactor(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	b := v.member("maija@acme.example")

	for _, path := range []string{"/account/factor", "/account/confirm", "/account/factor/replace"} {
		wantStatus(t, b.get(path), http.StatusNotFound)
	}
	for _, path := range []string{"/login/code", "/login/factor"} {
		if a := b.get(path); a.to() != "/playground" {
			t.Errorf("%s: %d to %q", path, a.status, a.to())
		}
	}
	if strings.Contains(html.UnescapeString(b.get("/account").body), "econd factor") {
		t.Error("the account page speaks of it")
	}
}

func TestHostileCodesAreRefusedAsTheyAre(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	c := v.colleague(accounts.Admin)
	half := v.browser()
	half.logIn("ada@fairway.example", staffPassword)
	half.get("/login/code")
	for _, value := range []string{"\x00", "\xff\xfe", strings.Repeat("9", 100_000), "<svg onload=alert(1)>", "' OR 1=1 --", "%s%n", "１２３４５６"} {
		for path, b := range map[string]*browser{"/login/code": half, "/login/factor": half, "/account/confirm": c.browser, "/account/factor/codes": c.browser, "/account/factor/replace": c.browser} {
			a := b.post(path, "code", value, "next", value, "kind", value)
			if a.status >= 500 || strings.Contains(a.body, "<svg onload=alert") {
				t.Errorf("%s with %.20q: status %d", path, value, a.status)
			}
		}
	}
}
