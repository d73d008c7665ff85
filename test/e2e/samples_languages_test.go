package e2e

import (
	"bytes"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/samples"
)

// sampleTools are what a language needs on this machine.
var sampleTools = map[string][]string{"curl": {"curl", "openssl"}, "node": {"node"}, "python": {"python3"}, "go": {"go"}, "java": {"java"}, "csharp": {"dotnet"}}

// TestTheProgramsOfTheDocumentationRunInEveryLanguage copies the programs off the pages, as a signed-in reader would, and runs
// them in the folder of her archive: a token, a signed POST, and a signed GET with the customer's token.
func TestTheProgramsOfTheDocumentationRunInEveryLanguage(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	b := sv.browser(t)
	b.signUp(t, "polyglot-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, b.setUp(t))
	p := sv.unpacked(t, dir)
	auth, signing := b.open("/docs/auth").body, map[string]string{}
	for _, l := range samples.Languages() { // the second sample of a page stands there in the reader's language alone
		signing[l.ID] = b.open("/docs/signing?lang=" + l.ID).body
	}
	g := p.granted(t, allAccounts)
	for _, l := range samples.Languages() {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			for _, tool := range sampleTools[l.ID] {
				needTool(t, tool)
			}
			mine := copyOf(t, dir)
			for _, s := range []struct {
				page, id     string
				status, says string
				variables    []string
			}{
				{auth, "sample-token-" + l.ID, "200", "access_token", nil},
				{signing[l.ID], "sample-consent-" + l.ID, "201", `"consentStatus":"received"`, nil},
				{signing[l.ID], "sample-accounts", "200", "5243 78** **** 8693", []string{"ACCESS_TOKEN=" + g.access, "CONSENT_ID=" + g.consent}},
			} {
				text, run := copied(t, s.page, s.id)
				if strings.Contains(s.id, "token") && !strings.Contains(text, p.app.ClientID) {
					t.Errorf("%s does not name the reader's app", s.id)
				}

				out, err := sv.play(t, mine, text, run, s.variables...)

				if err != nil || !strings.Contains(out, s.status) || !strings.Contains(squeezed(out), squeezed(s.says)) {
					t.Errorf("%s: %v\n%s\n%s", s.id, err, out, text)
				}
			}
		})
	}
}

// copyOf is the folder once more, so that languages do not write over each other's files.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(to, f.Name()), mustRead(t, filepath.Join(dir, f.Name())), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

var (
	sampleTag  = regexp.MustCompile(`<[^>]*>`)
	sampleHint = regexp.MustCompile(`<p class="hint">Runs in [^<]*<code>([^<]*)</code>`)
)

// copied is the program of a panel, as its button copies it, and the line that runs it.
func copied(t testing.TB, page, id string) (text, run string) {
	t.Helper()
	_, panel, ok := strings.Cut(page, `id="`+id+`"`)
	_, code, _ := strings.Cut(panel, `<code id="`+id) // and its language, where the part has none in its name
	_, code, found := strings.Cut(code, `-text">`)
	code, rest, ended := strings.Cut(code, "</code>")
	hint := sampleHint.FindStringSubmatch(rest)
	if !ok || !found || !ended || hint == nil {
		t.Fatalf("the page has no program %s", id)
	}
	return html.UnescapeString(sampleTag.ReplaceAllString(code, "")), html.UnescapeString(hint[1])
}

// play saves a program and runs it by the line of the page. What it prints may hold a token, which nothing else may show.
func (sv *server) play(t testing.TB, dir, text, run string, variables ...string) (string, error) {
	t.Helper()
	file := run[strings.LastIndex(run, " ")+1:]
	if file == "run" { // dotnet run
		file = "Program.cs"
		save(t, dir, "sample.csproj", `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework>`+
			`<Nullable>enable</Nullable><RollForward>Major</RollForward></PropertyGroup></Project>`)
	}
	save(t, dir, file, text)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", run)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + pathWithPython(t), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "GOCACHE=" + os.Getenv("GOCACHE"), "CGO_ENABLED=0", "DOTNET_CLI_TELEMETRY_OPTOUT=1"}, variables...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	for _, m := range regexp.MustCompile(`"access_token" *: *"([^"]+)"`).FindAllStringSubmatch(out.String(), -1) {
		sv.book.hide("a token that a program printed", m[1])
	}
	return out.String(), err
}

func save(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pathWithPython begins with the folder of a Python that has the package of the samples: of several the first may not.
func pathWithPython(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PATH")
	if exec.CommandContext(t.Context(), "python3", "-c", "import cryptography").Run() == nil {
		return path
	}
	return "/usr/bin:" + path
}
