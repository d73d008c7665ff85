package e2e

import (
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

func TestProvisioningAgainReplacesSetAndSecretsAndMakesNothingTwice(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	name := "again-" + randomHex(4)
	old := sv.provision(t, name)
	g := old.granted(t, allAccounts)
	if a := old.ask(t, old.read("/card-account/v1/card-accounts", g)); a.status != http.StatusOK {
		t.Fatalf("before: %s", a)
	}

	renewed := sv.provision(t, name)

	if renewed.app.ClientID != old.app.ClientID {
		t.Error("a second app was made")
	}
	if renewed.app.ClientSecret == old.app.ClientSecret || renewed.app.APIKey == old.app.APIKey {
		t.Error("a secret stayed")
	}
	if renewed.qwac.Leaf.SerialNumber.Cmp(old.qwac.Leaf.SerialNumber) == 0 || renewed.seal.cert.Equal(old.seal.cert) {
		t.Error("a certificate stayed")
	}
	var refused answer
	within(t, time.Second, "the old certificate's end", func() bool {
		refused = old.ask(t, old.read("/card-account/v1/card-accounts", g))
		return refused.status != http.StatusOK
	})
	if refused.status != http.StatusUnauthorized || refused.code() != "CERTIFICATE_REVOKED" || refused.path() != "TLS" {
		t.Errorf("the old certificate: %s", refused)
	}
	if a := old.askToken(t, "grant_type", "client_credentials"); a.status != http.StatusUnauthorized || a.oauthCode() != "invalid_client" {
		t.Errorf("the old certificate and secret at the token endpoint: %s", a)
	}
	if a := old.with(t, &renewed.qwac).askToken(t, "grant_type", "client_credentials"); a.oauthCode() != "invalid_client" {
		t.Errorf("the old secret with the new certificate: %s", a)
	}
	renewed.granted(t, allAccounts)
	for serial, on := range map[*big.Int]bool{
		old.qwac.Leaf.SerialNumber: true, old.seal.cert.SerialNumber: true, renewed.qwac.Leaf.SerialNumber: false, renewed.seal.cert.SerialNumber: false,
	} {
		if got := listed(t, renewed, serial); got != on {
			t.Errorf("serial %x on the revocation list: %t, want %t", serial, got, on)
		}
	}
}

// listed tells whether a serial is on the list to which the TPP's certificate points. The list's signature is checked.
func listed(t testing.TB, p *tpp, serial *big.Int) bool {
	t.Helper()
	points := p.qwac.Leaf.CRLDistributionPoints
	if len(points) != 1 {
		t.Fatalf("the certificate has the distribution points %v", points)
	}
	res, err := http.Get(points[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	der, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", points[0], res.StatusCode, err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	signed := false
	for _, ca := range certificatesIn(t, filepath.Join(p.dir, "chain.pem")) {
		signed = signed || list.CheckSignatureFrom(ca) == nil
	}
	if !signed {
		t.Error("no certificate of chain.pem signed the revocation list")
	}
	for _, entry := range list.RevokedCertificateEntries {
		if entry.SerialNumber.Cmp(serial) == 0 {
			return true
		}
	}
	return false
}
