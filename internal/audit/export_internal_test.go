package audit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/testkit"
)

func mustExport(t *testing.T, trail *Trail, f Filter) (Exported, [][]string, string) {
	t.Helper()
	var b bytes.Buffer
	done, err := trail.Export(t.Context(), &b, f)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return done, records, b.String()
}

func TestACellThatASpreadsheetWouldCalculateIsText(t *testing.T) {
	t.Parallel()
	hostile := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "=\"a\",b", "=cmd|' /C calc'!A0"}
	tame := []string{"app_1", "a=b", " =1", "'=1", "é", "a\"b\",\r\nc,;\td"}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for _, object := range append(tame, hostile...) {
			mustWrite(t, d, Entry{Actor: object, Act: "apps.created", Object: object, Detail: map[string]string{"=x": object}})
		}

		done, _, text := mustExport(t, newTrail(t, d), Filter{})

		if done.Lines != len(tame)+len(hostile) || done.Cut {
			t.Errorf("%+v", done)
		}
		for _, object := range hostile {
			if cell := `"'` + strings.ReplaceAll(object, `"`, `""`) + `"`; strings.Count(text, ","+cell+",") != 2 {
				t.Errorf("%q is not there as %s", object, cell)
			}
		}
		for _, object := range tame {
			if cell := `"` + strings.ReplaceAll(object, `"`, `""`) + `"`; strings.Count(text, ","+cell+",") != 2 {
				t.Errorf("%q is not there as %s", object, cell)
			}
		}
	})
}

func TestAnExportHasAHeaderAndTheWholeRow(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		mustWrite(t, d, deeds(3)...)
		head, err := newTrail(t, d).Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}

		_, records, text := mustExport(t, newTrail(t, d), Filter{Object: "app_2"})

		want := fmt.Sprint([][]string{{"seq", "id", "at", "actor", "organisation", "act", "object", "detail", "prev_hash", "hash"},
			{"3", "3", "2026-11-21T09:00:00Z", "per_2", "org_1", "apps.created", "app_2", `{"name":"é"}`, records[1][8], head.Hash}})
		if got := fmt.Sprint(records); got != want || len(records[1][8]) != 64 || !strings.HasSuffix(text, "\"\r\n") {
			t.Errorf("%s\nwant %s", got, want)
		}
	})
}

func TestAnExportOfManyLinesIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		trail := newTrail(t, d)
		const all = 2*exportAtOnce + 5
		err := d.InTx(t.Context(), func(tx db.Tx) error {
			var errs []error
			for _, e := range deeds(all) {
				errs = append(errs, insert(tx, &row{At: tx.Now, Actor: e.Actor, Act: e.Act, Object: e.Object, Detail: "{}"}))
			}
			return errors.Join(errs...)
		})
		if err := errors.Join(err, trail.Adopt(t.Context())); err != nil {
			t.Fatal(err)
		}
		for most, cut := range map[int]bool{MostExported: false, all: false, all - 1: true, 2 * exportAtOnce: true, 3: true} {
			trail.most = most

			done, records, _ := mustExport(t, trail, Filter{})

			if done != (Exported{Lines: min(all, most), Cut: cut}) || records[1][0] != fmt.Sprint(all) {
				t.Errorf("at most %d: %+v, from %s", most, done, records[1][0])
			}
			last := records[len(records)-1]
			if want := fmt.Sprintf("Cut after %d lines. Choose a shorter time and export again.", most); (last[0] == want) != cut {
				t.Errorf("at most %d: the last record is %q", most, last)
			}
			if !cut && (last[0] != "1" || len(records) != all+1) {
				t.Errorf("at most %d: %d records, the last %q", most, len(records), last)
			}
		}
	})
}

// gone is a reader that leaves.
type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, errors.New("the reader is gone") }

func TestAnExportEndsWithItsReader(t *testing.T) {
	t.Parallel()
	trail := newTrail(t, testkit.SQLite(t))

	if _, err := trail.Export(t.Context(), gone{}, Filter{}); err == nil {
		t.Error("nobody was told")
	}
}

func FuzzACellComesBackAndIsNoFormula(f *testing.F) {
	f.Add("=1+1")
	f.Add("a\"b\r\n,")
	f.Add("\xff=")
	f.Fuzz(func(t *testing.T, cell string) {
		var b bytes.Buffer
		record(&b, cell)

		inner, ok := strings.CutPrefix(b.String(), `"`)
		inner, quoted := strings.CutSuffix(inner, "\"\r\n")
		if !ok || !quoted || strings.Contains(strings.ReplaceAll(inner, `""`, ""), `"`) {
			t.Fatalf("%q is no record of one cell", b.String())
		}
		if back := strings.ReplaceAll(inner, `""`, `"`); back != cell && (back != "'"+cell || strings.IndexAny(cell, formulas) != 0) {
			t.Errorf("%q became %q", cell, back)
		}
		if strings.IndexAny(inner, formulas) == 0 {
			t.Errorf("%q begins a formula", inner)
		}
	})
}
