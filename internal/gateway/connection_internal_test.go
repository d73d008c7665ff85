package gateway

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"testing"
	"time"

	"fairway/internal/address"
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

func TestADeprecatedVersionSaysSoAndNoOtherDoes(t *testing.T) {
	t.Parallel()
	released, removed := testkit.Start.AddDate(0, -1, 0), testkit.Start.AddDate(0, 5, 0)
	base, err := address.Parse("https://portal.example")
	if err != nil {
		t.Fatal(err)
	}
	says := http.Header{"Deprecation": {"@" + strconv.FormatInt(released.Unix(), 10)}, "Sunset": {removed.Format(http.TimeFormat)},
		"Link": {`<https://portal.example/docs/versions>; rel="deprecation"; type="text/html"`}}
	endless := maps.Clone(says)
	delete(endless, "Sunset")
	v := catalog.Version{API: "card-account", Brand: "rocker", Version: "v1", ReleasedAt: new(released.AddDate(-1, 0, 0))}
	for name, c := range map[string]struct {
		deprecated, removed *time.Time
		now                 time.Time
		want                http.Header
	}{
		"a current version":                       {nil, nil, testkit.Start, http.Header{}},
		"a version that will be deprecated":       {&released, &removed, released.Add(-time.Microsecond), http.Header{}},
		"at its very instant":                     {&released, &removed, released, says},
		"a deprecated version":                    {&released, &removed, testkit.Start, says},
		"one whose end is open":                   {&released, nil, testkit.Start, endless},
		"one that was removed, and is not called": {&released, &removed, removed, http.Header{}},
	} {
		v.DeprecatedAt, v.RemovedAt = c.deprecated, c.removed
		a := &admission{door: &Door{Deps: Deps{BaseURL: base}}, now: c.now, header: http.Header{}}

		a.announce(v)

		if !reflect.DeepEqual(a.header, c.want) {
			t.Errorf("%s: %v, want %v", name, a.header, c.want)
		}
	}
}

func TestACurrentVersionCostsNoMemory(t *testing.T) {
	v := catalog.Version{API: "card-account", Version: "v1", ReleasedAt: new(testkit.Start)}
	a := &admission{now: testkit.Start, header: http.Header{}}

	if n := testing.AllocsPerRun(100, func() { a.announce(v) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
