package migrations_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/pressly/goose/v3"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/testkit"
	"fairway/migrations"
)

func TestBothFoldersHoldTheSameSteps(t *testing.T) {
	t.Parallel()
	lite, err := fs.Glob(migrations.FS, "sqlite/*.sql")
	if err != nil || len(lite) == 0 {
		t.Fatal(err, lite)
	}
	post, err := fs.Glob(migrations.FS, "postgres/*.sql")
	if err != nil {
		t.Fatal(err)
	}

	for i := range lite {
		lite[i] = lite[i][len("sqlite"):]
	}
	for i := range post {
		post[i] = post[i][len("postgres"):]
	}

	if !slices.Equal(lite, post) {
		t.Fatalf("sqlite %v\npostgres %v", lite, post)
	}
}

func TestTheSchemaGoesUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		provider := newProvider(t, d)

		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}

		if _, err := provider.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func newProvider(t *testing.T, d *db.DB) *goose.Provider {
	t.Helper()
	folder, dialect := "sqlite", goose.DialectSQLite3
	if d.Dialect() == db.Postgres {
		folder, dialect = "postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations.FS, folder)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(dialect, d.Native(), files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// beforeTheChain is the last version whose audit trail had no chain.
const beforeTheChain = 13

func TestAnAuditTrailFromBeforeTheChainIsLinkedAndGoesBack(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		provider := newProvider(t, d)
		trail := audit.New(d, testkit.Log(t))
		if _, err := provider.DownTo(t.Context(), beforeTheChain); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			insert := "INSERT INTO audit_log (at, actor, act, object) VALUES ('2026-11-20 09:00:00.5+00:00', 'per_1', 'apps.created', 'app_1')"
			if _, err := d.Native().ExecContext(t.Context(), insert); err != nil {
				t.Fatal(err)
			}
		}

		err := d.Migrate(t.Context(), trail.Adopt)

		report, verified := trail.Verify(t.Context())
		if err != nil || verified != nil || report.Broken != nil || report.Rows != 3 {
			t.Errorf("%v; %+v, %v", err, report, verified)
		}
		if _, err := provider.DownTo(t.Context(), beforeTheChain); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), trail.Adopt); err != nil {
			t.Fatal(err)
		}
		if again, err := trail.Verify(t.Context()); err != nil || again != report {
			t.Errorf("again %+v, %v", again, err)
		}
	})
}
