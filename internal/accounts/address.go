package accounts

import (
	"net/mail"
	"strings"

	"fairway/internal/fault"
)

const maxAddress = 254

// address is an e-mail address as it was typed, and folded: one account for all ways of writing it.
type address struct {
	text, key string
}

// parseAddress reads exactly one addr-spec (RFC 5322 §3.4.1) of plain characters with a domain that has a dot.
// No display name, comment, quoting or line break gets through.
func parseAddress(typed string) (address, bool) {
	text := strings.Trim(typed, " \t")
	if len(text) > maxAddress || !plainASCII(text) {
		return address{}, false
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Name != "" || parsed.Address != text {
		return address{}, false
	}
	local, domain, _ := strings.Cut(text, "@")
	if len(local) > 64 || !plainDomain(domain) {
		return address{}, false
	}
	return address{text: text, key: strings.ToLower(text)}, true
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

// plainDomain asks for two labels or more of letters, digits and inner hyphens.
func plainDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}

func addressField(typed string) (address, []fault.Field) {
	a, ok := parseAddress(typed)
	switch {
	case ok:
		return a, nil
	case strings.TrimSpace(typed) == "":
		return a, []fault.Field{{Name: "email", Message: "Enter your e-mail address."}}
	}
	return a, []fault.Field{{Name: "email", Message: "Enter an e-mail address in the form name@company.eu, up to 254 characters."}}
}
