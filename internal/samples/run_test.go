package samples_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/httpsig"
	"fairway/internal/samples"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

// newPair makes a certificate whose issuer has blanks, a comma and an identifier in its name, and whose serial number has
// an odd number of digits.
func newPair(t *testing.T, serial int64) pair {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	name := pkix.Name{CommonName: "Test Seal CA", Organization: []string{"Acme, Trust + Co"}, Country: []string{"FI"},
		ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 97}, Value: "VATFI-12345678"}}}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: name, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{cert, key}
}

var (
	once     sync.Once
	sealPair pair
	tlsPair  pair
)

func keys(t *testing.T) (seal, other pair) {
	t.Helper()
	once.Do(func() { sealPair, tlsPair = newPair(t, 0xabc), newPair(t, 0x1234) })
	return sealPair, tlsPair
}

// arrived is a request as the server saw it.
type arrived struct {
	method, target, body string
	header               http.Header
	peer                 bool
}

// bank notes what arrives and answers with the status of its field.
type bank struct {
	*httptest.Server
	status int
	mu     sync.Mutex
	calls  []arrived
}

func newBank(t *testing.T) *bank {
	t.Helper()
	_, own := keys(t)
	b := &bank{status: http.StatusCreated}
	b.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.calls = append(b.calls, arrived{r.Method, r.RequestURI, string(body), r.Header.Clone(), len(r.TLS.PeerCertificates) > 0})
		b.mu.Unlock()
		if r.URL.Path == "/token" {
			_, _ = io.WriteString(w, `{"access_token": "the-token", "token_type": "Bearer"}`)
			return
		}
		w.WriteHeader(b.status)
		_, _ = io.WriteString(w, `{"answer": "of the bank"}`)
	}))
	b.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{own.cert.Raw}, PrivateKey: own.key}}}
	b.Config.ErrorLog = log.New(io.Discard, "", 0)
	b.StartTLS()
	t.Cleanup(b.Close)
	return b
}

// last are the calls of the bank since it was asked before.
func (b *bank) last() []arrived {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := b.calls
	b.calls = nil
	return calls
}

// archive writes the files that a set unpacks to.
func archive(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	seal, other := keys(t)
	for name, p := range map[string]pair{"qwac": other, "qseal": seal} {
		der, err := x509.MarshalPKCS8PrivateKey(p.key)
		if err != nil {
			t.Fatal(err)
		}
		save(t, dir, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		save(t, dir, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw})))
	}
	save(t, dir, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.cert.Raw})))
	save(t, dir, "env.sh", "export FAIRWAY_CLIENT_ID='fwy_test'\nexport FAIRWAY_CLIENT_SECRET='sbx_sk_hhhh'\nexport FAIRWAY_API_KEY='sbx_ak_aaaa'\nexport FAIRWAY_CA_FILE='ca.pem'\n")
	return dir
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var tools = map[string][]string{"curl": {"sh", "curl", "openssl"}, "node": {"node"}, "python": {"python3"}, "go": {"go"}, "java": {"java"}, "csharp": {"dotnet"}}

// play runs a program as its reader would, in the archive's folder.
func play(t *testing.T, dir string, p samples.Program, variables ...string) (out string, err error) {
	t.Helper()
	for _, tool := range tools[p.Language.ID] {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: %s is not on this machine", tool)
		}
	}
	if p.Language.ID == "python" && exec.CommandContext(t.Context(), "python3", "-c", "import cryptography").Run() != nil {
		t.Skip("skipped: Python has no package cryptography")
	}
	save(t, dir, p.File, p.Text)
	run := exec.CommandContext(t.Context(), "sh", "-c", p.Run)
	run.Dir = dir
	run.Env = append(append(os.Environ(), "no_proxy=*", "CGO_ENABLED=0"), variables...)
	said, err := run.CombinedOutput()
	return string(said), err
}

// awkward is a request whose every part would break a program that is put together carelessly.
func awkward(b *bank) samples.Request {
	return samples.Request{Name: "awkward", Method: "POST", URL: b.URL + "/consent/v1/consents?q=a%27b%26c+$HOME", Signed: true, APIKey: true,
		Token: samples.OwnToken, TokenURL: b.URL + "/token",
		Headers: []samples.Field{samples.Text("Accept", "application/json"), samples.Text("Content-Type", "application/json"),
			samples.Text("Digest", "left out"), samples.Text("host", "left out"), samples.Text("psu-id", "o'clock $HOME `id` \\ \"x\" %s ${1}"),
			samples.Text("TPP-Redirect-URI", "https://tpp.example/callback?a=1"), samples.Variable("Consent-ID", "CONSENT_ID")},
		Body: "{\n  \"it's\": \"$HOME `id` \\\\ \\\"x\\\" %s ${1} é 東京 \"\n}\n"}
}

func TestEveryLanguageMakesTheSameCall(t *testing.T) {
	t.Parallel()
	for _, l := range samples.Languages() {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			r := awkward(b)
			p, err := samples.Write(l.ID, r)
			if err != nil {
				t.Fatal(err)
			}

			out, err := play(t, archive(t), p, "CONSENT_ID=the-consent")

			calls := b.last()
			if err != nil || len(calls) != 2 || !strings.Contains(out, "201") || !strings.Contains(out, `{"answer": "of the bank"}`) {
				t.Fatalf("%v, %d calls\n%s\n%s", err, len(calls), out, p.Text)
			}
			checkToken(t, calls[0], "grant_type=client_credentials")
			checkAwkward(t, calls[1], r)
		})
	}
}

// Somebody pastes the lines into a terminal, whatever shell is in it.
func TestLinesForAShellRunInEveryShell(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"dash", "bash", "zsh"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			r := awkward(b)
			p, err := samples.Write("curl", r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("skipped: %s is not on this machine", shell)
			}
			p.Run = shell + " <" + p.File

			out, err := play(t, archive(t), p, "CONSENT_ID=the-consent")

			calls := b.last()
			if err != nil || len(calls) != 2 {
				t.Fatalf("%v, %d calls\n%s", err, len(calls), out)
			}
			checkAwkward(t, calls[1], r)
		})
	}
}

func checkToken(t *testing.T, c arrived, form string) {
	t.Helper()
	user, secret, ok := (&http.Request{Header: c.header}).BasicAuth()
	if c.method != "POST" || c.target != "/token" || !c.peer || !ok || user != "fwy_test" || secret != "sbx_sk_hhhh" || c.body != form {
		t.Errorf("the token was asked for by %+v", c)
	}
}

func checkAwkward(t *testing.T, c arrived, r samples.Request) {
	t.Helper()
	if c.method != "POST" || c.target != "/consent/v1/consents?q=a%27b%26c+$HOME" || c.body != r.Body || !c.peer {
		t.Errorf("%s %s %q", c.method, c.target, c.body)
	}
	for name, want := range map[string]string{"Authorization": "Bearer the-token", "X-Api-Key": "sbx_ak_aaaa", "Psu-Id": r.Headers[4].Value.Text,
		"Content-Type": "application/json", "Accept": "application/json", "Consent-Id": "the-consent", "Tpp-Redirect-Uri": "https://tpp.example/callback?a=1"} {
		if got := c.header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	seal, _ := keys(t)
	if _, err := httpsig.NewVerifier(seal.cert).Verify(c.header); err != nil {
		t.Errorf("%v\n%s", err, c.header.Get("Signature"))
	}
	if _, err := httpsig.CheckDigest(c.header, []byte(c.body)); err != nil {
		t.Error(err)
	}
}

func TestARefusalEndsTheProgramWithAFault(t *testing.T) {
	t.Parallel()
	for _, l := range samples.Languages() {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.status = http.StatusUnauthorized
			p, err := samples.Write(l.ID, samples.Request{Method: "DELETE", URL: b.URL + "/consent/v1/consents/1"})
			if err != nil {
				t.Fatal(err)
			}

			out, err := play(t, archive(t), p)

			var ended *exec.ExitError
			calls := b.last()
			if !errors.As(err, &ended) || !strings.Contains(out, "401") || !strings.Contains(out, "of the bank") {
				t.Errorf("%v\n%s", err, out)
			}
			if len(calls) != 1 || calls[0].method != "DELETE" || calls[0].body != "" || calls[0].header.Get("Authorization")+calls[0].header.Get("Digest") != "" || len(calls[0].header.Get("X-Request-ID")) != 36 {
				t.Errorf("%+v", calls)
			}
		})
	}
}

func TestATokenRequestCarriesItsForm(t *testing.T) {
	t.Parallel()
	for _, l := range samples.Languages() {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			p, err := samples.Write(l.ID, samples.Request{URL: b.URL + "/token", ClientID: samples.Value{Text: "fwy_test"}, Form: []samples.Field{
				samples.Variable("code", "CODE"), samples.Text("redirect_uri", "https://tpp.example/a'b?c=$d"), samples.Text("z", "é ~*")}})
			if err != nil {
				t.Fatal(err)
			}

			out, err := play(t, archive(t), p, "CODE=a+b/c=")

			calls := b.last()
			if err != nil || len(calls) != 1 {
				t.Fatalf("%v\n%s", err, out)
			}
			form, err := http.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(calls[0].body))
			if err != nil {
				t.Fatal(err)
			}
			form.Header = calls[0].header
			for name, want := range map[string]string{"code": "a+b/c=", "redirect_uri": "https://tpp.example/a'b?c=$d", "z": "é ~*"} {
				if got := form.PostFormValue(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			checkToken(t, calls[0], calls[0].body)
		})
	}
}
