package e2e

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// wire is a connection on which a test writes what no HTTP library would.
type wire struct {
	t    testing.TB
	sv   *server
	conn net.Conn
}

// wireTo opens a connection to the machines' door with the TPP's certificate.
func (p *tpp) wireTo(t testing.TB) *wire {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(mustRead(t, filepath.Join(p.dir, "ca.pem")))
	conn, err := tls.Dial("tcp", strings.TrimPrefix(p.sv.machines, "https://"), &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{p.qwac}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	return &wire{t: t, sv: p.sv, conn: conn}
}

// wireToPortal opens a connection to the people's door.
func wireToPortal(t testing.TB, sv *server) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(sv.portal, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return &wire{t: t, sv: sv, conn: conn}
}

// hangUp, in the place of bytes, ends what a client says before it has said it all.
const hangUp = "\x00hang up"

// say writes bytes and reads the first answer; status 0 means that the connection was closed without one.
func (w *wire) say(parts ...string) answer {
	w.t.Helper()
	defer func() { _ = w.conn.Close() }()
	_ = w.conn.SetDeadline(time.Now().Add(patience))
	go func() {
		for _, part := range parts {
			if c, ok := w.conn.(*tls.Conn); ok && part == hangUp {
				_ = c.CloseWrite() // the server may have gone
				return
			}
			if _, err := io.WriteString(w.conn, part); err != nil {
				return // the server has heard enough
			}
		}
	}()
	res, err := http.ReadResponse(bufio.NewReader(w.conn), nil)
	if err != nil {
		return answer{}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		w.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: string(body), url: "raw"}
	for _, leak := range w.sv.book.leaksIn("the answer", a.body) {
		w.t.Error(leak)
	}
	if at := insides.FindString(a.body); at != "" {
		w.t.Errorf("the answer speaks of insides (%q): %s", at, a.body)
	}
	return a
}

// head writes a request's head. Headers of the call come in any order; more lines come last, as they are.
func (c *call) head(sv *server, more ...string) string {
	var b strings.Builder
	host := strings.TrimPrefix(sv.machines, "https://")
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", c.method, strings.TrimPrefix(c.url, sv.machines), host)
	_ = c.header.Write(&b)
	for _, line := range more {
		b.WriteString(line + "\r\n")
	}
	return b.String() + "\r\n"
}

func TestRawRequestsNeverBreakTheMachinesDoor(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	own := p.ownToken(t)
	read := func() *call { return p.read(cardsPath, g).sign(t) }
	post := func() *call { return p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)).sign(t) }
	length := fmt.Sprintf("Content-Length: %d", len(allAccounts))
	chunked := "Transfer-Encoding: chunked"
	for name, c := range map[string]struct {
		parts []string
		want  string // statuses that are right; 0 is a closed connection
	}{
		"as it should be":               {[]string{read().head(p.sv)}, "200"},
		"a body in chunks":              {[]string{post().head(p.sv, chunked), chunk(allAccounts), "0\r\n\r\n"}, "201"},
		"length and chunks":             {[]string{post().head(p.sv, length, chunked), chunk(allAccounts), "0\r\n\r\n"}, "400 201"},
		"two lengths":                   {[]string{post().head(p.sv, length, "Content-Length: 3"), allAccounts}, "400"},
		"a length that is no number":    {[]string{post().head(p.sv, "Content-Length: -1"), allAccounts}, "400"},
		"a coding of nobody":            {[]string{post().head(p.sv, "Transfer-Encoding: chunked, identity"), allAccounts}, "501 400"},
		"bare line feeds":               {[]string{strings.ReplaceAll(read().head(p.sv), "\r\n", "\n")}, "200 400"},
		"a folded header":               {[]string{read().head(p.sv, "X-Folded: one\r\n two")}, "200 400"},
		"a blank before a colon":        {[]string{read().head(p.sv, "X-Odd : one")}, "400"},
		"a control character":           {[]string{read().head(p.sv, "X-Odd: a\x00b")}, "400"},
		"a second digest":               {[]string{read().head(p.sv, "Digest: SHA-256="+emptySum)}, "401"},
		"a second signature":            {[]string{read().head(p.sv, "Signature: keyId=\"x\"")}, "401"},
		"a second request id":           {[]string{read().head(p.sv, "x-request-id: "+newUUID())}, "400"},
		"two hosts":                     {[]string{read().head(p.sv, "Host: evil.example")}, "400"},
		"ten megabytes in chunks":       {append([]string{post().head(p.sv, chunked)}, flood(10<<20)...), "413 0"},
		"ten megabytes announced":       {append([]string{post().head(p.sv, "Content-Length: 10485760")}, flood(10<<20)...), "413 0"},
		"a header of a megabyte":        {[]string{read().head(p.sv, "X-Long: "+strings.Repeat("a", 1<<20))}, "431 0"},
		"ten thousand headers":          {[]string{read().head(p.sv, manyHeaders(10_000)...)}, "431 0"},
		"a compressed body":             {[]string{post().head(p.sv, "Content-Encoding: gzip", fmt.Sprintf("Content-Length: %d", len(gzipped(allAccounts)))), gzipped(allAccounts)}, "415"},
		"HTTP of tomorrow":              {[]string{strings.Replace(read().head(p.sv), "HTTP/1.1", "HTTP/9.9", 1)}, "505 400"},
		"no HTTP":                       {[]string{"hello\r\n\r\n"}, "400"},
		"a body that ends early":        {[]string{strings.Replace(post().head(p.sv, "Content-Length: 20000"), "close", "keep-alive", 1), allAccounts, hangUp}, "400 0"},
		"an address with a dot segment": {[]string{strings.Replace(read().head(p.sv), "/card-account/", "/card-account/../card-account/", 1)}, "404 400 401"},
		"an address that is encoded":    {[]string{strings.Replace(read().head(p.sv), "/card-account/", "/%63ard-account/", 1)}, "200 404"},
		"an encoded slash":              {[]string{strings.Replace(read().head(p.sv), "/card-account/", "/card-account%2f", 1)}, "200 404"},
		"TRACE":                         {[]string{strings.Replace(read().head(p.sv), "GET ", "TRACE ", 1)}, "405"},
		"a method of nobody":            {[]string{strings.Replace(read().head(p.sv), "GET ", "FOO ", 1)}, "405 404"},
		"another host":                  {[]string{strings.Replace(read().head(p.sv), "Host: localhost", "Host: evil.example", 1)}, "421"},
		"a certificate in a header":     {[]string{read().head(p.sv, "X-Client-Cert: "+base64Of(p.qwac.Leaf.Raw), "X-Forwarded-For: 6.6.6.6", "Client-Cert: :x:")}, "200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := p.wireTo(t).say(c.parts...)
			if !strings.Contains(" "+c.want+" ", fmt.Sprintf(" %d ", a.status)) {
				t.Errorf("want %s, got %d %q", c.want, a.status, a.body)
			}
		})
	}
}

func TestRawRequestsNeverBreakThePeoplesDoor(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	host := strings.TrimPrefix(sv.portal, "http://")
	ask := func(line string, more ...string) string {
		return line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + strings.Join(append(more, "", ""), "\r\n")
	}
	for name, c := range map[string]struct{ text, want string }{
		"as it should be":         {ask("GET /login"), "200"},
		"another host":            {strings.Replace(ask("GET /login"), "Host: localhost", "Host: evil.example", 1), "421"},
		"a host in another place": {ask("GET /login", "X-Forwarded-Host: evil.example", "X-Forwarded-Prefix: /evil"), "200"},
		"an absolute address":     {ask("GET http://evil.example/login"), "421 400"},
		"a long header":           {ask("GET /login", "Cookie: fairway="+strings.Repeat("a", 1<<20)), "431 0"},
		"two cookies of a name":   {ask("GET /account", "Cookie: fairway_session=a; fairway_session=b"), "303"},
		"TRACE":                   {ask("TRACE /login"), "405"},
		"a foreign form":          {ask("POST /login", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 7") + "email=a", "403"},
		"a form without a token":  {ask("POST /login", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 7") + "email=a", "403"},
		"a form of ten megabytes": {ask("POST /login", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 10485760") + strings.Repeat("a", 10<<20), "403 413 422 0"},
		"a JSON form":             {ask("POST /login", "Content-Type: application/json", "Content-Length: 2") + "{}", "403 415 422"},
		"an encoded way out":      {ask("GET /static/..%2f..%2fportal.db"), "404 400"},
		"a way out":               {ask("GET /static/../../portal.db"), "404 400 301"},
		"a next that leaves":      {ask("GET /login?next=//evil.example"), "200"},
		"the folder of versions":  {ask("GET /.git/config"), "404"},
		"what profilers offer":    {ask("GET /debug/pprof"), "404"},
		"two slashes":             {ask("GET //evil.example/"), "404 308 400"},
		"a backslash":             {ask("GET /\\evil.example/"), "404 308 400"},
		"encoded slashes":         {ask("GET /%2f%2fevil.example/"), "404 308 400"},
		"a tab":                   {ask("GET /%09/evil.example/"), "404 308 400"},
		"metrics":                 {ask("GET /metrics"), "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := wireToPortal(t, sv).say(c.text)
			if !strings.Contains(" "+c.want+" ", fmt.Sprintf(" %d ", a.status)) {
				t.Errorf("want %s, got %d %q", c.want, a.status, a.body)
			}
			a.url = sv.portal + "/"
			if to := a.location(); to != "" && !strings.HasPrefix(to, sv.portal+"/") || leadsAway.MatchString(a.body) {
				t.Errorf("the answer leads to the other host: %s\n%s", to, a.body)
			}
		})
	}
}

// leadsAway finds links and forms of a page that go to the other host.
var leadsAway = regexp.MustCompile(`(href|action|src)="[^"]*evil\.example`)

func TestAPageThatAsksToComeBackStaysAtHome(t *testing.T) {
	t.Parallel()
	b := town(t, wideLimits).browser(t)
	for _, to := range []string{"//evil.example/", "///evil.example/", `/\evil.example/`, "https://evil.example/", "/\t/evil.example/", "javascript:alert(1)"} {
		b.open("/login")
		b.submit(b.formTo("/theme"), "return", to, "theme", "dark")
		if got := b.page.location(); got != "" && !strings.HasPrefix(got, b.sv.portal+"/") || strings.Contains(got, "evil") {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

// chunk is one chunk of a body.
func chunk(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

// flood is a body of many chunks.
func flood(size int) []string {
	one := chunk(strings.Repeat("a", 64<<10))
	out := make([]string, 0, size/(64<<10)+1)
	for range size / (64 << 10) {
		out = append(out, one)
	}
	return append(out, "0\r\n\r\n")
}

func manyHeaders(n int) []string {
	out := make([]string, 0, n)
	for i := range n {
		out = append(out, fmt.Sprintf("X-Many-%d: %d", i, i))
	}
	return out
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text) // a buffer takes everything
	_ = w.Close()
	return b.String()
}
