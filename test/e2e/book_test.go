package e2e

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// book remembers what a server must never say: every secret that the tests learn is written in here, and every answer,
// log line and table is held against it.
type book struct {
	mu      sync.Mutex
	secrets map[string]string // value → what it is
	pages   map[string]bool   // pages of error codes that answers pointed to
}

func newBook() *book { return &book{secrets: map[string]string{}, pages: map[string]bool{}} }

// hide writes a secret into the book.
func (b *book) hide(what, value string) {
	if len(value) < 12 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.secrets[value] = what
}

// hideKey writes a private key into the book: its middle, which is all secret.
func (b *book) hideKey(what string, pem []byte) {
	lines := strings.Split(strings.TrimSpace(string(pem)), "\n")
	if len(lines) > 6 {
		b.hide(what, strings.TrimSpace(lines[len(lines)/2]))
	}
}

// core is how many letters at a secret's end are looked for. What stands before them, like sbx_at_, may be shortened by
// compression; random letters cannot be, so that a secret is found in packed values too.
const core = 32

// leaksIn finds secrets in a text.
func (b *book) leaksIn(where, text string) []string {
	b.mu.Lock()
	secrets := maps.Clone(b.secrets)
	b.mu.Unlock()
	var found []string
	for value, what := range secrets {
		value = value[max(0, len(value)-core):]
		if at := strings.Index(text, value); at >= 0 {
			found = append(found, fmt.Sprintf("%s holds %s: …%s[secret]…", where, what, text[max(0, at-80):at]))
		}
	}
	if privateKey.MatchString(text) {
		found = append(found, where+" holds a private key")
	}
	slices.Sort(found)
	return found
}

var (
	privateKey = regexp.MustCompile(`BEGIN ([A-Z]+ )?PRIVATE KEY`)
	// insides are what a failure says to developers of the product and to nobody else.
	insides = regexp.MustCompile(`(?i)\bsql:|\.go:\d|\bgoroutine\b|\bsqlite|\bpgx\b|\bgorm\b|\bpanic\b|SQLSTATE|\bconstraint\b|no such table|runtime error|\bEOF\b|0x[0-9a-f]{8}|(^|[^\w.])/(tmp|var|root|home|usr)/`)
)

// answer is a response, read whole.
type answer struct {
	status int
	header http.Header
	body   string
	url    string
}

func (a answer) String() string { return fmt.Sprintf("%d %s\n%s", a.status, a.url, a.body) }

// watcher is a transport that reads every answer whole and holds it against what no answer may do.
type watcher struct {
	t    testing.TB
	sv   *server
	next http.RoundTripper
}

func (w watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	for _, problem := range w.sv.judge(r, res, string(body)) {
		w.t.Errorf("%s %s: %d: %s", r.Method, r.URL, res.StatusCode, problem)
	}
	return res, nil
}

// judge finds what is wrong with an answer whatever was asked.
func (sv *server) judge(r *http.Request, res *http.Response, body string) []string {
	var problems []string
	where := "the answer"
	if res.StatusCode >= 500 && res.Header.Get("Fairway-Rehearsal") == "" && !sv.broken {
		problems = append(problems, "a server's fault: "+body)
	}
	if res.StatusCode >= 400 {
		problems = append(problems, sv.book.leaksIn(where, body)...)
		if at := insides.FindString(body); at != "" {
			problems = append(problems, fmt.Sprintf("it speaks of insides (%q): %s", at, body))
		}
	} else if r.Method == http.MethodGet && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		problems = append(problems, sv.book.leaksIn("the page", body)...)
	}
	if res.Header.Get("X-Content-Type-Options") != "nosniff" && res.StatusCode != http.StatusMisdirectedRequest {
		problems = append(problems, "it has no nosniff")
	}
	if strings.HasPrefix(r.URL.String(), sv.portal+"/") && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		problems = append(problems, judgePage(r, res)...)
	}
	if strings.HasPrefix(r.URL.String(), sv.machines+"/sandbox/") {
		problems = append(problems, sv.judgeXS2A(r, res, body)...)
	}
	if strings.HasPrefix(r.URL.String(), sv.machines+"/") {
		if problem := sv.checkAgainstContract(r, res, body); problem != "" {
			problems = append(problems, "against our own documents: "+problem)
		}
	}
	return problems
}

// blindTransport trusts every server. It is used before the server's authority is known.
func blindTransport() *http.Transport {
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true} //nolint:gosec // only to ask whether it is up
}
