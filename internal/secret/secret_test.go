package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"fairway/internal/secret"
)

const canary = "sbx_sk_CANARYcanaryCANARYcanaryCANARYcanaryCANARYc"

type wrapped struct {
	Name   string
	Secret secret.Text
	List   []secret.Text
	Map    map[string]secret.Text
	Inner  *wrapped
}

// printed are all the ways in which a value usually gets into a log, an answer or an error by accident.
func printed(t *testing.T, value any) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%10.3v"} {
		out["fmt "+verb] = fmt.Sprintf(verb, value)
	}
	out["print"] = fmt.Sprint("a", value)
	out["error"] = fmt.Errorf("open %v: %w", value, errors.New("no")).Error()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out["json"] = string(body)
	var text, lines, page bytes.Buffer
	slog.New(slog.NewJSONHandler(&lines, nil)).Info("x", "value", value, slog.Group("g", "value", value))
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "value", value, slog.Any("other", value))
	out["slog json"], out["slog text"] = lines.String(), text.String()
	if err := template.Must(template.New("").Parse("{{.}}")).Execute(&page, value); err != nil {
		t.Fatal(err)
	}
	out["template"] = page.String()
	return out
}

// betray finds the canary as it is, or in hexadecimal or decimal bytes.
var betray = regexp.MustCompile(`(?i)canary|4341 ?4e41|43 41 4e 41|67 65 78 65`)

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	t.Parallel()
	text := secret.Text(canary)
	deep := &wrapped{Name: "n", Secret: text, List: []secret.Text{text}, Map: map[string]secret.Text{"k": text}}
	for name, value := range map[string]any{
		"a secret": text, "a pointer to one": &text, "a list": []secret.Text{text}, "a struct": *deep, "a deep struct": wrapped{Inner: deep},
	} {
		for way, got := range printed(t, value) {
			if betray.MatchString(got) {
				t.Errorf("%s by %s shows %s", name, way, got)
			}
			if name == "a secret" && !strings.Contains(got, "[secret]") {
				t.Errorf("%s by %s prints %s, want [secret]", name, way, got)
			}
		}
	}
	for _, verb := range []string{"%s", "%q", "%x", "% x", "%X", "%d", "%c", "%t", "%e", "%U", "%#q", "%z"} { // most of them by mistake
		if got := fmt.Sprintf(verb, text); got != "[secret]" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	type page struct{ Secret secret.Text }
	if body, err := xml.Marshal(page{text}); err != nil || betray.Match(body) {
		t.Errorf("xml shows %s", body)
	}
}

func TestNoWayOfPrintingShowsTheKeys(t *testing.T) {
	t.Parallel()
	ring, err := secret.ParseRing("k1:Q0FOQVJZY2FuYXJ5Q0FOQVJZY2FuYXJ5Q0FOQVJZYmM=")
	if err != nil {
		t.Fatal(err)
	}

	for name, value := range map[string]any{"a ring": ring, "a struct": struct{ Keys *secret.Ring }{ring}} {
		for way, got := range printed(t, value) {
			if betray.MatchString(got) || strings.Contains(got, "Q0FO") {
				t.Errorf("%s by %s shows %s", name, way, got)
			}
		}
	}
}

func TestASecretIsNotStoredAsItIs(t *testing.T) {
	t.Parallel()
	if v, err := secret.Text(canary).Value(); v != nil || !errors.Is(err, secret.ErrClear) {
		t.Errorf("%v, %v", v, err)
	}
	if secret.Text(canary).Reveal() != canary {
		t.Error("Reveal does not reveal")
	}
}

func TestTokensAndNamesAreRandomAndHaveTheirPrefix(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^app_[0-9a-hjkmnp-tv-z]{26}$`)
	token := regexp.MustCompile(`^sbx_sk_[A-Za-z0-9_-]{43}$`)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		a, b, c := secret.ID("app"), secret.Token("sbx_sk_").Reveal(), secret.UUID()
		if !id.MatchString(a) || !token.MatchString(b) || !uuid.MatchString(c) {
			t.Fatal(a, b, c)
		}
		if seen[a] || seen[b] || seen[c] {
			t.Fatal("twice")
		}
		seen[a], seen[b], seen[c] = true, true, true
	}
}

func TestAHashIsSHA256InHexadecimal(t *testing.T) {
	t.Parallel()
	if got := secret.Hash("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
}

func TestEqualComparesWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{{"", "", true}, {"a", "a", true}, {"a", "b", false}, {"a", "aa", false}, {"", "a", false}, {"A", "a", false}} {
		if secret.Equal(c.a, c.b) != c.want {
			t.Errorf("Equal(%q, %q) is not %v", c.a, c.b, c.want)
		}
	}
}

func TestAHintIsTheEndOfALongSecretAlone(t *testing.T) {
	t.Parallel()
	for in, want := range map[secret.Text]string{"": "", "short": "", "elevenchars": "", "twelve chars": "hars", canary: "ARYc"} {
		if got := secret.Hint(in); got != want {
			t.Errorf("the hint of %d characters is %q, want %q", len(in), got, want)
		}
	}
}

func TestReducingKeepsTheKindAndFourCharacters(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "…", "a": "…", "sbx_sk_short": "…", "password1234": "…", "sbx_sk_01234567890": "…",
		canary: "sbx_sk_CANA…",
		// The random part holds underscores as well: they do not belong to the prefix.
		"sbx_sk_a_bc_0123456789abcdefghijklmnop":   "sbx_sk_a_bc…",
		"fwy_ÄÖÜ0123456789abcdef":                  "fwy_ÄÖ…",
		"fwy_xÄÖÜ0123456789abcdef":                 "fwy_xÄ…",
		"live_ak_0123456789abcdefghijklmnopqrst":   "live_ak_0123…",
		"fwy_0123456789abcdefghijklm":              "fwy_0123…",
		"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.sig": "eyJh…",
		"ÄÖÜäöü0123456789abcdefghij":               "ÄÖ…",
		"xÄÖÜäöü0123456789abcdefghij":              "xÄ…",
	} {
		if got := secret.Reduce(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestReducingATokenShowsAtMostFourRandomCharacters(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"sbx_sk_", "sbx_ak_", "live_sk_", "sbx_at_", "fwy_"} {
		for range 3000 {
			token := secret.Token(prefix).Reveal()
			got := strings.TrimSuffix(secret.Reduce(token), "…")
			if !strings.HasPrefix(token, got) || len(got) > len(prefix)+4+3 || (strings.Count(prefix, "_") == 2 && len(got) != len(prefix)+4) {
				t.Fatalf("%s becomes %s", token, got)
			}
		}
	}
}

func TestACodeIsReadBackHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	for range 200 {
		code := secret.Code()
		plain := strings.ReplaceAll(code.Reveal(), "-", "")
		if len(code.Reveal()) != 19 || len(plain) != 16 || strings.ContainsAny(plain, "ilou") {
			t.Fatalf("%q is not four groups of four", code.Reveal())
		}

		for _, typed := range []string{code.Reveal(), plain, strings.ToUpper(plain), " " + plain[:5] + "  " + plain[5:] + " ", strings.NewReplacer("0", "O", "1", "l").Replace(plain)} {
			if got, ok := secret.ReadCode(typed); !ok || got != code {
				t.Errorf("%q is read as %q, %v", typed, got.Reveal(), ok)
			}
		}
	}
}

func TestWhatIsNoCodeIsNotReadAsOne(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"", "0", "0123456789abcde", "0123456789abcdefg", "0123456789abcdeu", "0123456789abcde\n", "0123456789abcdé", strings.Repeat("0", 1000), strings.Repeat(" ", 60) + "01234"} {
		if got, ok := secret.ReadCode(typed); ok || got != "" {
			t.Errorf("%q is read as %q", typed, got.Reveal())
		}
	}
}
