package static

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Palette is what a brand may colour, each as "#rrggbb".
type Palette struct {
	Accent       string // the main button, the line above the card
	AccentHover  string // the main button under the pointer
	AccentSubtle string // behind what is chosen
	OnAccent     string // text on Accent and AccentHover
	Link         string
}

// BrandColours are a brand's colours on light and on dark ground.
type BrandColours struct{ Light, Dark Palette }

// MinContrast is the ratio that WCAG 2.2 §1.4.3 asks of text.
const MinContrast = 4.5

// ground is what a brand's colours stand on. The values are those of portal.css; a test compares them.
type ground struct{ text, muted, bg, subtle, surface string }

var (
	lightGround = ground{text: "#14202a", muted: "#46555f", bg: "#ffffff", subtle: "#f6f8f9", surface: "#ffffff"}
	darkGround  = ground{text: "#e7edf1", muted: "#aab8c2", bg: "#0e151b", subtle: "#131c24", surface: "#17212a"}
)

// ColourFault is a colour that cannot be used: Scheme is "light" or "dark", Token its name in the style sheet, as in
// "on-accent", and Text what is wrong, with the ratio where it is hard to read.
type ColourFault struct{ Scheme, Token, Text string }

// ColourFaults is everything that is wrong with a brand's colours.
type ColourFaults []ColourFault

// Error says what is wrong first.
func (f ColourFaults) Error() string { return f[0].Scheme + " colours: " + f[0].Text }

// BrandCSS is the style sheet of a brand's own pages, to be loaded after portal.css. It fails with ColourFaults when a
// colour is not "#rrggbb" or a text would be hard to read.
func BrandCSS(c BrandColours) ([]byte, error) {
	if faults := append(c.Light.faults("light", lightGround), c.Dark.faults("dark", darkGround)...); len(faults) > 0 {
		return nil, faults
	}
	light, dark := c.Light.tokens(), c.Dark.tokens()
	var plain, pairs strings.Builder
	for i, t := range light {
		fmt.Fprintf(&plain, "--%s: %s; ", t.name, t.colour)
		fmt.Fprintf(&pairs, "--%s: light-dark(%s, %s); ", t.name, t.colour, dark[i].colour)
	}
	return []byte(":root { " + plain.String() + "}\n@supports (color: light-dark(#000, #fff)) { :root { " + pairs.String() + "} }\n"), nil
}

type token struct{ name, colour string }

func (p Palette) tokens() []token {
	return []token{
		{"accent", p.Accent}, {"accent-hover", p.AccentHover}, {"accent-subtle", p.AccentSubtle},
		{"on-accent", p.OnAccent}, {"link", p.Link},
	}
}

func (p Palette) faults(scheme string, on ground) (found ColourFaults) {
	for _, t := range p.tokens() {
		if _, err := luminance(t.colour); err != nil {
			found = append(found, ColourFault{scheme, t.name, err.Error()})
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, pair := range []struct{ token, what, text, behind string }{
		{"on-accent", "text on the accent", p.OnAccent, p.Accent},
		{"accent-hover", "text on the accent under the pointer", p.OnAccent, p.AccentHover},
		{"accent", "accent on the page", p.Accent, on.bg},
		{"accent", "accent on a card", p.Accent, on.surface},
		{"accent-subtle", "accent on the colour behind what is chosen", p.Accent, p.AccentSubtle},
		{"link", "link on the page", p.Link, on.bg},
		{"link", "link on the page's margin", p.Link, on.subtle},
		{"link", "link on a card", p.Link, on.surface},
		{"accent-subtle", "text on the colour behind what is chosen", on.text, p.AccentSubtle},
		{"accent-subtle", "small text on the colour behind what is chosen", on.muted, p.AccentSubtle},
	} {
		ratio, err := Contrast(pair.text, pair.behind)
		if err != nil {
			return append(found, ColourFault{scheme, pair.token, err.Error()})
		}
		if ratio < MinContrast {
			found = append(found, ColourFault{scheme, pair.token, fmt.Sprintf("%s has a contrast of %.2f, at least %.1f is needed", pair.what, ratio, MinContrast)})
		}
	}
	return found
}

// Contrast is the ratio of two colours ("#rrggbb"), 1 to 21, as WCAG 2.2 defines it.
func Contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05), nil
}

// luminance is the relative luminance of an sRGB colour.
func luminance(colour string) (float64, error) {
	digits, found := strings.CutPrefix(colour, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !found || len(digits) != 6 || err != nil {
		return 0, fmt.Errorf("%q is not a colour of the form #rrggbb", colour)
	}
	return 0.2126*linear(n>>16&0xff) + 0.7152*linear(n>>8&0xff) + 0.0722*linear(n&0xff), nil
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
