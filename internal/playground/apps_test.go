package playground_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/secret"
)

func TestTheListOfAppsIsEmptyOneOrMany(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	none := m.mustGet("/playground/apps")
	app, _ := m.create("Alpha")
	one := m.mustGet("/playground/apps")
	m.create("Beta")
	many := m.mustGet("/playground/apps")

	if !none.says("No app yet") || strings.Count(none.body, `href="/playground/apps/new"`) != 1 {
		t.Error("an empty list has not exactly one next step")
	}
	if !one.says(app.ClientID) || !one.says("No API connected.") || !one.says("Not used yet") || one.says("No app yet") {
		t.Error("the card lacks what it is for")
	}
	if strings.Index(many.body, "Alpha") > strings.Index(many.body, "Beta") {
		t.Error("the apps are not in order")
	}
}

func TestANewAppShowsItsSecretsOnce(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	form := m.mustGet("/playground/apps/new")

	made := m.post("/playground/apps/new", "once", form.field("once"), "name", form.field("name"), "redirect_uris", "https://a.example/cb\r\n\r\nhttp://localhost:3000/cb")
	repeated := m.post("/playground/apps/new", "once", form.field("once"), "name", form.field("name"))
	app := m.list()[0]
	page := m.mustGet("/playground/apps/" + app.ID)

	if form.field("name") != "My first app" || !form.says("http://localhost:3000/callback") || !form.says(base+"/playground/callback") {
		t.Error("the form is not filled in")
	}
	if made.status != http.StatusOK || made.header.Get("Cache-Control") != "no-store" || len(made.secrets()) < 2 || !made.says("https://a.example/cb") || !made.says(app.ClientID) {
		t.Errorf("%d with %d secrets", made.status, len(made.secrets()))
	}
	if repeated.status != http.StatusOK || len(repeated.secrets()) != 0 || !repeated.says("were shown when it was made") || len(m.list()) != 1 {
		t.Errorf("sent again: %d, %d apps", repeated.status, len(m.list()))
	}
	if len(page.secrets()) != 0 || strings.Count(page.body, ">Playground</span>") != 3 || !page.says("Not used yet") || !page.says("No API is connected") {
		t.Error("the app's page shows too much or too little")
	}
	if next := m.mustGet("/playground/apps/new"); next.field("name") != "My app 2" || next.field("once") == form.field("once") {
		t.Errorf("the next form has the name %s", next.field("name"))
	}
}

func TestAnAppFormThatIsSentTwentyTimesMakesOneApp(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	form := m.form("once", "form_1", "name", "Buddy", "redirect_uris", "https://a.example/cb")
	var mu sync.Mutex
	var group sync.WaitGroup
	withSecrets := 0
	for range 20 {
		group.Go(func() {
			a := m.send(http.MethodPost, "/playground/apps/new", form)
			mu.Lock()
			defer mu.Unlock()
			if a.status != http.StatusOK {
				t.Errorf("status %d", a.status)
			}
			if len(a.secrets()) > 0 {
				withSecrets++
			}
		})
	}
	group.Wait()

	if len(m.list()) != 1 || withSecrets != 1 {
		t.Errorf("%d apps, secrets shown %d times", len(m.list()), withSecrets)
	}
}

func TestAnAppFormComesBackWithEveryLineThatIsWrong(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Taken")
	bad := "http://a.example/cb\nhttps://b.example/cb#x"
	for _, path := range []string{"/playground/apps/new", "/playground/apps/" + app.ID + "/edit"} {
		a := m.post(path, "once", "form_1", "name", `<b>"`+"\x01", "redirect_uris", bad)

		if a.status != http.StatusUnprocessableEntity || !a.says("<title>Error: ") {
			t.Errorf("%s: %d", path, a.status)
		}
		for _, want := range []string{"Line 1: Use https", "Line 2: Leave out the fragment", "Use letters, digits", bad, `href="#redirect_uris"`} {
			if !a.says(want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
		if strings.Contains(a.body, "<b>\"") {
			t.Errorf("%s writes markup that was typed", path)
		}
	}
	if again := m.post("/playground/apps/new", "once", "form_1", "name", "", "redirect_uris", ""); again.field("once") != "form_1" {
		t.Error("the form lost its unique value")
	}
	if taken := m.post("/playground/apps/new", "once", "form_2", "name", "taken"); taken.status != http.StatusUnprocessableEntity || !taken.says("You have an app called taken here already") {
		t.Errorf("a taken name: %d", taken.status)
	}
}

func TestTheTwentyFirstAppIsRefusedInWords(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	for i := range apps.MaxApps {
		m.createLive(i)
	}

	a := m.post("/playground/apps/new", "once", "form_1", "name", "One more", "redirect_uris", "https://a.example/cb")

	if a.status != http.StatusConflict || !a.says("20 apps, which is the limit") || a.field("name") != "One more" || !a.says("https://a.example/cb") {
		t.Errorf("%d", a.status)
	}
}

func TestAnAppIsEdited(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, _ := m.create("Old name")
	form := m.mustGet("/playground/apps/" + app.ID + "/edit")

	saved := m.post("/playground/apps/"+app.ID+"/edit", "name", "New name", "redirect_uris", "https://new.example/cb")
	page := m.mustGet("/playground/apps/" + app.ID)

	if form.field("name") != "Old name" || !form.says("https://app.example/callback") {
		t.Error("the form is not filled in")
	}
	if saved.status != http.StatusSeeOther || saved.to() != "/playground/apps/"+app.ID || !page.says("New name is saved.") || !page.says("https://new.example/cb") || page.says("https://app.example/callback") {
		t.Errorf("%d to %s", saved.status, saved.to())
	}
}

func TestAnAppIsDeletedByTypingItsName(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, issued := m.create("Buddy & Co")
	path := "/playground/apps/" + app.ID + "/delete"

	ask := m.mustGet(path)
	wrong := m.post(path, "name", "buddy")
	kept := len(m.list())
	gone := m.post(path, "name", " Buddy & Co ")

	if !ask.says("Type Buddy & Co to confirm.") || wrong.status != http.StatusUnprocessableEntity || wrong.field("name") != "buddy" || kept != 1 {
		t.Errorf("wrong name: %d, %d apps", wrong.status, kept)
	}
	if gone.to() != "/playground/apps" || len(m.list()) != 0 || !m.mustGet("/playground/apps").says("Buddy & Co is deleted.") {
		t.Errorf("%d to %s", gone.status, gone.to())
	}
	if _, err := m.apps.ByAPIKey(t.Context(), issued.APIKey); err == nil {
		t.Error("the key of a deleted app opens the door")
	}
	if a := m.get("/playground/apps/" + app.ID); a.status != http.StatusNotFound {
		t.Errorf("the deleted app's page: %d", a.status)
	}
}

func TestASecretIsRotatedWithAnOverlap(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, old := m.create("Buddy")
	path := "/playground/apps/" + app.ID + "/rotate"

	ask := m.mustGet(path + "?kind=client_secret")
	made := m.post(path, "kind", "client_secret", "once", ask.field("once"), "overlap", "24h")
	twice := m.post(path, "kind", "client_secret", "once", ask.field("once"), "overlap", "24h")
	page := m.mustGet("/playground/apps/" + app.ID)

	if made.status != http.StatusOK || len(made.secrets()) == 0 || made.header.Get("Cache-Control") != "no-store" || strings.Contains(strings.Join(made.secrets(), " "), "sbx_ak_") {
		t.Fatalf("%d with %d secrets", made.status, len(made.secrets()))
	}
	if twice.status != http.StatusConflict || len(twice.secrets()) != 0 || !twice.says("replaced a moment ago") {
		t.Errorf("sent again: %d", twice.status)
	}
	if !page.says("22 Nov 2026, 09:00 UTC") || len(page.secrets()) != 0 {
		t.Error("the page does not say until when the old one works")
	}
	if _, _, err := m.apps.CheckSecret(t.Context(), app.ClientID, old.ClientSecret); err != nil {
		t.Errorf("the old secret within the overlap: %v", err)
	}
	m.clock.Advance(24 * time.Hour)
	if _, _, err := m.apps.CheckSecret(t.Context(), app.ClientID, old.ClientSecret); err == nil {
		t.Error("the old secret outlives the overlap")
	}
}

func TestBothSecretsShowTheirLastUseWhileTheyOverlap(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, old := m.create("Buddy")
	path := "/playground/apps/" + app.ID
	made := m.post(path+"/rotate", "kind", "client_secret", "once", m.mustGet(path+"/rotate?kind=client_secret").field("once"), "overlap", "24h")
	fresh := secret.Text(made.secrets()[0])
	works := func(s secret.Text) bool {
		_, _, err := m.apps.CheckSecret(t.Context(), app.ClientID, s)
		return err == nil
	}

	m.clock.Advance(time.Minute)
	oldWorks := works(old.ClientSecret)
	m.clock.Advance(time.Minute)
	freshWorks := works(fresh)
	if err := m.apps.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	m.mustSay(path, "21 Nov 2026, 09:01 UTC", "21 Nov 2026, 09:02 UTC")
	m.clock.Advance(24 * time.Hour)
	if !oldWorks || !freshWorks || works(old.ClientSecret) || !works(fresh) {
		t.Errorf("within the overlap %t and %t, after it %t and %t", oldWorks, freshWorks, works(old.ClientSecret), works(fresh))
	}
}

func TestRotatingAsksForThePasswordAndForTheOverlap(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, old := m.create("Buddy")
	path := "/playground/apps/" + app.ID + "/rotate"
	once := m.mustGet(path + "?kind=api_key").field("once")
	m.clock.Advance(6 * time.Minute)

	asked := m.mustGet(path + "?kind=api_key")
	without := m.post(path, "kind", "api_key", "once", once, "overlap", "now")
	wrong := m.post(path, "kind", "api_key", "once", once, "overlap", "now", "password", "not it, sorry to say")
	choose := m.post(path, "kind", "api_key", "once", once, "overlap", "forever", "password", password)
	right := m.post(path, "kind", "api_key", "once", once, "overlap", "now")

	if !asked.says("Your password") {
		t.Error("the page does not ask for the password")
	}
	for name, a := range map[string]answer{"without": without, "wrong": wrong} {
		if a.status != http.StatusUnprocessableEntity || !a.says(`id="password-error"`) || !strings.Contains(a.body, `value="now" checked`) || strings.Contains(a.body, "not it, sorry") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if choose.status != http.StatusUnprocessableEntity || !choose.says("Choose how long the old one stays.") || choose.says("Your password") {
		t.Errorf("without an overlap: %d", choose.status)
	}
	if right.status != http.StatusOK || len(right.secrets()) == 0 {
		t.Errorf("the password was entered a moment ago: %d", right.status)
	}
	if _, err := m.apps.ByAPIKey(t.Context(), old.APIKey); err == nil {
		t.Error("the old key outlives an overlap of nothing")
	}
	if a := m.get(path + "?kind=other"); a.status != http.StatusNotFound {
		t.Errorf("a kind that does not exist: %d", a.status)
	}
}

func TestACredentialIsRevokedAndMadeAnew(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	app, issued := m.create("Buddy")
	page := "/playground/apps/" + app.ID
	for _, c := range app.Credentials {
		ask := m.mustGet(page + "/credentials/" + c.ID + "/revoke")
		done := m.post(page + "/credentials/" + c.ID + "/revoke")
		if !ask.says("that ends with "+c.Hint) || done.status != http.StatusSeeOther {
			t.Errorf("%s: %d", c.Kind, done.status)
		}
		if again := m.post(page + "/credentials/" + c.ID + "/revoke"); again.status != http.StatusNotFound {
			t.Errorf("revoked twice: %d", again.status)
		}
	}
	if _, err := m.apps.ByAPIKey(t.Context(), issued.APIKey); err == nil {
		t.Error("a revoked key opens the door")
	}

	bare := m.mustGet(page)
	fresh := m.post(page+"/rotate", "kind", "api_key", "once", "")
	renewed := m.post(page + "/playground")

	if !bare.says("New client secret") || !bare.says("New credentials for the playground") || fresh.status != http.StatusOK || len(fresh.secrets()) == 0 {
		t.Errorf("a new key: %d", fresh.status)
	}
	if _, _, _, err := m.apps.PlaygroundCredentials(t.Context(), m.org, app.ID); renewed.status != http.StatusSeeOther || err != nil {
		t.Errorf("renewed: %d, %v", renewed.status, err)
	}
	if m.mustGet(page).says("New credentials for the playground") {
		t.Error("new credentials are still offered")
	}
}

func TestTheSettingsFileHoldsWhatThePageShowed(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	made := m.post("/playground/apps/new", "once", "form_1", "name", "Buddy")
	app := m.list()[0]

	file := m.post("/playground/apps/"+app.ID+"/env", "client_secret", made.field("client_secret"), "api_key", made.field("api_key"))
	odd := m.post("/playground/apps/"+app.ID+"/env", "client_secret", "a\nEVIL=1", "api_key", "`id`")

	for _, line := range []string{"CLIENT_ID='" + app.ClientID, "CLIENT_SECRET='" + made.field("client_secret"), "API_KEY='" + made.field("api_key"), "API_URL='https://localhost:8443/sandbox/rocker", "TOKEN_URL='" + auth + "/token"} {
		if !strings.Contains(file.body, "\nexport FAIRWAY_"+line+"'\n") {
			t.Errorf("the file lacks %s:\n%s", line, file.body)
		}
	}
	if file.header.Get("Content-Disposition") != `attachment; filename="fairway-sandbox.env"` || file.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", file.header)
	}
	if strings.Contains(odd.body, "EVIL") || strings.Contains(odd.body, "`") || strings.Contains(odd.body, "FAIRWAY_CLIENT_SECRET") || !strings.Contains(odd.body, app.ClientID) {
		t.Errorf("%q", odd.body)
	}
}
