package httpsig

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
)

const (
	emptySHA256 = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	emptySHA512 = "SHA-512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
	objectSHA   = "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=" // of {}
)

func TestDigestOfNoBodyIsTheHashOfTheEmptyString(t *testing.T) {
	t.Parallel()
	for alg, want := range map[string]string{"SHA-256": emptySHA256, "SHA-512": emptySHA512, "sha-512": emptySHA512} {
		if got := Digest(alg, nil); got != want {
			t.Errorf("Digest(%q) = %s, want %s", alg, got, want)
		}
	}
	if got := Digest("SHA-256", []byte("{}")); got != objectSHA {
		t.Errorf("digest of {} = %s, want %s", got, objectSHA)
	}
	if got, want := Digest("SHA-256", []byte(`{"hello": "world"}`)), "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="; got != want {
		t.Errorf("digest of the draft's body = %s, want %s", got, want)
	}
}

func TestADigestIsAcceptedInAnyLetterCaseOfItsAlgorithm(t *testing.T) {
	t.Parallel()
	body := []byte(`{ "test:" true }`) // not JSON: the bytes count, not their meaning
	for _, alg := range []string{"SHA-256", "sha-256", "Sha-256", "SHA-512", "sha-512"} {
		_, value, _ := strings.Cut(Digest(alg, body), "=")
		for _, name := range []string{"Digest", "digest", "DIGEST"} {
			got, err := CheckDigest(http.Header{name: {" " + alg + "=" + value + "\t"}}, body)
			if err != nil || got != strings.ToUpper(alg) {
				t.Errorf("%s: %s: %q, %v", name, alg, got, err)
			}
		}
	}
}

func TestAWrongDigestIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	body := []byte(`{"amount":"12.50"}`)
	_, right, _ := strings.Cut(Digest("SHA-256", body), "=")
	_, long, _ := strings.Cut(Digest("SHA-512", body), "=")
	raw, _ := base64.StdEncoding.DecodeString(right)
	low := hex.EncodeToString(raw)
	for _, c := range []struct{ name, value, code, says string }{
		{"empty", "", Missing, "empty"},
		{"blanks only", "  ", Missing, "empty"},
		{"no algorithm", right, DigestSyntax, "no algorithm"},
		{"MD5", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==", DigestAlgorithm, "MD5"},
		{"SHA", "SHA=2jmj7l5rSw0yVb/vlWAYkK/YBwk=", DigestAlgorithm, "only SHA-256"},
		{"SHA-1", "SHA-1=2jmj7l5rSw0yVb/vlWAYkK/YBwk=", DigestAlgorithm, "only SHA-256"},
		{"SHA-384", "SHA-384=AAAA", DigestAlgorithm, "only SHA-256"},
		{"SHA256 without its hyphen", "SHA256=" + right, DigestSyntax, "SHA-256="},
		{"colon for equals sign", "SHA-256:" + right, DigestSyntax, "SHA-256="},
		{"algorithm alone", "SHA-256", DigestSyntax, "SHA-256="},
		{"in quotation marks", `"SHA-256=` + right + `"`, DigestSyntax, "quotation marks"},
		{"several digests", "SHA-256=" + right + ",SHA-512=" + long, DigestSyntax, "exactly one"},
		{"several with a blank", "SHA-512=" + long + ", SHA-256=" + right, DigestSyntax, "exactly one"},
		{"hexadecimal", "SHA-256=" + low, DigestSyntax, "hexadecimal"},
		{"hexadecimal capitals", "SHA-256=" + strings.ToUpper(low), DigestSyntax, "hexadecimal"},
		{"base64 of hexadecimal", "SHA-256=" + base64.StdEncoding.EncodeToString([]byte(low)), DigestSyntax, "hexadecimal text"},
		{"RFC 9530", "sha-256=:" + right + ":", DigestSyntax, "RFC 9530"},
		{"base64url", "SHA-256=" + strings.Repeat("-_", 21) + "A=", DigestSyntax, "base64url"},
		{"no padding", "SHA-256=" + strings.TrimRight(right, "="), DigestSyntax, "padded"},
		{"cut off", "SHA-256=" + right[:21], DigestSyntax, "cut off"},
		{"not base64", "SHA-256=!!!!", DigestSyntax, "not base64"},
		{"stray bits", "SHA-256=" + right[:42] + "B=", DigestSyntax, "not base64"},
		{"no value", "SHA-256=", DigestSyntax, "has 0"},
		{"the other algorithm's value", "SHA-256=" + long, DigestSyntax, "32 bytes"},
		{"the other name", "SHA-512=" + right, DigestSyntax, "64 bytes"},
		{"line end inside", "SHA-256=" + right[:20] + "\n" + right[20:], ControlCharacter, "line"},
		{"folded", "SHA-256=\r\n " + right, ControlCharacter, "folded"},
		{"NUL behind", "SHA-256=" + right + "\x00", ControlCharacter, "control"},
		{"of {}", objectSHA, DigestMismatch, "SHA-256=RBNvo1Wz…"},
		{"of nothing", emptySHA256, DigestMismatch, "empty body"},
		{"of another body", Digest("SHA-256", []byte("x")), DigestMismatch, "18 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			_, err := CheckDigest(http.Header{"Digest": {c.value}}, body)

			if m := wantMistake(t, err, c.code, "Digest"); !strings.Contains(m.Text, c.says) {
				t.Errorf("text %q does not say %q", m.Text, c.says)
			}
		})
	}
}

func TestADigestMismatchShowsBothValues(t *testing.T) {
	t.Parallel()

	_, err := CheckDigest(http.Header{"Digest": {"sha-256=" + objectSHA[8:]}}, nil)

	m := wantMistake(t, err, DigestMismatch, "Digest")
	if m.Sent != objectSHA || m.Expected != emptySHA256 {
		t.Errorf("sent %s, expected %s", m.Sent, m.Expected)
	}
	if want := `You sent the digest of "{}". Without a body, hash the empty string.`; !strings.HasSuffix(m.Text, want) {
		t.Errorf("text %q does not end with %q", m.Text, want)
	}
}

func TestTheDigestHeaderMustOccurOnce(t *testing.T) {
	t.Parallel()

	_, err := CheckDigest(http.Header{}, nil)
	wantMistake(t, err, Missing, "Digest")
	_, err = CheckDigest(http.Header{"Digest": {emptySHA256, emptySHA256}}, nil)
	wantMistake(t, err, Repeated, "Digest")
	_, err = CheckDigest(http.Header{"Digest": {emptySHA256}, "digest": {emptySHA256}}, nil)
	wantMistake(t, err, Repeated, "Digest")
}

// The Guidelines print a Digest header that does not belong to the body printed
// beside it (section 12): the value that was computed over the body differs.
func TestTheStaleDigestOfTheGuidelinesIsToldFromTheRightOne(t *testing.T) {
	t.Parallel()
	const right, stale = "iXhCYo105ae/y5v/UJkQWuBe1I+mdKG0JxwU35vwsgo=", "ZuYiOtZkVxhjWmwTO5lOpsPevUNMezvk6dfb6fVhebM="
	for _, value := range []string{right, stale} {
		if raw, err := strict.DecodeString(value); err != nil || len(raw) != 32 {
			t.Fatalf("%s: %d bytes, %v", value, len(raw), err)
		}
	}

	m := wrongDigest("SHA-256", stale, right, make([]byte, 32), []byte("{\r\n}"))

	if m.Code != DigestMismatch || m.Sent != "SHA-256="+stale || m.Expected != "SHA-256="+right {
		t.Errorf("got %+v", m)
	}
}
