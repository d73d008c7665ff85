package audit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

type line struct {
	at                             time.Time
	actor, organisation, act, what string
	detail                         string
}

func trail(t *testing.T, d *db.DB) []line {
	t.Helper()
	rows, err := d.Native().QueryContext(t.Context(), "SELECT at, actor, organisation_id, act, object, detail FROM audit_log ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var lines []line
	for rows.Next() {
		var l line
		if err := rows.Scan(&l.at, &l.actor, &l.organisation, &l.act, &l.what, &l.detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

var created = audit.Entry{Actor: "per_1", Organisation: "org_1", Act: "apps.created", Object: "app_1", Detail: map[string]string{"name": "a \"b\"\nc", "brand": "rocker"}}

func TestADeedLeavesOneLineWithTheInstantOfItsTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			return errors.Join(audit.Write(tx, created), audit.Write(tx, audit.Entry{Actor: "system", Act: "keys.rotated", Object: "k2"}))
		})
		if err != nil {
			t.Fatal(err)
		}

		got := trail(t, d)

		if len(got) != 2 || !got[0].at.Equal(testkit.Start) || got[0].actor != "per_1" || got[0].organisation != "org_1" || got[0].act != "apps.created" || got[0].what != "app_1" {
			t.Fatalf("%+v", got)
		}
		if want := `{"brand":"rocker","name":"a \"b\"\nc"}`; got[0].detail != want || got[1].detail != "{}" || got[1].organisation != "" {
			t.Errorf("details %s and %s", got[0].detail, got[1].detail)
		}
	})
}

func TestADeedThatWasUndoneLeavesNoLine(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		undone := errors.New("undone")

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if err := audit.Write(tx, created); err != nil {
				return err
			}
			return undone
		})

		if got := trail(t, d); !errors.Is(err, undone) || len(got) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// The trail is broken by a trigger for one act; the deed of that act must not happen.
func TestWithoutItsLineThereIsNoDeed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		breakTrail(t, d)

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if _, err := tx.Native().ExecContext(t.Context(), "INSERT INTO throttles (key, win, n, ends_at) VALUES ('deed', 1, 1, '2026-11-21')"); err != nil {
				return err
			}
			return audit.Write(tx, created)
		})

		var n int
		if scan := d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM throttles").Scan(&n); scan != nil || err == nil || n != 0 {
			t.Errorf("%d deeds, %v, %v", n, err, scan)
		}
	})
}

func breakTrail(t *testing.T, d *db.DB) {
	t.Helper()
	statements := []string{"CREATE TRIGGER broken BEFORE INSERT ON audit_log WHEN NEW.act = 'apps.created' BEGIN SELECT RAISE(ABORT, 'broken'); END"}
	if d.Dialect() == db.Postgres {
		statements = []string{
			"CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$ LANGUAGE plpgsql",
			"CREATE TRIGGER broken BEFORE INSERT ON audit_log FOR EACH ROW WHEN (NEW.act = 'apps.created') EXECUTE FUNCTION broken()",
		}
	}
	for _, s := range statements {
		if _, err := d.Native().ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheTrailCannotBeChanged(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return audit.Write(tx, created) }); err != nil {
			t.Fatal(err)
		}

		for _, statement := range []string{"UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "UPDATE audit_log SET at = at WHERE id = 1"} {
			if _, err := d.Native().ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}

		if got := trail(t, d); len(got) != 1 || got[0].actor != "per_1" {
			t.Errorf("%+v", got)
		}
	})
}

func TestALineSaysWhoDidWhatToWhich(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	for name, change := range map[string]func(*audit.Entry){
		"nobody": func(e *audit.Entry) { e.Actor = "" }, "nothing": func(e *audit.Entry) { e.Act = "" }, "to none": func(e *audit.Entry) { e.Object = "" },
		"an act without its package": func(e *audit.Entry) { e.Act = "created" },
	} {
		e := created
		change(&e)

		if err := d.InTx(t.Context(), func(tx db.Tx) error { return audit.Write(tx, e) }); err == nil {
			t.Errorf("%s: a line that says too little is written", name)
		}
	}
}
