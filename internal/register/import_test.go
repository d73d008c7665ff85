package register_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/register"
	"fairway/internal/testkit"
)

func TestAnImportKeepsInstitutionsAndDropsAgents(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)

		made := mustTake(t, r, sample(t))

		current := mustCurrent(t, r)
		if current != made || made.Institutions != 18 || made.Entries != 20 || !made.Date.Equal(at("2026-11-19T22:33:44.848Z")) ||
			!made.ImportedAt.Equal(testkit.Start) || made.ImportedBy != "command" || made.Digest != digest(sample(t)) {
			t.Errorf("made %+v\ncurrent %+v", made, current)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM register_institutions WHERE entity LIKE '%PSD_AG%' OR entity LIKE '%PSD_BR%' OR entity LIKE '%Agentas%'"); n != 0 {
			t.Errorf("%d agents and branches were kept", n)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM audit_log WHERE act = 'register.imported' AND actor = 'command' AND object = '"+made.ID+"'"); n != 1 {
			t.Errorf("%d lines in the trail", n)
		}
	})
}

func TestBeforeTheFirstImportThereIsNoStatus(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		current, ok, err := newRegister(t, d).Status(t.Context())

		if ok || err != nil || current != (register.Snapshot{}) {
			t.Errorf("%+v, %v, %v", current, ok, err)
		}
	})
}

func TestTheRegistersZIPIsReadWithTheDigestBesideIt(t *testing.T) {
	t.Parallel()
	body := sample(t)
	for name, sidecar := range map[string]string{"alone": digest(body), "in capitals": strings.ToUpper(digest(body)), "with a name": digest(body) + "  download-PSDMD-202611192233.json\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegister(t, testkit.SQLite(t))
			packed := pack(t, member{"download-PSDMD-202611192233.json", body}, member{"download-PSDMD-202611192233.json.sha256", []byte(sidecar)})

			made, err := take(t, r, packed, register.Options{SHA256: digest(packed)})

			if err != nil || made.Institutions != 18 || made.Digest != digest(body) {
				t.Errorf("%+v, %v", made, err)
			}
		})
	}
}

func TestAFileThatIsNotTheRegistersIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	good := document(friday, 3)
	packed := pack(t, member{"a.json", good})
	cut := func(body []byte, n int) []byte { return body[:len(body)-n] }
	for name, c := range map[string]struct {
		body []byte
		want error
		o    register.Options
	}{
		"nothing":                        {nil, register.ErrCutOff, register.Options{}},
		"a page":                         {[]byte("<!doctype html>"), register.ErrForeign, register.Options{}},
		"an object":                      {[]byte(`{"error":"no"}`), register.ErrForeign, register.Options{}},
		"no entries":                     {[]byte(`[[{"disclaimer":"x"}],[]]`), register.ErrForeign, register.Options{}},
		"agents only":                    {[]byte(`[[{"EntityCode":"a!b","EntityType":"PSD_AG","__EBA_EntityVersion":"` + friday + `"}]]`), register.ErrForeign, register.Options{}},
		"lists within lists":             {[]byte(strings.Repeat("[", 9) + strings.Repeat("]", 9)), register.ErrForeign, register.Options{}},
		"no date":                        {document("", 3), register.ErrForeign, register.Options{}},
		"a date that is none":            {document("20261399000000000", 3), register.ErrForeign, register.Options{}},
		"a date in the future":           {document("20261123000000000", 3), register.ErrForeign, register.Options{}},
		"something behind it":            {append(bytes.Clone(good), "[]"...), register.ErrForeign, register.Options{}},
		"cut off in an entry":            {cut(good, 40), register.ErrCutOff, register.Options{}},
		"cut off before its end":         {cut(good, 1), register.ErrCutOff, register.Options{}},
		"an entry of two megabytes":      {bytes.Replace(good, []byte("Malli 2"), bytes.Repeat([]byte("a"), 2<<20), 1), register.ErrForeign, register.Options{}},
		"a number for a code":            {bytes.Replace(good, []byte(`"FI_FIN_FSA!0000002"`), []byte("7"), 1), register.ErrForeign, register.Options{}},
		"a property twice":               {bytes.Replace(good, []byte(`{"ENT_NAM":"Malli 2 Oy"}`), []byte(`{"ENT_AUT":"2019-01-01"}`), 1), register.ErrForeign, register.Options{}},
		"another digest":                 {good, register.ErrDamaged, register.Options{SHA256: digest(nil)}},
		"a digest that is none":          {good, register.ErrDamaged, register.Options{SHA256: "abc"}},
		"a ZIP that is cut off":          {cut(packed, 10), register.ErrCutOff, register.Options{}},
		"a ZIP without a JSON":           {pack(t, member{"a.txt", good}), register.ErrForeign, register.Options{}},
		"a ZIP with two":                 {pack(t, member{"a.json", good}, member{"b.json", good}), register.ErrForeign, register.Options{}},
		"a ZIP with another digest":      {pack(t, member{"a.json", good}, member{"a.sha256", []byte(digest(nil))}), register.ErrDamaged, register.Options{}},
		"a ZIP with an empty digest":     {pack(t, member{"a.json", good}, member{"a.sha256", nil}), register.ErrDamaged, register.Options{}},
		"a ZIP of many":                  {pack(t, make([]member, 9)...), register.ErrTooLarge, register.Options{}},
		"a ZIP with a long directory":    {pack(t, make([]member, 30_000)...), register.ErrTooLarge, register.Options{}},
		"a ZIP that unpacks without end": {pack(t, member{"a.json", bytes.Repeat([]byte(" "), 1<<20)}), register.ErrTooLarge, register.Options{}},
		"a ZIP with a changed byte":      {flip(packed, len(packed)/3), register.ErrDamaged, register.Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.SQLite(t)
			r := newRegister(t, d)
			former := mustTake(t, r, good)

			_, err := take(t, r, c.body, c.o)

			if !errors.Is(err, c.want) {
				t.Fatalf("got %v", err)
			}
			if text := fault.Of(err).Message; strings.Count(text, ".") != 1 || !strings.HasSuffix(text, ".") || !strings.Contains(text, "nothing was imported") {
				t.Errorf("not one sentence: %s", text)
			}
			if mustCurrent(t, r) != former || count(t, d, "SELECT COUNT(*) FROM register_institutions") != 3 {
				t.Errorf("the refusal changed the register: %+v", mustCurrent(t, r))
			}
		})
	}
}

func flip(body []byte, at int) []byte {
	changed := bytes.Clone(body)
	changed[at] ^= 0x10
	return changed
}

func TestAFileThatIsOlderThanOursIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		former := mustTake(t, r, document(saturday, 3))

		_, err := take(t, r, document(friday, 3), register.Options{AllowShrunken: "never mind"})

		if !errors.Is(err, register.ErrOlder) || mustCurrent(t, r) != former {
			t.Errorf("%v, %+v", err, mustCurrent(t, r))
		}
	})
}

func TestAFileThatShrankByMoreThanATenthNeedsAReason(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		mustTake(t, r, document(friday, 100))

		_, refused := take(t, r, document(saturday, 89), register.Options{AllowShrunken: "  "})
		_, atTheEdge := take(t, r, document(saturday, 90), register.Options{})
		allowed, err := take(t, r, document(saturday, 5), register.Options{AllowShrunken: "The EBA cleaned up."})

		if !errors.Is(refused, register.ErrShrunken) || atTheEdge != nil || err != nil {
			t.Fatalf("89 of 100: %v, 90 of 100: %v, with a reason: %v", refused, atTheEdge, err)
		}
		if mustCurrent(t, r) != allowed || allowed.Reason != "The EBA cleaned up." || allowed.Institutions != 5 {
			t.Errorf("%+v", allowed)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM audit_log WHERE act = 'register.imported' AND detail LIKE '%The EBA cleaned up.%'"); n != 1 {
			t.Errorf("the reason stands %d times in the trail", n)
		}
	})
}

func TestTheFormerSnapshotIsKeptAndOlderOnesLoseTheirInstitutions(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		for n := 600; n < 604; n++ {
			mustTake(t, r, document(friday, n))
		}

		if got := count(t, d, "SELECT COUNT(*) FROM register_institutions"); got != 602+603 {
			t.Errorf("%d institutions", got)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM register_snapshots WHERE state = 'removed'"); n != 2 {
			t.Errorf("%d removed snapshots are remembered", n)
		}
		if verdict(t, r, "0000603") != register.Authorised {
			t.Error("the newest institution is not found")
		}
	})
}

func TestAStatementThatFailsBetweenChunksLeavesTheFormerSnapshot(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		former := mustTake(t, r, document(friday, 3))
		breakRow(t, d)

		_, err := take(t, r, document(saturday, 600), register.Options{})

		if err == nil || mustCurrent(t, r) != former || verdict(t, r, "0000003") != register.Authorised || verdict(t, r, "0000004") != register.NotFound {
			t.Errorf("%v, %+v", err, mustCurrent(t, r))
		}
		if got := count(t, d, "SELECT COUNT(*) FROM register_institutions"); got != 3 {
			t.Errorf("%d institutions are left", got)
		}
	})
}

// breakRow refuses the 401st institution of a snapshot, which is in a later chunk.
func breakRow(t *testing.T, d *db.DB) {
	t.Helper()
	statements := []string{"CREATE TRIGGER broken BEFORE INSERT ON register_institutions WHEN NEW.n = 400 BEGIN SELECT RAISE(ABORT, 'broken'); END"}
	if d.Dialect() == db.Postgres {
		statements = []string{
			"CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$ LANGUAGE plpgsql",
			"CREATE TRIGGER broken BEFORE INSERT ON register_institutions FOR EACH ROW WHEN (NEW.n = 400) EXECUTE FUNCTION broken()",
		}
	}
	for _, s := range statements {
		if _, err := d.Native().ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// watched is a file that does something when it is read beyond an offset.
type watched struct {
	io.ReaderAt
	beyond int64
	do     func()
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	if off >= w.beyond && w.do != nil {
		do := w.do
		w.do = nil
		do()
	}
	return w.ReaderAt.ReadAt(p, off)
}

func TestAnImportThatCrashedIsClearedAwayByTheNext(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		former := mustTake(t, r, document(friday, 3))
		body := document(saturday, 1200)
		ctx, crash := context.WithCancel(t.Context())

		_, err := r.Import(ctx, "command", &watched{bytes.NewReader(body), int64(len(body)) / 2, crash}, int64(len(body)), register.Options{})

		if !errors.Is(err, context.Canceled) || mustCurrent(t, r) != former {
			t.Fatalf("%v, %+v", err, mustCurrent(t, r))
		}
		if n := count(t, d, "SELECT COUNT(*) FROM register_institutions"); n <= 3 {
			t.Fatalf("the crash came before the first chunk: %d institutions", n)
		}
		mustTake(t, r, document(saturday, 4))
		if n := count(t, d, "SELECT COUNT(*) FROM register_institutions"); n != 3+4 {
			t.Errorf("%d institutions after the next import", n)
		}
		if got := count(t, d, "SELECT COUNT(*) FROM register_snapshots WHERE state = 'failed'"); got != 1 {
			t.Errorf("states %s", states(t, d))
		}
	})
}

func TestOfTwoImportsAtOnceTheLaterOneCounts(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		body := document(saturday, 1200)
		var later register.Snapshot
		begin := func() { later = mustTake(t, r, document(saturday, 7)) }

		_, err := r.Import(t.Context(), "command", &watched{bytes.NewReader(body), int64(len(body)) / 2, begin}, int64(len(body)), register.Options{})

		if !errors.Is(err, register.ErrOvertaken) || mustCurrent(t, r) != later {
			t.Errorf("%v, %+v", err, mustCurrent(t, r))
		}
		if n := count(t, d, "SELECT COUNT(*) FROM register_institutions"); n != 7 {
			t.Errorf("%d institutions", n)
		}
	})
}

func TestWhoeverListensHearsOfAnImport(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		q, err := jobs.New(d, testkit.Log(t))
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan string, 1)
		jobs.On(q, "test.imported", func(_ context.Context, f register.Imported) error {
			heard <- f.SnapshotID
			return nil
		})
		testkit.Run(t, q.Run)

		made := mustTake(t, register.New(d, q), document(friday, 3))

		select {
		case id := <-heard:
			if id != made.ID {
				t.Errorf("heard of %s", id)
			}
		case <-time.After(10 * time.Second):
			t.Error("nobody heard")
		}
	})
}
