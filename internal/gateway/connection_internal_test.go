package gateway

import (
	"net/http"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

func TestAConnectionOpensWhatTheBrandOffers(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	set := func(statement string, args ...any) {
		if _, err := d.Native().ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return tx.Tell(catalog.Topic, "") }); err != nil {
			t.Fatal(err)
		}
	}
	door := &Door{Deps: Deps{Catalog: catalog.New(d, testkit.Log(t))}}
	code := func(operation, brand string) string {
		o, ok := catalog.OperationByID(operation)
		if !ok {
			t.Fatal(operation)
		}
		r, err := http.NewRequestWithContext(t.Context(), o.Method, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		a := &admission{door: door, request: r, operation: &o, now: clk.Now(), place: httpkit.Place{Environment: "sandbox", Brand: brand},
			app: &apps.Door{App: apps.App{Name: "Budget", Environment: catalog.Sandbox, Connections: []apps.Connection{{Brand: "rocker", API: "card-account"}}}}}
		if _, err := a.checkConnection(); err != nil {
			return fault.Of(err).Code
		}
		return ""
	}
	everything := []string{"consents.create", "consents.read", "consents.delete", "card-accounts.list", "card-accounts.transactions"}
	for _, operation := range everything {
		if at, elsewhere := code(operation, "rocker"), code(operation, "alisa"); at != "" || elsewhere != "API_NOT_CONNECTED" {
			t.Errorf("%s: %q where it is connected, %q elsewhere", operation, at, elsewhere)
		}
	}

	set("UPDATE api_versions SET removed_at = ? WHERE brand_id = 'rocker'", clk.Now())

	for _, operation := range everything {
		want := "RESOURCE_UNKNOWN"
		if operation == "consents.read" || operation == "consents.delete" {
			want = ""
		}
		if got := code(operation, "rocker"); got != want {
			t.Errorf("%s once the version is closed: %q, want %q", operation, got, want)
		}
	}

	set("INSERT INTO api_versions (api_id, brand_id, version, sandbox_from) VALUES ('card-account', 'rocker', 'v2', ?)", clk.Now())

	if created, read := code("consents.create", "rocker"), code("card-accounts.list", "rocker"); created != "" || read != "RESOURCE_UNKNOWN" {
		t.Errorf("with another version: %q %q", created, read)
	}
}
