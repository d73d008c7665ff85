package trustlist_test

import (
	"crypto/rand"
	"crypto/x509"
	"testing"

	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
)

// One key of 160,000 bits fits into an upload, and one signature by it was verified for more than ten seconds.
func TestAKeyTooLargeToVerifyWithIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	w.mustImport(w.lotl(400), w.finland(7, service(w.qtsp.cert)))
	for bits, want := range map[int]trustlist.Verdict{qcert.MaxRSABits: trustlist.Granted, qcert.MaxRSABits + 512: trustlist.Unknown} {
		key := testkit.NewWideKey(t, bits)
		between := newParty(t, "Between", w.qtsp, authority)
		template := *between.cert
		der, err := x509.CreateCertificate(rand.Reader, &template, w.qtsp.cert, key.Public(), w.qtsp.key)
		must(t, err)
		between.cert, err = x509.ParseCertificate(der)
		must(t, err)
		between.key = key
		leaf := newParty(t, "tpp.example", between)

		j := w.judge(leaf.cert, qcert.QWAC, between.cert)

		if j.Verdict != want || want == trustlist.Unknown && len(j.Path) != 1 {
			t.Errorf("about %d bits: %s over %d", bits, j.Text, len(j.Path))
		}
	}
}
