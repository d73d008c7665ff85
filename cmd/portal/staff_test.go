package main

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/catalog"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

// submission is what the member's organisation handed in for Live, once it was examined.
func (v *visitor) submission() map[string]string {
	v.world.t.Helper()
	now := v.world.clock.Now()
	pair := demotest.Issue(v.world.t, demotest.New(v.world.t, now), demo.Request{At: now})
	e := enrolmentstest.HandIn(v.world.t, v.world.enrols, enrolments.Who{OrganisationID: v.person.OrganisationID, PersonID: v.person.ID}, pair)
	testkit.Eventually(v.world.t, "the examination", func() bool {
		found, err := v.world.nca.Case(v.world.t.Context(), e.ID)
		return err == nil && found.Examination != nil
	})
	return map[string]string{"/admin/reviews :id": e.ID}
}

// tryRoute asks for a route as this visitor, with a form that gets past its first look.
func (v *visitor) tryRoute(r httpkit.Route, things map[string]string) answer {
	v.world.t.Helper()
	var fields url.Values
	if r.Method == http.MethodPost {
		fields = form(v.token)
	}
	return v.send(v.request(r.Method, fill(r.Path, things), fields))
}

// lookedAt writes what exists into the addresses of pages about one organisation: a page about nothing opens to nobody.
func (w *world) lookedAt(email string) *strings.Replacer {
	w.t.Helper()
	w.client(email)
	person, err := w.accounts.ByAddress(w.t.Context(), email)
	if err != nil {
		w.t.Fatal(err)
	}
	set, err := w.certs.Active(w.t.Context(), person.OrganisationID, catalog.Sandbox)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.NewReplacer("/admin/organisations/:id", "/admin/organisations/"+person.OrganisationID, ":cid", set.QWAC.ID)
}

func TestStaffPagesOpenToTheirRolesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member, support, admin := w.member("Member Oy"), w.staff(accounts.Support), w.staff(accounts.Admin)
	things := member.belongings("Mine")
	maps.Copy(things, member.submission())
	tried, there := 0, w.lookedAt("looked.at@tpp.example")
	for _, r := range peopleRoutes(w, httpkit.Support, httpkit.Admin) {
		tried++
		r.Path = there.Replace(r.Path)
		for name, c := range map[string]struct {
			visitor *visitor
			allowed bool
		}{
			"a member": {member, false}, "support": {support, r.Guard == httpkit.Support}, "an administrator": {admin, true},
		} {
			a := c.visitor.tryRoute(r, things)
			if (a.status == http.StatusNotFound) == c.allowed || a.status >= 500 {
				t.Errorf("%s %s as %s: %d", r.Method, r.Path, name, a.status)
			}
		}
	}
	if tried < 8 {
		t.Errorf("only %d routes were tried", tried)
	}
}

func TestWhoIsHalfwayGetsTheSecondStepAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	half, member, admin := w.halfway(accounts.Admin), w.member("Member Oy"), w.staff(accounts.Admin)
	for _, r := range peopleRoutes(w, httpkit.SignedIn, httpkit.Support, httpkit.Admin) {
		a := half.tryRoute(r, nothing())
		if r.Method == http.MethodPost && a.status != http.StatusUnauthorized || r.Method == http.MethodGet && (a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login?next=")) {
			t.Errorf("%s %s: %d to %q", r.Method, r.Path, a.status, a.header.Get("Location"))
		}
		if strings.Contains(a.body, half.person.Email) {
			t.Errorf("%s %s shows who is halfway", r.Method, r.Path)
		}
	}
	steps := peopleRoutes(w, httpkit.Halfway)
	for _, r := range steps {
		if a := half.tryRoute(r, nothing()); a.status >= 500 || a.status == http.StatusUnauthorized || strings.HasPrefix(a.header.Get("Location"), "/login?") {
			t.Errorf("%s %s: %d to %q", r.Method, r.Path, a.status, a.header.Get("Location"))
		}
		for home, v := range map[string]*visitor{"/playground": member, "/admin": admin} {
			if a := v.tryRoute(r, nothing()); a.status != http.StatusSeeOther || a.header.Get("Location") != home {
				t.Errorf("%s %s, signed in: %d to %q", r.Method, r.Path, a.status, a.header.Get("Location"))
			}
		}
	}
	if len(steps) != 4 {
		t.Errorf("%d routes are open halfway", len(steps))
	}
}

func TestAColleagueWithoutAFactorIsLedToItAndNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.accounts.AddStaff(t.Context(), "new@fairway.example", accounts.Admin)
	if err != nil {
		t.Fatal(err)
	}
	person, err := w.accounts.AcceptStaff(t.Context(), link.Reveal(), "gravel lantern seventy")
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.accounts.Sessions().Create(t.Context(), person.ID, nil, "", "")
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{world: w, session: token.Reveal(), person: person}

	if a := v.get("/login/code"); a.header.Get("Location") != "/login/factor" {
		t.Errorf("the second step: %d to %q", a.status, a.header.Get("Location"))
	}

	for _, path := range []string{"/admin", "/support-desk", "/account", "/account/factor"} {
		if a := v.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/login?next="+url.QueryEscape(path) {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
}

func TestTheCommandLineResetsAFactor(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	command := func(args ...string) (string, error) {
		getenv := func(name string) string { return map[string]string{"PORTAL_DATA_DIR": dir}[name] }
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"staff"}, args...), getenv, &out, &bytes.Buffer{})
		return out.String(), err
	}
	first, err := command("add", "--email", "ada@fairway.example", "--role", "admin")
	if err != nil {
		t.Fatal(err)
	}

	second, err := command("reset-factor", "--email", "Ada@fairway.example")

	for name, said := range map[string]string{"add": first, "reset-factor": second} {
		if !staffLink.MatchString(said) || !strings.Contains(said, "works once, until ") {
			t.Errorf("%s: %q", name, said)
		}
	}
	if err != nil || staffLink.FindString(second) == staffLink.FindString(first) {
		t.Errorf("%q, %v", second, err)
	}
	if _, err := command("reset-factor", "--email", "nobody@fairway.example"); err == nil || !strings.Contains(err.Error(), "No colleague has this address.") {
		t.Errorf("for nobody: %v", err)
	}
}

var staffLink = regexp.MustCompile(`(?m)^http://localhost:8080/staff/lnk_\S+$`)

func TestAddingAColleagueAgainSaysThatSheIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff(accounts.Admin)
	add := func(role string) string {
		t.Helper()
		var out bytes.Buffer
		own := *w.program
		own.stdout = &out
		if err := own.addStaff(t.Context(), staffCommand{Email: strings.ToUpper(admin.person.Email), Role: role}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}

	again, same := add(""), add("admin")
	changed := add("support")

	for _, said := range []string{again, same} {
		if !strings.Contains(said, "is there already, as admin. Nothing was changed.") || !strings.Contains(said, "portal staff reset-factor --email") || strings.Contains(said, "/staff/") {
			t.Errorf("%q", said)
		}
	}
	if !strings.Contains(changed, "The role was admin and is support from now on") || strings.Contains(changed, "/staff/") {
		t.Errorf("%q", changed)
	}
	if desk, admins := admin.get("/support-desk"), admin.get("/admin"); desk.status != http.StatusOK || admins.status == http.StatusOK {
		t.Errorf("the support desk %d, the administration %d", desk.status, admins.status)
	}
	if err := w.addStaff(t.Context(), staffCommand{Email: "new@fairway.example"}); err == nil || !strings.Contains(err.Error(), "--role") {
		t.Errorf("a new colleague without a role: %v", err)
	}
}

func TestStaffBeginsWithWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	support, admin := w.staff(accounts.Support), w.staff(accounts.Admin)

	for path, v := range map[string]*visitor{"/support-desk": support, "/admin": admin} {
		a := v.get(path)
		for _, words := range []string{v.person.Email, "Recovery codes left", `action="/logout"`, `href="/account/factor"`, `aria-current="page"`} {
			if !strings.Contains(a.body, words) {
				t.Errorf("%s lacks %q: %d", path, words, a.status)
			}
		}
		if strings.Contains(a.body, "Few recovery codes") {
			t.Errorf("%s warns of nothing", path)
		}
	}
	if strings.Contains(support.get("/support-desk").body, `href="/admin"`) {
		t.Error("support is offered the administration")
	}
	if _, err := w.db.Native().ExecContext(t.Context(), "UPDATE recovery_codes SET used_at = created_at"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(admin.get("/admin").body, "Few recovery codes are left") {
		t.Error("nothing warns that no code is left")
	}
}
