package revocation_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/clock"
	"fairway/internal/outbound"
	"fairway/internal/revocation"
)

var caKey, otherKey, leafKey = newKey(), newKey(), newKey()

func newKey() func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// authority is a CA with its key.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var serials atomic.Int64

func newAuthority(t testing.TB, name string, key *ecdsa.PrivateKey, now time.Time) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1000 + serials.Add(1)), Subject: pkix.Name{Country: []string{"FI"}, Organization: []string{"QTSP"}, CommonName: name},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3},
	}
	return authority{mustSign(t, template, template, key.Public(), key), key}
}

func mustSign(t testing.TB, template, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

// delegate is a certificate for signing OCSP answers, as the test changes it.
func (a authority) delegate(t testing.TB, now time.Time, change func(*x509.Certificate)) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1000 + serials.Add(1)), Subject: pkix.Name{CommonName: "QTSP OCSP"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
	}
	if change != nil {
		change(template)
	}
	return authority{mustSign(t, template, a.cert, otherKey().Public(), a.key), otherKey()}
}

// qtsp is an issuer with a responder and a list, and a checker that may ask it.
type qtsp struct {
	t       testing.TB
	ca      authority
	now     time.Time
	clock   *clock.Manual
	url     string
	server  *httptest.Server
	checker *revocation.Checker

	mu        sync.Mutex
	responder http.HandlerFunc
	list      http.HandlerFunc
	asked     map[string]int
}

func newQTSP(t testing.TB) *qtsp {
	t.Helper()
	return newQTSPWithin(t, 30*time.Second)
}

// newQTSPWithin is newQTSP for a checker that gives a source this long. The clock begins at the real time, which the
// library writes into the answers that it makes.
func newQTSPWithin(t testing.TB, timeout time.Duration) *qtsp {
	t.Helper()
	now := clock.System{}.Now().Truncate(time.Second)
	q := &qtsp{t: t, now: now, clock: clock.NewManual(now), ca: newAuthority(t, "QTSP CA", caKey(), now), asked: map[string]int{}}
	q.responder, q.list = http.NotFound, http.NotFound
	q.server = httptest.NewUnstartedServer(http.HandlerFunc(q.serve))
	q.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	q.server.Start()
	t.Cleanup(q.server.Close)
	q.url = q.server.URL
	client := outbound.New(outbound.Config{Loopback: []string{strings.TrimPrefix(q.url, "http://")}, Timeout: time.Minute})
	q.checker = revocation.New(revocation.Config{Client: client, Clock: q.clock, Timeout: timeout})
	return q
}

// serve reads the question first: a server sees only then that the client has gone.
func (q *qtsp) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	q.mu.Lock()
	q.asked[r.URL.Path]++
	answer := q.list
	if strings.HasPrefix(r.URL.Path, "/ocsp") {
		answer = q.responder
	}
	q.mu.Unlock()
	answer(w, r)
}

func (q *qtsp) times(path string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.asked[path]
}

// set changes what the two sources answer; nil leaves one as it is.
func (q *qtsp) set(responder, list http.HandlerFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if responder != nil {
		q.responder = responder
	}
	if list != nil {
		q.list = list
	}
}

// leaf is a certificate of the issuer that names both sources, as the test changes it.
func (q *qtsp) leaf(change func(*x509.Certificate)) *x509.Certificate {
	q.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1000 + serials.Add(1)), Subject: pkix.Name{CommonName: "tpp.example"}, NotBefore: q.now.Add(-time.Hour), NotAfter: q.now.Add(48 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, OCSPServer: []string{q.url + "/ocsp"}, CRLDistributionPoints: []string{q.url + "/crl"},
	}
	if change != nil {
		change(template)
	}
	return mustSign(q.t, template, q.ca.cert, leafKey().Public(), q.ca.key)
}

func withoutCRL(c *x509.Certificate)  { c.CRLDistributionPoints = nil }
func withoutOCSP(c *x509.Certificate) { c.OCSPServer = nil }

// response is a good one about a certificate, an hour old and for an hour.
func (q *qtsp) response(cert *x509.Certificate) ocsp.Response {
	return ocsp.Response{Status: ocsp.Good, SerialNumber: cert.SerialNumber, ThisUpdate: q.now.Add(-time.Hour), NextUpdate: q.now.Add(time.Hour)}
}

// signed is a response in DER, by the issuer itself or by whom the test names.
func (q *qtsp) signed(template ocsp.Response, by authority) []byte {
	q.t.Helper()
	der, err := ocsp.CreateResponse(q.ca.cert, by.cert, template, by.key)
	must(q.t, err)
	return der
}

// revokedList is a template of a list that names these serial numbers.
func (q *qtsp) revokedList(serials ...*big.Int) *x509.RevocationList {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: q.now.Add(-time.Hour), NextUpdate: q.now.Add(time.Hour)}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: q.now.Add(-2 * time.Hour)})
	}
	return list
}

func (q *qtsp) signedList(template *x509.RevocationList, by authority) []byte {
	q.t.Helper()
	der, err := x509.CreateRevocationList(rand.Reader, template, by.cert, by.key)
	must(q.t, err)
	return der
}

func (q *qtsp) check(cert *x509.Certificate) revocation.Result {
	q.t.Helper()
	r, err := q.checker.Check(q.t.Context(), cert, q.ca.cert)
	must(q.t, err)
	return r
}

// serving answers with these bytes.
func serving(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }
}
