package callview

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"fairway/internal/calls"
	"fairway/internal/secret"
)

// removed stands where something was taken out.
const removed = "(removed)"

// shortestValue is how long a header's value must be to be taken out wherever else it stands: shorter ones are words.
const shortestValue = 4

// Shared is a call as strangers may see it: without tokens, keys, certificates, full card numbers, IBANs, the customer's
// id and addresses, wherever they stand. Which app and which certificate sent it is left out as well.
func Shared(call calls.Call) calls.Call {
	d := call.Detail
	s := scrubber{values: personal(d.RequestHeaders)}
	call.AppID, call.OrganisationID = "", ""
	call.Path, call.RequestID, call.Code = s.text(call.Path), s.text(call.RequestID), s.text(call.Code)
	call.Detail = calls.Detail{
		RequestHeaders: s.headers(d.RequestHeaders), ResponseHeaders: s.headers(d.ResponseHeaders), RequestBody: s.text(d.RequestBody), ResponseBody: s.text(d.ResponseBody),
		Truncated: d.Truncated, SigningString: s.lines(d.SigningString), Reason: s.text(d.Reason), ErrorPath: s.text(d.ErrorPath), TLSVersion: d.TLSVersion, Repeated: d.Repeated,
	}
	for _, step := range d.Steps {
		step.Text = s.text(step.Text)
		if step.Name == "Certificate" || step.Name == "API key" {
			step.Text = withoutName(step)
		}
		call.Detail.Steps = append(call.Detail.Steps, step)
	}
	return call
}

// withoutName is the text of a step that names an app or a TPP where it passed; a refusal is what support is asked about.
func withoutName(s calls.Step) string {
	if s.Verdict == calls.Passed && s.Text != "" {
		return "Whose it is was " + leftOut + "."
	}
	return s.Text
}

// hidden are the headers whose value is never shown, in small letters, beside those that carry secrets. All that begins with
// psu- is of a person.
var hidden = []string{"tpp-signature-certificate", "forwarded", "x-forwarded-for", "x-real-ip", "tpp-redirect-uri"}

func isHidden(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "psu-") || slices.Contains(hidden, name) || secret.NamesHeader(name)
}

// personal are the values of a person's headers in small letters, the longest first, so that none is left in halves.
func personal(headers [][2]string) []string {
	var values []string
	for _, h := range headers {
		if value := strings.TrimSpace(h[1]); len(value) >= shortestValue && strings.HasPrefix(strings.ToLower(h[0]), "psu-") {
			values = append(values, smallLetters(value))
		}
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	return values
}

// scrubber takes out what is secret or of a person. Values are what is known to be.
type scrubber struct{ values []string }

func (s scrubber) headers(kept [][2]string) [][2]string {
	out := make([][2]string, 0, len(kept))
	for _, h := range kept {
		value := s.text(h[1])
		if isHidden(h[0]) {
			value = removed
		}
		out = append(out, [2]string{s.text(h[0]), value})
	}
	return out
}

// lines is a signing string: a header on each line.
func (s scrubber) lines(text string) string {
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if name, _, found := strings.Cut(line, ":"); found && isHidden(strings.TrimSpace(name)) {
			lines[i] = name + ": " + removed
			continue
		}
		lines[i] = s.text(line)
	}
	return strings.Join(lines, "\n")
}

var (
	// token is a secret of ours, whole or cut off, or a token in three parts (RFC 7519).
	token = regexp.MustCompile(`(?:sbx|live)_[a-z]{2}_[A-Za-z0-9_-]*…?|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`)
	// bearer is what follows a scheme in a text.
	bearer = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`)
	// key is anything in PEM, and the base64 of a certificate or a key: a DER sequence of more than 127 bytes.
	key = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]+-----[^-]*(?:-----END [A-Z0-9 ]+-----)?|\bMI[A-Z][A-Za-z0-9+/\\]{38,}=*`)
	// iban is an IBAN (ISO 13616) in one piece or in groups of four; in small letters it has to fit its check digits.
	iban      = regexp.MustCompile(`(?:\b|_)[A-Z]{2}[0-9]{2}(?:[ +]?[A-Z0-9]{4}){2,7}(?:[ +]?[A-Z0-9]{1,4})?(?:\b|_)`)
	smallIBAN = regexp.MustCompile(`[a-z]{2}[0-9]{2}(?:[ +]?[a-z0-9]{4}){2,7}(?:[ +]?[a-z0-9]{1,4})?`)
	// card is a card number in one run, whatever it touches, or in groups; what is masked has stars in it and stays.
	card = regexp.MustCompile(`[0-9]{13,19}|(?:\b|_)[0-9](?:[ +-]?[0-9]){12,18}(?:\b|_)`)
	// address may be an address of the internet protocol; netip decides.
	address = regexp.MustCompile(`(?:\b|_)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:\b|_)|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\.[0-9]{1,3}){3})?`)
	// person is a member of JSON or a parameter that names the customer.
	person = regexp.MustCompile(`(?i)("?psu[-_]?(?:id|corporate[-_]?id|ip[-_]?address)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s&,}"]+)`)
)

func (s scrubber) text(text string) string { return s.within(text, layers) }

// within looks through so many codings.
func (s scrubber) within(text string, deep int) string {
	if text == "" {
		return ""
	}
	return s.unveiled(s.plain(text), deep)
}

func (s scrubber) plain(text string) string {
	text = withoutValues(text, s.values)
	text = person.ReplaceAllString(text, "${1}"+removed)
	text = key.ReplaceAllString(text, removed)
	text = token.ReplaceAllString(text, removed)
	text = bearer.ReplaceAllString(text, "$1 "+removed)
	text = iban.ReplaceAllString(text, removed)
	text = smallIBAN.ReplaceAllStringFunc(text, func(found string) string {
		if ibanFits(found) {
			return removed
		}
		return found
	})
	text = card.ReplaceAllString(text, removed)
	return address.ReplaceAllStringFunc(text, func(found string) string {
		if _, err := netip.ParseAddr(strings.Trim(found, "_")); err != nil {
			return found
		}
		return removed
	})
}
