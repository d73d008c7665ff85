package playground_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheCatalogueLeadsToAnAppFirst(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	empty := m.mustGet("/playground/apis")
	m.create("Alpha")
	one := m.mustGet("/playground/apis")
	m.create("Beta")
	many := m.mustGet("/playground/apis")

	if !empty.says("Create an app first") || empty.says("/playground/apis/connect") || strings.Count(empty.body, `href="/playground/apps/new"`) != 1 {
		t.Error("without an app there is not exactly one next step")
	}
	for _, want := range []string{"Rocker", "ST1 Finance", "Alisa Bank", "Earlier name: Fellow Bank", "Card accounts", ">Current<", "PSP_AI – account information", "/card-account/v1/card-accounts", "Connect Alpha"} {
		if !one.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !one.says("Your certificates are missing") || strings.Contains(one.body, "<select") || strings.Count(many.body, "<select") != 3 {
		t.Errorf("%d selects", strings.Count(many.body, "<select"))
	}
}

func TestAnAppIsConnectedAndDisconnected(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Alpha")

	connected := m.post("/playground/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")
	twice := m.post("/playground/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")
	page := m.mustGet("/playground/apis")
	mine := m.mustGet("/playground/apps/" + app.ID)
	path := "/playground/apis/disconnect?api=card-account&app=" + app.ID + "&brand=rocker&from=app"
	ask := m.mustGet(path)

	if connected.to() != "/playground/apis#rocker-card-account" || twice.status != http.StatusSeeOther || !page.says("Alpha is connected.") || strings.Count(page.body, "Connect Alpha") != 2 {
		t.Errorf("%d to %s", connected.status, connected.to())
	}
	if !strings.Contains(page.body, `href="/playground/apps/`+app.ID+`"`) || !mine.says(path) || len(m.list()[0].Connections) != 1 {
		t.Error("the connection is not shown at both ends")
	}
	if !ask.says("Alpha has not called a bank yet.") || !ask.says("API_NOT_CONNECTED") {
		t.Error("the question does not say what happens")
	}
	gone := m.post("/playground/apis/disconnect", "app", app.ID, "brand", "rocker", "api", "card-account", "from", "app")
	if gone.to() != "/playground/apps/"+app.ID+"#connections" || len(m.list()[0].Connections) != 0 {
		t.Errorf("%d to %s", gone.status, gone.to())
	}
}

func TestWhatIsNotOfferedIsNotConnected(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Alpha")
	if _, err := m.db.Native().ExecContext(t.Context(), "UPDATE api_versions SET sandbox_from = '2027-01-01 00:00:00+00:00', released_at = '2027-04-01 00:00:00+00:00' WHERE brand_id = 'st1'"); err != nil {
		t.Fatal(err)
	}

	page := m.mustGet("/playground/apis")
	early := m.post("/playground/apis/connect", "app", app.ID, "brand", "st1", "api", "card-account")

	if !page.says("Upcoming") || !page.says("In the sandbox from 1 Jan 2027, released on 1 Apr 2027") || !page.says("nothing can be connected") {
		t.Error("an upcoming version is not announced")
	}
	if early.status != http.StatusConflict || !early.says("does not offer the API in this environment") {
		t.Errorf("too early: %d", early.status)
	}
	for _, fields := range [][]string{{"brand", "nobody", "api", "card-account"}, {"brand", "rocker", "api", "loans"}, {}} {
		if a := m.post("/playground/apis/connect", append(fields, "app", app.ID)...); a.status != http.StatusNotFound {
			t.Errorf("%v: %d", fields, a.status)
		}
	}
	if a := m.get("/playground/apis/disconnect?app=" + app.ID); a.status != http.StatusNotFound {
		t.Errorf("a question about nothing: %d", a.status)
	}
}

func TestAMissingRoleIsNamedBeforeTheBankDoes(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/certificates", "once", "first", "roles", "PSP_PI", "key_bits", "2048")

	page := m.mustGet("/playground/apis")

	if !page.says("Your certificates do not carry PSP_AI") {
		t.Error("nobody says that the role is missing")
	}
}

func TestAVersionTellsUntilWhenItStays(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	if _, err := m.db.Native().ExecContext(t.Context(), "UPDATE api_versions SET deprecated_at = '2026-11-01 00:00:00+00:00', removed_at = '2027-05-01 00:00:00+00:00' WHERE brand_id = 'rocker'"); err != nil {
		t.Fatal(err)
	}

	if page := m.mustGet("/playground/apis"); !page.says("Deprecated until 1 May 2027") {
		t.Error("the page does not say until when the version stays")
	}
}
