package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fairway/internal/audit"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

// written writes each entry a minute after the one before and gives a reader.
func written(t *testing.T, d *db.DB, clk *clock.Manual, entries ...audit.Entry) *audit.Trail {
	t.Helper()
	for _, e := range entries {
		if err := d.InTx(t.Context(), func(tx db.Tx) error { return audit.Write(tx, e) }); err != nil {
			t.Fatal(err)
		}
		clk.Advance(time.Minute)
	}
	return audit.New(d, testkit.Log(t))
}

// eachWithClock runs the test on both databases, each with a clock of its own.
func eachWithClock(t *testing.T, test func(t *testing.T, d *db.DB, clk *clock.Manual)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, open(t, clk), clk)
		})
	}
}

func numbers(p audit.Page) string {
	var seqs []string
	for _, l := range p.Lines {
		seqs = append(seqs, fmt.Sprint(l.Seq))
	}
	return strings.Join(seqs, " ")
}

func TestTheTrailIsReadByWhoWhatAndWhen(t *testing.T) {
	t.Parallel()
	at := func(minutes int) time.Time { return testkit.Start.Add(time.Duration(minutes) * time.Minute) }
	helsinki := time.FixedZone("EET", 2*60*60)
	cases := []struct {
		name   string
		filter audit.Filter
		want   string
	}{
		{"everything", audit.Filter{}, "5 4 3 2 1"},
		{"one actor", audit.Filter{Actor: "per_1"}, "4 1"},
		{"an actor is no beginning", audit.Filter{Actor: "per"}, ""},
		{"one organisation", audit.Filter{Organisation: "org_1"}, "4 2 1"},
		{"one object", audit.Filter{Object: "app_1"}, "4 1"},
		{"acts of a package", audit.Filter{Act: "apps."}, "4 1"},
		{"one act", audit.Filter{Act: "apps.created"}, "1"},
		{"a beginning is no pattern", audit.Filter{Act: "app%"}, ""},
		{"a beginning knows small from capital", audit.Filter{Act: "Apps."}, ""},
		{"from an instant", audit.Filter{From: at(3)}, "5 4"},
		{"to an instant", audit.Filter{To: at(3)}, "3 2 1"},
		{"between, in another zone", audit.Filter{From: at(1).In(helsinki), To: at(3).In(helsinki)}, "3 2"},
		{"older than a line", audit.Filter{Before: 3}, "2 1"},
		{"everything together", audit.Filter{Actor: "per_1", Organisation: "org_1", Object: "app_1", Act: "apps.de", From: at(1), To: at(9), Before: 5}, "4"},
	}
	eachWithClock(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		trail := written(t, d, clk,
			audit.Entry{Actor: "per_1", Organisation: "org_1", Act: "apps.created", Object: "app_1", Detail: map[string]string{"app": "Shop"}},
			audit.Entry{Actor: "per_2", Organisation: "org_1", Act: "certs.generated", Object: "set_1"},
			audit.Entry{Actor: "per_3", Organisation: "org_2", Act: "certs.generated", Object: "set_2"},
			audit.Entry{Actor: "per_1", Organisation: "org_1", Act: "apps.deleted", Object: "app_1"},
			audit.Entry{Actor: "command", Act: "accounts.staff_added", Object: "per_4"})
		for _, c := range cases {
			page, err := trail.List(t.Context(), c.filter)

			if got := numbers(page); err != nil || got != c.want || page.Next != 0 {
				t.Errorf("%s: %q, want %q; next %d, %v", c.name, got, c.want, page.Next, err)
			}
		}
	})
}

func TestALineIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		clk.Advance(123456 * time.Microsecond)
		at := clk.Now()
		page, err := written(t, d, clk, created).List(t.Context(), audit.Filter{})
		if err != nil || len(page.Lines) != 1 {
			t.Fatal(page, err)
		}

		l := page.Lines[0]

		if !l.At.Equal(at) || l.At.Location() != time.UTC || l.Actor != "per_1" || l.Organisation != "org_1" || l.Act != "apps.created" || l.Object != "app_1" || len(l.Hash) != 64 {
			t.Errorf("%+v", l)
		}
		if len(l.Detail) != 2 || l.Detail["name"] != created.Detail["name"] || l.Detail["brand"] != "rocker" {
			t.Errorf("%+v", l.Detail)
		}
	})
}

func TestPagesMeetWithoutGapWhileTheTrailGrows(t *testing.T) {
	t.Parallel()
	eachWithClock(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		trail := written(t, d, clk, created, created, created, created, created)
		var pages []string
		filter := audit.Filter{Actor: "per_1", Limit: 2}
		for {
			page, err := trail.List(t.Context(), filter)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, numbers(page))
			if filter.Before = page.Next; page.Next == 0 {
				break
			}
			written(t, d, clk, created)
		}

		if got := strings.Join(pages, " | "); got != "5 4 | 3 2 | 1" {
			t.Errorf("%s", got)
		}
	})
}

func TestAPageIsBounded(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		var errs []error
		for range 202 {
			errs = append(errs, audit.Write(tx, created))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	trail := audit.New(d, testkit.Log(t))
	for limit, want := range map[int]int{0: 50, -1: 50, 7: 7, 1_000_000: 200} {
		page, err := trail.List(t.Context(), audit.Filter{Limit: limit})

		if err != nil || len(page.Lines) != want || page.Next == 0 {
			t.Errorf("%d: %d lines, %v", limit, len(page.Lines), err)
		}
	}
}

func TestAFilterThatFitsNoLineIsExplained(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := audit.New(d, testkit.Log(t))
		for field, filter := range map[string]audit.Filter{
			"actor": {Actor: "a\x00"}, "act": {Act: "\xff"}, "object": {Object: strings.Repeat("x", 201)}, "organisation": {Organisation: "\x00"},
			"to": {From: testkit.Start, To: testkit.Start},
		} {
			_, err := trail.List(t.Context(), filter)
			var written strings.Builder
			_, exported := trail.Export(t.Context(), &written, filter)

			if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
			if !fault.Is(exported, fault.Invalid) || written.Len() > 0 {
				t.Errorf("%s: the export says %v after %q", field, exported, written.String())
			}
		}
	})
}
