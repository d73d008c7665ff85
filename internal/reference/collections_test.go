package reference_test

import (
	"net/http"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

// newApp makes an app of a new organisation, and the world's visitor its owner.
func (w *world) newApp(name string) apps.App {
	w.t.Helper()
	org, person := testkit.Organisation(w.t, w.db, "Budget Buddy Oy")
	var app apps.App
	err := w.db.InTx(w.t.Context(), func(tx db.Tx) (err error) {
		app, _, err = w.deps.Apps.Create(w.t.Context(), tx, org, person, apps.NewApp{Environment: catalog.Sandbox, Name: name,
			RedirectURIs: []string{"https://budget.example/callback"}, Once: "once-" + name})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.visitor = httpkit.Visitor{PersonID: person, OrganisationID: org, Organisation: "Budget Buddy Oy", Email: "ada@budget.example"}
	return app
}

var collectionPaths = map[string]string{
	"/reference/collections/postman.json":             "application/json",
	"/reference/collections/postman-environment.json": "application/json",
	"/reference/collections/bruno.zip":                "application/zip",
	"/reference/collections/insomnia.yaml":            "application/yaml",
}

func TestCollectionsAreFilesForEverybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, kind := range collectionPaths {
		a := w.get(path)

		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != kind || !strings.HasPrefix(a.Header().Get("Content-Disposition"), "attachment; ") {
			t.Errorf("%s: %d %v", path, a.Code, a.Header())
		}
	}
}

func TestCollectionsAreFilledWithTheReadersApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.newApp(`Ledger "</script>"`)

	environment := w.page("/reference/collections/postman-environment.json?brand=alisa&app=" + app.ID)
	list := w.page("/reference?brand=alisa")

	mustContain(t, "the environment", environment, app.ClientID, "https://budget.example/callback", "https://localhost:8443/sandbox/alisa", "http://localhost:8080/bank/sandbox/alisa/v1/authorizations")
	mustContain(t, "the list", list, "Ledger &#34;&lt;/script&gt;&#34;", "app="+app.ID+"&amp;brand=alisa", `<select id="app"`)
	if strings.Contains(environment, "playground/flow/callback") {
		t.Error("the playground's own redirect URI is in the collection")
	}
}

func TestAnotherOrganisationsAppIsNotFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.newApp("Theirs")
	w.visitor = httpkit.Visitor{}
	nobody := w.page("/reference/collections/postman-environment.json?app=" + theirs.ID)
	mine := w.newApp("Mine")

	page := w.page("/reference/collections/postman-environment.json?app=" + theirs.ID)

	if strings.Contains(nobody+page, theirs.ClientID) || !strings.Contains(page, mine.ClientID) {
		t.Errorf("another's app is filled in: %s", page)
	}
}
