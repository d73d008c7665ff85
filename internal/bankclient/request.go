package bankclient

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"fairway/internal/fault"
	"fairway/internal/httpsig"
	"fairway/internal/secret"
)

const (
	userAgent   = "Fairway-Playground/1"
	maxBody     = 64 << 10
	maxValue    = 2048
	maxTarget   = 8 << 10
	contentJSON = "application/json"
)

// allowed are the headers that a caller may set, as the framework spells them. Everything else belongs to the
// connection or to us.
var allowed = func() map[string]string {
	names := map[string]string{}
	for _, name := range []string{
		"X-Request-ID", "Consent-ID", "Accept", "Content-Type", "PSU-ID", "PSU-ID-Type", "PSU-Corporate-ID", "PSU-Corporate-ID-Type",
		"PSU-IP-Address", "PSU-IP-Port", "PSU-Accept", "PSU-Accept-Charset", "PSU-Accept-Encoding", "PSU-Accept-Language", "PSU-User-Agent",
		"PSU-Http-Method", "PSU-Device-ID", "PSU-Geo-Location", "TPP-Redirect-Preferred", "TPP-Decoupled-Preferred", "TPP-Redirect-URI",
		"TPP-Nok-Redirect-URI", "TPP-Explicit-Authorisation-Preferred", "TPP-Brand-Logging-Information", "TPP-Notification-URI",
		"TPP-Notification-Content-Preferred",
	} {
		names[strings.ToLower(name)] = name
	}
	return names
}()

// message is a request that is ready to be sent, with what will be shown of it.
type message struct {
	url      *url.URL
	dial     string // the one host and port that may be connected to
	header   http.Header
	body     string
	hide     []secret.Text // what must not be shown, wherever it turns up
	exchange Exchange
	answer   []byte // the body as it came
}

var (
	placeName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)
	methods   = map[string]bool{http.MethodGet: true, http.MethodPost: true, http.MethodPut: true, http.MethodDelete: true}
	errPlace  = fault.Form(fault.Field{Name: "brand", Message: "Choose a brand of the list."})
	errMethod = errors.New("this method is not part of the interface")
)

// compose checks a request and adds what every call needs: key, token, id, digest and signature.
func (c *Client) compose(id Identity, r Request) (*message, error) {
	r, err := r.spoil()
	if err != nil {
		return nil, err
	}
	m, err := c.address(r)
	if err != nil {
		return nil, err
	}
	if err := m.addBody(r); err != nil {
		return nil, err
	}
	chosen, err := checkHeaders(r.Headers)
	if err != nil {
		return nil, err
	}
	m.hide = []secret.Text{r.Bearer, id.APIKey, id.ClientSecret}
	m.add("Host", m.url.Host, ByConnection)
	if r.Bearer != "" {
		m.addHidden("Authorization", "Bearer ", r.Bearer)
	}
	if r.Mistake != NoAPIKey {
		m.addHidden("X-API-Key", "", id.APIKey)
	}
	m.addChosen(chosen, r)
	m.addDate(r, c.cfg.Clock.Now())
	if !r.Unsigned {
		if err := m.sign(id, r); err != nil {
			return nil, err
		}
	}
	if m.body != "" {
		m.add("Content-Length", strconv.Itoa(len(m.body)), ByConnection)
	}
	m.add("User-Agent", userAgent, ByConnection)
	return m, nil
}

// address puts the URL together and makes sure that nothing in path or query has moved it to another host.
func (c *Client) address(r Request) (*message, error) {
	if !placeName.MatchString(r.Brand) || !placeName.MatchString(r.Environment) {
		return nil, errPlace
	}
	if !methods[r.Method] {
		return nil, errMethod
	}
	if err := checkPath(r.Path); err != nil {
		return nil, err
	}
	text := c.cfg.API.URL(r.Environment, r.Brand) + r.Path
	if query := encode(r.Query); query != "" {
		text += "?" + query
	}
	m, err := newMessage(r.Method, text)
	if err != nil {
		return nil, err
	}
	if want := c.cfg.API.Origin(r.Environment, r.Brand); m.url.Scheme+"://"+m.url.Host != want {
		return nil, fmt.Errorf("the address %s is not below %s", m.url.Redacted(), want)
	}
	return m, nil
}

// newMessage is an empty request to an https address.
func newMessage(method, text string) (*message, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, errors.New("the configured address is not an https address that can be called")
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	m := &message{url: u, dial: net.JoinHostPort(u.Hostname(), port), header: http.Header{}}
	m.exchange.Method, m.exchange.URL, m.exchange.Target = method, text, u.RequestURI()
	if len(m.exchange.Target) > maxTarget {
		return nil, fault.Form(fault.Field{Name: "path", Message: "Path and query are longer than 8 kB together. Shorten a value."})
	}
	return m, nil
}

// escapedPath is what a path may consist of: the characters of RFC 3986 §3.3, without empty segments.
var escapedPath = regexp.MustCompile(`^(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+$`)

func checkPath(path string) error {
	bad := fault.Form(fault.Field{Name: "path", Message: "The path cannot be sent. Enter plain values for its parameters."})
	if !escapedPath.MatchString(path) {
		return bad
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "." || plain == ".." {
			return bad
		}
	}
	return nil
}

// encode writes a query in the order of its parameters; empty ones are left out.
func encode(params []Param) string {
	var parts []string
	for _, p := range params {
		if p.Value != "" {
			parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
	}
	return strings.Join(parts, "&")
}

func checkHeaders(headers []Param) ([]Param, error) {
	var chosen []Param
	var wrong []fault.Field
	seen := map[string]bool{}
	for _, h := range headers {
		value := strings.Trim(h.Value, " \t")
		if value == "" {
			continue
		}
		name, ok := allowed[strings.ToLower(h.Name)]
		switch {
		case !ok:
			wrong = append(wrong, fault.Field{Name: h.Name, Message: "This header cannot be set here: it belongs to the connection, or the playground sets it."})
		case seen[name]:
			wrong = append(wrong, fault.Field{Name: h.Name, Message: "Send " + name + " once."})
		case !printable(value):
			wrong = append(wrong, fault.Field{Name: h.Name, Message: name + " has characters that a header cannot carry. Use plain ASCII on one line, at most 2,048 characters."})
		}
		seen[name] = true
		chosen = append(chosen, Param{Name: name, Value: value})
	}
	if len(wrong) > 0 {
		return nil, fault.Form(wrong...)
	}
	return chosen, nil
}

// printable reports whether a header may carry the value: visible ASCII and blanks on one line (RFC 9110 §5.5).
func printable(value string) bool {
	if len(value) > maxValue {
		return false
	}
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}

func (m *message) addBody(r Request) error {
	if len(r.Body) > maxBody {
		return fault.Form(fault.Field{Name: "body", Message: "The body is larger than 64 kB. Send less."})
	}
	m.body, m.exchange.Body = r.Body, r.Body
	return nil
}

// add sets a header that may be shown as it is.
func (m *message) add(name, value, by string) {
	if name != "Host" && name != "Content-Length" {
		m.header.Set(name, value)
	}
	m.exchange.Headers = append(m.exchange.Headers, Header{Name: name, Value: value, By: by})
}

// addHidden sets a header of which only the beginning is shown.
func (m *message) addHidden(name, scheme string, value secret.Text) {
	m.header.Set(name, scheme+value.Reveal())
	m.exchange.Headers = append(m.exchange.Headers, Header{Name: name, Value: scheme + secret.Reduce(value.Reveal()), By: ByPlayground})
}

// addChosen adds the caller's headers, and those that a call needs and the caller left out.
func (m *message) addChosen(chosen []Param, r Request) {
	needed := []Param{{"X-Request-ID", cmp.Or(r.RequestID, secret.UUID())}, {"Accept", contentJSON}}
	if r.Body != "" {
		needed = append(needed, Param{"Content-Type", contentJSON})
	}
	for _, n := range needed {
		by := ByPlayground
		for i, h := range chosen {
			if h.Name == n.Name {
				n.Value, by = h.Value, ByYou
				chosen = append(chosen[:i:i], chosen[i+1:]...)
				break
			}
		}
		m.add(n.Name, n.Value, by)
	}
	for _, h := range chosen {
		m.add(h.Name, h.Value, ByYou)
	}
	m.exchange.RequestID = m.header.Get("X-Request-ID")
}

// sign adds Digest, Signature and TPP-Signature-Certificate.
func (m *message) sign(id Identity, r Request) error {
	text, err := httpsig.Sign(m.header, []byte(m.body), id.Seal, r.signer(id), crypto.SHA256)
	if err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	if r.Mistake != "" {
		if text, err = m.signWrongly(id, r, text); err != nil {
			return err
		}
	}
	m.exchange.SigningString, m.exchange.Digest = text, m.header.Get("Digest")
	for _, name := range []string{"Digest", "Signature", "TPP-Signature-Certificate"} {
		m.exchange.Headers = append(m.exchange.Headers, Header{Name: name, Value: m.header.Get(name), By: ByPlayground})
	}
	return nil
}
