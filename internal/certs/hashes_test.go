package certs_test

import (
	"testing"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// asBefore makes rows look as versions wrote them that kept no hashes, and leaves one that cannot be read.
func asBefore(t *testing.T, d *db.DB, unreadable string) {
	t.Helper()
	must(t, d.InTx(t.Context(), func(tx db.Tx) error {
		if err := tx.SQL().Exec("UPDATE certificates SET key_hash = ''").Error; err != nil {
			return err
		}
		return tx.SQL().Exec("UPDATE certificates SET der = ? WHERE id = ?", []byte("no certificate"), unreadable).Error
	}))
}

func TestAKeyOfACertificateFromBeforeHashesIsFoundToBeUsed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org, other, own := newOrganisation(t, d, "Example Oy"), newOrganisation(t, d, "Other Oy"), ownPair()
		set, err := p.issueOwn(t, org, "first", own[0], own[1])
		must(t, err)
		asBefore(t, d, set.Playground.ID)
		examine := func() certs.Examined {
			x, err := p.Examine(t.Context(), other, requestOf(other, "theirs"), certs.CSRs{QWAC: csr(t, own[0]), QSeal: csr(t, own[2])})
			must(t, err)
			return x
		}
		if !examine().Passed() {
			t.Fatal("the key is known without a hash, so this test shows nothing")
		}

		for range 2 { // each start asks again
			must(t, certs.HashKeys(t.Context(), d, testkit.Log(t)))
		}

		if x := examine(); x.Passed() || qcert.Worst(x.QSeal) == qcert.LevelError {
			t.Errorf("the used key passes: %t; the other one does not", x.Passed())
		}
		if _, err := p.issueOwn(t, other, "theirs", own[2], own[3]); err != nil {
			t.Errorf("new keys: %v", err)
		}
	})
}

func TestMoreCertificatesThanAPageAreHashed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		set, _ := p.generate(t, org, "first")
		must(t, d.InTx(t.Context(), func(tx db.Tx) error {
			return tx.SQL().Exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) "+
				"INSERT INTO certificates (id, set_id, organisation_id, environment, kind, thumbprint, serial, der, sealed_key, not_before, not_after, created_at) "+
				"SELECT id || i, set_id, organisation_id, environment, kind, thumbprint || i, serial || i, der, '', not_before, not_after, created_at FROM certificates, n WHERE id = ?", set.QWAC.ID).Error
		}))

		must(t, certs.HashKeys(t.Context(), d, testkit.Log(t)))

		var left, same int64
		must(t, d.Reader(t.Context()).SQL().Table("certificates").Where("key_hash = ''").Count(&left).Error)
		must(t, d.Reader(t.Context()).SQL().Table("certificates").Where("key_hash = ?", set.QWAC.Info.KeySHA256).Count(&same).Error)
		if left != 0 || same != 1101 {
			t.Errorf("%d have no hash, %d have the hash of the key", left, same)
		}
	})
}
