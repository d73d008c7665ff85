package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

// decode reads an encoding back; that it can is what makes the encoding unambiguous.
func decode(b []byte) (row, error) {
	var r row
	var seconds, nanoseconds int64
	text := func(to *string) bool {
		if len(b) < 8 || binary.BigEndian.Uint64(b) > uint64(len(b)-8) {
			return false
		}
		n := binary.BigEndian.Uint64(b)
		*to, b = string(b[8:8+n]), b[8+n:]
		return true
	}
	number := func(to *int64) bool {
		if len(b) < 8 {
			return false
		}
		*to, b = int64(binary.BigEndian.Uint64(b)), b[8:]
		return true
	}
	var label string
	ok := text(&label) && number(&r.Seq) && number(&r.ID) && number(&seconds) && number(&nanoseconds) && text(&r.Actor) &&
		text(&r.Organisation) && text(&r.Act) && text(&r.Object) && text(&r.Detail) && text(&r.PrevHash)
	if !ok || label != encoding || len(b) > 0 {
		return row{}, errors.New("this is no encoding")
	}
	r.At = time.Unix(seconds, nanoseconds).UTC()
	return r, nil
}

func FuzzTwoRowsThatDifferAreEncodedDifferently(f *testing.F) {
	f.Add(int64(1), int64(1), int64(1795165200), int64(0), "per_1", "org_1", "apps.created", "app_1", "{}", beginning, uint8(0), "x")
	f.Add(int64(-1), int64(1<<62), int64(0), int64(999_999_999), "ab", "", "c", "", "\x00\x00", "", uint8(3), "a")
	f.Add(int64(2), int64(2), int64(-1), int64(1000), "a", "b", "", "\x00\x00\x00\x00\x00\x00\x00\x01a", "é", "f", uint8(5), "")
	f.Fuzz(func(t *testing.T, seq, id, seconds, nanoseconds int64, actor, organisation, act, object, detail, prev string, which uint8, other string) {
		at := time.Unix(seconds%(1<<40), nanoseconds%1_000_000_000).UTC()
		r := row{Seq: seq, ID: id, At: at, Actor: actor, Organisation: organisation, Act: act, Object: object, Detail: detail, PrevHash: prev}

		back, err := decode(r.encode())

		if err != nil || back != r {
			t.Fatalf("%+v became %+v, %v", r, back, err)
		}
		changed := r
		texts := []*string{&changed.Actor, &changed.Organisation, &changed.Act, &changed.Object, &changed.Detail, &changed.PrevHash}
		i := int(which) % len(texts)
		// What one field loses, its neighbour gains: the bytes stay, the fields differ.
		*texts[i], *texts[(i+1)%len(texts)] = *texts[i]+other, strings.TrimPrefix(*texts[(i+1)%len(texts)], other)
		if (changed == r) != (string(changed.encode()) == string(r.encode())) || (changed == r) != (changed.sum() == r.sum()) {
			t.Errorf("%+v and %+v", r, changed)
		}
	})
}

// The sum was made by another program from the description above encode.
func TestTheEncodingIsTheOneThatIsDescribed(t *testing.T) {
	t.Parallel()
	r := row{Seq: 1, ID: 7, At: testkit.Start.Add(123456 * time.Microsecond), Actor: "per_1", Organisation: "org_1", Act: "apps.created", Object: "app_1", Detail: `{"name":"é"}`, PrevHash: beginning}

	if got, want := r.sum(), "cbcb4bd42d749033e4c94651ab1aa9736ff4e90bdcd190edc80424bddcd2b22b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAHeadIsReadAsItIsPrinted(t *testing.T) {
	t.Parallel()
	head := Head{Seq: 1042, Hash: strings.Repeat("0a", 32)}

	if got, err := ParseHead(" " + strings.ToUpper(head.String()) + "\n"); err != nil || got != head {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"", ":", "1042", "1042:", "x:" + head.Hash, "-1:" + head.Hash, "1:" + head.Hash[1:], "1:" + head.Hash + "00", "1:" + strings.Repeat("g", 64), strings.Repeat("1", 300)} {
		if got, err := ParseHead(text); !errors.Is(err, errHeadForm) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("1042:" + beginning)
	f.Add("00:" + beginning)
	f.Add(" 9223372036854775808:")
	f.Fuzz(func(t *testing.T, text string) {
		head, err := ParseHead(text)

		if again, errAgain := ParseHead(head.String()); err == nil && (errAgain != nil || again != head) {
			t.Errorf("%q: %+v, then %+v, %v", text, head, again, errAgain)
		}
	})
}

// A third of them take another lock before the line is written, a third after it; every eighth changes its mind.
func TestTwoHundredWritersMakeOneChainAndWaitForNobodyForEver(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO throttles (key, win, n, ends_at) VALUES ('hot', 1, 0, ?)", testkit.Start)
		raise := func(tx db.Tx) error { return tx.SQL().Exec("UPDATE throttles SET n = n + 1 WHERE key = 'hot'").Error }
		undone := errors.New("undone")
		var failed atomic.Int32
		var wg sync.WaitGroup
		for i, e := range deeds(200) {
			wg.Go(func() {
				err := d.InTx(t.Context(), func(tx db.Tx) error {
					var err error
					if i%3 == 1 {
						err = raise(tx)
					}
					err = errors.Join(err, Write(tx, e))
					if i%3 == 2 {
						err = errors.Join(err, raise(tx))
					}
					if err == nil && i%8 == 0 {
						return undone
					}
					return err
				})
				if err != nil && !errors.Is(err, undone) {
					t.Error(err)
				}
				if err != nil {
					failed.Add(1)
				}
			})
		}
		wg.Wait()

		if failed.Load() != 25 {
			t.Errorf("%d of 25 were undone", failed.Load())
		}
		mustBeWhole(t, newTrail(t, d), 175)
	})
}

func TestADeedOfSeveralLinesKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		refused := errors.New("refused")
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			one := Write(tx, deeds(3)[0])
			undone := tx.Try(func(tx db.Tx) error { return errors.Join(Write(tx, deeds(3)[1]), refused) })
			if !errors.Is(undone, refused) {
				t.Errorf("the savepoint: %v", undone)
			}
			return errors.Join(one, Write(tx, deeds(3)[2]))
		})
		if err != nil {
			t.Fatal(err)
		}

		page, err := newTrail(t, d).List(t.Context(), Filter{})

		if err != nil || len(page.Lines) != 2 || page.Lines[0].Object != "app_2" || page.Lines[1].Object != "app_0" {
			t.Errorf("%+v, %v", page, err)
		}
		mustBeWhole(t, newTrail(t, d), 2)
	})
}

func TestALineIsWrittenInsideADeedOnly(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)

	if err := Write(d.Reader(t.Context()), deeds(1)[0]); err == nil {
		t.Error("a line outside a transaction cannot be linked, and was taken")
	}
}

func TestWithoutItsLinkThereIsNoDeed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		mustWrite(t, d, deeds(1)...)
		breakIn(t, d)
		for _, c := range []struct {
			statement string
			want      error
		}{{"UPDATE audit_head SET seq = 0", errForked}, {"DELETE FROM audit_head", errNoHead}} {
			mustExec(t, d, c.statement)

			err := d.InTx(t.Context(), func(tx db.Tx) error {
				return errors.Join(tx.SQL().Exec("INSERT INTO throttles (key, win, n, ends_at) VALUES ('deed', 1, 1, ?)", tx.Now).Error, Write(tx, deeds(1)[0]))
			})

			var n int64
			counted := d.Reader(t.Context()).SQL().Table("throttles").Count(&n).Error
			if !errors.Is(err, c.want) || errors.Is(err, db.ErrNotFound) || fault.Of(err).Kind != fault.Internal || n != 0 || counted != nil {
				t.Errorf("%s: %v; %d deeds, %v", c.statement, err, n, counted)
			}
		}
	})
}

// A process of an earlier version writes rows without the chain, beside processes of this one that all look for them.
func TestRowsOfAnEarlierVersionAreLinkedOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)
		mustWrite(t, d, deeds(1)...)
		for i := range 2*adoptAtOnce + 1 {
			mustExec(t, d, "INSERT INTO audit_log (at, actor, act, object) VALUES (?, 'per_9', 'apps.created', ?)", testkit.Start, fmt.Sprint("old_", i))
		}

		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := trail.Adopt(t.Context()); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { mustWrite(t, d, deeds(5)...) })
		}
		wg.Wait()

		mustBeWhole(t, trail, 1+2*adoptAtOnce+1+20)
		page, err := trail.List(t.Context(), Filter{Actor: "per_9", Limit: 2})
		if want := fmt.Sprint("old_", 2*adoptAtOnce); err != nil || page.Lines[0].Object != want {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestEveryDayTheHeadIsLogged(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		lines := &testkit.Lines{}
		trail := New(d, newJSON(lines))
		mustExec(t, d, "INSERT INTO audit_log (at, actor, act, object) VALUES (?, 'per_9', 'apps.created', 'old')", testkit.Start)

		err := trail.Daily(t.Context())

		head, headErr := trail.Head(t.Context())
		if err != nil || headErr != nil || head.Seq != 1 || !head.At.Equal(testkit.Start) {
			t.Fatalf("%v, %+v, %v", err, head, headErr)
		}
		for _, want := range []string{`"level":"INFO","msg":"the head of the audit trail","head":"` + head.String() + `"`, `were linked to it","rows":1,"first":1`} {
			if !strings.Contains(lines.String(), want) {
				t.Errorf("%s is not in the log:\n%s", want, lines)
			}
		}
	})
}
