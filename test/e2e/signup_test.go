package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const password = "tall otter paints slowly"

// signUp makes an account in a browser without scripts, from the landing page to the dashboard.
func (b *browser) signUp(t testing.TB, email string) {
	t.Helper()
	b.signUpAs(t, email, "Acme Payments "+randomHex(3))
}

// signUpAs is signUp with the organisation's name.
func (b *browser) signUpAs(t testing.TB, email, organisation string) {
	t.Helper()
	b.sv.book.hide("the password", password)
	b.open("/")
	if !slices.Contains(b.page.links(), b.sv.portal+"/signup") {
		t.Fatalf("the landing page leads to %v", b.page.links())
	}
	b.open("/signup")
	b.submit(b.formTo("/signup"), "email", email, "organisation", organisation, "country", "FI", "password", password)
	b.follow()
	b.open(b.letterLink(t, email, "/verify/"))
	confirm := b.page.forms()
	at := slices.IndexFunc(confirm, func(f form) bool {
		return f.method == http.MethodPost && strings.HasPrefix(f.action, "/verify/") && !strings.HasSuffix(f.action, "/again")
	})
	if at < 0 {
		t.Fatalf("the letter's link leads to a page without a button: %s", b.page)
	}
	b.submit(confirm[at])
	if b.follow(); b.page.url != b.sv.portal+"/playground" || b.page.status != http.StatusOK {
		t.Fatalf("after the address was confirmed: %s", b.page)
	}
}

// letterLink waits for a letter in the outbox and gives its link.
func (b *browser) letterLink(t testing.TB, email, kind string) string {
	t.Helper()
	found := ""
	reader := b.sv.browser(t)
	until(t, "the letter to "+email, func() bool {
		for _, letter := range reader.open("/dev/outbox").links() {
			if !strings.HasPrefix(letter, b.sv.portal+"/dev/outbox/") {
				continue
			}
			if p := reader.open(letter); strings.Contains(p.words(), email) {
				// Of several servers any one may have written the letter, and the outbox links to its own host alone.
				if at := strings.Index(p.words(), kind); at > 0 {
					found = b.sv.portal + strings.Fields(p.words()[at:])[0]
				}
			}
			reader.open("/dev/outbox")
		}
		return found != ""
	})
	return found
}

// setUp presses "Set up my sandbox" and downloads the archive that the page offers.
func (b *browser) setUp(t testing.TB) (archive []byte) {
	t.Helper()
	b.open("/playground")
	b.submit(b.formTo("/playground/setup"))
	if b.page.status != http.StatusOK || b.page.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the set-up: %s", b.page)
	}
	b.submit(b.formTo("/playground/certificates/download"))
	return b.archive(t)
}

// archive is the download that the browser has just been given.
func (b *browser) archive(t testing.TB) []byte {
	t.Helper()
	h := b.page.header
	if b.page.status != http.StatusOK || h.Get("Content-Type") != "application/zip" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("no archive: %d %v %.300s", b.page.status, h, b.page.body)
	}
	return []byte(b.page.body)
}

// unpack writes the files of an archive into a folder and hides what is secret in them.
func (sv *server) unpack(t testing.TB, archive []byte) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		name := strings.TrimPrefix(f.Name, "fairway-sandbox/")
		if filepath.Base(name) != name {
			t.Fatalf("the archive holds the path %q", f.Name)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, f.Mode().Perm()|0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		if strings.HasSuffix(name, ".key") {
			sv.book.hideKey(name, body)
		}
		if name == "env.sh" {
			sv.hideEnv(string(body))
		}
	}
	slices.Sort(names)
	return dir, names
}

var envLine = regexp.MustCompile(`(?m)^(?:export )?(FAIRWAY_CLIENT_SECRET|FAIRWAY_API_KEY)='?([^'\s]*)'?`)

func (sv *server) hideEnv(text string) {
	for _, m := range envLine.FindAllStringSubmatch(text, -1) {
		sv.book.hide(m[1], m[2])
	}
}

// runScript runs a script of the archive as its reader would, and gives what it printed.
func runScript(t testing.TB, dir, name string) (stdout, stderr string, err error) {
	t.Helper()
	needTool(t, "openssl")
	needTool(t, "curl")
	cmd := exec.CommandContext(t.Context(), "sh", name)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	return out.String(), complaints.String(), err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestANewcomerGetsTheFirst200FromTheDownloadedScript(t *testing.T) {
	t.Parallel()
	sv := town(t, "")
	b := sv.browser(t)
	b.signUp(t, "newcomer-"+randomHex(4)+"@acme.example")
	dir, names := sv.unpack(t, b.setUp(t))
	want := []string{"README", "ca.pem", "chain.pem", "env.sh", "qseal.key", "qseal.p12", "qseal.pem", "qwac.key", "qwac.p12", "qwac.pem", "smoke-test.sh"}
	if !slices.Equal(names, want) {
		t.Errorf("the archive holds %v, want %v", names, want)
	}

	started := time.Now()
	out, complaints, err := runScript(t, dir, "smoke-test.sh")

	t.Logf("smoke-test.sh took %.1f s", time.Since(started).Seconds())
	if err != nil || lastLine(out) != "200" || !strings.Contains(out, "5243 78** **** 8693") {
		t.Fatalf("smoke-test.sh: %v\n%s\n%s", err, out, complaints)
	}
	b.expectLogged(t)
	b.regenerate(t)
	if out, complaints, err := runScript(t, dir, "smoke-test.sh"); err == nil || lastLine(out) == "200" {
		t.Errorf("the replaced set still works:\n%s\n%s", out, complaints)
	}
	b.expectOnce(t)
}

// expectLogged finds the script's calls in the request log, each with a page of its own.
func (b *browser) expectLogged(t testing.TB) {
	t.Helper()
	b.open("/playground/requests")
	words := b.page.words()
	for _, path := range []string{"/consent/v1/consents", "/card-account/v1/card-accounts", "token"} {
		if !strings.Contains(words, path) {
			t.Errorf("the request log does not show %s: %s", path, words)
		}
	}
	shown := 0
	for _, link := range b.page.links() {
		if id, ok := strings.CutPrefix(link, b.sv.portal+"/playground/requests/"); ok && !strings.Contains(id, "/") {
			if p := b.open(link); p.status != http.StatusOK {
				t.Errorf("a request of the log: %s", p)
			}
			shown++
		}
	}
	if shown < 4 {
		t.Errorf("the log lists %d requests; the script sent four", shown)
	}
}

// regenerate replaces the set in the browser.
func (b *browser) regenerate(t testing.TB) {
	t.Helper()
	b.open("/playground/certificates/regenerate")
	b.submit(b.formTo("/playground/certificates/regenerate"))
	if b.follow(); b.page.status != http.StatusOK || b.page.url != b.sv.portal+"/playground/certificates" {
		t.Fatalf("regenerate: %s", b.page)
	}
}

// expectOnce goes through the workbench by its links and expects no secret on any page: the transport looks.
func (b *browser) expectOnce(t testing.TB) {
	t.Helper()
	seen := map[string]bool{}
	queue := []string{b.sv.portal + "/playground"}
	for len(queue) > 0 && len(seen) < 60 {
		at, _, _ := strings.Cut(queue[0], "#")
		queue = queue[1:]
		if seen[at] || !strings.HasPrefix(at, b.sv.portal+"/") {
			continue
		}
		seen[at] = true
		p := b.open(at)
		if to := p.location(); to != "" {
			queue = append(queue, to)
			continue
		}
		if p.status != http.StatusOK {
			t.Errorf("a link of the workbench leads to %s", p)
		}
		queue = append(queue, p.links()...)
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages were found", len(seen))
	}
}
