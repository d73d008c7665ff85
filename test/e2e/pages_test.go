package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser is somebody's browser without scripts: it keeps cookies and fills in the forms that it is shown.
type browser struct {
	t      testing.TB
	sv     *server
	client *http.Client
	jar    *cookiejar.Jar
	page   page
}

// page is what a browser shows.
type page struct {
	answer
	root *html.Node
}

func (sv *server) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: t, sv: sv, jar: jar, client: &http.Client{Timeout: patience, Jar: jar, CheckRedirect: stay, Transport: watcher{t: t, sv: sv, next: proxy{sv}}}}
}

// open goes to an address of the portal, or to a whole one.
func (b *browser) open(address string) page {
	b.t.Helper()
	return b.send(http.MethodGet, address, nil)
}

func (b *browser) send(method, address string, form url.Values) page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.sv.portal + address
	}
	var body *strings.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	} else {
		body = strings.NewReader("")
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.t.Context()), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.sv.portal)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.hideCookies(res)
	b.page = b.read(res)
	return b.page
}

// hideCookies writes the values of session cookies into the book.
func (b *browser) hideCookies(res *http.Response) {
	for _, c := range res.Cookies() {
		if c.HttpOnly && len(c.Value) >= 20 {
			b.sv.book.hide("the cookie "+c.Name, c.Value)
		}
	}
}

func (b *browser) read(res *http.Response) page {
	b.t.Helper()
	a := readAnswer(b.t, res)
	p := page{answer: a}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		root, err := html.Parse(strings.NewReader(a.body))
		if err != nil {
			b.t.Fatal(err)
		}
		p.root = root
	}
	return p
}

// follow goes where redirects lead as long as they stay at the portal, and returns the last page.
func (b *browser) follow() page {
	b.t.Helper()
	for range 10 {
		to := b.page.location()
		if to == "" || !strings.HasPrefix(to, b.sv.portal+"/") {
			return b.page
		}
		b.open(to)
	}
	b.t.Fatalf("redirected without an end: %s", b.page.url)
	return page{}
}

// location is where the answer sends a browser, as a whole address; "" where it does not.
func (a answer) location() string {
	to := a.header.Get("Location")
	if a.status < 300 || a.status > 399 || to == "" {
		return ""
	}
	base, err := url.Parse(a.url)
	if err != nil {
		return ""
	}
	u, err := base.Parse(to)
	if err != nil {
		return ""
	}
	return u.String()
}

// form is one form of a page with what is filled in already.
type form struct {
	method, action string
	class          string
	fields         []field
}

type field struct {
	name, kind, value string
	on                bool // ticked, for boxes and choices
}

// forms lists the forms of a page.
func (p page) forms() []form {
	var out []form
	p.each("form", func(n *html.Node) {
		f := form{method: strings.ToUpper(attribute(n, "method")), action: attribute(n, "action"), class: attribute(n, "class")}
		eachBelow(n, func(c *html.Node) {
			if fd, ok := readField(c); ok {
				f.fields = append(f.fields, fd)
			}
		})
		out = append(out, f)
	})
	return out
}

func readField(n *html.Node) (field, bool) {
	if n.Type != html.ElementNode || attribute(n, "name") == "" {
		return field{}, false
	}
	fd := field{name: attribute(n, "name"), kind: n.Data, value: attribute(n, "value")}
	switch n.Data {
	case "input":
		fd.kind = attribute(n, "type")
		fd.on = has(n, "checked")
	case "button":
		fd.kind = "button"
	case "textarea":
		fd.value = textOf(n)
	case "select":
		eachBelow(n, func(o *html.Node) {
			if o.Data == "option" && has(o, "selected") {
				fd.value = attribute(o, "value")
			}
		})
	default:
		return field{}, false
	}
	return fd, true
}

// hasClass tells whether one of a form's classes is this one.
func (f form) hasClass(class string) bool { return slices.Contains(strings.Fields(f.class), class) }

// has tells whether the form has a field of this name.
func (f form) has(name string) bool {
	return slices.ContainsFunc(f.fields, func(fd field) bool { return fd.name == name })
}

// values is what a browser would send for the form, with some fields filled in by hand: name, value, name, value.
func (f form) values(typed ...string) url.Values {
	out := url.Values{}
	for _, fd := range f.fields {
		switch {
		case fd.kind == "button" || fd.kind == "submit":
		case (fd.kind == "checkbox" || fd.kind == "radio") && !fd.on:
		default:
			out.Add(fd.name, fd.value)
		}
	}
	for i := 0; i+1 < len(typed); i += 2 {
		out.Set(typed[i], typed[i+1])
	}
	return out
}

// formTo is the form of the page that goes to an address; a name in it may be asked for besides.
func (b *browser) formTo(action string) form {
	b.t.Helper()
	for _, f := range b.page.forms() {
		if f.action == action && f.method == http.MethodPost {
			return f
		}
	}
	b.t.Fatalf("the page %s has no form to %s; it has %v\n%s", b.page.url, action, b.page.forms(), b.page.body)
	return form{}
}

// submit sends a form of the page as it is, with some fields filled in.
func (b *browser) submit(f form, typed ...string) page {
	b.t.Helper()
	base, err := url.Parse(b.page.url)
	if err != nil {
		b.t.Fatal(err)
	}
	to, err := base.Parse(f.action)
	if err != nil {
		b.t.Fatal(err)
	}
	if f.method != http.MethodPost {
		to.RawQuery = f.values(typed...).Encode()
		return b.open(to.String())
	}
	return b.send(http.MethodPost, to.String(), f.values(typed...))
}

// each visits the elements of a name.
func (p page) each(name string, visit func(*html.Node)) {
	if p.root == nil {
		return
	}
	eachBelow(p.root, func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == name {
			visit(n)
		}
	})
}

// links lists where the page's links lead, as whole addresses.
func (p page) links() []string {
	base, err := url.Parse(p.url)
	if err != nil {
		return nil
	}
	var out []string
	p.each("a", func(n *html.Node) {
		if to, err := base.Parse(attribute(n, "href")); err == nil && has(n, "href") {
			out = append(out, to.String())
		}
	})
	return out
}

// heading is the page's h1.
func (p page) heading() string {
	text := ""
	p.each("h1", func(n *html.Node) { text = strings.Join(strings.Fields(textOf(n)), " ") })
	return text
}

// words is the page's text without markup, blanks folded.
func (p page) words() string {
	if p.root == nil {
		return p.body
	}
	return strings.Join(strings.Fields(textOf(p.root)), " ")
}

func (p page) String() string {
	return fmt.Sprintf("%d %s %q\n%s", p.status, p.url, p.heading(), p.words())
}

func eachBelow(n *html.Node, visit func(*html.Node)) {
	for c := range n.Descendants() {
		visit(c)
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	eachBelow(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data + " ")
		}
	})
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
