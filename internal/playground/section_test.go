package playground_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/qcert"
)

// worlds are the two environments, where their pages lie and how their secrets begin.
var worlds = []struct {
	env          catalog.Environment
	root, prefix string
}{{catalog.Sandbox, "/playground", "sbx_"}, {catalog.Live, "/playground/live", "live_"}}

// reach opens a brand in Live.
func (k desk) reach(brand string) {
	k.t.Helper()
	b := catalog.Backend{Upstream: "https://psd2.bank.example", Authorise: "https://bank.example/authorise", Callers: []string{strings.Repeat("ab", 32)}}
	if err := k.db.InTx(k.t.Context(), func(tx db.Tx) error { return catalog.SetBackend(tx, brand, b, "per_admin") }); err != nil {
		k.t.Fatal(err)
	}
}

// granted has certificates that name both roles approved with some of them.
func (m *member) granted(rights ...qcert.Role) *enrolments.Enrolment {
	m.t.Helper()
	pair := demotest.Issue(m.t, m.qtsp, demo.Request{At: m.clock.Now(), Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}})
	e := enrolmentstest.HandIn(m.t, m.enrolments, enrolments.Who{OrganisationID: m.org, PersonID: m.person}, pair)
	return m.turned(e, func(tx db.Tx, e *enrolments.Enrolment) error {
		return m.enrolments.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: rights, By: "per_admin", Reason: "Everything agrees."})
	})
}

// suspended is what staff does to the whole organisation.
func (m *member) suspended() {
	m.t.Helper()
	err := m.db.InTx(m.t.Context(), func(tx db.Tx) error {
		if err := m.accounts.Suspend(tx, accounts.Sanction{OrganisationID: m.org, By: "per_admin", Reason: "They asked us to."}); err != nil {
			return err
		}
		return m.enrolments.SuspendWith(tx, m.org, "per_admin", "They asked us to.")
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *member) listIn(env catalog.Environment) []apps.App {
	m.t.Helper()
	return must(m.apps.List(m.t.Context(), m.org, env))(m.t)
}

// made is an app of an environment that the forms made.
func (m *member) made(env catalog.Environment, root, name string) apps.App {
	m.t.Helper()
	if a := m.post(root+"/apps/new", "once", "form_"+string(env)+name, "name", name, "redirect_uris", "https://app.example/cb"); a.status != http.StatusOK {
		m.t.Fatalf("%s in %s: %d", name, env, a.status)
	}
	list := m.listIn(env)
	return list[slices.IndexFunc(list, func(a apps.App) bool { return a.Name == name })]
}

func TestAppsWorkTheSameInBothEnvironments(t *testing.T) {
	t.Parallel()
	for _, w := range worlds {
		t.Run(string(w.env), func(t *testing.T) {
			t.Parallel()
			k := newDesk(t)
			k.reach("rocker")
			m := k.member("Budget Buddy Oy")
			m.approved()
			at := w.root + "/apps"

			empty := m.mustGet(at)
			form := m.mustGet(at + "/new")
			made := m.post(at+"/new", "once", form.field("once"), "name", "Buddy", "redirect_uris", "https://app.example/cb")
			again := m.post(at+"/new", "once", form.field("once"), "name", "Buddy", "redirect_uris", "https://app.example/cb")
			app := m.listIn(w.env)[0]
			mine := at + "/" + app.ID
			edited := m.post(mine+"/edit", "name", "Buddy 2", "redirect_uris", "https://app.example/cb2")
			once := m.mustGet(mine + "/rotate?kind=api_key").field("once")
			rotated := m.post(mine+"/rotate", "kind", "api_key", "once", once, "overlap", "24h")
			file := m.post(mine+"/env", "api_key", rotated.field("api_key"))
			connected := m.post(w.root+"/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")
			page, list := m.mustGet(mine), m.mustGet(at)
			revoke := mine + "/credentials/" + app.Credentials[0].ID + "/revoke"
			asked, revoked := m.mustGet(revoke), m.post(revoke)
			gone := m.post(w.root+"/apis/disconnect", "app", app.ID, "brand", "rocker", "api", "card-account", "from", "app")

			if !empty.says("No app yet") || made.status != http.StatusOK || len(made.secrets()) == 0 || made.header.Get("Cache-Control") != "no-store" || len(again.secrets()) != 0 {
				t.Errorf("made %d with %d secrets, sent again %d", made.status, len(made.secrets()), len(again.secrets()))
			}
			for _, s := range append(made.secrets(), rotated.secrets()...) {
				if !strings.HasPrefix(s, w.prefix) {
					t.Errorf("a secret begins with %s", s[:5])
				}
			}
			if edited.to() != mine || rotated.status != http.StatusOK || !strings.Contains(strings.ReplaceAll(file.body, "'", ""), "FAIRWAY_API_KEY="+w.prefix) || connected.to() != w.root+"/apis#rocker-card-account" {
				t.Errorf("edited to %s, rotated %d, file %q, connected to %s", edited.to(), rotated.status, file.body, connected.to())
			}
			if !page.says("Buddy 2") || !page.says("https://app.example/cb2") || !page.says("Rocker") || !list.says("Card accounts – Rocker") || len(page.secrets())+len(list.secrets()) != 0 {
				t.Error("the pages do not show the app as it is")
			}
			if !asked.says("stops working at once") || revoked.to() != mine+"#credentials" || gone.to() != mine+"#connections" {
				t.Errorf("revoked to %s, disconnected to %s", revoked.to(), gone.to())
			}
			for name, a := range map[string]answer{"list": list, "page": page, "form": form, "shown": made, "asked": asked} {
				if !strings.Contains(a.body, `data-env="`+string(w.env)+`"`) {
					t.Errorf("the %s does not carry its environment", name)
				}
				checkMarkup(t, name, a)
			}
			if deleted := m.post(mine+"/delete", "name", "Buddy 2"); deleted.to() != at || len(m.listIn(w.env)) != 0 {
				t.Errorf("deleted to %s", deleted.to())
			}
		})
	}
}

func TestAnAppIsUnknownInTheOtherEnvironmentAndToOthers(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	k.reach("rocker")
	m, stranger := k.member("Budget Buddy Oy"), k.member("Other Oy")
	m.approved()
	stranger.approved()
	for i, w := range worlds {
		app, other := m.made(w.env, w.root, "Buddy"), worlds[1-i].root
		for who, at := range map[*member]string{m: other, stranger: w.root} {
			for _, path := range []string{"", "/edit", "/delete", "/rotate?kind=api_key", "/credentials/" + app.Credentials[0].ID + "/revoke"} {
				if a := who.get(at + "/apps/" + app.ID + path); a.status != http.StatusNotFound || a.says(app.ClientID) {
					t.Errorf("%s below %s: %d", path, at, a.status)
				}
			}
			for _, path := range []string{"/edit", "/delete", "/rotate", "/env", "/credentials/" + app.Credentials[0].ID + "/revoke"} {
				if a := who.post(at+"/apps/"+app.ID+path, "name", app.Name, "kind", "api_key", "overlap", "now"); a.status != http.StatusNotFound {
					t.Errorf("POST %s below %s: %d", path, at, a.status)
				}
			}
			for _, act := range []string{"connect", "disconnect"} {
				if a := who.post(at+"/apis/"+act, "app", app.ID, "brand", "rocker", "api", "card-account"); a.status != http.StatusNotFound {
					t.Errorf("%s below %s: %d", act, at, a.status)
				}
			}
		}
		if after := m.listIn(w.env)[0]; after.Name != app.Name || len(after.Credentials) != len(app.Credentials) || len(after.Connections) != 0 {
			t.Errorf("somebody else's deed changed the app: %+v", after)
		}
	}
}

func TestLiveHasNoCredentialsOfThePlaygroundAndNoAddressOfTheMachine(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.approved()
	form := m.mustGet("/playground/live/apps/new")
	app := m.made(catalog.Live, "/playground/live", "Buddy")

	local := m.post("/playground/live/apps/new", "once", "form_2", "name", "Other", "redirect_uris", "http://localhost:3000/callback")
	page := m.mustGet("/playground/live/apps/" + app.ID)
	rotate := m.mustGet("/playground/live/apps/" + app.ID + "/rotate?kind=client_secret")
	renewed := m.post("/playground/live/apps/"+app.ID+"/playground", "x", "y")

	if form.says("localhost:3000") || form.says(base+"/playground/callback") || !form.says("plain http is refused, for localhost as well") {
		t.Error("the form offers what Live refuses")
	}
	if local.status != http.StatusUnprocessableEntity || !local.says("Line 1: Use https. In Live plain http is refused") {
		t.Errorf("an address of the machine: %d", local.status)
	}
	if len(app.Credentials) != 2 || page.says(">Playground</span>") || page.says("New credentials for the playground") || rotate.says("The playground has its own") {
		t.Error("the playground has something in Live")
	}
	if renewed.status != http.StatusNotFound || !page.says("/playground/live/shell?app="+app.ID) {
		t.Errorf("new credentials for the playground: %d", renewed.status)
	}
}

func TestWithoutAnApprovalLiveSaysWhatIsMissingAndStaysShut(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	for name, c := range map[string]struct {
		before func(m *member)
		says   string
	}{
		"nothing handed in": {func(*member) {}, "Apps and APIs open in Live when your qualified certificates are approved; none are yet."},
		"handed in":         {func(m *member) { m.handedIn() }, "Your certificates are handed in. Apps and APIs open in Live when they are approved."},
		"suspended": {func(m *member) {
			m.turned(m.approved(), func(tx db.Tx, e *enrolments.Enrolment) error {
				_, err := m.enrolments.Suspend(tx, e, "system", "The QWAC was revoked.")
				return err
			})
		}, "Apps and APIs are closed in Live until certificates of yours are approved again."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := k.member("Budget Buddy Oy")
			c.before(m)

			for _, path := range []string{"/playground/live/apps", "/playground/live/apis", "/playground/live/shell"} {
				if a := m.mustGet(path); !a.says(c.says) || !a.says(`href="/playground/live/certificates"`) || a.says("/playground/live/apps/new") {
					t.Errorf("%s does not say what is missing", path)
				}
			}
			asked := m.get("/playground/live/apps/new")
			forced := m.post("/playground/live/apps/new", "once", "form_1", "name", "Buddy", "redirect_uris", "https://a.example/cb")
			script := m.get("/playground/live/shell/fairway-live.sh")

			if asked.to() != "/playground/live/apps" || forced.status != http.StatusConflict || !forced.says("has no approved certificates") || len(m.listIn(catalog.Live)) != 0 {
				t.Errorf("the form leads to %s, a POST is %d", asked.to(), forced.status)
			}
			if script.status != http.StatusNotFound {
				t.Errorf("a script: %d", script.status)
			}
		})
	}
}

func TestAnAPISaysWhichRoleItNeedsAndWhetherTheApprovalGivesIt(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	k.reach("rocker")
	m := k.member("Budget Buddy Oy")
	m.granted(qcert.RolePI)
	app := m.made(catalog.Live, "/playground/live", "Buddy")

	without := m.mustGet("/playground/live/apis")
	forced := m.post("/playground/live/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")
	m.granted(qcert.RoleAI)
	with := m.mustGet("/playground/live/apis")
	shut := m.post("/playground/live/apis/connect", "app", app.ID, "brand", "st1", "api", "card-account")
	open := m.post("/playground/live/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")

	if !without.says("It needs PSP_AI, which your approval does not give") || without.says("Connect Buddy") || !without.says("ST1 Finance is not open in Live yet") {
		t.Error("the page does not say that the role is missing")
	}
	if forced.status != http.StatusConflict || !forced.says("This API needs PSP_AI, which your approval does not give.") {
		t.Errorf("a role that was not given: %d", forced.status)
	}
	if !with.says("Your approval gives PSP_AI") || strings.Count(with.body, "Connect Buddy") != 1 || with.says("Rocker is not open in Live yet") {
		t.Errorf("%d forms to connect", strings.Count(with.body, "Connect Buddy"))
	}
	if shut.status != http.StatusConflict || open.status != http.StatusSeeOther || !m.listIn(catalog.Live)[0].ConnectedTo("rocker", "card-account") {
		t.Errorf("a brand that is shut %d, one that is open %d", shut.status, open.status)
	}
}

func TestASuspendedOrganisationMakesNothingInLive(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	k.reach("rocker")
	m := k.member("Budget Buddy Oy")
	m.approved()
	app := m.made(catalog.Live, "/playground/live", "Buddy")

	m.suspended()

	for path, form := range map[string]url.Values{
		"/playground/live/apps/new":     m.form("once", "form_2", "name", "Other", "redirect_uris", "https://a.example/cb"),
		"/playground/live/apis/connect": m.form("app", app.ID, "brand", "rocker", "api", "card-account"),
	} {
		if a := m.send(http.MethodPost, path, form); a.status != http.StatusConflict || !a.says("is suspended") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	m.mustSay("/playground/live/apps", "Buddy", "Your organisation is suspended")
	if len(m.listIn(catalog.Live)) != 1 || len(m.listIn(catalog.Live)[0].Connections) != 0 {
		t.Error("something was made")
	}
}
