package smtp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"fairway/internal/mail"
)

// office is a real mail server that keeps what it is given.
type office struct {
	addr string
	mu   sync.Mutex
	got  []delivery
	full bool
}

type delivery struct {
	from, to string
	tls      bool
	user     string
	raw      string
}

// NewSession answers the server's greeting.
func (o *office) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &desk{office: o, d: delivery{tls: encrypted}}, nil
}

func (o *office) deliveries() []delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.got
}

type desk struct {
	office *office
	d      delivery
}

func (s *desk) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth lets one user in.
func (s *desk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.d.user = user
		if password != "p@ss:word" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

func (s *desk) Mail(from string, _ *gosmtp.MailOptions) error { s.d.from = from; return nil }
func (s *desk) Rcpt(to string, _ *gosmtp.RcptOptions) error   { s.d.to += to; return nil }
func (s *desk) Reset()                                        {}
func (s *desk) Logout() error                                 { return nil }

// Data takes the letter, unless the office is full.
func (s *desk) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.full {
		return &gosmtp.SMTPError{Code: 452, Message: "insufficient storage"}
	}
	s.d.raw = string(raw)
	s.office.got = append(s.office.got, s.d)
	return nil
}

// newOffice serves in plain text, with STARTTLS where config is given, or with TLS from the first byte.
func newOffice(t *testing.T, config *tls.Config, implicit bool) *office {
	t.Helper()
	o := &office{}
	server := gosmtp.NewServer(o)
	server.Domain, server.TLSConfig, server.ErrorLog = "mail.example", config, silent{}
	server.AllowInsecureAuth = config == nil
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return o
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

var letter = mail.Message{
	ID: "signed_up.lnk_1@portal.example", To: "dev@tpp.example", Subject: "Confirm your address – Ärger ausgeschlossen",
	Text: "Open https://portal.example/verify/abc\n.\nEnd", HTML: "<p>Open <a href=\"https://portal.example/verify/abc\">the link</a></p>",
}

func newSender(t *testing.T, url string) *Sender {
	t.Helper()
	s, err := New(url, "Fairway <portal@bank.example>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALetterArrivesWithItsHeadersAndBothParts(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, false)
	s := newSender(t, "smtp://"+o.addr)

	for range 2 {
		if err := s.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}

	got := o.deliveries()
	if len(got) != 2 || got[0].from != "portal@bank.example" || got[0].to != "dev@tpp.example" {
		t.Fatalf("%+v", got)
	}
	for _, d := range got {
		m, err := netmail.ReadMessage(strings.NewReader(d.raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != letter.Subject {
			t.Errorf("subject %q, %v", subject, err)
		}
		for name, want := range map[string]string{
			"Message-Id": "<signed_up.lnk_1@portal.example>", "Auto-Submitted": "auto-generated", "To": "<dev@tpp.example>",
			"From": `"Fairway" <portal@bank.example>`, "User-Agent": "", "X-Mailer": "", "Bcc": "",
		} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if _, err := m.Header.Date(); err != nil {
			t.Errorf("no date: %v", err)
		}
		wantParts(t, m)
	}
}

func wantParts(t *testing.T, m *netmail.Message) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, want := range []struct{ kind, body string }{{"text/plain", letter.Text}, {"text/html", letter.HTML}} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		got := strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))
		if err != nil || !strings.HasPrefix(part.Header.Get("Content-Type"), want.kind) || got != want.body {
			t.Errorf("%s: %q, %v", part.Header.Get("Content-Type"), got, err)
		}
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("a third part: %v", err)
	}
}

func TestALetterThatCouldWriteHeadersIsNotSent(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, false)
	s := newSender(t, "smtp://"+o.addr)
	for name, change := range map[string]func(*mail.Message){
		"line end in the address":          func(m *mail.Message) { m.To = "dev@tpp.example\r\nBcc: all@tpp.example" },
		"line feed at the address's end":   func(m *mail.Message) { m.To = "dev@tpp.example\n" },
		"two addresses":                    func(m *mail.Message) { m.To = "dev@tpp.example, other@tpp.example" },
		"a name with the address":          func(m *mail.Message) { m.To = "Dev <dev@tpp.example>" },
		"no address":                       func(m *mail.Message) { m.To = "" },
		"a command in the address":         func(m *mail.Message) { m.To = "dev@tpp.example>\r\nRCPT TO:<all@tpp.example" },
		"line end in the subject":          func(m *mail.Message) { m.Subject = "x\r\nBcc: all@tpp.example" },
		"NUL in the subject":               func(m *mail.Message) { m.Subject = "x\x00" },
		"line end in the Message-ID":       func(m *mail.Message) { m.ID = "x@y\r\nBcc: all@tpp.example" },
		"an end of the Message-ID in it":   func(m *mail.Message) { m.ID = "x> <y@z" },
		"a Message-ID without a right end": func(m *mail.Message) { m.ID = "x" },
	} {
		m := letter
		change(&m)

		if err := s.Send(t.Context(), m); err == nil || !strings.HasPrefix(err.Error(), "address letter: ") || strings.Contains(err.Error(), "all@") {
			t.Errorf("%s: %v", name, err)
		}
	}

	if got := o.deliveries(); len(got) != 0 {
		t.Errorf("sent: %+v", got)
	}
}

func TestARefusalIsAnErrorThatShowsNoPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, false)
	o.full = true

	full := newSender(t, "smtp://user:p%40ss%3Aword@"+o.addr).Send(t.Context(), letter)
	login := newSender(t, "smtp://user:CANARY@"+o.addr).Send(t.Context(), letter)

	if full == nil || !strings.Contains(full.Error(), "insufficient storage") {
		t.Errorf("full: %v", full)
	}
	if login == nil || strings.Contains(login.Error(), "CANARY") {
		t.Errorf("log-in: %v", login)
	}
}

func TestSendingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	done := make(chan error)
	go func() { done <- newSender(t, "smtp://"+l.Addr().String()).Send(ctx, letter) }()

	select {
	case err := <-done:
		if err == nil {
			t.Error("a letter went to nobody")
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits longer than its context")
	}
}

// away lets the sender believe that the local office is a server elsewhere.
func (s *Sender) away(o *office, roots *x509.CertPool) *Sender {
	s.tls.RootCAs = roots
	s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, o.addr)
	}
	return s
}

func TestOffThisMachineALetterIsSentByTLSOnly(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	plain, starttls, implicit := newOffice(t, nil, false), newOffice(t, config, false), newOffice(t, config, true)

	silently := newSender(t, "smtp://mail.example").away(plain, roots).Send(t.Context(), letter)
	noTLS := newSender(t, "smtp://user:p%40ss%3Aword@mail.example").away(plain, roots).Send(t.Context(), letter)
	stranger := newSender(t, "smtp://mail.example").away(starttls, x509.NewCertPool()).Send(t.Context(), letter)
	good := newSender(t, "smtp://user:p%40ss%3Aword@mail.example").away(starttls, roots).Send(t.Context(), letter)
	fromTheStart := newSender(t, "smtps://user:p%40ss%3Aword@mail.example").away(implicit, roots).Send(t.Context(), letter)

	if silently == nil || noTLS == nil || len(plain.deliveries()) != 0 {
		t.Errorf("a letter went out in plain text, %v, %v", silently, noTLS)
	}
	if stranger == nil {
		t.Error("a certificate of nobody was believed")
	}
	if got := starttls.deliveries(); good != nil || len(got) != 1 || !got[0].tls || got[0].user != "user" {
		t.Errorf("STARTTLS: %v, %+v", good, got)
	}
	if got := implicit.deliveries(); fromTheStart != nil || len(got) != 1 || !got[0].tls || got[0].user != "user" {
		t.Errorf("TLS: %v, %+v", fromTheStart, got)
	}
}

func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, DNSNames: []string{"mail.example"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

func TestTheURLTellsServerAndPort(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"smtp://mail.example": "mail.example:587", "smtps://mail.example": "mail.example:465", "smtp://localhost": "localhost:25",
		"smtp://127.0.0.1:2525": "127.0.0.1:2525", "smtp://[::1]:2525": "[::1]:2525", "smtps://u:p@mail.example:1465/": "mail.example:1465",
	} {
		s := newSender(t, url)
		c, err := gomail.NewClient(s.host, s.options...)
		if err != nil || c.ServerAddr() != want {
			t.Errorf("%s leads to %s, want %s, %v", url, c.ServerAddr(), want, err)
		}
	}
}

func TestAURLThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "mail.example:25", "http://mail.example", "smtp://", "smtp://:25", "smtp://mail.example:x", "smtp://mail.example:0", "smtp://mail.example:70000", "smtp://user:CANARY@mail.example/path", "smtp://user:CANARY@mail example"} {
		if _, err := New(url, "portal@bank.example"); err == nil || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := New("smtp://localhost", "portal"); err == nil {
		t.Error("a sender without an address is accepted")
	}
}
