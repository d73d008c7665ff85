package bankclient

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"fairway/internal/httpsig"
	"fairway/internal/secret"
)

// Mistake is one thing that a request gets wrong on purpose; empty is none. It is one of a fixed list, so that nobody adds
// headers of their own by it, and it is made in the sandbox only.
type Mistake string

// The mistakes.
const (
	Capitals       Mistake = "capitals"
	NoBlank        Mistake = "no-blank"
	CRLF           Mistake = "crlf"
	LastLineEnd    Mistake = "last-line-end"
	OtherOrder     Mistake = "order"
	LineLeftOut    Mistake = "line-left-out"
	NotListed      Mistake = "not-listed"
	DateSigned     Mistake = "date-signed"
	DigestOfObject Mistake = "digest-of-object"
	DigestInHex    Mistake = "digest-in-hex"
	BodyChanged    Mistake = "body-changed"
	QWACKey        Mistake = "qwac-key"
	PSS            Mistake = "pss"
	HashedTwice    Mistake = "hashed-twice"
	OtherSerial    Mistake = "other-serial"
	NotSigned      Mistake = "unsigned"
	NoUUID         Mistake = "no-uuid"
	NoAPIKey       Mistake = "no-api-key"
	NoToken        Mistake = "no-token"
	OtherToken     Mistake = "other-token"
	NoQWAC         Mistake = "no-qwac"
	NoConsentID    Mistake = "no-consent-id"
	ForeignConsent Mistake = "foreign-consent"
	NoDateFrom     Mistake = "no-date-from"
	SixAtOnce      Mistake = "six-at-once"
)

// MadeWrong is a mistake with what is known about it.
type MadeWrong struct {
	ID Mistake
	// Title is what is done, in a few words.
	Title string
	// Status and Code are what the interface documents for it.
	Status int
	Code   string
	// Cause is what an explanation of the signature names (one of httpsig's causes and codes); empty where the signature
	// is right or absent.
	Cause string
	// NoSeal says that the key of the seal is not needed for it.
	NoSeal bool

	how
}

// how a mistake is made: what is hashed, listed and signed instead. What is nil is done right.
type how struct {
	list   func(names []string) []string
	digest func(body string) string
	text   func(right string) string
}

const (
	invalid     = "SIGNATURE_INVALID"
	formatError = "FORMAT_ERROR"
)

var mistakes = []MadeWrong{
	{Capitals, "Header names in capitals in the signing string", 401, invalid, httpsig.CauseCase, false, how{text: inCapitals}},
	{NoBlank, "No blank after the colons of the signing string", 401, invalid, httpsig.CauseSeparator, false, how{text: replaced(": ", ":")}},
	{CRLF, "CR LF between the lines of the signing string", 401, invalid, httpsig.CauseLineEnd, false, how{text: replaced("\n", "\r\n")}},
	{LastLineEnd, "A line end after the last line of the signing string", 401, invalid, httpsig.CauseTrailingNewline, false, how{text: func(s string) string { return s + "\n" }}},
	{OtherOrder, "The lines in another order than they are listed", 401, invalid, httpsig.CauseOrder, false, how{text: backwards}},
	{LineLeftOut, "A listed header is missing in the signing string", 401, invalid, httpsig.CauseMissingHeader, false, how{text: firstLine}},
	{NotListed, "x-request-id is not listed and not signed", 401, invalid, httpsig.CauseMissingHeader, false, how{list: without("x-request-id")}},
	{DateSigned, "One header too many: date is listed and signed", 401, invalid, httpsig.CauseExtraHeader, false, how{list: func(n []string) []string { return append(n, "date") }}},
	{DigestOfObject, "The digest of {} instead of the body", 401, invalid, httpsig.CauseEmptyObject, false, how{digest: func(string) string { return digestOf("{}") }}},
	{DigestInHex, "The digest in hexadecimal", 401, invalid, httpsig.CauseHexDigest, false, how{digest: inHex}},
	{BodyChanged, "The body changed after it was hashed", 401, invalid, httpsig.CauseBodyChanged, false, how{}},
	{QWACKey, "Signed with the key of the QWAC", 401, invalid, httpsig.CauseWrongKey, true, how{}},
	{PSS, "RSA-PSS instead of PKCS #1 v1.5", 401, invalid, httpsig.CausePSS, false, how{}},
	{HashedTwice, "The hash is signed, and so hashed twice", 401, invalid, httpsig.CauseDoubleHash, false, how{text: hashText}},
	{OtherSerial, "Another serial number in keyId", 401, invalid, httpsig.KeyIDSerial, false, how{}},
	{NotSigned, "Not signed at all", 401, invalid, "", true, how{}},
	{NoUUID, "An X-Request-ID that is no UUID", 400, formatError, "", false, how{}},
	{NoAPIKey, "No API key", 401, "API_KEY_MISSING", "", false, how{}},
	{NoToken, "No access token", 401, "TOKEN_UNKNOWN", "", false, how{}},
	{OtherToken, "An access token of the other kind", 401, "TOKEN_INVALID", "", false, how{}},
	{NoQWAC, "No client certificate on the connection", 401, "CERTIFICATE_MISSING", "", false, how{}},
	{NoConsentID, "No Consent-ID", 400, formatError, "", false, how{}},
	{ForeignConsent, "The Consent-ID of somebody else", 400, "CONSENT_UNKNOWN", "", false, how{}},
	{NoDateFrom, "No dateFrom", 400, formatError, "", false, how{}},
	{SixAtOnce, "More requests in a second than the limit allows", 429, "RATE_LIMIT_EXCEEDED", "", false, how{}},
}

// Mistakes lists them in the order in which the door would find them, signatures first.
func Mistakes() []MadeWrong { return slices.Clone(mistakes) }

// MistakeOf finds a mistake by its id; ok is false where there is none, and for the empty one.
func MistakeOf(id string) (wrong MadeWrong, ok bool) {
	i := slices.IndexFunc(mistakes, func(w MadeWrong) bool { return string(w.ID) == id })
	if i < 0 {
		return MadeWrong{}, false
	}
	return mistakes[i], true
}

var (
	errNoMistake   = errors.New("there is no such mistake")
	errLiveMistake = errors.New("mistakes are made in the sandbox only")
)

// spoil changes what a caller chose as a mistake of it says. What is wrong with the signature is not among it.
func (r Request) spoil() (Request, error) {
	if r.Mistake == "" {
		return r, nil
	}
	if _, ok := MistakeOf(string(r.Mistake)); !ok {
		return r, errNoMistake
	}
	if r.Environment != "sandbox" {
		return r, errLiveMistake
	}
	switch r.Mistake {
	case NotSigned:
		r.Unsigned = true
	case NoToken:
		r.Bearer = ""
	case NoUUID:
		r.Headers = withParam(r.Headers, "X-Request-ID", "12345")
	case NoConsentID:
		r.Headers = withParam(r.Headers, "Consent-ID", "")
	case ForeignConsent:
		r.Headers = withParam(r.Headers, "Consent-ID", secret.UUID())
	case NoDateFrom:
		r.Query = withParam(r.Query, "dateFrom", "")
	}
	return r, nil
}

// withParam is a list with another value for a name.
func withParam(list []Param, name, value string) []Param {
	others := slices.DeleteFunc(slices.Clone(list), func(p Param) bool { return strings.EqualFold(p.Name, name) })
	return append(others, Param{name, value})
}

var spellings = strings.NewReplacer("digest:", "Digest:", "x-request-id:", "X-Request-ID:", "psu-id:", "PSU-ID:",
	"psu-corporate-id:", "PSU-Corporate-ID:", "tpp-redirect-uri:", "TPP-Redirect-URI:")

func inCapitals(text string) string { return spellings.Replace(text) }

func replaced(from, to string) func(string) string {
	return func(text string) string { return strings.ReplaceAll(text, from, to) }
}

func backwards(text string) string {
	lines := strings.Split(text, "\n")
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func without(name string) func([]string) []string {
	return func(names []string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return n == name })
	}
}

func digestOf(body string) string { return httpsig.Digest("SHA-256", []byte(body)) }

func inHex(body string) string { return "SHA-256=" + hashText(body) }
