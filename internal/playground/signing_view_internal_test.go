package playground

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"fairway/internal/bankclient"
	"fairway/web/templates/ui"
)

func signedExchange(body, digest, text string) bankclient.Exchange {
	return bankclient.Exchange{Body: body, Digest: digest, SigningString: text, Headers: []bankclient.Header{
		{Name: "X-Request-ID", Value: "99391c7e-ad88-49ec-a2ad-99ddcb1f7721", By: bankclient.ByPlayground}, {Name: "Digest", Value: digest, By: bankclient.ByPlayground},
		{Name: "PSU-ID", Value: "1345620", By: bankclient.ByYou}}}
}

func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

func valueOf(facts []ui.KV, key string) string {
	for _, f := range facts {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

func TestASigningStringIsTakenApart(t *testing.T) {
	t.Parallel()
	text := "digest: " + digestOf(`{"a":1}`) + "\nx-request-id: 99391c7e-ad88-49ec-a2ad-99ddcb1f7721\npsu-id: 1345620"

	v := signingView("x", signedExchange(`{"a":1}`, digestOf(`{"a":1}`), text))

	if v.Text.Text != text || len(v.Lines) != 3 || valueOf(v.Facts, "Length") != "127 bytes" || len(text) != 127 {
		t.Fatalf("%+v, of %d bytes", v, len(text))
	}
	for i, want := range []struct{ name, value, by, rule string }{
		{"1. digest", digestOf(`{"a":1}`), "the playground for you", "Every request signs it."},
		{"2. x-request-id", "99391c7e-ad88-49ec-a2ad-99ddcb1f7721", "the playground for you", "Every request signs it."},
		{"3. psu-id", "1345620", "you", "Signed because the request has this header."},
	} {
		if l := v.Lines[i]; l.Number+l.Name != want.name || l.Value != want.value || l.By != want.by || !strings.HasPrefix(l.Purpose, want.rule) {
			t.Errorf("line %d: %+v", i+1, l)
		}
	}
	var bytes []byte
	for line := range strings.Lines(v.Bytes.Text) {
		row, err := hex.DecodeString(strings.ReplaceAll(line[6:29], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		bytes = append(bytes, row...)
	}
	if string(bytes) != text || !strings.HasPrefix(v.Bytes.Text, "0000: 64 69 67 65 73 74 3a 20  digest: \n0008: 53 ") || !strings.HasSuffix(v.Bytes.Text, "\n0078: 31 33 34 35 36 32 30     1345620") {
		t.Errorf("the bytes are %q of\n%s", bytes, v.Bytes.Text)
	}
}

func TestTheDigestIsWorkedOutOfTheBody(t *testing.T) {
	t.Parallel()
	right := signingView("x", signedExchange("", digestOf(""), "digest: "+digestOf(""))).Digest
	wrong := signingView("x", signedExchange(`{"a":1}`, digestOf("{}"), "digest: "+digestOf("{}"))).Digest

	if !strings.HasPrefix(valueOf(right, "Body"), "None") || valueOf(right, "SHA-256, 32 bytes in hex") != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" ||
		valueOf(right, "With the algorithm in front") != "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" || valueOf(right, "What was sent instead") != "" {
		t.Errorf("without a body: %+v", right)
	}
	if valueOf(wrong, "With the algorithm in front") != digestOf(`{"a":1}`) || valueOf(wrong, "What was sent instead") != digestOf("{}") {
		t.Errorf("with the digest of another body: %+v", wrong)
	}
}

func TestWhatWasSignedByMistakeIsTakenApartToo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"X-Request-ID: 1\r\nDigest: 2\n":       {"1. X-Request-ID=1␍: Every request", "2. Digest=2: Every request", "3. nothing=: A line feed"},
		"digest:2\npsu-id: 3\ndate: 4":         {"1. digest=2: Every request", "2. psu-id=3: Signed because", "3. date=4: Does not belong"},
		strings.Repeat("0a", 32) + "\nhost: x": {"1. no name=" + strings.Repeat("0a", 32) + ": This is no line", "2. host=x: Does not belong"},
	} {
		lines := signingView("x", signedExchange("", "", text)).Lines
		if len(lines) != len(want) {
			t.Errorf("%q: %d lines", text, len(lines))
			continue
		}
		for i, l := range lines {
			if got := l.Number + l.Name + "=" + l.Value + ": " + l.Purpose; !strings.HasPrefix(got, want[i]) {
				t.Errorf("%q: line %d is %q, want %q", text, i+1, got, want[i])
			}
		}
	}
	if signingView("x", bankclient.Exchange{}) != nil {
		t.Error("nothing was signed, and something is taken apart")
	}
}
