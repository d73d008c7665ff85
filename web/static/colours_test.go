package static

import (
	"regexp"
	"strings"
	"testing"
)

// token values of portal.css, on light and on dark ground.
type scheme map[string]string

func readTokens(t *testing.T) (plain, light, dark scheme) {
	t.Helper()
	plain, light, dark = scheme{}, scheme{}, scheme{}
	css := string(assets["portal.css"].plain)
	for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(css, -1) {
		plain[m[1]] = long(m[2])
	}
	for _, m := range regexp.MustCompile(`--([\w-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)`).FindAllStringSubmatch(css, -1) {
		light[m[1]], dark[m[1]] = long(m[2]), long(m[3])
	}
	if len(light) < 30 {
		t.Fatalf("found %d tokens", len(light))
	}
	return plain, light, dark
}

// long writes #abc as #aabbcc.
func long(colour string) string {
	if len(colour) != 4 {
		return colour
	}
	return "#" + strings.Repeat(colour[1:2], 2) + strings.Repeat(colour[2:3], 2) + strings.Repeat(colour[3:4], 2)
}

func TestEveryTextCanBeReadOnItsGround(t *testing.T) {
	t.Parallel()
	_, light, dark := readTokens(t)
	pairs := map[string]float64{
		"on-accent/accent": 4.5, "on-accent/accent-hover": 4.5, "on-sandbox/sandbox": 4.5, "on-live/live": 4.5, "on-danger/danger": 4.5,
		"sandbox/sandbox-subtle": 4.5, "bg/success": 4.5,
		"border-strong/bg": 3, "border-strong/bg-subtle": 3, "border-strong/surface": 3,
		"focus/bg": 3, "focus/bg-subtle": 3, "focus/bg-sunken": 3, "focus/surface": 3, "focus/accent-subtle": 3,
	}
	for _, text := range []string{"text", "muted", "faint", "link"} {
		for _, ground := range []string{"bg", "bg-subtle", "bg-sunken", "surface"} {
			pairs[text+"/"+ground] = 4.5
		}
	}
	for _, tone := range []string{"success", "warning", "danger", "info", "accent", "sandbox"} {
		for _, text := range []string{tone, "text", "muted"} {
			pairs[text+"/"+tone+"-subtle"] = 4.5
		}
		pairs[tone+"/bg"], pairs[tone+"/surface"] = 4.5, 4.5
	}
	for _, token := range []string{"syn-key", "syn-str", "syn-num", "syn-kw", "syn-fn", "syn-com"} {
		pairs[token+"/bg-subtle"] = 4.5
	}
	for _, ground := range []string{"diff-add", "diff-del", "diff-add-2", "diff-del-2"} {
		pairs["text/"+ground] = 4.5
	}

	for pair, least := range pairs {
		text, ground, _ := strings.Cut(pair, "/")
		for name, colours := range map[string]scheme{"light": light, "dark": dark} {
			ratio, err := Contrast(colours[text], colours[ground])
			if err != nil || ratio < least {
				t.Errorf("%s: %s has a contrast of %.2f, at least %.1f is needed (%v)", name, pair, ratio, least, err)
			}
		}
	}
}

func TestBrowsersWithoutLightDarkGetTheLightColours(t *testing.T) {
	t.Parallel()
	plain, light, _ := readTokens(t)

	for name, colour := range light {
		if plain[name] != colour {
			t.Errorf("%s is %s, and %s without light-dark()", name, colour, plain[name])
		}
	}
}

func TestBrandsAreCheckedAgainstTheColoursOfTheSheet(t *testing.T) {
	t.Parallel()
	_, light, dark := readTokens(t)

	for ground, colours := range map[ground]scheme{lightGround: light, darkGround: dark} {
		for name, colour := range map[string]string{"text": ground.text, "muted": ground.muted, "bg": ground.bg, "bg-subtle": ground.subtle, "surface": ground.surface} {
			if colours[name] != colour {
				t.Errorf("%s is %s in the sheet and %s in brand.go", name, colours[name], colour)
			}
		}
	}
}

var readable = BrandColours{
	Light: Palette{Accent: "#1d4ed8", AccentHover: "#173fae", AccentSubtle: "#e6edfd", OnAccent: "#ffffff", Link: "#1d4ed8"},
	Dark:  Palette{Accent: "#9bb8ff", AccentHover: "#bccfff", AccentSubtle: "#162447", OnAccent: "#0a1433", Link: "#a9c1ff"},
}

func TestABrandGetsASheetOfItsColours(t *testing.T) {
	t.Parallel()

	css, err := BrandCSS(readable)

	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--accent: #1d4ed8;", "--accent: light-dark(#1d4ed8, #9bb8ff);", "--link: light-dark(#1d4ed8, #a9c1ff);"} {
		if !strings.Contains(string(css), want) {
			t.Errorf("%s is missing in %s", want, css)
		}
	}
}

func TestColoursThatAreHardToReadOrNoColoursAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*BrandColours)
		want   string
	}{
		"pale accent":      {func(c *BrandColours) { c.Light.Accent = "#8fb4ff" }, "text on the accent has a contrast of"},
		"pale link":        {func(c *BrandColours) { c.Light.Link = "#8fb4ff" }, "link on the page"},
		"dark link":        {func(c *BrandColours) { c.Dark.Link = "#1d4ed8" }, "dark colours: link on the page"},
		"strong subtle":    {func(c *BrandColours) { c.Light.AccentSubtle = "#1d4ed8" }, "accent on the colour behind what is chosen"},
		"a word":           {func(c *BrandColours) { c.Light.Accent = "red" }, `"red" is not a colour`},
		"short form":       {func(c *BrandColours) { c.Light.Accent = "#00f" }, "is not a colour"},
		"markup":           {func(c *BrandColours) { c.Dark.Link = "#fff;}x{" }, "is not a colour"},
		"nothing":          {func(c *BrandColours) { c.Dark.OnAccent = "" }, "is not a colour"},
		"sign and number":  {func(c *BrandColours) { c.Dark.OnAccent = "#+fffff" }, "is not a colour"},
		"without the hash": {func(c *BrandColours) { c.Dark.OnAccent = "ffffff" }, "is not a colour"},
	}
	for name, tc := range cases {
		colours := readable
		tc.change(&colours)

		css, err := BrandCSS(colours)

		if err == nil || css != nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]float64{{"#000000", "#ffffff"}: 21, {"#ffffff", "#ffffff"}: 1, {"#777777", "#ffffff"}: 4.48, {"#ffffff", "#767676"}: 4.54} {
		if got, err := Contrast(pair[0], pair[1]); err != nil || got < want-0.005 || got > want+0.005 {
			t.Errorf("%v: %.3f, want %.2f (%v)", pair, got, want, err)
		}
	}
}

var sheetForm = regexp.MustCompile(`^:root \{ (--[a-z-]+: #[0-9A-Fa-f]{6}; ){5}\}\n@supports \(color: light-dark\(#000, #fff\)\) \{ :root \{ (--[a-z-]+: light-dark\(#[0-9A-Fa-f]{6}, #[0-9A-Fa-f]{6}\); ){5}\} \}\n$`)

func FuzzASheetHoldsNothingButColours(f *testing.F) {
	f.Add("#1d4ed8", "#173fae", "#e6edfd", "#ffffff", "#1d4ed8")
	f.Add("#fff;}*{", "red", "", "#+fffff", "url(x)")
	f.Fuzz(func(t *testing.T, accent, hover, subtle, on, link string) {
		typed := readable
		typed.Light = Palette{Accent: accent, AccentHover: hover, AccentSubtle: subtle, OnAccent: on, Link: link}

		css, err := BrandCSS(typed)

		if err == nil && !sheetForm.Match(css) {
			t.Errorf("%q", css)
		}
	})
}
