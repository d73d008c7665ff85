package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/notebook"
)

// fill writes an address of a route: the ids are those of things that exist, or of nothing.
func fill(route string, ids map[string]string) string {
	var pairs []string
	for name, id := range ids {
		if kind, id0, ok := strings.Cut(name, " "); ok && strings.HasPrefix(route, kind) {
			pairs = append(pairs, id0, id)
		}
	}
	path := strings.NewReplacer(pairs...).Replace(route)
	return strings.NewReplacer(":token", "lnk_0.AAAA", ":number", "999999", ":code", "SIGNATURE_INVALID", ":id", "enr_00000000000000000000000000").Replace(path)
}

// belongings are one app with a call, a link to it and a flow; every route with ids leads to one of them.
func (v *visitor) belongings(name string) map[string]string {
	v.world.t.Helper()
	w, ctx := v.world, v.world.t.Context()
	app := v.app(name)
	call := &calls.Call{ID: w.calls.NewID(), At: w.clock.Now(), Environment: "sandbox", Brand: "rocker", OrganisationID: v.person.OrganisationID, AppID: app.ID,
		RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: 200}
	w.calls.Record(call)
	if err := w.calls.Flush(ctx); err != nil {
		w.t.Fatal(err)
	}
	_, link, err := w.calls.Share(ctx, v.person.OrganisationID, call.ID, v.person.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	run, err := w.flows.Start(ctx, flows.Begin{Owner: flows.Owner{OrganisationID: v.person.OrganisationID, Environment: catalog.Sandbox},
		PersonID: v.person.ID, AppID: app.ID, Brand: "rocker", Access: "all", Request: "{}"})
	if err != nil {
		w.t.Fatal(err)
	}
	owner := notebook.Owner{OrganisationID: v.person.OrganisationID, Environment: catalog.Sandbox, PersonID: v.person.ID}
	saved, err := w.notebook.Save(ctx, owner, notebook.Saved{Label: notebook.Label{Name: name}, Brand: "rocker", Operation: "card-accounts.list", Form: notebook.Form{"app": {app.ID}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return both(map[string]string{
		"/playground/apps :id": app.ID, "/playground/apps :cid": app.Credentials[0].ID,
		"/playground/requests :id": calls.FormatID(call.ID), "/playground/requests :share": link.ID, "/playground/flow :id": run.ID, "/playground/saved :id": saved.ID,
		"/support-desk/organisations :id": v.person.OrganisationID, "/support-desk/organisations :person": v.person.ID, "/support-desk/requests :id": calls.FormatID(call.ID),
		"/admin/brands :id": "rocker", "/admin/apis :api": "card-account", "/admin/apis :brand": "rocker", "/admin/apis :version": "v1",
	}, v.liveBelongings(name))
}

// nothing has ids of the right form that nobody has.
func nothing() map[string]string {
	return map[string]string{
		"/playground/apps :id": "app_00000000000000000000000000", "/playground/apps :cid": "crd_00000000000000000000000000",
		"/playground/requests :id": calls.FormatID(1 << 40), "/playground/requests :share": "shr_00000000000000000000000000", "/playground/flow :id": "flow_00000000000000000000000000",
		"/playground/saved :id":           "saved_00000000000000000000000000",
		"/support-desk/organisations :id": "org_00000000000000000000000000", "/support-desk/organisations :person": "per_00000000000000000000000000",
		"/support-desk/requests :id": calls.FormatID(1 << 40), "/admin/brands :id": "nobody", "/admin/apis :api": "nothing", "/admin/apis :brand": "nobody", "/admin/apis :version": "v9",
		"/playground/live/apps :id": "app_00000000000000000000000000", "/playground/live/apps :cid": "crd_00000000000000000000000000",
	}
}

// form is enough for every form of the portal to get past its first look.
func form(token string) url.Values {
	return url.Values{"_token": {token}, "name": {"New name"}, "redirect_uris": {"https://tpp.example/cb"}, "kind": {"api_key"}, "overlap": {"now"}, "confirm": {"on"}}
}

func peopleRoutes(w *world, guards ...httpkit.Guard) []httpkit.Route {
	return slices.DeleteFunc(slices.Clone(w.people.Routes()), func(r httpkit.Route) bool { return !slices.Contains(guards, r.Guard) })
}

var everybody = []httpkit.Guard{httpkit.Public, httpkit.Halfway, httpkit.SignedIn, httpkit.Support, httpkit.Admin}

func TestWhoeverIsNotSignedInGetsNothingButTheLogIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.anybody()
	owner := w.member("Owner Oy")
	things := owner.belongings("Mine")
	dead := w.member("Dead Oy")
	if err := w.accounts.Sessions().KillAll(t.Context(), dead.person.ID); err != nil {
		t.Fatal(err)
	}

	for _, r := range peopleRoutes(w, httpkit.Halfway, httpkit.SignedIn, httpkit.Support, httpkit.Admin) {
		path := fill(r.Path, things)
		for name, v := range map[string]*visitor{"a stranger": stranger, "a session that was ended": dead} {
			if r.Method == http.MethodGet {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					a := v.send(v.request(method, path, nil))
					if a.status != http.StatusSeeOther || a.header.Get("Location") != "/login?next="+url.QueryEscape(path) || a.header.Get("Cache-Control") != "no-store" || strings.Contains(a.body, things["/playground/apps :id"]) && len(a.body) > 200 {
						t.Errorf("%s %s, %s: %d to %s", method, path, name, a.status, a.header.Get("Location"))
					}
				}
				continue
			}
			want := map[string]int{"a stranger": http.StatusUnauthorized, "a session that was ended": http.StatusForbidden}[name]
			if a := v.send(v.request(r.Method, path, form(v.token))); a.status != want {
				t.Errorf("%s %s, %s: %d, want %d", r.Method, path, name, a.status, want)
			}
		}
	}
}

func TestNothingIsDoneThatAnotherSiteAsksFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	visitors := map[string]*visitor{"nobody": w.anybody(), "a member": w.member("Member Oy"), "an administrator": w.staff(accounts.Admin)}
	things := visitors["a member"].belongings("Mine")
	other := w.member("Other Oy")
	acts := 0
	for _, r := range peopleRoutes(w, everybody...) {
		if r.Method != http.MethodPost {
			continue
		}
		acts++
		path := fill(r.Path, things)
		for name, v := range visitors {
			for how, change := range map[string]func(*http.Request){
				"from another site":             func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
				"from a sibling host":           func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
				"from another site, old":        func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
				"from nowhere, old":             func(r *http.Request) { r.Header.Set("Origin", "null") },
				"with the token in the address": func(r *http.Request) { r.URL.RawQuery = url.Values{"_token": {v.token}}.Encode() },
			} {
				token := v.token
				if how == "with the token in the address" {
					token = ""
				}
				request := v.request(http.MethodPost, path, form(token))
				change(request)
				if a := v.send(request); a.status != http.StatusForbidden || !strings.Contains(a.body, "was not sent from our page") && !strings.Contains(a.body, "where this form came from") {
					t.Errorf("POST %s %s by %s: %d", path, how, name, a.status)
				}
			}
			for how, token := range map[string]string{"without a token": "", "with somebody else's token": other.token} {
				if a := v.send(v.request(http.MethodPost, path, form(token))); a.status != http.StatusForbidden {
					t.Errorf("POST %s %s by %s: %d", path, how, name, a.status)
				}
			}
		}
	}
	if acts < 25 {
		t.Errorf("only %d routes were tried", acts)
	}
}

func TestStaffHasNoPlayground(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	things := w.member("Owner Oy").belongings("Mine")
	for _, role := range []accounts.Role{accounts.Support, accounts.Admin} {
		v := w.staff(role)
		for _, r := range peopleRoutes(w, httpkit.SignedIn) {
			path := fill(r.Path, things)
			var f url.Values
			want := http.StatusForbidden
			if r.Method == http.MethodPost {
				f = form(v.token)
			}
			switch r.Path {
			case "/account":
				want = http.StatusOK
			case "/account/sessions":
				continue // ends this very session; tried last
			}
			if a := v.send(v.request(r.Method, path, f)); a.status != want {
				t.Errorf("%s %s as %s: %d, want %d", r.Method, path, role, a.status, want)
			}
		}
		if a := v.post("/account/sessions"); a.status != http.StatusSeeOther {
			t.Errorf("ending the sessions as %s: %d", role, a.status)
		}
	}
}

var (
	anyToken = regexp.MustCompile(`name="_token" value="[^"]+"`)
	anyID    = regexp.MustCompile(`(app|crd|cred|flow|req|enr|shr|saved)_[0-9a-z]{20,}|/requests/[0-9a-z]+`)
)

// plain is a page without what differs from request to request.
func plain(a answer) string {
	return anyID.ReplaceAllString(anyToken.ReplaceAllString(a.body, ""), "")
}

func TestWhatBelongsToAnotherOrganisationLooksLikeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.member("Owner Oy"), w.member("Other Oy")
	owner.inLive()
	other.inLive()
	tried := 0
	for i, r := range peopleRoutes(w, httpkit.SignedIn) {
		if !strings.Contains(r.Path, ":") {
			continue
		}
		tried++
		theirs := owner.belongings(fmt.Sprint("App ", i))
		before := w.everything(t)
		query := "?kind=api_key"

		foreign := other.send(other.request(r.Method, fill(r.Path, theirs)+query, form(other.token)))
		missing := other.send(other.request(r.Method, fill(r.Path, nothing())+query, form(other.token)))
		after := w.everything(t)
		own := owner.send(owner.request(r.Method, fill(r.Path, theirs)+query, form(owner.token)))

		if foreign.status != http.StatusNotFound || missing.status != http.StatusNotFound || plain(foreign) != plain(missing) {
			t.Errorf("%s %s: %d, a missing one %d, alike %v", r.Method, r.Path, foreign.status, missing.status, plain(foreign) == plain(missing))
		}
		if before != after {
			t.Errorf("%s %s changed something:\n%s\n%s", r.Method, r.Path, before, after)
		}
		if own.status == http.StatusNotFound || own.status == http.StatusForbidden || own.status >= 500 {
			t.Errorf("%s %s of one's own: %d", r.Method, r.Path, own.status)
		}
		owner.dispose()
	}
	if tried < 26 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// Ids travel in forms and queries as well.
func TestAForeignAppInAFormOrAQueryChangesAndShowsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.member("Owner Oy"), w.member("Other Oy")
	owner.inLive()
	other.inLive()
	things := owner.belongings("Theirs secret name")
	other.belongings("Mine")
	app, live := things["/playground/apps :id"], things["/playground/live/apps :id"]
	before := w.everything(t)
	for path, fields := range map[string][]string{
		"/playground/certificates/download": {"app", app},
		"/playground/apis/connect":          {"app", app, "brand", "st1", "api", "card-account"},
		"/playground/apis/disconnect":       {"app", app, "brand", "rocker", "api", "card-account"},
		"/playground/live/apis/connect":     {"app", live, "brand", "rocker", "api", "card-account"},
		"/playground/live/apis/disconnect":  {"app", live, "brand", "rocker", "api", "card-account"},
		"/playground/flow":                  {"app", app, "brand", "rocker", "access", "all"},
		"/playground/request":               {"app", app, "brand", "rocker", "operation", "card-accounts.list"},
	} {
		if a := other.post(path, fields...); a.status < 400 || a.status >= 500 || strings.Contains(a.body, "Theirs secret name") {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	for _, path := range []string{"/playground/requests?app=" + app, "/playground/flow?app=" + app, "/playground/request?app=" + app, "/playground/apis?app=" + app, "/playground/apis/disconnect?brand=rocker&api=card-account&app=" + app,
		"/playground/requests?app=" + live, "/playground/live/shell?app=" + live, "/playground/live/shell/fairway-live.sh?app=" + live, "/playground/live/apis/disconnect?brand=rocker&api=card-account&app=" + live} {
		if a := other.get(path); a.status >= 500 || strings.Contains(a.body, "Theirs secret name") {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}

	if after := w.everything(t); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// everything is the content of the tables, without what every request may touch and without that support looked.
func (w *world) everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, table := range []string{"organisations", "people", "apps", "app_redirect_uris", "connections", "app_credentials", "certificate_sets", "consents", "flows", "sent_requests", "saved_requests", "audit_log", "links", "second_factors", "recovery_codes", "enrolments", "first_approvals"} {
		rows, err := w.db.Native().QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, c := range columns {
				if c == "last_used_at" || c == "seen_at" {
					values[i] = nil
				}
			}
			if !slices.Contains(values, any("support.viewed")) {
				fmt.Fprintln(&out, table, values)
			}
		}
		_ = rows.Close()
	}
	return out.String()
}

func TestPagesThatAnybodyMayReadAskForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, v := range map[string]*visitor{"nobody": w.anybody(), "a member": w.member("Member Oy"), "support": w.staff(accounts.Support)} {
		for _, r := range peopleRoutes(w, httpkit.Public) {
			if r.Method != http.MethodGet {
				continue
			}
			a := v.get(fill(r.Path, nothing()))
			if !slices.Contains([]int{200, 302, 303, 404, 422}, a.status) || a.status == 303 && strings.HasPrefix(a.header.Get("Location"), "/login") {
				t.Errorf("GET %s as %s: %d", r.Path, name, a.status)
			}
		}
	}
}

func TestABanksPagesKnowNobodyOfThePortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.member("Member Oy")
	for _, r := range peopleRoutes(w, httpkit.Bank) {
		for _, at := range []string{"/bank/sandbox/rocker", "/bank/live/rocker", "/bank/sandbox/nobank", "/bank/x/rocker"} {
			known := at == "/bank/sandbox/rocker"
			request := v.request(r.Method, at+r.Path, form(v.token))
			a := v.send(request)
			switch {
			case r.Path == "/brand.css" && known:
				if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
					t.Errorf("%s %s: %d", r.Method, at+r.Path, a.status)
				}
			case a.status < 400 || a.status >= 500 || !known && a.status != http.StatusNotFound:
				t.Errorf("%s %s without a visit: %d", r.Method, at+r.Path, a.status)
			}
			if len(a.header.Values("Set-Cookie")) != 0 || strings.Contains(a.body, "Member Oy") || strings.Contains(a.body, v.person.Email) {
				t.Errorf("%s %s tells who is signed in at the portal", r.Method, at+r.Path)
			}
			if r.Method == http.MethodPost {
				request := v.request(r.Method, at+r.Path, form(v.token))
				request.Header.Set("Sec-Fetch-Site", "cross-site")
				if a := v.send(request); a.status != http.StatusForbidden {
					t.Errorf("POST %s from another site: %d", at+r.Path, a.status)
				}
			}
		}
	}
}

// What programs ask for is no page: it knows no session, gives no cookie and changes nothing.
func TestWhatProgramsAskForKnowsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.member("Member Oy")
	routes := peopleRoutes(w, httpkit.Open)
	if len(routes) == 0 {
		t.Error("no route was tried")
	}
	before := w.everything(t)
	for _, r := range routes {
		signed, anonymous := v.send(v.request(r.Method, r.Path, form(v.token))), (&visitor{world: w}).send((&visitor{world: w}).request(r.Method, r.Path, nil))

		if signed.status != anonymous.status || signed.body != anonymous.body || len(signed.header.Values("Set-Cookie"))+len(anonymous.header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s %s: %d signed in, %d not", r.Method, r.Path, signed.status, anonymous.status)
		}
		if kind := anonymous.header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s %s answers %s", r.Method, r.Path, kind)
		}
	}
	if after := w.everything(t); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}
