package httpsig

import (
	"net/http"
	"strings"
)

// SigningString builds the text that is signed (section 2.3 of the draft): one
// line for each listed header in the order of the list, the name in lower case,
// a colon, a blank, the value without blanks around it; several values of one
// header joined by a comma and a blank; line feeds between lines and none at the
// end. A listed header that h does not have is a *Mistake.
func SigningString(h http.Header, headers []string) (string, error) {
	s, m := join(headers, func(name string) (string, bool) { return lookUp(h, name) })
	if m != nil {
		return "", m
	}

	return s, nil
}

// lookUp joins the values of a header, whatever the letter case of its name.
func lookUp(h http.Header, name string) (string, bool) {
	values, ok := h[http.CanonicalHeaderKey(name)]
	for spelt, more := range h {
		if spelt != http.CanonicalHeaderKey(name) && strings.EqualFold(spelt, name) {
			values, ok = append(values[:len(values):len(values)], more...), true
		}
	}
	if len(values) == 1 {
		return strings.Trim(values[0], " \t"), true
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Trim(v, " \t")
	}

	return strings.Join(trimmed, ", "), ok && len(values) > 0
}

// spelt is a header's name as the request has it, or as people write it.
func spelt(h http.Header, name string) string {
	if _, usual := h[http.CanonicalHeaderKey(name)]; !usual {
		for sent := range h {
			if strings.EqualFold(sent, name) {
				return sent
			}
		}
	}

	return spelling(name)
}

// requestLookUp is lookUp for drafts that sign more than headers: it knows the
// pseudo header (request-target) and Host, which Go keeps apart.
func requestLookUp(method, target, host string, h http.Header) func(string) (string, bool) {
	return func(name string) (string, bool) {
		switch {
		case name == "(request-target)":
			return strings.ToLower(method) + " " + target, method != "" && target != ""
		case name == "host" && host != "":
			return host, true
		}

		return lookUp(h, name)
	}
}

func join(headers []string, look func(string) (string, bool)) (string, *Mistake) {
	var b strings.Builder
	for i, name := range headers {
		name = strings.ToLower(name)
		value, ok := look(name)
		if !ok {
			return "", mistake(HeadersAbsent, spelling(name), "The list of signed headers has %s, but the request has no such header.", shown(name, 40))
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name)
		b.WriteString(": ")
		b.WriteString(value)
	}

	return b.String(), nil
}

// spelling is the name of a header as people write it.
func spelling(name string) string {
	if i := fieldIndex(name); i >= 0 {
		return fieldNames[i].spelt
	}

	return http.CanonicalHeaderKey(name)
}

// signingString is the same text for fields that were checked, in one allocation.
func (f *fields) signingString(order []int) string {
	size := 0
	for _, i := range order {
		size += len(fieldNames[i].lower) + len(f.value(i)) + len(": \n")
	}
	var b strings.Builder
	b.Grow(size)
	for n, i := range order {
		if n > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(fieldNames[i].lower)
		b.WriteString(": ")
		b.WriteString(f.value(i))
	}

	return b.String()
}
