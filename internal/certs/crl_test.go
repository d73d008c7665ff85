package certs_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

func readCRL(t *testing.T, p process, issuer certs.Issuer) *x509.RevocationList {
	t.Helper()
	der, err := p.CRL(t.Context(), issuer)
	must(t, err)
	list, err := x509.ParseRevocationList(der)
	must(t, err)
	own, err := p.IssuerCertificate(t.Context(), issuer)
	must(t, err)
	cert, err := x509.ParseCertificate(own)
	must(t, err)
	must(t, list.CheckSignatureFrom(cert))
	return list
}

func listed(list *x509.RevocationList, serial *big.Int) bool {
	for _, entry := range list.RevokedCertificateEntries {
		if entry.SerialNumber.Cmp(serial) == 0 {
			return entry.ReasonCode == 4
		}
	}
	return false
}

func TestARevocationIsOnTheListAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		old, _ := p.generate(t, org, "")
		empty := readCRL(t, p, certs.TPP)

		fresh, _ := p.generate(t, org, "")
		list := readCRL(t, p, certs.TPP)

		if len(empty.RevokedCertificateEntries) != 0 || len(list.RevokedCertificateEntries) != 2 {
			t.Errorf("the lists have %d and %d entries", len(empty.RevokedCertificateEntries), len(list.RevokedCertificateEntries))
		}
		if !listed(list, old.QWAC.X509.SerialNumber) || !listed(list, old.QSeal.X509.SerialNumber) || listed(list, fresh.QWAC.X509.SerialNumber) {
			t.Errorf("the list holds %+v", list.RevokedCertificateEntries)
		}
		if list.Number.Cmp(empty.Number) <= 0 {
			t.Errorf("the number went from %v to %v", empty.Number, list.Number)
		}
		if got := list.NextUpdate.Sub(list.ThisUpdate); got != 7*24*time.Hour {
			t.Errorf("the list is good for %v", got)
		}
		for _, issuer := range []certs.Issuer{certs.Root, certs.Server} {
			if got := readCRL(t, p, issuer); len(got.RevokedCertificateEntries) != 0 {
				t.Errorf("the list of %s has entries", issuer)
			}
		}
	})
}

func TestAListIsSignedAgainOnlyBeforeItsEnd(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	p := newProcess(t, testkit.SQLiteAt(t, clk))
	first, err := p.CRL(t.Context(), certs.TPP)
	must(t, err)

	clk.Advance(7*24*time.Hour - time.Hour - time.Second)
	same, err := p.CRL(t.Context(), certs.TPP)
	must(t, err)
	clk.Advance(2 * time.Second)
	later := readCRL(t, p, certs.TPP)

	if !bytes.Equal(first, same) {
		t.Error("it was signed again too early")
	}
	if later.ThisUpdate != clk.Now().Truncate(time.Second) || later.Number.Int64() != 2 {
		t.Errorf("the next list is number %v of %v", later.Number, later.ThisUpdate)
	}
}

func TestExpiredCertificatesLeaveTheList(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	p := newProcess(t, testkit.SQLiteAt(t, clk))
	org := newOrganisation(t, p.db, "Example Oy")
	p.generate(t, org, "")
	p.generate(t, org, "")

	clk.Advance(181 * 24 * time.Hour)

	if got := readCRL(t, p, certs.TPP).RevokedCertificateEntries; len(got) != 0 {
		t.Errorf("the list still holds %v", got)
	}
}

func TestOpenSSLAcceptsThePairAndRefusesItOnceReplaced(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	org := newOrganisation(t, p.db, "Example Oy")
	old, _ := p.generate(t, org, "")
	set, _ := p.generate(t, org, "")
	files := map[string][]byte{"ca.pem": p.Roots(), "chain.pem": p.Chain()}
	for name, cert := range map[string]certs.Certificate{"qwac.pem": set.QWAC, "qseal.pem": set.QSeal, "old.pem": old.QWAC} {
		files[name] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.DER})
	}
	var lists []byte
	for _, issuer := range []certs.Issuer{certs.TPP, certs.Root} {
		der, err := p.CRL(t.Context(), issuer)
		must(t, err)
		lists = append(lists, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})...)
	}
	files["lists.pem"] = lists
	verify := []string{"verify", "-x509_strict", "-crl_check_all", "-attime", strconv.FormatInt(testkit.Start.Unix(), 10), "-CAfile", "ca.pem", "-untrusted", "chain.pem", "-CRLfile", "lists.pem"}

	good, err := opensslIn(t, files, append(verify, "qwac.pem", "qseal.pem")...)
	if err != nil || !strings.Contains(good, "qwac.pem: OK") || !strings.Contains(good, "qseal.pem: OK") {
		t.Errorf("openssl says %s", good)
	}
	bad, err := opensslIn(t, files, append(verify, "old.pem")...)
	if err == nil || !strings.Contains(bad, "certificate revoked") {
		t.Errorf("openssl says of the replaced one: %s", bad)
	}
}
