package samples

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxURL    = 8 << 10
	maxBody   = 256 << 10
	maxFields = 60
	maxValue  = 8 << 10
)

var (
	token     = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,80}$`) // of RFC 9110 §5.6.2 what no language has to escape
	methodOf  = regexp.MustCompile(`^[A-Z]{1,20}$`)
	variable  = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,60}$`)
	plainName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,40}$`)
)

// made are the headers that a program makes anew or leaves to its client.
var made = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range []string{
		"authorization", "x-api-key", "x-request-id", "digest", "signature", "tpp-signature-certificate", "host", "content-length",
		"connection", "user-agent", "accept-encoding", "transfer-encoding", "expect", "te", "upgrade", "keep-alive", "trailer",
	} {
		names[name] = true
	}
	return names
}()

// Made reports whether every program makes a header anew or leaves it to its client, whatever a request says of it.
func Made(header string) bool { return made[strings.ToLower(header)] }

// conditional are the headers that are signed if and only if they are sent, as programs spell them.
var conditional = []string{"PSU-ID", "PSU-Corporate-ID", "TPP-Redirect-URI"}

// checked is the request with only what a program can write, or ErrUnwritable.
func checked(r Request) (Request, error) {
	r.Name = cmp.Or(r.Name, "request")
	if r.ClientID == (Value{}) {
		r.ClientID.Variable = "FAIRWAY_CLIENT_ID"
	}
	if len(r.Form) > 0 {
		r = Request{Name: r.Name, URL: r.URL, Form: r.Form, ClientID: r.ClientID, Method: "POST"}
	}
	if !plainName.MatchString(r.Name) || !methodOf.MatchString(r.Method) {
		return r, fmt.Errorf("%w: name %q, method %q", ErrUnwritable, r.Name, r.Method)
	}
	if !callable(r.URL) || r.Token == OwnToken && !callable(r.TokenURL) {
		return r, fmt.Errorf("%w: its address", ErrUnwritable)
	}
	if len(r.Body) > maxBody || !text(r.Body) {
		return r, fmt.Errorf("%w: its body is no text", ErrUnwritable)
	}
	if !writable(r.ClientID) || len(r.Form)+len(r.Headers) > maxFields {
		return r, fmt.Errorf("%w: its client or the number of its headers", ErrUnwritable)
	}
	for _, f := range r.Form {
		if !token.MatchString(f.Name) || !writable(f.Value) {
			return r, fmt.Errorf("%w: the parameter %q", ErrUnwritable, f.Name)
		}
	}
	return withHeaders(r)
}

// withHeaders keeps the headers that a program sends. Several of one name become one, as RFC 9110 §5.3 allows.
func withHeaders(r Request) (Request, error) {
	var kept []Field
	at := map[string]int{}
	for _, h := range r.Headers {
		key := strings.ToLower(h.Name)
		if Made(h.Name) || h.Value == (Value{}) {
			continue
		}
		if !token.MatchString(h.Name) || !writable(h.Value) || !onOneLine(h.Value.Text) {
			return r, fmt.Errorf("%w: the header %q", ErrUnwritable, h.Name)
		}
		if i, twice := at[key]; twice {
			if kept[i].Value.Variable != "" || h.Value.Variable != "" {
				return r, fmt.Errorf("%w: the header %q twice", ErrUnwritable, h.Name)
			}
			kept[i].Value.Text += ", " + h.Value.Text
			continue
		}
		for _, name := range conditional {
			if strings.EqualFold(name, h.Name) {
				h.Name = name
			}
		}
		at[key] = len(kept)
		kept = append(kept, h)
	}
	r.Headers = kept
	return r, nil
}

// callable reports whether text is an absolute https address of visible ASCII.
func callable(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || len(text) > maxURL {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// text reports whether every language can hold it: UTF-8 without NUL.
func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func writable(v Value) bool {
	if v.Variable != "" {
		return variable.MatchString(v.Variable)
	}
	return len(v.Text) <= maxValue && text(v.Text)
}

// onOneLine reports whether a header may carry the value: visible ASCII and blanks (RFC 9110 §5.5).
func onOneLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
