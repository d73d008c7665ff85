package trustlist_test

import (
	"testing"

	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
)

func BenchmarkJudge(b *testing.B) {
	w := newWorld(b, testkit.SQLite(b))
	w.mustImport(w.lotl(400), w.finland(7, service(w.root.cert), service(w.qtsp.cert)))
	leaf := newParty(b, "tpp.example", w.qtsp).cert

	for b.Loop() {
		if j := w.judge(leaf, qcert.QWAC, w.qtsp.cert, w.root.cert); j.Verdict != trustlist.Granted {
			b.Fatal(j.Text)
		}
	}
}

func BenchmarkImportOfPublishedLists(b *testing.B) {
	lotl, finland := testdata(b, "tsl/eu-lotl-341-2024-05.xml.gz"), testdata(b, "tsl/fi-tl-v5-2024-11.xml")

	for b.Loop() {
		w := newWorld(b, testkit.SQLite(b))
		w.commission = &party{cert: signerOf(b, lotl)}
		w.lists = w.open()
		w.mustImport(lotl, finland)
	}
}
