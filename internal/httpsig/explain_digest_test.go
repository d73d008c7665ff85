package httpsig

import (
	"crypto"
	"strings"
	"testing"
)

func hexText(s string) string { return hashText(s, true) }

const jsonBody = `{"b":[1,2.50],"a":{"näme":"x/y <z>","empty":{}}}`

// digestCases are digests that people send instead of the right one.
var digestCases = []struct {
	name, body, digest, cause, says string
	found                           bool
}{
	{"{} for no body", "", objectSHA, CauseEmptyObject, `"{}"`, true},
	{"{} for a body", jsonBody, objectSHA, CauseEmptyObject, `"{}"`, true},
	{"nothing for a body", jsonBody, emptySHA256, CauseBodyChanged, "an empty body", true},
	{"null", "", Digest("SHA-256", []byte("null")), CauseBodyChanged, "null", true},
	{"line feed behind", jsonBody, Digest("SHA-256", []byte(jsonBody+"\n")), CauseBodyChanged, "echo", true},
	{"CR LF behind, SHA-512", jsonBody, Digest("SHA-512", []byte(jsonBody+"\r\n")), CauseBodyChanged, "CR LF", true},
	{"line feed lost", jsonBody + "\n", Digest("SHA-256", []byte(jsonBody)), CauseBodyChanged, "without the blanks and line ends around", true},
	{"CR LF for LF", "{\n}\n", Digest("SHA-256", []byte("{\r\n}\r\n")), CauseBodyChanged, "CR LF in place of LF", true},
	{"LF for CR LF", "{\r\n}\r\n", Digest("SHA-256", []byte("{\n}\n")), CauseBodyChanged, "LF in place of CR LF", true},
	{"lines joined", "{\"a\":\n\"b\"}", Digest("SHA-256", []byte(`{"a":"b"}`)), CauseBodyChanged, "curl -d", true},
	{"byte order mark", jsonBody, Digest("SHA-256", []byte("\xef\xbb\xbf"+jsonBody)), CauseBodyChanged, "byte order mark", true},
	{"ISO 8859-1", jsonBody, Digest("SHA-256", []byte(strings.ReplaceAll(jsonBody, "ä", "\xe4"))), CauseBodyChanged, "8859-1", true},
	{"indented by two", jsonBody, Digest("SHA-256", indented([]byte(jsonBody), "  ")), CauseReserialised, "indented by two blanks", true},
	{"indented by four and a line feed", jsonBody, Digest("SHA-256", append(indented([]byte(jsonBody), "    "), '\n')), CauseReserialised, "four blanks and a line feed", true},
	{"indented by tabs, SHA-512", jsonBody, Digest("SHA-512", indented([]byte(jsonBody), "\t")), CauseReserialised, "tabs", true},
	{"compact", string(indented([]byte(jsonBody), "  ")), Digest("SHA-256", []byte(jsonBody)), CauseReserialised, "without blanks", true},
	{"Python", jsonBody, Digest("SHA-256", []byte(`{"b": [1, 2.50], "a": {"n\u00e4me": "x/y <z>", "empty": {}}}`)), CauseReserialised, `\u escapes`, true},
	{"PHP", jsonBody, Digest("SHA-256", []byte(`{"b":[1,2.50],"a":{"näme":"x\/y <z>","empty":{}}}`)), CauseReserialised, `\/`, true},
	{"sorted", jsonBody, Digest("SHA-256", []byte(`{"a":{"empty":{},"näme":"x/y <z>"},"b":[1,2.50]}`)), CauseReserialised, "sorted keys", true},
	{"Go", jsonBody, Digest("SHA-256", []byte(`{"a":{"empty":{},"näme":"x/y \u003cz\u003e"},"b":[1,2.50]}`)), CauseReserialised, "sorted keys", true},
	{"Jackson", `{"a":1}`, Digest("SHA-256", []byte("{\n  \"a\" : 1\n}")), CauseReserialised, "before the colons", true},
	{"hexadecimal", jsonBody, "SHA-256=" + hexText(jsonBody), CauseHexDigest, "hexadecimal", true},
	{"base64 of hexadecimal", jsonBody, "SHA-256=" + b64([]byte(hexText(jsonBody))), CauseHexDigest, "hexadecimal", true},
	{"wrong name", jsonBody, "SHA-512=" + Digest("SHA-256", []byte(jsonBody))[8:], CauseWrongAlgorithm, "names SHA-512, but its value is the SHA-256", true},
	{"hash of the hash", jsonBody, Digest("SHA-256", []byte(hashText(jsonBody, false))), CauseDoubleHash, "of a hash of the body", true},
	{"hash of the text of the hash", jsonBody, Digest("SHA-256", []byte(hexText(jsonBody))), CauseDoubleHash, "hexadecimal text", true},
	{"another body", jsonBody, Digest("SHA-256", []byte("x")), CauseBodyChanged, "Hash the exact bytes that you send", false},
	{"not JSON", `{ "test:" true }`, Digest("SHA-256", []byte("x")), CauseBodyChanged, "16 bytes", false},
	{"MD5", jsonBody, "MD5=AAAA", DigestAlgorithm, "MD5", true},
	{"unpadded", jsonBody, strings.TrimRight(Digest("SHA-256", []byte(jsonBody)), "="), DigestSyntax, "padded", true},
}

func TestExplainRecognisesTheDigest(t *testing.T) {
	t.Parallel()
	s := newSeal(t, 2048)
	for _, c := range digestCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newRequest()
			if _, err := seal(h, c.digest, s.cert, s.key, crypto.SHA256); err != nil {
				t.Fatal(err)
			}

			e := Explain(h, []byte(c.body), s.cert)

			wantExplanation(t, e, c.cause, c.says)
			if e.Path != "Digest" || e.Found != c.found {
				t.Errorf("path %s, found %v", e.Path, e.Found)
			}
		})
	}
}
