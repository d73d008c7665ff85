package certview_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fairway/internal/certview"
	"fairway/web/templates/ui"
)

// drawn writes marks as brackets.
func drawn(spans []ui.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Kind == "m" {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestDifferingCharactersAreMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, left, right string }{
		{"Budget Buddy Oy", "Budget Buddy Oyj", "Budget Buddy Oy", "Budget Buddy Oy[j]"},
		{"Oy", "Oy", "Oy", "Oy"},
		{"", "Oy", "", "[Oy]"},
		{"Oy", "", "[Oy]", ""},
		{"1234567-8", "12345678", "1234567[-]8", "12345678"},
		{"Rev\u043entuli", "Revontuli", "Rev[\u043e]ntuli", "Rev[o]ntuli"}, // a Cyrillic letter that looks the same
		{"Tilinäkymä", "Tilinakyma", "Tilin[ä]kym[ä]", "Tilin[a]kym[a]"},
		{"aaa", "aa", "aa[a]", "aa"},
		{"abc", "xyz", "[abc]", "[xyz]"},
	} {
		left, right := certview.Marked(c.a, c.b)

		if drawn(left) != c.left || drawn(right) != c.right {
			t.Errorf("%q and %q: %s and %s", c.a, c.b, drawn(left), drawn(right))
		}
	}
}

func TestLongTextsAreComparedAtTheirEndsOnly(t *testing.T) {
	t.Parallel()
	a := "Oy " + strings.Repeat("ab", 50_000) + " Ltd"
	b := "Oy " + strings.Repeat("ba", 50_000) + " Ltd"

	left, right := certview.Marked(a, b)

	if len(left) != 3 || len(right) != 3 || left[0].Text != "Oy " || left[1].Kind != "m" || right[2].Text != " Ltd" {
		t.Errorf("%d and %d spans", len(left), len(right))
	}
}

func FuzzMarked(f *testing.F) {
	f.Add("Budget Buddy Oy", "Budget Buddy Oyj")
	f.Add("\xff<script>", "\u202e")
	f.Fuzz(func(t *testing.T, a, b string) {
		left, right := certview.Marked(a, b)

		for text, spans := range map[string][]ui.Span{a: left, b: right} {
			whole, common := "", 0
			for _, s := range spans {
				whole += s.Text
				if s.Kind == "" {
					common += utf8.RuneCountInString(s.Text)
				}
			}
			if whole != string([]rune(text)) {
				t.Errorf("%q became %q", text, whole)
			}
			if a == b && common != utf8.RuneCountInString(a) {
				t.Errorf("%q differs from itself", a)
			}
		}
	})
}
