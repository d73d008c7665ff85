package apps

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"fairway/internal/catalog"
)

// Lines splits what was entered in a field of one redirect URI a line. Empty lines stay, so that a finding can name
// the line as the person sees it.
func Lines(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// CheckRedirectURI holds one URI against the rules and answers the sentence that tells what to change, or "". What
// passes is compared byte for byte later on, so anything that has two spellings is refused here (RFC 9700 §4.1).
func CheckRedirectURI(env catalog.Environment, uri string) string {
	if len(uri) > MaxRedirectURI {
		return fmt.Sprintf("A redirect URI has at most %d characters; this one has %d.", MaxRedirectURI, len(uri))
	}
	if problem := checkCharacters(uri); problem != "" {
		return problem
	}
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok || scheme != "https" && scheme != "http" {
		return "Write the whole address, beginning with https:// in small letters."
	}
	authority := rest[:indexOrEnd(rest, "/?")]
	if problem := checkAuthority(authority); problem != "" {
		return problem
	}
	u, err := url.Parse(uri)
	if err != nil || u.Host != authority || u.Opaque != "" {
		return "This is not an address that a browser can open. Copy it from your application's settings."
	}
	if scheme == "http" && !(env == catalog.Sandbox && loopback(u.Hostname())) {
		return plainHTTP(env)
	}
	return checkPathAndQuery(u)
}

func plainHTTP(env catalog.Environment) string {
	if env == catalog.Sandbox {
		return "Use https. Only localhost, 127.0.0.1 and [::1] may have http, for development."
	}
	return "Use https. In Live plain http is refused, for localhost as well."
}

// checkCharacters allows what RFC 3986 allows in a URI, without wildcards and fragments, and without escapes that hide
// control characters.
func checkCharacters(uri string) string {
	for i := 0; i < len(uri); i++ {
		c := uri[i]
		switch {
		case c == '#':
			return "Leave out the fragment, the part from #. It never reaches your server."
		case c == '*':
			return "Write out every redirect URI. A * does not stand for anything here."
		case c == '\\':
			return `Write / instead of \. Browsers read a backslash as a slash.`
		case c <= ' ' || c == 0x7f:
			return "Leave out spaces and invisible characters, inside the address too."
		case c > 0x7f:
			return "Use plain ASCII: write the host in its xn-- form and escape other letters with %."
		case strings.IndexByte("\"<>^`{|}", c) >= 0:
			return "The character " + string(rune(c)) + " does not belong in an address. Escape it with %."
		case c == '%' && !escape(uri[i:]):
			return "After % come two hexadecimal digits that stand for a visible character."
		}
	}
	return ""
}

// escape reports whether s opens with %XX for something that is not a control character.
func escape(s string) bool {
	if len(s) < 3 {
		return false
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	return err == nil && n >= ' ' && n != 0x7f
}

func checkAuthority(authority string) string {
	if strings.Contains(authority, "@") {
		return "Leave out the user name before the @."
	}
	host, port := splitPort(authority)
	if port != "" {
		n, err := strconv.Atoi(port[1:])
		if err != nil || n < 1 || n > 65535 || port[1:] != strconv.Itoa(n) {
			return "The port is a number from 1 to 65535. Leave out the colon where there is none."
		}
	}
	if !validHost(host) {
		return "The host is a name like app.example.com in small letters, without a dot at the end, or an IP address."
	}
	return ""
}

// splitPort cuts "host:port" before the colon; colons inside brackets belong to an IPv6 address.
func splitPort(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || i < strings.LastIndexByte(authority, ']') {
		return authority, ""
	}
	return authority[:i], authority[i:]
}

func validHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		return ok && err == nil && addr.Is6() && addr.Zone() == "" && addr.String() == inner
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		addr, err := netip.ParseAddr(host)
		return err == nil && addr.Is4()
	}
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	return len(host) <= 253
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	return strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// loopback names the hosts that never leave the machine (RFC 8252 §7.3). Other spellings of 127/8 are not needed.
func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// checkPathAndQuery refuses dot segments, which browsers resolve, and parameters that our answer adds itself.
func checkPathAndQuery(u *url.URL) string {
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "Write the path without . and .. segments."
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "The query after ? cannot be read. Separate its parameters with &."
	}
	for _, name := range []string{"code", "state", "iss", "error", "error_description", "error_uri"} {
		if query.Has(name) {
			return "Leave out the parameter " + name + ": the bank adds it to its answer."
		}
	}
	return ""
}

func indexOrEnd(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}
