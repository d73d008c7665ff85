package possession

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fairway/internal/qcert"
	"fairway/internal/secret"
)

func TestATextIsOneLineThatNamesEverything(t *testing.T) {
	t.Parallel()

	got, err := sampleText().Line()

	want := "FAIRWAY-POP;v=1;aud=portal.example;org=org_7zk3m9q2x8b4t6v1c5n0d7f2g3;slot=live-seal;cert=" + strings.Repeat("0a", 32) +
		";nonce=" + strings.Repeat("A", 43) + ";exp=2026-11-28T12:00:00Z"
	if err != nil || got != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
}

func TestATextIsReadBack(t *testing.T) {
	t.Parallel()
	written := sampleText()
	written.Audience, written.Organisation = "localhost:8080", secret.ID("org")
	written.Nonce = secret.Token("").Reveal()
	written.Expires = time.Date(2026, 11, 28, 14, 0, 0, 123, time.FixedZone("EET", 2*60*60))
	line, err := written.Line()
	must(t, err)

	read, err := Parse(line)

	written.Expires = noon.Add(Lifetime)
	if err != nil || read != written {
		t.Errorf("%v: %+v, want %+v", err, read, written)
	}
}

func TestAValueThatDoesNotFitIsNotWritten(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(*Text){
		"no host":                    func(x *Text) { x.Audience = "" },
		"a host with a path":         func(x *Text) { x.Audience = "portal.example/x" },
		"a host in capitals":         func(x *Text) { x.Audience = "Portal.example" },
		"a field in the host":        func(x *Text) { x.Audience = "a;org=b" },
		"a field in the id":          func(x *Text) { x.Organisation = "a;slot=b" },
		"a blank in the id":          func(x *Text) { x.Organisation = "a b" },
		"a line end in the id":       func(x *Text) { x.Organisation = "a\n" },
		"a thumbprint in capitals":   func(x *Text) { x.Seal = strings.ToUpper(x.Seal) },
		"half a thumbprint":          func(x *Text) { x.Seal = x.Seal[:32] },
		"a short nonce":              func(x *Text) { x.Nonce = x.Nonce[1:] },
		"a nonce of 257 bits":        func(x *Text) { x.Nonce = x.Nonce[1:] + "B" },
		"a nonce in standard base64": func(x *Text) { x.Nonce = "+" + x.Nonce[1:] },
		"a year of five digits":      func(x *Text) { x.Expires = x.Expires.AddDate(10_000, 0, 0) },
	} {
		text := sampleText()
		change(&text)

		line, err := text.Line()

		if !errors.Is(err, ErrText) || line != "" {
			t.Errorf("%s: %q, %v", what, line, err)
		}
	}
}

func TestALineThatIsNotOursIsNotRead(t *testing.T) {
	t.Parallel()
	good := challenge(t)
	for what, line := range map[string]string{
		"empty":                 "",
		"a line end":            good + "\n",
		"a blank in front":      " " + good,
		"another prefix":        strings.Replace(good, "FAIRWAY", "FAIRWAX", 1),
		"another version":       strings.Replace(good, "v=1", "v=2", 1),
		"another slot":          strings.Replace(good, "live-seal", "live-qwac", 1),
		"another order":         strings.Replace(good, "v=1;aud=portal.example", "aud=portal.example;v=1", 1),
		"a field twice":         good + ";exp=2026-11-28T12:00:00Z",
		"a day that is none":    strings.Replace(good, "11-28", "02-30", 1),
		"a time with an offset": strings.Replace(good, "00Z", "00+02:00", 1),
		"far too long":          good + strings.Repeat("x", 1<<20),
	} {
		if got, err := Parse(line); !errors.Is(err, ErrText) || got != (Text{}) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestATextExpiresAndNamesOneCertificate(t *testing.T) {
	t.Parallel()
	seal, other := of(nil), of(nil)
	other.Raw = []byte("another certificate")
	text := sampleText()
	text.Seal = qcert.Thumbprint(seal)

	if text.Expired(text.Expires.Add(-time.Second)) || !text.Expired(text.Expires) {
		t.Error("it does not expire at its instant")
	}
	if !text.Names(seal) || text.Names(other) {
		t.Error("it does not name its certificate alone")
	}
}
