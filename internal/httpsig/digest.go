package httpsig

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

const (
	nameSHA256 = "SHA-256"
	nameSHA512 = "SHA-512"
)

// strict refuses base64 with stray bits; line ends are refused before it is asked.
var strict = base64.StdEncoding.Strict()

// hashed is room for one hash without an allocation.
type hashed struct {
	sum  [sha512.Size]byte
	size int
}

func (s *hashed) bytes() []byte { return s.sum[:s.size] }

// sum hashes with SHA-512 when asked to, else with SHA-256: no other hash is allowed.
func sum(h crypto.Hash, data []byte) (s hashed) {
	if h == crypto.SHA512 {
		s.sum, s.size = sha512.Sum512(data), sha512.Size

		return s
	}
	short := sha256.Sum256(data)
	s.size = copy(s.sum[:], short[:])

	return s
}

// Digest returns the value of the Digest header (RFC 3230) for a body as sent:
// the algorithm's name, "=", padded standard base64. The algorithm is "SHA-512"
// or, for every other argument, "SHA-256".
func Digest(alg string, body []byte) string {
	hash := crypto.SHA256
	if strings.EqualFold(alg, nameSHA512) {
		hash = crypto.SHA512
	}
	s := sum(hash, body)

	return digestName(hash) + "=" + base64.StdEncoding.EncodeToString(s.bytes())
}

func digestName(h crypto.Hash) string {
	if h == crypto.SHA512 {
		return nameSHA512
	}

	return nameSHA256
}

// CheckDigest compares the Digest header with the bytes of the body and returns
// the algorithm's name in capitals. It returns a *Mistake with the path Digest
// when the header is absent, repeated, malformed or of another body.
func CheckDigest(h http.Header, body []byte) (alg string, err error) {
	f := collect(h)
	alg, m := checkDigest(&f, body)
	if m != nil {
		return alg, m
	}

	return alg, nil
}

func checkDigest(f *fields, body []byte) (string, *Mistake) {
	if f.value(fieldDigest) == "" {
		return "", f.absent(fieldDigest)
	}
	if m := f.single(fieldDigest); m != nil {
		return "", m
	}
	value := f.value(fieldDigest)
	alg, encoded, _ := strings.Cut(value, "=")
	hash, m := digestAlgorithm(value, alg)
	if m != nil {
		return "", m
	}

	name := digestName(hash)
	s := sum(hash, body)
	var room [88]byte
	want := base64.StdEncoding.AppendEncode(room[:0], s.bytes())
	if encoded == string(want) {
		return name, nil
	}

	return name, wrongDigest(name, encoded, string(want), s.bytes(), body)
}

// digestAlgorithm reads the name before the "=" and says what is wrong with any
// other than the two that are allowed.
func digestAlgorithm(value, name string) (crypto.Hash, *Mistake) {
	switch {
	case strings.EqualFold(name, nameSHA256) && len(name) < len(value):
		return crypto.SHA256, several(value)
	case strings.EqualFold(name, nameSHA512) && len(name) < len(value):
		return crypto.SHA512, several(value)
	}
	const form = ` Write "SHA-256=" or "SHA-512=" and the base64 of the hash of the body.`
	switch bare := strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(name)); {
	case bare == "SHA256" || bare == "SHA512":
		return 0, mistake(DigestSyntax, "Digest", "The Digest header starts with %s.%s", shown(value, 20), form)
	case bare == "MD5" || bare == "SHA" || bare == "SHA1" || bare == "SHA384" || bare == "UNIXSUM" || bare == "UNIXCKSUM" || bare == "CRC32C":
		return 0, mistake(DigestAlgorithm, "Digest", "The Digest header uses %s; only SHA-256 and SHA-512 are accepted.%s", shown(name, 20), form)
	case strings.HasPrefix(value, `"`):
		return 0, mistake(DigestSyntax, "Digest", "The value of the Digest header is in quotation marks. Send it without them.%s", form)
	}

	return 0, mistake(DigestSyntax, "Digest", "The Digest header has no algorithm that we know in front of its value; it starts with %s.%s", shown(value, 20), form)
}

// several refuses more than one digest in the header: which of them was meant
// would be a guess.
func several(value string) *Mistake {
	if !strings.Contains(value, ",") {
		return nil
	}

	return mistake(DigestSyntax, "Digest", "The Digest header holds several digests divided by a comma. Send exactly one, SHA-256 or SHA-512.")
}

// wrongDigest says what is wrong with a value that is not the one we computed.
func wrongDigest(name, sent, want string, raw, body []byte) *Mistake {
	fix := " Send " + name + "= and the padded base64 of the " + some(len(raw), "byte", "bytes") + " of the hash."
	got, err := strict.DecodeString(sent)
	switch {
	case strings.EqualFold(sent, hex.EncodeToString(raw)) || len(sent) == 2*len(raw) && isHex(sent):
		return mistake(DigestSyntax, "Digest", "The Digest header holds the hash in hexadecimal.%s", fix)
	case strings.HasPrefix(sent, ":"):
		return mistake(DigestSyntax, "Digest", "The Digest header has colons around its value, as in RFC 9530 (Content-Digest). This interface uses RFC 3230.%s", fix)
	case err != nil && strings.ContainsAny(sent, "-_"):
		return mistake(DigestSyntax, "Digest", `The Digest header is base64url ("-" and "_"). Standard base64 has "+" and "/".%s`, fix)
	case err != nil && !strings.HasSuffix(sent, "=") && len(sent)%4 != 0:
		return mistake(DigestSyntax, "Digest", `The base64 in the Digest header is not padded with "=" or was cut off.%s`, fix)
	case err != nil:
		return mistake(DigestSyntax, "Digest", "The value in the Digest header is not base64.%s", fix)
	case len(got) == 2*len(raw) && isHex(string(got)):
		return mistake(DigestSyntax, "Digest", "The Digest header holds the base64 of the hexadecimal text of the hash. Encode the hash itself, not its text.%s", fix)
	case len(got) != len(raw):
		return mistake(DigestSyntax, "Digest", "The Digest header says %s, which has %d bytes, but its value has %d.%s", name, len(raw), len(got), fix)
	}

	return mismatch(name, sent, want, body)
}

// mismatch is the sentence for a well-formed digest of other bytes.
func mismatch(name, sent, want string, body []byte) *Mistake {
	why := "Hash the exact bytes that you send, after any reformatting of the JSON."
	switch {
	case len(body) == 0 && name+"="+sent == Digest(name, []byte("{}")):
		why = `You sent the digest of "{}". Without a body, hash the empty string.`
	case len(body) == 0:
		why = "Without a body, hash the empty string."
	case name+"="+sent == Digest(name, nil):
		why = "You sent the digest of an empty body. Hash the exact bytes that you send."
	}
	m := mistake(DigestMismatch, "Digest", "The Digest header is not the %s of the body we received (%s). You sent %s=%s, we computed %s=%s. %s",
		name, some(len(body), "byte", "bytes"), name, brief(sent), name, brief(want), why)

	return m.differs(name+"="+sent, name+"="+want)
}

// brief shows the start of a hash.
func brief(s string) string {
	if len(s) <= 9 {
		return s
	}

	return s[:8] + "…"
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}

	return s != ""
}
