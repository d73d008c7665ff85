package search_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"fairway/internal/search"
)

var entries = []search.Entry{
	{Group: "Documentation", Title: "Message signing", Section: "1. Digest", Href: "/docs/signing#digest", Body: "Hash the bytes of the body. The header Digest holds SHA-256 in base64."},
	{Group: "Documentation", Title: "Message signing", Section: "3. Signature", Href: "/docs/signing#signature", Body: "Sign the string with the key of your QC eSeal. SIGNATURE_INVALID comes when it does not verify."},
	{Group: "Documentation", Title: "Rate limits", Href: "/docs/limits", Body: "Requests a second and a day. Retry-After says when to try again."},
	{Group: "Documentation", Title: "Example flow", Section: "2. A consent", Href: "/docs/flow#consent", Body: `{"recurringIndicator":true,"frequencyPerDay":4} asks for a consent.`},
	{Group: "Codes", Title: "SIGNATURE_INVALID", Href: "/docs/errors/SIGNATURE_INVALID", Names: []string{"SIGNATURE_INVALID"}, Body: "The signature does not verify."},
	{Group: "Codes", Title: "SIGNATURE_MISSING", Href: "/docs/errors/SIGNATURE_MISSING", Names: []string{"SIGNATURE_MISSING"}, Body: "A header is missing."},
	{Group: "Headers", Title: "TPP-Signature-Certificate", Href: "/docs/signing#certificate", Names: []string{"TPP-Signature-Certificate"}, Body: "Your QC eSeal in base64."},
	{Group: "Headers", Title: "Signature", Href: "/docs/signing#signature", Names: []string{"Signature"}, Body: "Who signed, and how."},
	{Group: "Terms", Title: "Käyttäjä", Href: "/docs/terms#psu", Names: []string{"PSU"}, Body: "The bank’s customer, naïve or not."},
}

func TestWhatWasTypedFindsThePlaceThatIsMeant(t *testing.T) {
	t.Parallel()
	x := search.New(entries)
	for typed, first := range map[string]string{
		"SIGNATURE_INVALID":         "/docs/errors/SIGNATURE_INVALID",
		"signature_invalid":         "/docs/errors/SIGNATURE_INVALID",
		"signature invalid":         "/docs/errors/SIGNATURE_INVALID",
		"why SIGNATURE_INVALID?":    "/docs/errors/SIGNATURE_INVALID",
		"tpp-signature-certificate": "/docs/signing#certificate",
		"TPP Signature Certificate": "/docs/signing#certificate",
		"Signature":                 "/docs/signing#signature",
		"frequencyPerDay":           "/docs/flow#consent",
		"frequency":                 "/docs/flow#consent",
		"rate limit":                "/docs/limits",
		"rate lim":                  "/docs/limits",
		"retry-after":               "/docs/limits",
		"digset":                    "/docs/signing#digest",
		"digst":                     "/docs/signing#digest",
		"kayttaja":                  "/docs/terms#psu",
		"KÄYTTÄJÄ":                  "/docs/terms#psu",
		"psu":                       "/docs/terms#psu",
		"how do I send the digest":  "/docs/signing#digest",
		`{"tppMessages":[{"category":"ERROR","code":"SIGNATURE_MISSING","path":"Signature"}]}`: "/docs/errors/SIGNATURE_MISSING",
	} {
		got := x.Find(typed, 10)

		if len(got) == 0 || got[0].Href != first {
			t.Errorf("%q finds %v, want %s first", typed, hrefs(got), first)
		}
	}
}

func hrefs(list []search.Result) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.Href)
	}
	return out
}

func TestWhatNobodyWroteIsNotFound(t *testing.T) {
	t.Parallel()
	x := search.New(entries)
	for _, typed := range []string{"", "   ", "???", "zebra", "zeb", "\x00\xff", strings.Repeat("q", 5000)} {
		if got := x.Find(typed, 10); len(got) > 0 {
			t.Errorf("%.40q finds %v", typed, hrefs(got))
		}
	}
	if got := search.New(nil).Find("digest", 10); len(got) != 0 {
		t.Errorf("an empty index finds %v", hrefs(got))
	}
}

func TestAnEntryWithAllWordsHidesThoseWithSome(t *testing.T) {
	t.Parallel()
	x := search.New(entries)

	both, one := hrefs(x.Find("hash bytes", 10)), hrefs(x.Find("hash zebra", 10))

	if len(both) != 1 || both[0] != "/docs/signing#digest" {
		t.Errorf("both words find %v", both)
	}
	if len(one) != 1 || one[0] != "/docs/signing#digest" {
		t.Errorf("one word of two finds %v", one)
	}
}

func TestASnippetShowsWhereTheWordsStand(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("before ", 60) + "the needle stands here " + strings.Repeat("after ", 60)
	x := search.New([]search.Entry{{Title: "Long", Href: "/long", Body: long}, {Title: "Bytes", Href: "/bytes", Body: strings.Repeat("ä", 900) + " thread"}})

	snippet := x.Find("needles", 1)[0].Snippet

	text, marked := "", ""
	for _, s := range snippet {
		text += s.Text
		if s.Hit {
			marked += s.Text
		}
	}
	if marked != "needle" || len(text) > 260 || !strings.HasPrefix(text, "… ") || !strings.HasSuffix(text, " …") {
		t.Errorf("marked %q in %q", marked, text)
	}
	for _, s := range x.Find("thread", 1)[0].Snippet {
		if !utf8.ValidString(s.Text) {
			t.Errorf("a letter was cut: %q", s.Text)
		}
	}
}

func TestAQueryIsBounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  two\n words ":                       "two words",
		strings.Repeat("a ", 60):               strings.TrimSpace(strings.Repeat("a ", search.MaxWords)),
		strings.Repeat("é", 300):               strings.Repeat("é", search.MaxQuery),
		`{"error" : "invalid_grant", "x": "y"`: "invalid_grant",
		strings.Repeat(`"code":"`, 9000):       "",
	} {
		if got := search.Clean(text); want != "" && got != want || utf8.RuneCountInString(got) > search.MaxQuery {
			t.Errorf("%.30q becomes %q", text, got)
		}
	}
}

func TestTenThousandSpoiledQueriesAreAnswered(t *testing.T) {
	t.Parallel()
	x := search.New(entries)
	random := rand.New(rand.NewPCG(1, 2))
	seeds := []string{"SIGNATURE_INVALID", "TPP-Signature-Certificate", "frequencyPerDay", "how do I send the digest", `{"code":"TOKEN_INVALID"}`, "Käyttäjä"}
	for range 10_000 {
		text := []byte(seeds[random.IntN(len(seeds))])
		for range 1 + random.IntN(6) {
			at := random.IntN(len(text))
			switch random.IntN(3) {
			case 0:
				text[at] = byte(random.IntN(256))
			case 1:
				text = append(text[:at], append([]byte(seeds[random.IntN(len(seeds))]), text[at:]...)...)
			default:
				text = append(text[:at], text[at:]...)
			}
		}
		if got := x.Find(string(text), 5); len(got) > 5 {
			t.Fatalf("%q finds %d", text, len(got))
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"", "digest", "SIGNATURE_INVALID", "frequencyPerDay", "-_-", "a_-b", `{"code":"X_Y"}`, "\xff\xfe", "ÅÄÖ ß", strings.Repeat("x-", 400)} {
		f.Add(seed, "a body with digest and SIGNATURE_INVALID")
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		x := search.New([]search.Entry{{Title: text, Body: body, Names: []string{text}}, {Title: "digest", Body: text}})
		for _, r := range x.Find(text, 3) {
			whole := ""
			for _, s := range r.Snippet {
				whole += s.Text
			}
			if utf8.RuneCountInString(whole) > 400 {
				t.Errorf("a snippet of %d characters", utf8.RuneCountInString(whole))
			}
		}
	})
}

// BenchmarkFind looks eight words up in an index as large as ours: 1,500 entries of 80 words.
func BenchmarkFind(b *testing.B) {
	random := rand.New(rand.NewPCG(3, 4))
	word := func() string {
		letters := make([]byte, 4+random.IntN(6))
		for i := range letters {
			letters[i] = byte('a' + random.IntN(26))
		}
		return string(letters)
	}
	vocabulary := make([]string, 6000)
	for i := range vocabulary {
		vocabulary[i] = word()
	}
	list := make([]search.Entry, 1500)
	for i := range list {
		text := make([]string, 80)
		for k := range text {
			text[k] = vocabulary[random.IntN(len(vocabulary))]
		}
		list[i] = search.Entry{Title: text[0], Section: text[1], Body: strings.Join(text, " ")}
	}
	x := search.New(list)
	for b.Loop() {
		x.Find("alpha bravo charlie signature digest certificate consents ac", 40)
	}
}
