package migrations_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/pressly/goose/v3"

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

		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}

		if _, err := provider.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
