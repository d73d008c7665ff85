package playground_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestOneClickMakesASandboxAndShowsItsSecretsOnce(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	before := m.mustGet("/playground")

	made := m.post("/playground/setup")

	if !before.says("Set up my sandbox") || !before.says("1 of 6 steps done") {
		t.Error("an empty dashboard does not offer to set up the sandbox")
	}
	if made.status != http.StatusOK || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, cache %q", made.status, made.header.Get("Cache-Control"))
	}
	app := m.list()[0]
	if len(m.sets()) != 1 || len(m.list()) != 1 || !app.ConnectedTo("rocker", "card-account") || app.Name != "My first app" || !app.AllowsRedirect("http://localhost:3000/callback") {
		t.Errorf("%d sets, apps %+v", len(m.sets()), m.list())
	}
	for _, want := range []string{app.ClientID, "Copy these now", "Continue to the example flow", "Download the set", "Download fairway-sandbox.env", "certificates with their private keys, both secrets"} {
		if !made.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if set, next := strings.Index(made.body, "Download the set"), strings.Index(made.body, "Continue to the example flow"); set > next {
		t.Error("going on comes before what keeps the secrets")
	}
	shown := made.secrets()
	slices.Sort(shown)
	shown = slices.Compact(shown)
	if len(shown) != 2 || !strings.HasPrefix(shown[0], "sbx_ak_") || !strings.HasPrefix(shown[1], "sbx_sk_") {
		t.Fatalf("shown are %d secrets", len(shown))
	}
	if _, err := m.apps.ByAPIKey(t.Context(), secret.Text(shown[0])); err != nil {
		t.Errorf("the shown key does not open the door: %v", err)
	}
	for _, path := range []string{"/playground", "/playground/apps", "/playground/apps/" + app.ID, "/playground/certificates", "/playground/certificates/download", "/playground/apis"} {
		if len(m.mustGet(path).secrets()) != 0 {
			t.Errorf("%s shows a secret again", path)
		}
	}
	if after := m.mustGet("/playground"); after.says("Set up my sandbox") || !after.says("4 of 6 steps done") {
		t.Error("the dashboard does not tick what was made")
	}
}

func TestAClickTwentyTimesAtOnceInTwoProcessesMakesOneSandbox(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			d := open(t, clk)
			m := newDeskOn(t, d, clk, base).member("Budget Buddy Oy")
			other := *m
			other.desk = newDeskOn(t, d, clk, base)
			form := m.form()
			var mu sync.Mutex
			var group sync.WaitGroup
			withSecrets := 0
			for i := range 20 {
				at := []*member{m, &other}[i%2]
				group.Go(func() {
					a := at.send(http.MethodPost, "/playground/setup", form)
					mu.Lock()
					defer mu.Unlock()
					if a.status != http.StatusOK {
						t.Errorf("status %d", a.status)
					}
					if len(a.secrets()) > 0 {
						withSecrets++
					} else if !a.says("were shown when it was made") || !a.says("New client secret") {
						t.Error("an answer without secrets does not say how to get new ones")
					}
				})
			}
			group.Wait()

			if len(m.sets()) != 1 || len(m.list()) != 1 || withSecrets != 1 {
				t.Errorf("%d sets, %d apps, secrets shown %d times", len(m.sets()), len(m.list()), withSecrets)
			}
		})
	}
}

func TestSettingUpKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/certificates", "once", "first", "roles", "PSP_AI", "roles", "PSP_PI", "key_bits", "2048")
	app, _ := m.create("Handmade")
	set := m.sets()[0]

	offered := m.mustGet("/playground")
	made := m.post("/playground/setup")
	next := m.mustGet("/playground")

	if !offered.says("This makes its connection to Rocker's card accounts.") {
		t.Error("the dashboard does not say what would be made")
	}
	if made.status != http.StatusSeeOther || made.to() != "/playground" || !next.says("Handmade is connected to Rocker's card accounts.") {
		t.Errorf("%d to %s", made.status, made.to())
	}
	if list := m.list(); len(list) != 1 || list[0].ID != app.ID || !list[0].ConnectedTo("rocker", "card-account") || len(m.sets()) != 1 || m.sets()[0].ID != set.ID {
		t.Errorf("apps %+v, %d sets", list, len(m.sets()))
	}
}

func TestASandboxCanBeSetUpAgainAfterItsAppWasDeleted(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	if err := m.apps.Delete(t.Context(), m.org, m.list()[0].ID, m.person); err != nil {
		t.Fatal(err)
	}

	made := m.post("/playground/setup")

	if len(made.secrets()) == 0 || len(m.list()) != 1 || len(m.sets()) != 1 {
		t.Errorf("%d: %d apps, %d sets", made.status, len(m.list()), len(m.sets()))
	}
}

func TestARefusedSetUpComesBackWithTheReason(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	for i := range apps.MaxApps {
		m.createLive(i)
	}

	refused := m.post("/playground/setup")

	if refused.status != http.StatusConflict || !refused.says("Your organisation has 20 apps, which is the limit.") || !refused.says("<title>Error: ") {
		t.Errorf("%d", refused.status)
	}
	if len(m.sets()) != 0 {
		t.Error("half of the sandbox was made")
	}
}

func TestTheArchiveOfANewSandboxIsCompleteAndOpenToWhoMadeIt(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	elsewhere := *m
	elsewhere.again()
	m.clock.Advance(6 * time.Minute)
	made := m.post("/playground/setup")
	m.clock.Advance(4 * time.Minute)

	got := m.post("/playground/certificates/download", "app", made.field("app"), "client_secret", made.field("client_secret"), "api_key", made.field("api_key"))

	files := unzip(t, got)
	if a := elsewhere.post("/playground/certificates/download"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another browser gets the keys without a password: %d", a.status)
	}
	m.clock.Advance(time.Minute)
	if a := m.post("/playground/certificates/download"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("five minutes later: %d", a.status)
	}
	app := m.list()[0]
	for _, want := range []string{
		"FAIRWAY_CLIENT_ID='" + app.ClientID + "'", "FAIRWAY_CLIENT_SECRET='" + made.field("client_secret") + "'", "FAIRWAY_API_KEY='" + made.field("api_key") + "'",
		"FAIRWAY_REDIRECT_URI='http://localhost:3000/callback'", "FAIRWAY_BRAND='rocker'", "FAIRWAY_PORTAL_URL='" + base + "'", "FAIRWAY_TOKEN_URL='" + auth + "/token'",
		"FAIRWAY_AUTHORIZATION_URL='" + base + "/bank/sandbox/rocker/v1/authorizations'", "FAIRWAY_API_URL='https://localhost:8443/sandbox/rocker'", "FAIRWAY_PSU_ID='1345611'",
	} {
		if !strings.Contains(files["env.sh"], want) {
			t.Errorf("env.sh lacks %s:\n%s", want, files["env.sh"])
		}
	}
	for _, name := range []string{"README", "ca.pem", "chain.pem", "qwac.pem", "qwac.key", "qseal.pem", "qseal.key", "qwac.p12", "qseal.p12", "smoke-test.sh"} {
		if files[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Disposition") != `attachment; filename="fairway-sandbox.zip"` {
		t.Errorf("headers %v", got.header)
	}
}

// unzip reads an answer that is an archive.
func unzip(t *testing.T, a answer) map[string]string {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/zip" {
		t.Fatalf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r := must(f.Open())(t)
		content := must(io.ReadAll(r))(t)
		files[strings.TrimPrefix(f.Name, "fairway-sandbox/")] = string(content)
	}
	return files
}
