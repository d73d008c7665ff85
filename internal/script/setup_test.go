package script_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/httpsig"
	"fairway/internal/script"
)

const (
	secretText = "live_sk_hhhhIIIIjjjjKKKKllllMMMMnnnn"
	keyText    = "live_ak_aaaaBBBBccccDDDDeeeeFFFFgggg"
	redirect   = "https://app.example/back?from=bank"
	issuer     = "https://auth.example/live/rocker"
	consentID  = "0d1f1a3e-2f4b-4a57-9d2c-1f7f6a4b2c11"
	accountID  = "3dc3d5b3-7023-4848-9853-f5400a64e80f"
	code       = "live_ac_QqQqWwWwEeEeRrRr"
)

var today = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// pair is a certificate with its key, made for these tests alone.
type pair struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// issued is a pair whose issuer has what a keyId must encode.
func issued(t *testing.T, key crypto.Signer) pair {
	t.Helper()
	name := pkix.Name{Country: []string{"FI"}, Organization: []string{`Ääkköset "Q" & Co, Oy`}, CommonName: "Test Issuing CA"}
	made := &x509.Certificate{SerialNumber: big.NewInt(0x0e62a8bb30907), Subject: name, NotBefore: today.AddDate(-1, 0, 0), NotAfter: today.AddDate(20, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, made, made, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{cert, key}
}

var sealKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// arrived is a request as the bank saw it.
type arrived struct {
	method, path, query, body, user, secret string
	header                                  http.Header
	peer                                    bool
}

// bank stands for both doors. It notes what comes and holds signatures against the seal as strictly as they do.
type bank struct {
	t          *testing.T
	server     *httptest.Server
	qwac, seal pair

	mu    sync.Mutex
	calls []arrived
}

func newBank(t *testing.T) *bank {
	t.Helper()
	for _, tool := range []string{"sh", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	rsaKey, err := sealKey()
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{t: t, qwac: issued(t, ecKey), seal: issued(t, rsaKey)}
	b.server = httptest.NewUnstartedServer(http.HandlerFunc(b.answer))
	b.server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	b.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	b.server.StartTLS()
	t.Cleanup(b.server.Close)
	return b
}

func (b *bank) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a := arrived{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, body: string(body), header: r.Header.Clone(), peer: len(r.TLS.PeerCertificates) > 0}
	a.user, a.secret, _ = r.BasicAuth()
	b.mu.Lock()
	b.calls = append(b.calls, a)
	b.mu.Unlock()
	if r.URL.Path == "/token" {
		_, _ = io.WriteString(w, "{\n  \"token_type\": \"Bearer\",\n  \"access_token\": \"live_at_1\"\n}")
		return
	}
	_, digest := httpsig.CheckDigest(r.Header, body)
	_, signature := httpsig.NewVerifier(b.seal.cert).Verify(r.Header)
	if digest != nil || signature != nil {
		b.t.Errorf("%s %s: %v, %v", r.Method, r.URL.Path, digest, signature)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	_, _ = io.WriteString(w, `{"consentId":"`+consentID+`","cardAccounts":[]}`)
}

func (b *bank) seen() []arrived {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]arrived(nil), b.calls...)
}

func (b *bank) caller() script.Caller {
	sum := sha256.Sum256(b.seal.cert.Raw)
	return script.Caller{App: "It's $HOME `id`\nrm -rf /", Brand: "Rocker", ClientID: "fwy_it's", RedirectURI: redirect, Issuer: issuer, TokenURL: b.server.URL + "/token",
		AuthorisationURL: "https://ui.example/v1/authorizations", APIURL: b.server.URL, KeyID: httpsig.KeyID(b.seal.cert), SealSHA256: hex.EncodeToString(sum[:]), LogURL: "https://portal.example/requests"}
}

// folder is where a TPP keeps its files. The seal's file has a chain behind it.
func (b *bank) folder() string {
	b.t.Helper()
	dir := b.t.TempDir()
	for name, data := range map[string][]byte{
		"qwac.pem": certificate(b.qwac.cert), "qseal.pem": append(certificate(b.seal.cert), certificate(b.qwac.cert)...), "ca.pem": certificate(b.server.Certificate()),
		"qwac.key": b.private(b.qwac), "qseal.key": b.private(b.seal),
		script.SecretsFile: []byte("FAIRWAY_CLIENT_ID=fwy_x\nFAIRWAY_CLIENT_SECRET=" + secretText + "\nFAIRWAY_API_KEY=" + keyText + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	return dir
}

func certificate(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

func (b *bank) private(p pair) []byte {
	b.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		b.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// shells are those that are here of the ones that scripts have to run in.
func shells(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range []string{"sh", "dash", "bash"} {
		if _, err := exec.LookPath(name); err == nil {
			found = append(found, name)
		}
	}
	return found
}

// command is a shell about to run a script of a file in the TPP's folder.
func (b *bank) command(shell, dir, text string, variables ...string) *exec.Cmd {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "fairway-live.sh"), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	run := exec.CommandContext(b.t.Context(), shell, "fairway-live.sh")
	run.Dir = dir
	run.Env = append([]string{"PATH=" + os.Getenv("PATH"), "CA_FILE=ca.pem", "no_proxy=*"}, variables...)
	return run
}

// values are what a TPP sets for the operations.
var values = []string{"CONSENT_ID=" + consentID, "ACCOUNT_ID=" + accountID, "ACCESS_TOKEN=live_at_2", "PSU_IP_ADDRESS=198.51.100.7", "CODE=" + code, "CODE_VERIFIER=the-verifier", "REFRESH_TOKEN=live_rt_1"}

func (b *bank) play(shell, dir, text string, variables ...string) string {
	b.t.Helper()
	out, err := b.command(shell, dir, text, variables...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("%v\n%s\n%s", err, out, text)
	}
	return string(out)
}

// typed runs a script and types what reply makes of the address that it prints.
func (b *bank) typed(shell, dir, text string, reply func(address string) string) (string, error) {
	b.t.Helper()
	run := b.command(shell, dir, text, values...)
	stdin, err := run.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	run.Stdout, run.Stderr = write, write
	if err := run.Start(); err != nil {
		b.t.Fatal(err)
	}
	_ = write.Close() // the script has its own
	var out bytes.Buffer
	for lines := bufio.NewScanner(read); lines.Scan(); {
		out.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "https://ui.example/") {
			_, _ = io.WriteString(stdin, reply(lines.Text())+"\n")
			_ = stdin.Close()
		}
	}
	return out.String(), run.Wait()
}

func requests() []script.Request {
	return script.Requests([]catalog.API{{ID: "card-account", Scope: "AIS", Role: "PSP_AI"}})
}
