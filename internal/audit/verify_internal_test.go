package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestAnEmptyTrailIsWhole(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)

		head, err := trail.Head(t.Context())

		if err != nil || head != (Head{Hash: beginning}) {
			t.Errorf("%+v, %v", head, err)
		}
		mustBeWhole(t, trail, 0)
		if r := mustVerify(t, trail, head); r.Broken != nil {
			t.Errorf("with its own head: %v", r.Broken)
		}
	})
}

// tampered is the row that somebody changes, in a trail of five.
const tampered = 3

func TestAChangedByteOfAnyColumnNamesItsRow(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)
		mustWrite(t, d, deeds(5)...)
		breakIn(t, d)
		columns := []string{"actor", "organisation_id", "act", "object", "detail", "prev_hash", "hash"}
		if d.Dialect() == db.SQLite {
			columns = append(columns, "at") // a text, too
		}
		for _, column := range columns {
			whole := textOf(t, d, column)
			for i := range len(whole) {
				if whole[i] >= 0x80 {
					continue // half a character is no text
				}
				changed := []byte(whole)
				changed[i] ^= 1
				mustExec(t, d, "UPDATE audit_log SET "+column+" = ? WHERE seq = ?", string(changed), tampered)

				if got := found(mustVerify(t, trail)); got != "changed 3" {
					t.Errorf("%s became %q: %q", column, changed, got)
				}
			}
			mustExec(t, d, "UPDATE audit_log SET "+column+" = ? WHERE seq = ?", whole, tampered)
			mustBeWhole(t, trail, 5)
		}
	})
}

func textOf(t *testing.T, d *db.DB, column string) string {
	t.Helper()
	var text string
	err := d.Native().QueryRowContext(t.Context(), fmt.Sprintf("SELECT CAST(%s AS TEXT) FROM audit_log WHERE seq = %d", column, tampered)).Scan(&text)
	if err != nil || text == "" {
		t.Fatal(column, text, err)
	}
	return text
}

func TestWhatWasDoneToTheTrailIsNamed(t *testing.T) {
	t.Parallel()
	later := testkit.Start.Add(time.Microsecond)
	cases := []struct {
		name string
		want string
		do   []string
		args []any
	}{
		{"nothing", "", nil, nil},
		{"a later instant", "changed 3", []string{"UPDATE audit_log SET at = ? WHERE seq = 3"}, []any{later}},
		{"another id", "changed 3", []string{"UPDATE audit_log SET id = id + 1000 WHERE seq = 3"}, nil},
		{"another number", "missing 3", []string{"UPDATE audit_log SET seq = 1003 WHERE seq = 3"}, nil},
		{"a number below the first", "out of order 0", []string{"UPDATE audit_log SET seq = 0 WHERE seq = 3"}, nil},
		{"the first is gone", "missing 1", []string{"DELETE FROM audit_log WHERE seq = 1"}, nil},
		{"one is gone", "missing 4", []string{"DELETE FROM audit_log WHERE seq = 4"}, nil},
		{"the last is gone", "missing 5", []string{"DELETE FROM audit_log WHERE seq = 5"}, nil},
		{"all are gone", "missing 1", []string{"DELETE FROM audit_log"}, nil},
		{"one is gone and the rest moved up", "changed 3", []string{"DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_log SET seq = 3 WHERE seq = 4", "UPDATE audit_log SET seq = 4 WHERE seq = 5"}, nil},
		{"two changed places", "changed 2", []string{"UPDATE audit_log SET seq = 99 WHERE seq = 2", "UPDATE audit_log SET seq = 2 WHERE seq = 3", "UPDATE audit_log SET seq = 3 WHERE seq = 99"}, nil},
		{"one was taken out of the chain", "missing 3", []string{"UPDATE audit_log SET seq = NULL WHERE seq = 3"}, nil},
		{"one was slipped in", "outside the chain 0", []string{"INSERT INTO audit_log (id, at, actor, act, object) VALUES (77, ?, 'per_9', 'apps.created', 'app_9')"}, []any{later}},
		{"another head", "head differs 5", []string{"UPDATE audit_head SET hash = ?"}, []any{beginning}},
		{"a head that is behind", "head differs 5", []string{"UPDATE audit_head SET seq = 4"}, nil},
		{"a head that is ahead", "missing 6", []string{"UPDATE audit_head SET seq = 9"}, nil},
		{"no head", "head differs 5", []string{"DELETE FROM audit_head"}, nil},
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)
		mustWrite(t, d, deeds(5)...)
		breakIn(t, d)
		head := mustVerify(t, trail).Head
		for _, c := range cases {
			for _, statement := range c.do {
				mustExec(t, d, statement, c.args...)
			}

			if got := found(mustVerify(t, trail)); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}

			restore(t, d)
			mustExec(t, d, "DELETE FROM audit_head")
			mustExec(t, d, "INSERT INTO audit_head (id, seq, hash) VALUES (1, ?, ?)", head.Seq, head.Hash)
		}
		mustBeWhole(t, trail, 5)
	})
}

// forge changes a row and gives it a hash that fits, as somebody does who has read this package; with all the rows after it
// where whole is set.
func forge(t *testing.T, d *db.DB, whole bool) {
	t.Helper()
	rows, err := list(d.Reader(t.Context()), Filter{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	head := Head{}
	for i := len(rows) - tampered; i >= 0; i-- {
		r := rows[i]
		if r.Seq == tampered {
			r.Actor = "per_9"
		} else if whole {
			r.PrevHash = head.Hash
		}
		r.Hash = r.sum()
		mustExec(t, d, "UPDATE audit_log SET actor = ?, prev_hash = ?, hash = ? WHERE seq = ?", r.Actor, r.PrevHash, r.Hash, r.Seq)
		head = Head{Seq: r.Seq, Hash: r.Hash}
	}
	if whole {
		mustExec(t, d, "UPDATE audit_head SET hash = ?", head.Hash)
	}
}

func TestARowThatWasForgedWithItsHashBreaksTheNext(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		mustWrite(t, d, deeds(5)...)
		breakIn(t, d)

		forge(t, d, false)

		if r := mustVerify(t, newTrail(t, d)); found(r) != "out of order 4" || r.Rows != 3 {
			t.Errorf("%q after %d rows", found(r), r.Rows)
		}
	})
}

func TestATrailThatWasWrittenAnewDiffersFromTheHeadThatWasKept(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)
		mustWrite(t, d, deeds(4)...)
		kept, err := trail.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, d, deeds(1)...)
		breakIn(t, d)
		before := found(mustVerify(t, trail, kept))

		forge(t, d, true)

		if alone, with := found(mustVerify(t, trail)), found(mustVerify(t, trail, kept)); before != "" || alone != "" || with != "unlike the kept head 4" {
			t.Errorf("%q, then %q, with the kept head %q", before, alone, with)
		}
		if got := found(mustVerify(t, trail, Head{Seq: 9, Hash: kept.Hash})); got != "missing 6" {
			t.Errorf("with a kept head of a row that is not there: %q", got)
		}
	})
}

func TestAFindingIsASentence(t *testing.T) {
	t.Parallel()
	for flaw, want := range map[Flaw]string{Changed: "row 7 (id 9) was changed", Missing: "row 7 is missing", OutOfOrder: "row 7 (id 9) does not follow",
		HeadDiffers: "the head is not row 7", Unlike: "row 7 (id 9) is not the one", Unchained: "the row with id 9 is outside"} {
		if got := (Finding{Flaw: flaw, Seq: 7, ID: 9}).String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", flaw, got)
		}
	}
}
