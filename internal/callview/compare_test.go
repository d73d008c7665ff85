package callview_test

import (
	"slices"
	"strings"
	"testing"

	"fairway/internal/callview"
	"fairway/web/templates/ui"
)

// drawn writes a comparison as a patch does.
func drawn(lines []ui.DiffLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(map[string]string{"": " ", "add": "+", "del": "-"}[l.Kind])
		for _, p := range l.Parts {
			b.WriteString(p.Text)
		}
		b.WriteString("|")
	}
	return b.String()
}

func TestLinesThatAreNotInTheOtherTextAreMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"", "", ""},
		{"a\nb", "a\nb", " a| b|"},
		{"", "a", "+a|"},
		{"a", "", "-a|"},
		{"a\nb\nc", "a\nx\nc", " a|-b|+x| c|"},
		{"a\nb\nc\nd", "b\nd\ne", "-a| b|-c| d|+e|"},
		{"a\na", "a", " a|-a|"},
		{"a", "a\na", " a|+a|"},
		{"a\r\nb", "a\nb", "-a␍|+a| b|"},
		{"a ", "a", "-a·|+a|"},
	} {
		lines, cut := callview.Compare(c.a, c.b)

		if got := drawn(lines); got != c.want || cut || callview.Same(lines) != (c.a == c.b) {
			t.Errorf("%q and %q: %s, cut %v", c.a, c.b, got, cut)
		}
	}
}

func TestOnlySoManyLinesAreCompared(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a\n", 10_000), strings.Repeat("b\n", 10_000)

	lines, cut := callview.Compare(a, b)

	if !cut || len(lines) != 2*callview.MostCompared {
		t.Errorf("%d lines, cut %v", len(lines), cut)
	}
}

func FuzzCompare(f *testing.F) {
	for _, seed := range [][2]string{{"a\nb", "b\na"}, {"", "\n"}, {"\r\n", "\t"}, {"x\nx\nx", "x"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 4096 {
			return
		}
		lines, _ := callview.Compare(a, b)
		var left, right []ui.DiffLine
		for _, l := range lines {
			if l.Kind != "add" {
				left = append(left, l)
			}
			if l.Kind != "del" {
				right = append(right, l)
			}
		}
		for _, side := range []struct {
			text  string
			lines []ui.DiffLine
		}{{a, left}, {b, right}} {
			again, _ := callview.Compare(side.text, side.text)
			texts := func(list []ui.DiffLine) (out []string) {
				for _, l := range list {
					out = append(out, l.Parts[0].Text)
				}
				return out
			}
			if !slices.Equal(texts(again), texts(side.lines)) {
				t.Fatalf("%q and %q: %s", a, b, drawn(lines))
			}
		}
	})
}
