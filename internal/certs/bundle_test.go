package certs_test

import (
	"archive/zip"
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

var environment = certs.EnvFile{
	ClientID: "fwy_client", ClientSecret: "sbx_sk_canary", APIKey: "sbx_ak_canary", Brand: "rocker", RedirectURI: "https://tpp.example/back",
	PortalURL: "https://portal.example", TokenURL: "https://auth.example/token", AuthorizationURL: "https://api.example/v1/authorizations",
	APIURL: "https://api.example", PSUID: "1345611", PSUCode: "",
}

// unpack writes an archive to a folder and returns the folder that it made.
func unpack(t *testing.T, packed []byte) string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	must(t, err)
	into := t.TempDir()
	for _, f := range r.File {
		from, err := f.Open()
		must(t, err)
		data, err := io.ReadAll(from)
		must(t, err)
		path := filepath.Join(into, filepath.FromSlash(f.Name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, data, f.Mode().Perm()))
	}
	return into
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return data
}

func TestTheArchiveHoldsWhatAFirstCallNeeds(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		set, private := p.generate(t, org, "")

		packed, err := p.Bundle(t.Context(), set, private, environment)
		must(t, err)

		r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		must(t, err)
		var got []string
		for _, f := range r.File {
			got = append(got, f.Mode().String()+" "+f.Name)
		}
		want := []string{
			"-rw-r--r-- README", "-rw-r--r-- ca.pem", "-rw-r--r-- chain.pem",
			"-rw-r--r-- qwac.pem", "-rw-r--r-- qseal.pem", "-rw------- qwac.key",
			"-rw------- qseal.key", "-rw------- qwac.p12", "-rw------- qseal.p12",
			"-rw------- env.sh", "-rwxr-xr-x smoke-test.sh",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the archive holds\n%s", strings.Join(got, "\n"))
		}
		dir := unpack(t, packed)
		pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "qwac.pem"), filepath.Join(dir, "qwac.key"))
		must(t, err)
		if !bytes.Equal(pair.Certificate[0], set.QWAC.DER) {
			t.Error("qwac.pem holds another certificate")
		}
		_, err = tls.LoadX509KeyPair(filepath.Join(dir, "qseal.pem"), filepath.Join(dir, "qseal.key"))
		must(t, err)
		if !bytes.Equal(read(t, dir, "ca.pem"), p.Roots()) || !bytes.Equal(read(t, dir, "chain.pem"), p.Chain()) {
			t.Error("ca.pem or chain.pem is another one")
		}
	})
}

func TestThePasswordInTheReadmeOpensThePKCS12Files(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	packed, err := p.Bundle(t.Context(), set, private, environment)
	must(t, err)
	dir := unpack(t, packed)

	found := regexp.MustCompile(`Password of both \.p12 files: +([A-Z0-9]{20})\n`).FindSubmatch(read(t, dir, "README"))
	if found == nil {
		t.Fatal("the README names no password")
	}
	for name, want := range map[string]certs.Certificate{"qwac.p12": set.QWAC, "qseal.p12": set.QSeal} {
		key, cert, chain, err := pkcs12.DecodeChain(read(t, dir, name), string(found[1]))
		must(t, err)
		if _, ok := key.(*rsa.PrivateKey); !ok || !cert.Equal(want.X509) || len(chain) != 2 {
			t.Errorf("%s holds another certificate", name)
		}
	}
	out, err := opensslIn(t, map[string][]byte{"qwac.p12": read(t, dir, "qwac.p12")}, "pkcs12", "-in", "qwac.p12", "-nodes", "-passin", "pass:"+string(found[1]))
	if err != nil || strings.Count(out, "BEGIN CERTIFICATE") != 3 || strings.Count(out, "BEGIN PRIVATE KEY") != 1 {
		t.Errorf("openssl reads %v", err)
	}
}

func TestTheReadmeExplainsEveryFileAndSaysWhatIsUnfilled(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	full, err := p.Bundle(t.Context(), set, private, environment)
	must(t, err)
	bare, err := p.Bundle(t.Context(), set, private, certs.EnvFile{TokenURL: "https://auth.example/token"})
	must(t, err)

	dir := unpack(t, full)
	text := string(read(t, dir, "README"))
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		if !strings.Contains(text, "\n  "+f.Name()+" ") {
			t.Errorf("the README does not explain %s", f.Name())
		}
	}
	for _, word := range []string{set.QWAC.Serial, set.QWAC.Info.OrganizationIdentifier, "PSP_AI, PSP_PI", "20 May 2027", "https://portal.example"} {
		if !strings.Contains(text, word) {
			t.Errorf("the README does not say %q", word)
		}
	}
	if strings.Contains(text, "not complete yet") || strings.Contains(text, "canary") {
		t.Errorf("the README of a complete archive says\n%s", text)
	}
	unfilled := string(read(t, unpack(t, bare), "README"))
	if !strings.Contains(unfilled, "not complete yet") || !strings.Contains(unfilled, "  FAIRWAY_CLIENT_SECRET ") || strings.Contains(unfilled, "  FAIRWAY_TOKEN_URL ") {
		t.Errorf("the README of a bare archive says\n%s", unfilled)
	}
}

func TestEnvShSaysWhatItWasToldWhateverThatIs(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	hostile := certs.EnvFile{ClientID: `it's $(touch oops) "quoted" \ and ` + "`id`", RedirectURI: "https://tpp.example/?a=1&b='2'\nX=1"}
	packed, err := p.Bundle(t.Context(), set, private, hostile)
	must(t, err)
	dir := unpack(t, packed)

	run := exec.CommandContext(t.Context(), "sh", "-c", `. ./env.sh; printf '%s|%s|%s' "$FAIRWAY_CLIENT_ID" "$FAIRWAY_REDIRECT_URI" "$FAIRWAY_CA_FILE"`)
	run.Dir = dir
	out, err := run.Output()
	must(t, err)

	if want := hostile.ClientID + "|https://tpp.example/?a=1&b='2'X=1|ca.pem"; string(out) != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "oops")); !os.IsNotExist(err) {
		t.Error("env.sh ran a command")
	}
}

func TestEnvShReadsWhatWasShownOnceFromTheFileBesideIt(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	bare, rotated := environment, environment
	bare.ClientSecret, bare.APIKey = "", ""
	rotated.APIKey = ""
	packed, err := p.Bundle(t.Context(), set, private, bare)
	must(t, err)
	dir := unpack(t, packed)
	said := func() string {
		t.Helper()
		run := exec.CommandContext(t.Context(), "sh", "-euc", `. ./env.sh; printf '%s|%s|%s' "$FAIRWAY_CLIENT_SECRET" "$FAIRWAY_API_KEY" "$FAIRWAY_API_URL"`)
		run.Dir = dir
		out, err := run.Output()
		must(t, err)
		return string(out)
	}
	put := func(env certs.EnvFile) {
		must(t, os.WriteFile(filepath.Join(dir, certs.SettingsFile), p.Settings(env), 0o600))
	}

	alone := said()
	put(rotated)
	half := said()
	put(environment)
	whole := said()

	url := environment.APIURL
	if alone != "||"+url || half != environment.ClientSecret+"||"+url || whole != environment.ClientSecret+"|"+environment.APIKey+"|"+url {
		t.Errorf("alone %q, with one secret %q, with both %q", alone, half, whole)
	}
}

func TestDownloadingAgainIsOnRecordAndGivesTheSameKeys(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		_, private := p.generate(t, org, "")

		packed, err := newProcess(t, d).BundleOf(t.Context(), org.ID, catalog.Sandbox, "per_tester", environment)
		must(t, err)

		dir := unpack(t, packed)
		if string(read(t, dir, "qwac.key")) != private.QWAC().Reveal() || string(read(t, dir, "qseal.key")) != private.QSeal().Reveal() {
			t.Error("the archive holds other keys")
		}
		wantActs(t, d, org.ID, "certs.generated", "certs.downloaded")
	})
}

func TestTheScriptIsPlainShell(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"sh", "dash", "bash"} {
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		if out, err := exec.CommandContext(t.Context(), shell, "-n", "bundle/smoke-test.sh").CombinedOutput(); err != nil {
			t.Errorf("%s: %s", shell, out)
		}
	}
	info, err := os.Stat("bundle/smoke-test.sh")
	must(t, err)
	if info.Mode()&fs.ModeType != 0 {
		t.Error("it is no file")
	}
	text := string(read(t, "bundle", "smoke-test.sh"))
	for _, word := range []string{"jq ", "base64 -w", "[[ ", "local ", "date -d", "sed -i", "grep -P", "mktemp -t", "echo -n", "echo -e", "$'", "<<<", "--fail-with-body"} {
		if strings.Contains(text, word) {
			t.Errorf("the script uses %q, which is not everywhere", word)
		}
	}
}

func TestTheScriptNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	set, private := p.generate(t, newOrganisation(t, p.db, "Example Oy"), "")
	half := environment
	half.ClientSecret, half.Brand = "", ""
	packed, err := p.Bundle(t.Context(), set, private, half)
	must(t, err)
	dir := unpack(t, packed)
	must(t, os.Remove(filepath.Join(dir, "qseal.key")))

	out, err := exec.CommandContext(t.Context(), "sh", filepath.Join(dir, "smoke-test.sh")).CombinedOutput()

	if err == nil {
		t.Error("it ended well")
	}
	for _, word := range []string{"FAIRWAY_CLIENT_SECRET is empty", "FAIRWAY_BRAND is empty", "qseal.key is missing", "Fill what is named above"} {
		if !strings.Contains(string(out), word) {
			t.Errorf("it does not say %q:\n%s", word, out)
		}
	}
	if strings.Contains(string(out), "FAIRWAY_API_KEY is empty") || strings.Contains(string(out), "canary") {
		t.Errorf("it says too much:\n%s", out)
	}
}
