package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts/accountstest"
	"fairway/internal/secret"
)

const colleagueEmail = "ada@fairway.example"

// link lets a colleague in on the command line and returns the path of her one-time link.
func (sv *server) link(t testing.TB, args ...string) string {
	t.Helper()
	stdout, stderr, err := sv.command(t, append([]string{"staff"}, args...)...)
	_, after, ours := strings.Cut(stdout, "\n"+sv.portal)
	if err != nil || !ours {
		t.Fatalf("portal staff %v: %v\n%s%s", args, err, stdout, stderr)
	}
	path, _, _ := strings.Cut(after, "\n")
	return path
}

var (
	factorKey     = regexp.MustCompile(`<code id="factor-key">([A-Z2-7 ]+)</code>`)
	recoveryCodes = regexp.MustCompile(`<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>`)
)

// scan reads the key of an enrolment page into an app.
func scan(t testing.TB, page string) (app accountstest.App, key string) {
	t.Helper()
	found := factorKey.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no key on the page:\n%s", page)
	}
	key = strings.ReplaceAll(found[1], " ", "")
	return accountstest.NewApp(t, secret.Text(key)), key
}

// enter chooses the password at a one-time link and sets up an app; what was shown once goes into the book.
func (b *browser) enter(t testing.TB, link string) (app accountstest.App, codes []string) {
	t.Helper()
	b.open(link)
	b.submit(b.formTo(link), "password", password)
	b.follow()
	app, key := scan(t, b.page.body)
	b.submit(b.formTo("/login/factor"), "code", app.Code(time.Now()))
	for _, found := range recoveryCodes.FindAllStringSubmatch(b.page.body, -1) {
		codes = append(codes, found[1])
		b.sv.book.hide("a recovery code", strings.ToLower(found[1]))
	}
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes: %s", len(codes), b.page)
	}
	b.sv.book.hide("the key of an app", key)
	return app, codes
}

// firstStep enters the password.
func (b *browser) firstStep() {
	b.t.Helper()
	b.open("/login")
	b.submit(b.formTo("/login"), "email", colleagueEmail, "password", password)
	b.follow()
}

func TestStaffSignsInWithTwoFactorsAndComesBackWithoutThem(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	sv.book.hide("the password", password)
	first := sv.browser(t)
	app, codes := first.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	if first.open("/admin"); first.page.heading() != "Administration" {
		t.Fatalf("after the enrolment: %s", first.page)
	}

	b := sv.browser(t)
	b.firstStep()
	if b.page.heading() != "Enter your code" {
		t.Fatalf("after the password: %s", b.page)
	}
	if b.open("/admin"); b.page.location() != sv.portal+"/login?next=%2Fadmin" {
		t.Errorf("halfway: %s", b.page)
	}
	b.open("/login/code?next=/account")
	b.submit(b.formTo("/login/code"), "code", app.Next(time.Now()))
	if b.follow(); b.page.heading() != "Your account" {
		t.Fatalf("after the code: %s", b.page)
	}

	phone := sv.browser(t)
	phone.firstStep()
	phone.open("/login/code?kind=recovery")
	phone.submit(phone.formTo("/login/code"), "code", codes[0])
	if phone.follow(); phone.page.heading() != "Administration" || !strings.Contains(phone.page.words(), "9 are left") {
		t.Fatalf("after a recovery code: %s", phone.page)
	}

	link := sv.link(t, "reset-factor", "--email", colleagueEmail)
	for _, old := range []*browser{first, b, phone} {
		if old.open("/admin"); old.page.status != http.StatusSeeOther {
			t.Errorf("after the reset an old session shows %s", old.page)
		}
	}
	again := sv.browser(t)
	fresh, _ := again.enter(t, link)
	if again.open("/support-desk"); again.page.heading() != "Support desk" || fresh == app {
		t.Errorf("after the second enrolment: %s", again.page)
	}
}

func TestStaffFindsItsWayInABrowser(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	b := newTab(t, sv)
	b.axe = axeSource(t)
	b.open(sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	b.look()
	b.fill("password", password)
	b.press("Set the password")
	b.look()
	app, _ := scan(t, ask[string](b, "document.documentElement.outerHTML"))
	b.fill("code", "000000")
	b.press("Turn it on")
	b.look()
	b.fill("code", app.Code(time.Now()))
	b.press("Turn it on")
	b.look()
	b.press("I have kept them")
	for _, path := range []string{"/admin", "/support-desk", "/account", "/account/factor", "/account/factor/replace", "/no/such/page"} {
		b.open(path)
		b.look()
	}
	b.open("/account")
	b.press("Sign out everywhere")
	b.fill("email", colleagueEmail)
	b.fill("password", password+"\r")
	until(t, "the second step", func() bool { return strings.HasSuffix(b.address(), "/login/code") })
	b.look()
	b.press("Use a recovery code")
	b.look()
	b.press("Enter its code")
	b.fill("code", app.Next(time.Now())+"\r")
	until(t, "the start page", func() bool { return strings.HasSuffix(b.address(), "/admin") })
	b.expectQuiet()
}
