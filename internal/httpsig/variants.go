package httpsig

import (
	"encoding/hex"
	"iter"
	"net/url"
	"slices"
	"strings"
)

// variant is another form of a value that may have been signed.
type variant struct {
	value string
	deviation
}

// variants lists the forms of one value that people sign by mistake.
func (s *search) variants(l line) []variant {
	name := spelling(l.names[lowerCase])
	as := func(cause, value, how string) variant {
		return variant{value, deviation{cause, "You signed " + name + " " + how + ".", "Sign the value exactly as it is sent."}}
	}
	all := []variant{
		as(CauseValue, `"`+l.value+`"`, "in quotation marks"),
		as(CauseValue, "", "with an empty value; a variable may not have been set"),
		as(CauseValue, l.value+" ", "with a blank behind its value"),
		as(CauseValue, "undefined", `as "undefined"; a variable was not set`),
		as(CauseValue, "null", `as "null"; a variable was not set`),
	}
	switch l.names[lowerCase] {
	case "digest":
		all = append(all, s.digestVariants(l.value, as)...)
	case "x-request-id":
		all = append(all, as(CauseValue, strings.ToUpper(l.value), "in capital letters"), as(CauseValue, strings.ToLower(l.value), "in lower case"),
			as(CauseValue, strings.ReplaceAll(l.value, "-", ""), "without its hyphens"), as(CauseValue, "{"+l.value+"}", "in braces"))
	default:
		decoded, err := url.QueryUnescape(l.value)
		if err != nil {
			decoded = l.value
		}
		all = append(all, as(CauseValue, decoded, "percent-decoded"), as(CauseValue, url.QueryEscape(l.value), "percent-coded"),
			as(CauseValue, strings.TrimSuffix(l.value, "/"), "without the slash at its end"), as(CauseValue, l.value+"/", "with a slash at its end"),
			as(CauseValue, strings.ToLower(l.value), "in lower case"))
	}

	return slices.DeleteFunc(all, func(v variant) bool { return v.value == l.value })
}

// digestVariants are other digests than the one in the header, which is right.
func (s *search) digestVariants(value string, as func(cause, value, how string) variant) []variant {
	alg, encoded, _ := strings.Cut(value, "=")
	raw, _ := strict.DecodeString(encoded)
	low := hex.EncodeToString(raw)
	all := []variant{
		as(CauseValue, encoded, `without "`+alg+`="`),
		as(CauseValue, strings.ToLower(alg)+"="+encoded, "with its algorithm in lower case"),
		as(CauseValue, strings.ToUpper(alg)+"="+encoded, "with its algorithm in capital letters"),
		as(CauseHexDigest, alg+"="+low, "in hexadecimal"),
		as(CauseHexDigest, low, "in hexadecimal without its algorithm"),
		as(CauseHexDigest, alg+"="+strings.ToUpper(low), "in hexadecimal"),
		as(CauseValue, alg+"="+strings.TrimRight(encoded, "="), "without its padding"),
		as(CauseValue, alg+"="+strings.NewReplacer("+", "-", "/", "_").Replace(encoded), "in base64url"),
		as(CauseValue, alg+":"+encoded, "with a colon behind its algorithm"),
	}
	for _, name := range []string{nameSHA256, nameSHA512} {
		how := "as " + name + ", another algorithm than the header has"
		if strings.EqualFold(name, alg) { // then the one in the header is wrong
			how = "as the digest of the body, which is not the value that the header has"
		}
		all = append(all,
			as(CauseValue, Digest(name, s.request.Body), how),
			as(CauseEmptyObject, Digest(name, []byte("{}")), `as the digest of "{}"`),
			as(CauseBodyChanged, Digest(name, nil), "as the digest of an empty body"),
			as(CauseBodyChanged, Digest(name, append(slices.Clone(s.request.Body), '\n')), "as the digest of the body with a line feed behind it"))
	}

	return all
}

// permutations yields every order of the lines but the given one. The slice that
// it yields is used again.
func permutations(lines []line) iter.Seq[[]line] {
	return func(yield func([]line) bool) {
		order := slices.Clone(lines)
		state := make([]int, len(order)) // Heap's algorithm
		for i := 1; i < len(order); {
			if state[i] >= i {
				state[i] = 0
				i++

				continue
			}
			if i%2 == 0 {
				order[0], order[i] = order[i], order[0]
			} else {
				order[state[i]], order[i] = order[i], order[state[i]]
			}
			if !yield(order) {
				return
			}
			state[i]++
			i = 1
		}
	}
}
