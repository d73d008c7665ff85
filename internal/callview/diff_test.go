package callview_test

import (
	"strings"
	"testing"

	"fairway/internal/callview"
)

func TestWhatCannotBeSeenIsDrawn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ signed, expected, want string }{
		{"a: 1\nb: 2", "a: 1\nb: 2", "=a: 1␊|=b: 2"},
		{"A: 1\nb: 2", "a: 1\nb: 2", "-[A]: 1␊|+[a]: 1␊|=b: 2"},
		{"a: 1\r\nb: 2", "a: 1\nb: 2", "-a: 1[␍]␊|+a: 1␊|=b: 2"},
		{"a: 1\nb: 2\n", "a: 1\nb: 2", "=a: 1␊|-b: 2[␊]|+b: 2"},
		{"a:1", "a: 1", "-a:1|+a:[·]1"},
		{"a: 1 \n", "a: 1\t", "-a: 1[·␊]|+a: 1[␉]"},
		{"a: 1", "a: 1\nb: 2", "-a: 1|+a: 1[␊]|+[b: 2]"},
	} {
		var got []string
		for _, l := range callview.Diff(c.signed, c.expected) {
			text := map[string]string{"": "=", "add": "+", "del": "-"}[l.Kind]
			for _, p := range l.Parts {
				if p.Changed {
					text += "[" + p.Text + "]"
				} else {
					text += p.Text
				}
			}
			got = append(got, text)
		}

		if joined := strings.Join(got, "|"); joined != c.want {
			t.Errorf("%q and %q are drawn as %s, want %s", c.signed, c.expected, joined, c.want)
		}
	}
}
