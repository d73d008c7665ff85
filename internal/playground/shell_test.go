package playground_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

const shell = "/playground/live/shell"

// calling is a member with an app in Live that is connected to Rocker.
func calling(t *testing.T) (m *member, appID string) {
	t.Helper()
	k := newDesk(t)
	k.reach("rocker")
	m = k.member("Budget Buddy Oy")
	m.granted(qcert.RoleAI)
	app := m.made(catalog.Live, "/playground/live", "Buddy")
	if a := m.post("/playground/live/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account"); a.status != http.StatusSeeOther {
		t.Fatalf("connect: %d", a.status)
	}
	return m, app.ID
}

func TestTheShellPageWritesEveryCallOfTheConnections(t *testing.T) {
	t.Parallel()
	m, appID := calling(t)
	m.made(catalog.Live, "/playground/live", "Unconnected")
	ids := []string{"token", "authorise", "exchange", "refresh"}
	for _, o := range catalog.Operations() {
		ids = append(ids, o.ID)
	}
	pair := must(m.enrolments.AdmittedOf(t.Context(), m.org))(t)[0]

	for _, id := range ids {
		page := m.mustGet(shell + "?app=" + appID + "&brand=rocker&operation=" + id)

		if !strings.Contains(page.body, `<option value="`+id+`" selected>`) || !page.says("#!/bin/sh") || !page.says("Your keys never come here") {
			t.Errorf("%s is not shown", id)
		}
		if op, ok := catalog.OperationByID(id); ok && (!page.says("KEY_ID='"+httpsig.KeyID(pair.QSeal.Cert)+"'") || !page.says("API_URL='https://localhost:8443/live/rocker'") || !page.says(op.Summary) || !page.says("TPP-Signature-Certificate")) {
			t.Errorf("%s lacks what it needs", id)
		}
		if strings.Contains(page.body, "<form method=\"post\"") && strings.Contains(page.body, shell+"\" method") || strings.Contains(page.body, `type="password"`) || len(page.secrets()) != 0 {
			t.Errorf("%s asks for something secret, or shows it", id)
		}
		checkMarkup(t, id, page)
	}
	if page := m.mustGet(shell); strings.Contains(page.body, ">Unconnected</option>") {
		t.Error("an app without a connection is offered")
	}
}

func TestTheWholeWayIsAScriptToSave(t *testing.T) {
	t.Parallel()
	m, appID := calling(t)

	file := m.get(shell + "/fairway-live.sh?app=" + appID + "&brand=rocker")

	if file.status != http.StatusOK || file.header.Get("Content-Disposition") != `attachment; filename="fairway-live.sh"` || file.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", file.status, file.header)
	}
	for _, want := range []string{"ISSUER='" + auth + "/live/rocker'", "TOKEN_URL='" + auth + "/token'", base + "/bank/live/rocker/v1/authorizations?", "LOG_URL='" + base + "/playground/requests'", "REDIRECT_URI='https://app.example/cb'"} {
		if !strings.Contains(file.body, want) {
			t.Errorf("the script does not say %s", want)
		}
	}
	check := exec.CommandContext(t.Context(), "sh", "-n")
	check.Stdin = strings.NewReader(file.body)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheShellPageSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, stranger := k.member("Budget Buddy Oy"), k.member("Other Oy")
	m.approved()
	stranger.approved()

	noApp := m.mustGet(shell)
	app := m.made(catalog.Live, "/playground/live", "Buddy")
	noConnection := m.mustGet(shell)
	foreign, file := stranger.get(shell+"?app="+app.ID), stranger.get(shell+"/fairway-live.sh?app="+app.ID)

	if !noApp.says("Create an app first") || !noConnection.says("Connect an API first") || !noConnection.says(`href="/playground/live/apis"`) {
		t.Error("the page does not say what is missing")
	}
	if foreign.status != http.StatusNotFound || file.status != http.StatusNotFound {
		t.Errorf("another organisation's app: %d and %d", foreign.status, file.status)
	}
	if a := m.get(shell + "/fairway-live.sh?app=" + app.ID); a.status != http.StatusNotFound {
		t.Errorf("a script without a connection: %d", a.status)
	}
}

func TestAnAppWithoutARedirectURIHasNoFlow(t *testing.T) {
	t.Parallel()
	m, appID := calling(t)
	m.post("/playground/live/apps/"+appID+"/edit", "name", "Buddy", "redirect_uris", "")

	page, file := m.mustGet(shell), m.get(shell+"/fairway-live.sh?app="+appID)

	if !page.says("Buddy has no redirect URI") || page.says("Download fairway-live.sh") || file.status != http.StatusNotFound {
		t.Errorf("a file without a redirect URI: %d", file.status)
	}
}

func TestTheLogTellsTheEnvironmentsApart(t *testing.T) {
	t.Parallel()
	m, appID := calling(t)
	sandboxApp, _ := m.create("Sandbox app")
	there := m.logged(func(c *calls.Call) { c.AppID = sandboxApp.ID })
	here := m.logged(func(c *calls.Call) { c.Environment, c.AppID = "live", appID })

	for query, want := range map[string][]string{"": {here, there}, "?env=live": {here}, "?env=sandbox": {there}, "?env=x": {here, there}, "?env=live&app=" + sandboxApp.ID: nil} {
		if page := m.mustGet("/playground/requests" + query); strings.Join(page.rows(), " ") != strings.Join(want, " ") {
			t.Errorf("%s lists %v, want %v", query, page.rows(), want)
		}
	}
	m.mustSay("/playground/requests?env=live", "In Live no bodies are kept", "Buddy (Live)")
	m.mustSay("/playground", ">Live</span>", "Buddy")
	inLive, inSandbox := m.mustGet(here), m.mustGet(there)
	if inLive.says("Send again") || inLive.says("/playground/request?") || !inLive.says("In Live no bodies are kept") || !inLive.says(shell+"?app="+appID+"&brand=rocker&operation=card-accounts.list") || !inLive.says("Buddy") {
		t.Error("a call in Live leads to the sandbox, or nowhere")
	}
	if !inSandbox.says("Send again") || inSandbox.says("no bodies are kept") {
		t.Error("a call of the sandbox lost its way back")
	}
}

func TestAnEmptyLogOfLiveLeadsToTheShell(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	page := m.mustGet("/playground/requests?env=live")

	if !page.says("No requests in Live yet") || !page.says(`href="`+shell+`"`) || page.says("Open the example flow") {
		t.Error("an empty log of Live does not say how to begin there")
	}
}

func TestTheDashboardLeadsOnInLive(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	k.reach("rocker")
	m := k.member("Budget Buddy Oy")
	next := func(words ...string) { t.Helper(); m.mustSay("/playground", words...) }

	next("None handed in", "Hand in your certificates")
	m.granted(qcert.RoleAI)
	next("Approved, valid until", "/playground/live/apps/new")
	m.mustSay(live, "Roles that the approval gives", "PSP_AI", "/playground/live/apps/new")
	app := m.made(catalog.Live, "/playground/live", "Buddy")
	next(`href="/playground/live/apis"`, "Connect an API")
	m.post("/playground/live/apis/connect", "app", app.ID, "brand", "rocker", "api", "card-account")
	next("Call from your shell", `href="`+shell+`"`)
	m.mustSay(live, "Completed", `href="`+shell+`"`)
}
