package revocation_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/revocation"
)

// openssl is an issuer whose answers OpenSSL makes: a folder with its key, its index and two certificates.
type openssl struct {
	t    *testing.T
	path string
	dir  string
}

const opensslConfig = `
[ca]
default_ca = issuer
[issuer]
database = index.txt
default_md = sha256
default_crl_days = 1
`

func newOpenSSL(t *testing.T, q *qtsp, good, revoked *x509.Certificate) openssl {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: skipped")
	}
	o := openssl{t, path, t.TempDir()}
	key, err := x509.MarshalPKCS8PrivateKey(rsaKey(t))
	must(t, err)
	index := ""
	for _, c := range []*x509.Certificate{good, revoked} {
		state, since := "V", ""
		if c == revoked {
			state, since = "R", q.now.Add(-time.Hour).Format("060102150405Z")+",keyCompromise"
		}
		index += fmt.Sprintf("%s\t%s\t%s\t%04X\tunknown\t/CN=tpp.example\n", state, c.NotAfter.UTC().Format("060102150405Z"), since, c.SerialNumber)
	}
	for name, data := range map[string][]byte{
		"key.pem": inPEM("PRIVATE KEY", key), "ca.pem": inPEM("CERTIFICATE", q.ca.cert.Raw), "good.pem": inPEM("CERTIFICATE", good.Raw), "revoked.pem": inPEM("CERTIFICATE", revoked.Raw),
		"index.txt": []byte(index), "index.txt.attr": nil, "ca.cnf": []byte(opensslConfig),
	} {
		must(t, os.WriteFile(filepath.Join(o.dir, name), data, 0o600))
	}
	return o
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

var madeRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := madeRSA()
	must(t, err)
	return key
}

// answer runs a command that writes a file, and reads it.
func (o openssl) answer(name string, args ...string) []byte {
	o.t.Helper()
	cmd := exec.CommandContext(o.t.Context(), o.path, args...)
	cmd.Dir = o.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	data, err := os.ReadFile(filepath.Join(o.dir, name))
	must(o.t, err)
	return data
}

func (o openssl) list(sigopts ...string) []byte {
	args := append([]string{"ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "key.pem", "-out", "list.pem"}, sigopts...)
	block, _ := pem.Decode(o.answer("list.pem", args...))
	return block.Bytes
}

// rsaIssuer is a QTSP whose key is RSA, which most are, with a certificate that is good and one that is not.
func rsaIssuer(t *testing.T) (q *qtsp, good, revoked *x509.Certificate) {
	t.Helper()
	q = newQTSP(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "RSA CA"}, NotBefore: q.now.AddDate(-1, 0, 0), NotAfter: q.now.AddDate(5, 0, 0), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature, SubjectKeyId: []byte{1},
	}
	cert := mustSign(t, template, template, rsaKey(t).Public(), rsaKey(t))
	leaf := func(serial int64) *x509.Certificate {
		template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "tpp.example"}, NotBefore: q.now.Add(-time.Hour), NotAfter: q.now.Add(48 * time.Hour),
			OCSPServer: []string{q.url + "/ocsp"}, CRLDistributionPoints: []string{q.url + "/crl"}}
		return mustSign(t, template, cert, leafKey().Public(), rsaKey(t))
	}
	q.ca = authority{cert: cert}
	return q, leaf(0xfe01), leaf(0xfe02)
}

func TestOpenSSLsAnswersCount(t *testing.T) {
	t.Parallel()
	for name, extra := range map[string][]string{
		"named responder": nil, "responder by its key": {"-resp_key_id"}, "without certificates": {"-resp_no_certs"}, "signed on SHA-512": {"-rmd", "sha512"},
	} {
		q, good, revoked := rsaIssuer(t)
		o := newOpenSSL(t, q, good, revoked)
		for file, cert := range map[string]*x509.Certificate{"good": good, "revoked": revoked} {
			args := append([]string{"ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "key.pem", "-issuer", "ca.pem", "-cert", file + ".pem",
				"-nmin", "60", "-noverify", "-respout", "answer.der"}, extra...)
			q.set(serving(o.answer("answer.der", args...)), nil)

			r := q.check(cert)

			if string(r.State) != file || r.Source != revocation.OCSP || len(r.Notes) != 0 {
				t.Errorf("%s, %s: %+v", name, file, r)
			}
		}
	}
}

func TestOpenSSLsListsCount(t *testing.T) {
	t.Parallel()
	for name, sigopts := range map[string][]string{"RSA": nil, "RSASSA-PSS": {"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"}} {
		q, good, revoked := rsaIssuer(t)
		q.set(nil, serving(newOpenSSL(t, q, good, revoked).list(sigopts...)))

		clear, struck := q.check(good), q.check(revoked)

		if clear.State != revocation.Good || struck.State != revocation.Revoked || struck.Reason != "key compromise" || !strings.HasPrefix(struck.Sentence, "Revoked on ") {
			t.Errorf("%s: %+v, %+v", name, clear, struck)
		}
	}
}
