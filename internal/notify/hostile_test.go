package notify_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	gosmtp "github.com/emersion/go-smtp"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/mail/smtp"
)

// server is a mail server that keeps the bytes that it is given.
type server struct {
	mu  sync.Mutex
	raw []string
}

func (s *server) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return session{s}, nil }

func (s *server) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.raw)
}

type session struct{ *server }

func (session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (session) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (session) Reset()                                 {}
func (session) Logout() error                          { return nil }

func (s session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw = append(s.raw, string(raw))
	return err
}

func newServer(t *testing.T) (*server, *smtp.Sender) {
	t.Helper()
	s := &server{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	office := gosmtp.NewServer(s)
	office.Domain = "mail.example"
	go func() { _ = office.Serve(listener) }()
	t.Cleanup(func() { _ = office.Close() })
	out, err := smtp.New("smtp://"+listener.Addr().String(), "Fairway <portal@bank.example>")
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

// What people write who mean harm: another recipient, another letter, markup, a link, text that runs backwards.
const (
	hostileName = "Evil\r\nBcc: thief@evil.example\r\n\r\n<svg onload=alert(1)> \u202egro.live\u202c"
	hostileText = "First line\r\nBcc: thief@evil.example\r\n\r\n<a href=\"https://evil.example\">Sign in</a>\n.\n-- \rFairway\u2028\u202egro.live\u202c\x1b[31m"
)

func TestWhatStrangersWriteIsTextAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		hostile := func(e *enrolments.Enrolment) *enrolments.Enrolment {
			rename(t, o.db, e.OrganisationID, hostileName)
			return e
		}
		o.enter("ada@fairway.example", accounts.Admin)
		hostile(o.accept("Ends soon", enrolmentstest.Both(monday.Add(30*day))))
		before := len(o.settled())
		hostile(o.submit("Waits")) // its letter is written under either name
		o.reply(o.ask(hostile(o.hand("Asked")), hostileText), "The first one.")
		o.ask(hostile(o.hand("Asked and waits")), hostileText)
		o.decide(hostile(o.hand("Accepted")), true, hostileText)
		o.decide(hostile(o.hand("Rejected")), false, hostileText)
		o.settled()
		for _, later := range []time.Duration{0, day, 4 * day} {
			clk.Set(monday.Add(later))
			if err := errors.Join(o.notify.Deadlines(t.Context()), o.notify.Endings(t.Context())); err != nil {
				t.Fatal(err)
			}
			o.settled()
		}
		letters := o.settled()[before:]
		post, out := newServer(t)

		seen := map[string]bool{}
		for _, letter := range letters {
			seen[letter.Subject] = true
			if err := out.Send(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
		}

		if len(seen) != 8 || len(post.all()) != len(letters) {
			t.Errorf("%d kinds of letters: %v", len(seen), seen)
		}
		for _, raw := range post.all() {
			mustBeHarmless(t, raw)
		}
	})
}

// markup is what the shell of a letter may hold, and nothing else.
var markup = regexp.MustCompile(`<(!doctype html|/?(html|head|title|body|p|small|main|h1|blockquote|ul|li|dl|dt|dd|strong|code|span|footer)|html lang="en-GB"|meta [a-z-]+="[a-z0-9=, -]+"( content="[a-z0-9=, -]+")?|hr|a href="https://portal\.example:8080/[a-z/]+"|/a)>`)

// mustBeHarmless holds a letter's bytes, as the server got them, against what strangers tried.
func mustBeHarmless(t *testing.T, raw string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range m.Header {
		if len(values) != 1 || strings.Contains(values[0], "evil") || !slices.Contains([]string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted"}, name) {
			t.Errorf("header %s: %q", name, values)
		}
	}
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, kind := range []string{"text/plain", "text/html"} {
		part, err := parts.NextPart()
		if err != nil || !strings.HasPrefix(part.Header.Get("Content-Type"), kind) {
			t.Fatalf("%v, %v", part, err)
		}
		decoded, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		body := strings.ReplaceAll(string(decoded), "\r\n", "\n")
		if found := strings.IndexFunc(body, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); found >= 0 {
			t.Errorf("the %s part holds %q", kind, body[found:min(len(body), found+8)])
		}
		if kind == "text/plain" && regexp.MustCompile(`(?m)^(Bcc:|Fairway.+|\[|<)`).MatchString(body) || strings.Count(body, "\n-- \n") > 1 {
			t.Errorf("strangers wrote a line of their own:\n%s", body)
		}
		if left := markup.ReplaceAllString(body, ""); kind == "text/html" && strings.ContainsAny(left, "<>") {
			t.Errorf("strangers wrote markup:\n%s", body)
		}
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("a third part: %v", err)
	}
}
