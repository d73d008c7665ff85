package trustlist_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

func TestListsAreKeptInAnyOrderAndTold(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		empty, err := w.lists.Status(t.Context())
		must(t, err)

		report := w.mustImport(w.finland(7, service(w.qtsp.cert), service(w.root.cert)), w.lotl(400))

		s, err := w.lists.Status(t.Context())
		must(t, err)
		if !empty.Empty || len(empty.Lists) != 0 || s.Empty || len(s.Lists) != 2 || len(s.Missing) != 1 || s.Missing[0] != "LV" {
			t.Errorf("before %+v, then %+v", empty, s)
		}
		eu, fi := s.Lists[0], s.Lists[1]
		if !eu.LOTL || eu.Sequence != 400 || eu.Version != 6 || eu.Stale || !strings.Contains(eu.Signer, "CN=Commission") || eu.ImportedBy != "per_admin" || !eu.ImportedAt.Equal(now) {
			t.Errorf("%+v", eu)
		}
		if fi.LOTL || fi.Sequence != 7 || fi.Services != 2 || fi.Web != 2 || fi.Seal != 2 || fi.Stale || len(fi.SHA256) != 64 || !fi.NextUpdate.Equal(now.AddDate(0, 5, 0)) {
			t.Errorf("%+v", fi)
		}
		if got := report.Lines[0].Text(); got != "FI: list 7 of 16 Nov 2026 imported, 2 services, next update 21 Apr 2027." || report.Refused() != 0 {
			t.Errorf("%s", got)
		}
		if n := count(t, d, "SELECT COUNT(*) FROM audit_log WHERE act = 'trustlist.imported' AND actor = 'per_admin'"); n != 2 {
			t.Errorf("%d audit rows", n)
		}
	})
}

func TestANewerListReplacesTheRowsOfItsTerritoryAlone(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		latvia := finland(3, service(w.root.cert))
		latvia.Territory = "LV"
		w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert), service(w.root.cert)), w.sign(latvia, w.riga))

		report := w.mustImport(w.finland(8, service(w.qtsp.cert)))
		again := w.mustImport(w.finland(8, service(w.qtsp.cert)), w.lotl(401))

		fi := w.held("FI")
		services := count(t, d, "SELECT COUNT(*) FROM trusted_services")
		if fi.Sequence != 8 || fi.Services != 1 || services != 2 || w.held("LV").Services != 1 || report.Lines[0].Unchanged {
			t.Errorf("%+v; %d services in all", fi, services)
		}
		if again.Lines[0].Sequence != 8 || w.held("EU").Sequence != 401 {
			t.Errorf("%+v", again)
		}
	})
}

func TestTheSameFileChangesNothing(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	file := w.finland(7, service(w.qtsp.cert))
	w.mustImport(w.lotl(400), file)
	before := count(t, d, "SELECT COUNT(*) FROM audit_log")

	report := w.mustImport(file, file)

	if !report.Lines[0].Unchanged || !report.Lines[1].Unchanged || !strings.Contains(report.Lines[0].Text(), "held already") {
		t.Errorf("%+v", report)
	}
	if after := count(t, d, "SELECT COUNT(*) FROM audit_log"); after != before {
		t.Errorf("%d audit rows, %d before", after, before)
	}
}

func TestAListThatIsOlderThanOursIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))
		smaller := finland(6, service(w.root.cert))
		smaller.IssuedAt = now
		earlier := finland(8, service(w.root.cert))
		earlier.IssuedAt = now.AddDate(0, -1, 0)

		refusals := w.refusals(w.sign(smaller, w.helsinki), w.sign(earlier, w.helsinki), w.lotl(399))

		for n, err := range refusals {
			if !errors.Is(err, trustlist.ErrOlder) || !strings.Contains(fault.Of(err).Message, "is held already") {
				t.Errorf("%d: %v", n, err)
			}
		}
		if w.held("FI").Sequence != 7 || w.held("EU").Sequence != 400 {
			t.Errorf("%+v", w.held("FI"))
		}
	})
}

func TestARefusedFileSaysWhyAndStopsNoOther(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		good := w.finland(7, service(w.qtsp.cert))
		foreign := finland(9, service(w.qtsp.cert))
		unnamed := finland(9, service(w.qtsp.cert))
		unnamed.Territory = "SE"
		misnamed := finland(9)
		misnamed.Territory = "EU"

		files := [][]byte{
			[]byte("<html></html>"), bytes.Repeat([]byte(" "), xades.MaxFile+1), bytes.Replace(good, []byte("QTSP Oy"), []byte("QTSP AB"), 1),
			w.sign(foreign, w.riga), w.sign(unnamed, w.riga), w.sign(misnamed, w.commission),
			bytes.Replace(good, []byte("Identifier>6<"), []byte("Identifier>9<"), 1), good, w.lotl(400),
		}
		refusals := w.refusals(files...)

		want := []error{
			xades.ErrNotAList, xades.ErrTooLarge, xades.ErrBrokenSignature,
			xades.ErrUnknownSigner, trustlist.ErrUnknownTerritory, trustlist.ErrUnknownTerritory,
			xades.ErrWrongVersion, nil, nil,
		}
		for n := range files {
			if !errors.Is(refusals[n], want[n]) {
				t.Errorf("%d: %v, want %v", n, refusals[n], want[n])
			}
		}
		if w.held("FI").Sequence != 7 || w.held("SE").Sequence != 0 {
			t.Errorf("%+v", w.held("FI"))
		}
	})
}

func TestOnlyPinnedSignersSignTheListOfTheLists(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	national := finland(1)
	forged := xades.List{LOTL: true, Sequence: 900, Territory: "EU", Operator: "Commission", IssuedAt: now,
		Pointers: []xades.Pointer{{Territory: "FI", Location: "https://fi.example/", Signers: [][]byte{w.riga.cert.Raw}}}}
	elsewhere := forged
	elsewhere.Territory = "FI"

	before := w.refusals(w.sign(national, w.helsinki))
	refusals := w.refusals(w.sign(forged, w.riga), w.sign(elsewhere, w.commission))
	w.lists = trustlist.New(d, nil, testkit.Log(t))
	unpinned := w.refusals(w.lotl(400))

	if !errors.Is(before[0], trustlist.ErrUnknownTerritory) || !errors.Is(refusals[0], xades.ErrUnknownSigner) ||
		!errors.Is(refusals[1], xades.ErrNotAList) || !errors.Is(unpinned[0], trustlist.ErrNotPinned) {
		t.Errorf("%v, %v, %v", before, refusals, unpinned)
	}
}

// A key of the Commission that was found out must not vouch for lists any longer.
func TestAListOfTheListsWhoseSignerIsNoLongerPinnedVouchesForNobody(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	w.mustImport(w.lotl(400))
	old := w.commission
	w.commission = newParty(t, "New Commission", nil)
	w.lists = w.open()

	refused := w.refusals(w.finland(7))
	w.mustImport(w.lotl(401))
	w.mustImport(w.finland(7))

	if !errors.Is(refused[0], trustlist.ErrUnknownTerritory) || !strings.Contains(fault.Of(refused[0]).Message, "no longer pinned") {
		t.Errorf("%v", refused)
	}
	if bytes.Equal(old.cert.Raw, w.commission.cert.Raw) || w.held("FI").Sequence != 7 {
		t.Error("the new signer changed nothing")
	}
}

func TestTooManyFilesAreRefusedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))

	_, err := w.lists.Import(t.Context(), "per_admin", make([][]byte, trustlist.MaxFiles+1))

	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

func TestPublishedListsAreImportedWhereTheyVerify(t *testing.T) {
	t.Parallel()
	lotl, finland, sweden := testdata(t, "tsl/eu-lotl-341-2024-05.xml.gz"), testdata(t, "tsl/fi-tl-v5-2024-11.xml"), testdata(t, "tsl/se-tl-2019-06.xml")
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.commission = &party{cert: signerOf(t, lotl)}
		w.lists = w.open()

		refusals := w.refusals(sweden, finland, lotl)

		if !errors.Is(refusals[0], xades.ErrUnknownSigner) || refusals[1] != nil || refusals[2] != nil {
			t.Errorf("%v", refusals)
		}
		eu, fi := w.held("EU"), w.held("FI")
		if eu.Sequence != 341 || eu.Version != 5 || fi.Sequence != 49 || fi.Web != 6 || fi.Seal != 0 || !fi.Stale {
			t.Errorf("%+v %+v", eu, fi)
		}
	})
}

func TestImportsAtTheSameTimeLeaveTheNewestList(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.mustImport(w.lotl(400))
		var files [][]byte
		for n := range 6 {
			files = append(files, w.finland(int64(n)+1, service(w.qtsp.cert), service(w.root.cert)))
		}
		var wait sync.WaitGroup
		for _, file := range files {
			wait.Go(func() {
				report, err := w.lists.Import(t.Context(), "per_admin", [][]byte{file})
				if refusal := report.Lines[0].Refusal; err != nil || refusal != nil && !errors.Is(refusal, trustlist.ErrOlder) {
					t.Errorf("%v, %v", err, refusal)
				}
			})
		}

		wait.Wait()

		if n := count(t, d, "SELECT COUNT(*) FROM trusted_services"); n != 2 || w.held("FI").Sequence != 6 {
			t.Errorf("number %d with %d services", w.held("FI").Sequence, n)
		}
	})
}

func TestAnotherProcessHearsOfAnImport(t *testing.T) {
	t.Parallel()
	url := testkit.SQLiteURL(t)
	d := testkit.Open(t, url, testkit.Clock())
	w := newWorld(t, d)
	other := newWorld(t, testkit.Open(t, url, testkit.Clock()))
	testkit.Run(t, func(ctx context.Context) error { return other.db.WatchChanges(ctx) })
	if other.held("EU").Sequence != 0 {
		t.Fatal("there is a list already")
	}

	w.mustImport(w.lotl(400))

	testkit.Eventually(t, "the other process answers with the new list", func() bool { return other.held("EU").Sequence == 400 })
}

func TestFilesThatAreTooMuchTogetherAreReadInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	heavy := append([]byte("<a>"), bytes.Repeat([]byte(" "), 9<<20)...)
	files := append(slices.Repeat([][]byte{heavy}, 8), w.lotl(400))

	report, err := w.lists.Import(t.Context(), "per_admin", files)

	must(t, err)
	if last := report.Lines[8]; last.Refusal == nil || !strings.Contains(last.Text(), "Import them in parts.") {
		t.Errorf("%+v", last)
	}
}
