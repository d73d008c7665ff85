// Package smtp sends letters through an SMTP server. TLS is required off loopback.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"fairway/internal/mail"
)

const sendTimeout = 30 * time.Second

// Sender sends through one server.
type Sender struct {
	from    string
	host    string
	options []gomail.Option
	// implicit says that TLS begins with the first byte.
	implicit bool
	tls      *tls.Config
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// New reads "smtp://user:password@host:port" (STARTTLS, port 587 if none is named) or "smtps://…" (TLS from the first
// byte, port 465). Plain text is used on loopback addresses only (port 25). From is the sender of every letter.
func New(rawURL, from string) (*Sender, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("an SMTP URL is written smtp://user:password@host:port or smtps://…")
	}
	if _, err := netmail.ParseAddress(from); err != nil {
		return nil, errors.New("the sender of letters is no e-mail address")
	}
	port := 587
	s := &Sender{
		from: from, host: u.Hostname(), options: []gomail.Option{gomail.WithTimeout(sendTimeout)}, implicit: u.Scheme == "smtps",
		tls: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}, dial: new(net.Dialer).DialContext,
	}
	switch {
	case s.implicit:
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	case loopback(u.Hostname()):
		port = 25
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if strings.Contains(s.host, ":") {
		s.host = "[" + s.host + "]"
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, errors.New("the port of the SMTP URL is not a number from 1 to 65535")
		}
	}
	s.options = append(s.options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithOpportunisticSMTPAuth(logIns...), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

// logIns are the ways to log in, the preferred one first. The last two are refused without TLS off this machine.
var logIns = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}

// messageIDForm keeps everything out of a Message-ID that could end the header.
var messageIDForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,100}@[A-Za-z0-9._:\[\]-]{1,200}$`)

// check refuses what is not one bare address or could write headers of its own.
func check(m mail.Message) error {
	if to, err := netmail.ParseAddress(m.To); err != nil || to.Name != "" || to.Address != m.To {
		return errors.New("the recipient is not one bare e-mail address")
	}
	if !messageIDForm.MatchString(m.ID) {
		return errors.New("the Message-ID is not of the form id@host")
	}
	if strings.ContainsFunc(m.Subject, unicode.IsControl) {
		return errors.New("the subject holds control characters")
	}
	return nil
}

// Send delivers the message to the server.
func (s *Sender) Send(ctx context.Context, m mail.Message) error {
	if err := check(m); err != nil {
		return fmt.Errorf("address letter: %w", err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return fmt.Errorf("address letter: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	client, err := gomail.NewClient(s.host, append(slices.Clip(s.options), gomail.WithTLSConfig(s.tls), gomail.WithDialContextFunc(s.connect(ctx)))...)
	if err != nil {
		return fmt.Errorf("prepare SMTP: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send letter: %w", err)
	}
	return nil
}

// connect dials, and ends the connection with the context: reading an answer waits for neither.
func (s *Sender) connect(ctx context.Context) gomail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, address)
		if err != nil {
			return nil, err
		}
		if s.implicit {
			conn = tls.Client(conn, s.tls)
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		return conn, nil
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
