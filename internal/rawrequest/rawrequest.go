// Package rawrequest reads an HTTP request that somebody pasted: as it stood on the wire, as an editor keeps it, or as
// curl -v prints it. What is secret in it is dropped while it is read, so that nobody keeps, logs or shows it.
package rawrequest

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"fairway/internal/secret"
)

// The bounds of what is read.
const (
	MaxRequest = 64 << 10 // bytes of all
	MaxHeaders = 100
	MaxHeader  = 8 << 10 // bytes of one line
)

// The ids of a Refusal.
const (
	Empty       = "request-empty"
	TooLarge    = "request-too-large"
	PrivateKey  = "private-key"
	HeaderLine  = "header-line"
	Folded      = "header-folded"
	TooMany     = "headers-too-many"
	HeaderLong  = "header-too-long"
	StartLine   = "request-line"
	NotARequest = "not-a-request"
)

// Refusal is why a text was not read. Text is for the person who pasted it, and quotes nothing but a header's name.
type Refusal struct{ Code, Text string }

// Error is the sentence for the person who pasted the text.
func (r *Refusal) Error() string { return r.Text }

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}

// Request is what was read.
type Request struct {
	// Start is the first line, "GET /path HTTP/1.1"; empty where the text began with a header.
	Start                string
	Method, Target, Host string
	// Fields are the headers in their order, without what was dropped.
	Fields [][2]string
	// Header holds the same with names as they were written, whatever their letter case.
	Header http.Header
	// Body is everything behind the empty line, byte for byte. From curl -v it is what stands between the request's
	// and the answer's headers.
	Body []byte
	// Dropped names what was secret and is gone, each once: headers, and fields of target or body. BodyChanged says that
	// something of the body is among it.
	Dropped     []string
	BodyChanged bool
}

// Parse reads a text. The error is always a *Refusal. Lines end with LF or CR LF; the request line may be missing.
func Parse(text []byte) (Request, error) {
	switch {
	case len(text) > MaxRequest:
		return Request{}, refuse(TooLarge, "The request is longer than 64 KiB. Paste its headers and the beginning of the body only; the digest of a longer body cannot be looked at here.")
	case bytes.Contains(bytes.ToUpper(text), []byte("PRIVATE KEY")):
		return Request{}, refuse(PrivateKey, "This text holds a private key. Nothing of it was kept. Treat the key as exposed: have its certificate revoked and make a new one.")
	}
	p := parser{rest: unverbose(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))}
	p.skipEmpty()
	if len(p.rest) == 0 {
		return Request{}, refuse(Empty, "Paste the request: its headers and, behind an empty line, its body.")
	}
	p.Header = http.Header{}
	if err := p.start(); err != nil {
		return Request{}, err
	}
	if err := p.headers(); err != nil {
		return Request{}, err
	}
	p.body()

	return p.Request, nil
}

// parser is a Request while it is read.
type parser struct {
	Request
	rest []byte
	line int
}

// next takes one line off.
func (p *parser) next() string {
	p.line++
	line, rest, _ := bytes.Cut(p.rest, []byte("\n"))
	p.rest = rest

	return string(bytes.TrimRight(line, "\r"))
}

func (p *parser) skipEmpty() {
	for len(p.rest) > 0 {
		line, rest, _ := bytes.Cut(p.rest, []byte("\n"))
		if len(bytes.TrimSpace(line)) > 0 {
			return
		}
		p.rest, p.line = rest, p.line+1
	}
}

var requestLine = regexp.MustCompile(`^([A-Za-z]{1,20}) (\S+)(?: HTTP/[0-9](?:\.[0-9])?)?$`)

// start reads the request line, where there is one.
func (p *parser) start() *Refusal {
	first, _, _ := bytes.Cut(p.rest, []byte("\n"))
	name, _, isHeader := strings.Cut(string(first), ":")
	if isHeader && token(name) {
		return nil
	}
	line := strings.TrimRight(p.next(), " \t")
	m := requestLine.FindStringSubmatch(line)
	switch {
	case strings.HasPrefix(line, "HTTP/"):
		return refuse(NotARequest, "This is an answer, not a request: it begins with HTTP/. Paste what was sent.")
	case strings.HasPrefix(line, "curl "):
		return refuse(NotARequest, "This is a curl command, not a request. Add -v to it and paste the lines that begin with “>”, or write the headers as they are sent.")
	case strings.HasPrefix(line, "== Info:"), strings.HasPrefix(line, "=> Send header"):
		return refuse(NotARequest, "This is what curl --trace prints, in which line ends are lost. Use -v in its place and paste what it prints, with the body behind it.")
	case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
		return refuse(NotARequest, "This begins with a body. Paste the headers first, then an empty line, then the body.")
	case len(line) > MaxHeader:
		return refuse(HeaderLong, "The request line is longer than 8 KiB. No request of this interface needs that.")
	case m == nil:
		return refuse(StartLine, "Line %d is neither a request line, such as “GET /card-account/v1/card-accounts HTTP/1.1”, nor a header, such as “Digest: …”.", p.line)
	}
	p.Method, p.Target = m[1], p.scrubTarget(m[2])
	p.Start = strings.Replace(line, m[2], p.Target, 1)

	return nil
}

// headers reads lines up to the empty one.
func (p *parser) headers() *Refusal {
	for len(p.rest) > 0 {
		line := p.next()
		if line == "" {
			return nil
		}
		if len(p.Fields)+len(p.Dropped) >= MaxHeaders {
			return refuse(TooMany, "The request has more than 100 headers. Paste one request only.")
		}
		name, value, ok := strings.Cut(line, ":")
		switch {
		case line[0] == ' ' || line[0] == '\t':
			return refuse(Folded, "Line %d begins with a blank: a header that goes on in the next line is not accepted (RFC 9112, section 5.2). Put the whole value on one line. Behind an empty line everything is body.", p.line)
		case !ok, !token(name):
			return refuse(HeaderLine, "Line %d is not a header: a name, a colon and a value. If it is the rest of a long value, put it on the line before; if it is the body, put an empty line before it.", p.line)
		case len(line) > MaxHeader:
			return refuse(HeaderLong, "The header in line %d is longer than 8 KiB. No header of this interface needs that.", p.line)
		}
		p.add(name, strings.Trim(value, " \t\r"))
	}

	return nil
}

// add keeps a header, or drops it where it is a secret.
func (p *parser) add(name, value string) {
	if secret.NamesHeader(name) {
		p.drop(name)
		return
	}
	if clean := scrub(value); clean != value {
		p.drop("a token in " + name)
		value = clean
	}
	if strings.EqualFold(name, "host") && p.Host == "" {
		p.Host = value
	}
	p.Fields = append(p.Fields, [2]string{name, value})
	p.Header[name] = append(p.Header[name], value)
}

// body takes what is left, without its secrets.
func (p *parser) body() {
	clean, dropped := scrubBody(p.rest)
	for _, name := range dropped {
		p.drop(name)
	}
	p.Body, p.BodyChanged = clean, len(dropped) > 0
}

// Text writes the request for showing it again, without what was dropped. Its lines end with LF, except in the body.
func (r Request) Text() string {
	var b strings.Builder
	if r.Start != "" {
		b.WriteString(r.Start + "\n")
	}
	for _, f := range r.Fields {
		b.WriteString(f[0] + ": " + f[1] + "\n")
	}
	if len(r.Body) > 0 {
		b.WriteString("\n")
		b.Write(r.Body)
	}

	return b.String()
}

// token says whether a text is a header's name (RFC 9110, section 5.1).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 0x7f || c <= ' ' || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}

	return s != "" && len(s) <= 200
}
