// Package address owns the URL templates under which brands and environments are reached: one text in the
// configuration builds every address and reads every request.
package address

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Template is an absolute URL with {environment} and {brand} in its host or its path, or a plain URL with neither.
type Template struct {
	scheme string
	host   []string // labels, with the port as the last one's suffix
	path   []string // segments
	own    []string // host, without a default port
	text   string
}

// Parse reads a template such as https://{environment}.api.{brand}.example.com or
// https://localhost:8443/{environment}/{brand}. Each name may occur once, at the beginning of a label or segment of
// its own. Scheme and host come back in lower case, without a slash at the end.
func Parse(text string) (Template, error) {
	plain := strings.NewReplacer("{environment}", "environment", "{brand}", "brand").Replace(text)
	u, err := url.Parse(plain)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || strings.ContainsAny(text, "?#%\\ ") {
		return Template{}, fmt.Errorf("%q is not an absolute http or https address without query and fragment", text)
	}
	if strings.Count(text, "{environment}") > 1 || strings.Count(text, "{brand}") > 1 || strings.ContainsAny(plain, "{}") {
		return Template{}, fmt.Errorf("%q may hold {environment} and {brand}, each once, and no other braces", text)
	}
	rest := strings.TrimRight(text[len(u.Scheme)+len("://"):], "/")
	host, path, _ := strings.Cut(rest, "/")
	host = strings.ToLower(host)
	t := Template{scheme: u.Scheme, host: strings.Split(host, "."), text: u.Scheme + "://" + host}
	if path != "" {
		t.path = strings.Split(path, "/")
		t.text += "/" + path
	}
	for _, part := range slices.Concat(t.host, t.path) {
		if strings.LastIndexByte(part, '{') > 0 {
			return Template{}, fmt.Errorf("%q: {environment} and {brand} stand alone between dots or slashes, at most with something behind them", text)
		}
		if part == "" {
			return Template{}, fmt.Errorf("%q has an empty part between its dots or slashes", text)
		}
	}
	t.own = strings.Split(t.withoutDefaultPort(t.Host()), ".")
	return t, nil
}

// String is the template as it was written, without a slash at the end.
func (t Template) String() string { return t.text }

// HTTPS reports whether the address is reached by TLS.
func (t Template) HTTPS() bool { return t.scheme == "https" }

// Host is the host with its port, names left in braces.
func (t Template) Host() string { return strings.Join(t.host, ".") }

// Path is the path below the host, names left in braces; empty or starting with a slash.
func (t Template) Path() string {
	if len(t.path) == 0 {
		return ""
	}
	return "/" + strings.Join(t.path, "/")
}

// Loopback reports whether the host is a loopback name, which is the case on a developer's machine.
func (t Template) Loopback() bool { return LoopbackHost(t.Host()) }

// LoopbackHost reports whether host, with or without a port, is localhost, a name below it (RFC 6761, 6.3) or a
// loopback address.
func LoopbackHost(host string) bool {
	host = strings.ToLower(withoutPort(host))
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// SharesHost reports whether a host of one template may be a host of the other, whatever their ports: cookies know no
// ports.
func (t Template) SharesHost(other Template) bool {
	a, b := strings.Split(withoutPort(t.Host()), "."), strings.Split(withoutPort(other.Host()), ".")
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || strings.HasPrefix(x, "{") || strings.HasPrefix(y, "{") })
}

// URL is the address of a brand in an environment.
func (t Template) URL(environment, brand string) string {
	return strings.NewReplacer("{environment}", environment, "{brand}", brand).Replace(t.text)
}

// Origin is the scheme and host of a brand in an environment.
func (t Template) Origin(environment, brand string) string {
	return t.scheme + "://" + strings.NewReplacer("{environment}", environment, "{brand}", brand).Replace(t.Host())
}

// Match reads a request's host and path. Rest is the path below the template, empty or starting with a slash.
// A default port may be left out. What the template does not name comes back empty.
func (t Template) Match(host, path string) (environment, brand, rest string, ok bool) {
	var found names
	if _, more, fits := found.take(t.own, strings.ToLower(t.withoutDefaultPort(host)), '.'); !fits || more {
		return "", "", "", false
	}
	if len(t.path) == 0 {
		return found.environment, found.brand, path, true
	}
	left, more, fits := found.take(t.path, strings.TrimPrefix(path, "/"), '/')
	if !fits {
		return "", "", "", false
	}
	if more {
		rest = path[len(path)-len(left)-1:]
	}
	return found.environment, found.brand, rest, true
}

// MatchesHost reports whether the host is one that the template makes, whatever the path.
func (t Template) MatchesHost(host string) bool {
	var found names
	_, more, fits := found.take(t.own, strings.ToLower(t.withoutDefaultPort(host)), '.')
	return fits && !more
}

// names are what an address says in the places that the template leaves open.
type names struct{ environment, brand string }

// take reads parts, divided by a separator, off the front of a text, one for each of the pattern. More tells that there is
// something behind them.
func (n *names) take(pattern []string, text string, separator byte) (left string, more, ok bool) {
	more = true
	for _, p := range pattern {
		if !more {
			return "", false, false
		}
		part := text
		if at := strings.IndexByte(text, separator); at >= 0 {
			part, text = text[:at], text[at+1:]
		} else {
			text, more = "", false
		}
		if !n.fits(p, part) {
			return "", false, false
		}
	}
	return text, more, true
}

func (n *names) fits(pattern, part string) bool {
	if !strings.HasPrefix(pattern, "{") {
		return pattern == part
	}
	name, suffix, _ := strings.Cut(pattern, "}")
	value, ok := strings.CutSuffix(part, suffix)
	if !ok || value == "" {
		return false
	}
	if name == "{environment" {
		n.environment = value
	} else {
		n.brand = value
	}
	return true
}

func (t Template) withoutDefaultPort(host string) string {
	if t.scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}
