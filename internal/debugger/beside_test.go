package debugger_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

var (
	signatureParam = regexp.MustCompile(`signature="[^"]*"`)
	issuerInKeyID  = regexp.MustCompile(`CA=[^"]*"`)
)

// bareSeal is a certificate without any statement of PSD2 that ended a day ago.
func bareSeal(t *testing.T, now time.Time) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(0xabcdef), Subject: pkix.Name{CommonName: "Bare seal", Country: []string{"FI"}}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 0, -1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// raw writes a request with a signature over the text that sign makes of the right one.
func raw(t *testing.T, h http.Header, body string, cert *x509.Certificate, key *rsa.PrivateKey, sign func(string) string) string {
	t.Helper()
	right, err := httpsig.Sign(h, []byte(body), cert, key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(sign(right)))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	h.Set("Signature", signatureParam.ReplaceAllString(h.Get("Signature"), fmt.Sprintf("signature=%q", base64.StdEncoding.EncodeToString(signature))))
	text := "POST /sandbox/rocker/consent/v1/consents HTTP/1.1\n"
	for name := range h {
		text += name + ": " + h.Get(name) + "\n"
	}
	return text + "\n" + body
}

func TestFiveOtherFaultsStandBesideTheMistakeInTheSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cert, key := bareSeal(t, w.clock.Now())
	request := raw(t, http.Header{"X-Request-Id": {"42"}, "Content-Type": {"application/json"}}, "{not JSON", cert, key, func(s string) string { return s + "\n" })
	request = issuerInKeyID.ReplaceAllString(request, `CA=CN=Another%20CA,C=FI"`)

	a, own := w.script(map[string]string{"request": request})
	_, given := w.script(map[string]string{"request": request, "certificate": pemOf(cert.Raw)})

	for _, code := range []string{httpsig.CauseTrailingNewline, httpsig.KeyIDIssuer, httpsig.CertificateExpired, httpsig.RequestIDSyntax, httpsig.BodyNotJSON, qcert.QCMissing} {
		if !slices.Contains(strings.Fields(own.codes()), code) {
			t.Errorf("%s is not told: %s", code, a.body)
		}
	}
	if *own.Valid || *own.SignedInstead != *own.SigningString+"\n" || own.codes() != given.codes() {
		t.Errorf("%s; with the certificate given %s", a.body, given.codes())
	}
}

func TestARightSignatureIsValidWhateverStandsBesideIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cert, key := bareSeal(t, w.clock.Now())
	request := raw(t, http.Header{"X-Request-Id": {"42"}, "Content-Type": {"application/json"}}, "{not JSON", cert, key, func(s string) string { return s })

	a, v := w.script(map[string]string{"request": request})

	if !*v.Valid || *v.SignedInstead != "" || len(v.Findings) < 4 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
