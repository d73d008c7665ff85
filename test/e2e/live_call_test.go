package e2e

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// playBank runs the demonstration bank beside the server, which opens rocker in Live.
func (sv *server) playBank(t testing.TB) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "demo", "bank", "--brand", "rocker", "--listen", "localhost:0")
	cmd.Env, cmd.Dir = slices.Clone(sv.env), sv.dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it runs until then
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "plays rocker") {
		t.Fatalf("the demonstration bank says %q, %v", line, err)
	}
}

// home is where a TPP takes its customers back: what came last in the query.
func home(t testing.TB) (at string) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>Home</title><p>Thank you.")
	}))
	t.Cleanup(s.Close)
	return s.URL + "/cb"
}

// newCustomer is the browser of a bank's customer, who believes every server of this test.
func newCustomer(t testing.TB, sv *server) *tab {
	t.Helper()
	return newTab(t, sv, chromedp.Flag("ignore-certificate-errors", true))
}

var shownAddress = regexp.MustCompile(`https?://\S+code_challenge=\S+`)

// runInShell runs the script of a Live app in a folder with its pair; yes is the customer's part, who opens an address and gives
// back the one that the browser ended at. What it said to the person comes along where it failed.
func runInShell(t testing.TB, dir, script string, env []string, yes func(address string) string) string {
	t.Helper()
	needTool(t, "curl")
	if err := os.WriteFile(filepath.Join(dir, "fairway-live.sh"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), needTool(t, "sh"), "fairway-live.sh")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var answer strings.Builder
	cmd.Stdout = &answer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if address := shownAddress.FindString(lines.Text()); address != "" {
			_, _ = io.WriteString(in, yes(address)+"\n") // a script that ended says so below
			_ = in.Close()
		}
	}
	if err := cmd.Wait(); err != nil {
		return answer.String() + all.String()
	}
	return answer.String()
}

// openApp makes an app in Live, connects it and gives the script that calls with it, and its secrets for the script.
func (b *tab) openApp(redirect string) (script string, env []string) {
	b.t.Helper()
	b.open("/playground/live/apps")
	b.look()
	b.open("/playground/live/apps/new")
	b.paste("name", "Budget")
	b.paste("redirect_uris", redirect)
	b.look()
	b.press("Create app")
	for _, s := range slices.Compact(slices.Sorted(slices.Values(b.hideSecrets()))) {
		name := "FAIRWAY_API_KEY="
		if strings.HasPrefix(s, "live_sk_") {
			name = "FAIRWAY_CLIENT_SECRET="
		}
		env = append(env, name+s)
	}
	if len(env) != 2 {
		b.t.Fatalf("%d secrets on the page: %s", len(env), b.words())
	}
	b.look()
	b.open("/playground/live/apis")
	b.look()
	b.press("Connect")
	b.open("/playground/live/shell")
	b.look()
	script = ask[string](b, `(() => { const r = new XMLHttpRequest(); r.open('GET', document.querySelector('a[href*="fairway-live.sh"]').href, false); r.send(); return r.responseText; })()`)
	return script, env
}

func TestAnApprovedProviderReadsAccountsInLiveFromItsOwnShell(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	dir, redirect := sv.pair(t, ""), home(t)
	sv.playBank(t)
	tpp, staff, customer := newTab(t, sv), newTab(t, sv), newCustomer(t, sv)
	tpp.axe = axeSource(t)
	tpp.signUp("owner@revontuli.example")
	tpp.handIn(dir)
	staff.enter(sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	staff.approve()
	script, env := tpp.openApp(redirect)
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), fetched(t, sv.portal+"/pki/ca.pem"), 0o600); err != nil {
		t.Fatal(err)
	}

	answer := runInShell(t, dir, script, append(env, "CA_FILE=ca.pem", "PSU_IP_ADDRESS=192.0.2.7"), func(address string) string {
		customer.open(address)
		customer.pressRaw("approve")
		return customer.address()
	})
	wrong := append(slices.Clone(env), "FAIRWAY_API_KEY=live_ak_"+strings.Repeat("x", 43), "CA_FILE=ca.pem", "PSU_IP_ADDRESS=192.0.2.7")
	refused := runInShell(t, dir, script, wrong, nil)
	tpp.open("/playground/requests?env=live")
	tpp.look()
	support := newTab(t, sv)
	support.enter(sv.link(t, "add", "--email", "support@fairway.example", "--role", "support"))
	support.findRefused(refused)

	if !strings.HasSuffix(answer, "\n200\n") || !strings.Contains(answer, "4571 91** **** 2204") {
		t.Errorf("the script says:\n%s", answer)
	}
	for _, want := range []string{"/card-account/v1/card-accounts", "/consent/v1/consents", "Live"} {
		if !strings.Contains(tpp.words(), want) {
			t.Errorf("the request log does not say %q: %s", want, tpp.words())
		}
	}
	tpp.expectQuiet()
}

var shownRequest = regexp.MustCompile(`\?q=([0-9a-f-]{36})`)

// findRefused has support find the call that a script complained about: one search, and a click at most.
func (b *tab) findRefused(complaint string) {
	b.t.Helper()
	found := shownRequest.FindStringSubmatch(complaint)
	if found == nil || !strings.Contains(complaint, "API_KEY_INVALID") {
		b.t.Fatalf("the script says:\n%s", complaint)
	}
	b.open("/support-desk")
	b.clicks = 0
	b.paste("q", found[1])
	b.press("Search")
	if !strings.Contains(b.words(), "API_KEY_INVALID") || b.clicks != 1 {
		b.t.Errorf("after %d clicks support sees: %s", b.clicks, b.words())
	}
}

// pressRaw presses a button of a page that is not ours.
func (b *tab) pressRaw(value string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(`button[value="` + value + `"]`)))
	until(b.t, "the way back", func() bool { return strings.Contains(b.address(), "/cb?") })
}

func fetched(t testing.TB, address string) []byte {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
