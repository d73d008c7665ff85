package e2e

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// appFile is app.json as a pipeline reads it.
type appFile struct {
	ClientID         string `json:"client_id"`
	ClientSecret     string `json:"client_secret"`
	APIKey           string `json:"api_key"`
	Brand            string `json:"brand"`
	RedirectURI      string `json:"redirect_uri"`
	PortalURL        string `json:"portal_url"`
	TokenURL         string `json:"token_url"`
	AuthorizationURL string `json:"authorization_url"`
	APIURL           string `json:"api_url"`
	PSUID            string `json:"psu_id"`
	PSUCode          string `json:"psu_code"`
}

// tpp is a third-party provider with everything in its hands.
type tpp struct {
	sv   *server
	dir  string
	app  appFile
	qwac tls.Certificate
	seal seal
	http *http.Client
}

// seal is a QSealC and its key.
type seal struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

const redirectURI = "https://tpp.example/callback"

// provisionArgs are the arguments of the command for one TPP.
func provisionArgs(email, app, dir string) []string {
	return []string{"provision", "--email", email, "--app", app, "--brand", "rocker", "--redirect-uri", redirectURI, "--out", dir}
}

// provision makes a TPP beside the running server, or renews what it has. More arguments come behind the usual ones.
func (sv *server) provision(t testing.TB, name string, more ...string) *tpp {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "set")
	stdout, stderr, err := sv.command(t, append(provisionArgs(name+"@tpp.example", name, dir), more...)...)
	if err != nil {
		t.Fatalf("portal provision: %v\n%s", err, stderr)
	}
	if stderr != "" {
		t.Errorf("portal provision complained: %s", stderr)
	}
	return sv.load(t, dir, stdout)
}

// newTPP is a TPP of this test alone.
func (sv *server) newTPP(t testing.TB, more ...string) *tpp {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-", "#", "-").Replace(t.Name()))
	return sv.provision(t, name[:min(len(name), 50)]+"-"+randomHex(4), append([]string{"--organisation", "TPP " + randomHex(4)}, more...)...)
}

// load reads what the command wrote and checks that it printed the same.
func (sv *server) load(t testing.TB, dir, printed string) *tpp {
	t.Helper()
	p := &tpp{sv: sv, dir: dir}
	body := mustRead(t, filepath.Join(dir, "app.json"))
	if string(body) != printed {
		t.Errorf("the command printed something else than app.json:\n%s\n---\n%s", printed, body)
	}
	d := json.NewDecoder(strings.NewReader(printed))
	d.DisallowUnknownFields()
	if err := d.Decode(&p.app); err != nil {
		t.Fatalf("app.json: %v\n%s", err, printed)
	}
	sv.book.hide("the client secret of "+dir, p.app.ClientSecret)
	sv.book.hide("the API key of "+dir, p.app.APIKey)
	p.qwac = mustPair(t, filepath.Join(dir, "qwac.pem"), filepath.Join(dir, "qwac.key"))
	p.seal = mustSeal(t, dir)
	sv.book.hideKey("the key of the QWAC in "+dir, mustRead(t, filepath.Join(dir, "qwac.key")))
	sv.book.hideKey("the key of the seal in "+dir, mustRead(t, filepath.Join(dir, "qseal.key")))
	p.http = sv.machine(t, filepath.Join(dir, "ca.pem"), &p.qwac)
	return p
}

// machine is a client of the machines' door that trusts the sandbox's root and shows a certificate, or none.
func (sv *server) machine(t testing.TB, ca string, qwac *tls.Certificate) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(mustRead(t, ca)) {
		t.Fatalf("%s holds no certificate", ca)
	}
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if qwac != nil {
		config.Certificates = []tls.Certificate{*qwac}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 100, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Timeout: patience, Transport: watcher{t: t, sv: sv, next: transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// with is the same TPP at the same doors with another certificate on its connections; nil shows none.
func (p *tpp) with(t testing.TB, qwac *tls.Certificate) *tpp {
	t.Helper()
	other := *p
	other.http = p.sv.machine(t, filepath.Join(p.dir, "ca.pem"), qwac)
	return &other
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func mustPair(t testing.TB, cert, key string) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// mustSeal reads qseal.pem and qseal.key. Certificate and key belong together, which LoadX509KeyPair checks.
func mustSeal(t testing.TB, dir string) seal {
	t.Helper()
	pair := mustPair(t, filepath.Join(dir, "qseal.pem"), filepath.Join(dir, "qseal.key"))
	key, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("the seal's key is a %T", pair.PrivateKey)
	}
	return seal{cert: pair.Leaf, key: key}
}

// certificatesIn reads all certificates of a PEM file.
func certificatesIn(t testing.TB, path string) []*x509.Certificate {
	t.Helper()
	var out []*x509.Certificate
	rest := mustRead(t, path)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return out
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
}

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func keyOf(t testing.TB, pair tls.Certificate) *rsa.PrivateKey {
	t.Helper()
	key, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("the key is a %T", pair.PrivateKey)
	}
	return key
}
