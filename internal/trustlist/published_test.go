package trustlist_test

import (
	"crypto/x509"
	"encoding/base64"
	"regexp"
	"testing"

	"fairway/internal/db"
	"fairway/internal/trustlist/xades"
)

func count(t testing.TB, d *db.DB, query string) int {
	t.Helper()
	var n int
	must(t, d.Native().QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

var certificates = regexp.MustCompile(`<ds:X509Certificate>([^<]+)</ds:X509Certificate>`)

// signerOf is the certificate that a published list names beside its signature. A test may pin it.
func signerOf(t testing.TB, file []byte) *x509.Certificate {
	t.Helper()
	data, err := xades.Unpack(file)
	must(t, err)
	der, err := base64.StdEncoding.DecodeString(string(certificates.FindSubmatch(data)[1]))
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}
