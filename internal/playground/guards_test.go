package playground_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/httpkit"
)

// ownRoutes are this face's routes behind the log-in.
func ownRoutes(d desk) []httpkit.Route {
	return slices.DeleteFunc(d.door.Routes(), func(r httpkit.Route) bool { return r.Guard != httpkit.SignedIn })
}

// plainRoutes are those whose ids are an app's and a credential's.
func plainRoutes(d desk) []httpkit.Route {
	others := regexp.MustCompile(`^/playground/(flow|request|callback)`)
	return slices.DeleteFunc(ownRoutes(d), func(r httpkit.Route) bool { return others.MatchString(r.Path) })
}

func TestEveryRouteAsksForALogIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.member("Budget Buddy Oy")
	stranger := &member{desk: d}
	if n := len(ownRoutes(d)); n < 25 {
		t.Fatalf("only %d routes", n)
	}
	for _, r := range ownRoutes(d) {
		path := strings.NewReplacer(":id", "app_x", ":cid", "cred_x").Replace(r.Path)

		a := stranger.send(r.Method, path, nil)
		forged := m.send(r.Method, path, url.Values{"name": {"x"}})
		foreign := m.send(r.Method, path, url.Values{"_token": {"x"}})

		if r.Method == http.MethodGet {
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/login") {
				t.Errorf("GET %s without a session: %d", path, a.status)
			}
			continue
		}
		if a.status != http.StatusForbidden && a.status != http.StatusUnauthorized || forged.status != http.StatusForbidden || foreign.status != http.StatusForbidden {
			t.Errorf("POST %s: without session %d, without token %d, with another %d", path, a.status, forged.status, foreign.status)
		}
	}
}

func TestWhatBelongsToOthersDoesNotExist(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	owner, m := d.member("Owner Oy"), d.member("Budget Buddy Oy")
	owner.post("/playground/setup")
	m.post("/playground/setup")
	theirs := owner.list()[0]
	mine := m.list()[0]
	for _, r := range ownRoutes(d) {
		if !strings.Contains(r.Path, ":id") {
			continue
		}
		for _, cid := range []string{theirs.Credentials[0].ID, mine.Credentials[0].ID} {
			path := strings.NewReplacer(":id", theirs.ID, ":cid", cid).Replace(r.Path) + "?kind=api_key"
			a := m.send(r.Method, path, m.form("name", theirs.Name, "kind", "api_key", "overlap", "now", "once", ""))
			if a.status != http.StatusNotFound || strings.Contains(a.body, theirs.ClientID) {
				t.Errorf("%s %s: %d", r.Method, path, a.status)
			}
		}
		if strings.Contains(r.Path, ":cid") {
			path := strings.NewReplacer(":id", mine.ID, ":cid", theirs.Credentials[0].ID).Replace(r.Path)
			if a := m.send(r.Method, path, m.form()); a.status != http.StatusNotFound {
				t.Errorf("%s %s: %d", r.Method, path, a.status)
			}
		}
	}
	elsewhere := []answer{
		m.post("/playground/certificates/download", "app", theirs.ID),
		m.post("/playground/apis/connect", "app", theirs.ID, "brand", "st1", "api", "card-account"),
		m.post("/playground/apis/disconnect", "app", theirs.ID, "brand", "rocker", "api", "card-account"),
		m.get("/playground/apis/disconnect?brand=rocker&api=card-account&app=" + theirs.ID),
		m.post("/playground/rehearsals", "app", theirs.ID, "outcome", "503"),
		m.post("/playground/rehearsals/disarm", "app", theirs.ID),
	}
	for i, a := range elsewhere {
		if a.status != http.StatusNotFound {
			t.Errorf("foreign app in form %d: %d", i, a.status)
		}
	}
	if after := owner.list()[0]; len(after.Connections) != 1 || len(after.Credentials) != 4 || after.Name != theirs.Name {
		t.Errorf("somebody else's deed changed the app: %+v", after)
	}
	if list := m.mustGet("/playground/apps"); list.says(theirs.ClientID) {
		t.Error("somebody else's app is listed")
	}
}

func TestALiveAppIsNotPartOfTheSandbox(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.createLive(1)
	all := must(m.apps.List(t.Context(), m.org, "live"))(t)

	for _, path := range []string{"", "/edit", "/delete", "/rotate?kind=api_key"} {
		if a := m.get("/playground/apps/" + all[0].ID + path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestNoPageIsCachedAndNoSuffixFoolsACache(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	app := m.list()[0].ID
	for _, r := range ownRoutes(m.desk) {
		if r.Method != http.MethodGet {
			continue
		}
		path := strings.NewReplacer(":id", app, ":cid", m.list()[0].Credentials[0].ID).Replace(r.Path)
		for _, suffix := range []string{"", ".css", "/x.js", ";a.png", "%2ecss"} {
			if a := m.get(path + suffix); a.status == http.StatusOK && a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d, cache %q", path+suffix, a.status, a.header.Get("Cache-Control"))
			}
		}
	}
}

func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	app := m.list()[0]
	set := m.sets()[0].ID
	for _, r := range m.door.Routes() {
		if r.Method == http.MethodGet {
			m.get(strings.NewReplacer(":id", app.ID, ":cid", app.Credentials[0].ID).Replace(r.Path) + "?kind=api_key&app=" + app.ID + "&brand=rocker&api=card-account")
		}
	}

	after := m.list()[0]
	if len(m.sets()) != 1 || m.sets()[0].ID != set || len(after.Credentials) != 4 || len(after.Connections) != 1 || len(m.list()) != 1 {
		t.Errorf("reading changed %+v", after)
	}
}

var (
	idPattern    = regexp.MustCompile(`\sid="([^"]*)"`)
	jumpPattern  = regexp.MustCompile(`href="#([^"]+)"`)
	copyPattern  = regexp.MustCompile(`data-copy="#([^"]+)"`)
	labelPattern = regexp.MustCompile(`<label for="([^"]*)"`)
	fieldPattern = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
)

func TestEveryPageIsSoundMarkup(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member(`Budget "Buddy" & <svg onload=x> Oy`)
	pages := map[string]answer{"empty dashboard": m.mustGet("/playground"), "empty certificates": m.mustGet("/playground/certificates"), "empty apps": m.mustGet("/playground/apps"), "empty APIs": m.mustGet("/playground/apis")}
	pages["set up"] = m.post("/playground/setup")
	pages["set up again"] = m.post("/playground/setup")
	second, _ := m.create("Second")
	m.called(second.ID, "card-accounts.list", 401, "SIGNATURE_INVALID")
	m.post("/playground/certificates/regenerate", "once", m.active().ID, "roles", "PSP_AI", "key_bits", "2048")
	app := m.list()[0]
	m.post("/playground/apps/"+app.ID+"/rotate", "kind", "api_key", "once", app.Credentials[1].ID, "overlap", "24h")
	m.clock.Advance(6 * 60e9)
	for _, r := range plainRoutes(m.desk) {
		if r.Path == "/playground/compare" || strings.HasPrefix(r.Path, "/playground/saved") {
			continue // they need requests that were sent: the tests of the history look at them
		}
		path := strings.NewReplacer(":id", app.ID, ":cid", app.Credentials[0].ID).Replace(r.Path)
		query := "?kind=api_key&app=" + app.ID + "&brand=rocker&api=card-account"
		if r.Method == http.MethodGet && r.Path != "/playground/steps" && !strings.HasPrefix(r.Path, "/playground/live/") {
			pages[path] = m.mustGet(path + query)
		}
	}
	pages["refused app"] = m.post("/playground/apps/new", "name", "", "redirect_uris", "x")
	pages["refused certificates"] = m.post("/playground/certificates/regenerate", "once", "x")
	pages["refused rotation"] = m.post("/playground/apps/"+app.ID+"/rotate", "kind", "api_key", "once", "x")
	for name, a := range pages {
		checkMarkup(t, name, a)
	}
}

func checkMarkup(t *testing.T, name string, a answer) {
	t.Helper()
	if strings.Count(a.body, "<h1") != 1 || strings.Count(a.body, "<main ") != 1 || strings.Contains(a.body, "<svg onload") {
		t.Errorf("%s: %d with %d h1", name, a.status, strings.Count(a.body, "<h1"))
	}
	if posts, tokens := strings.Count(a.body, `<form method="post"`), len(formToken.FindAllString(a.body, -1)); posts != tokens {
		t.Errorf("%s: %d forms with %d tokens", name, posts, tokens)
	}
	if strings.Count(a.body, `class="btn primary"`) > 1 {
		t.Errorf("%s has more than one primary button", name)
	}
	var ids []string
	for _, found := range idPattern.FindAllStringSubmatch(a.body, -1) {
		if slices.Contains(ids, found[1]) {
			t.Errorf("%s: the id %s is used twice", name, found[1])
		}
		ids = append(ids, found[1])
	}
	for _, pattern := range []*regexp.Regexp{jumpPattern, copyPattern} {
		for _, found := range pattern.FindAllStringSubmatch(a.body, -1) {
			if !slices.Contains(ids, found[1]) {
				t.Errorf("%s: nothing has the id %s", name, found[1])
			}
		}
	}
	var labels []string
	for _, found := range labelPattern.FindAllStringSubmatch(a.body, -1) {
		labels = append(labels, found[1])
	}
	for _, field := range fieldPattern.FindAllString(a.body, -1) {
		if id := idPattern.FindStringSubmatch(field); !strings.Contains(field, `type="hidden"`) && (id == nil || !slices.Contains(labels, id[1])) {
			t.Errorf("%s: no label for %s", name, field)
		}
	}
}
