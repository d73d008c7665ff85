package ui

import (
	"strings"
	"testing"
)

func TestProseMarksWhatIsCode(t *testing.T) {
	for text, want := range map[string]string{
		"Sign with: `openssl dgst`.": "Sign with: <code>openssl dgst</code>.",
		"`a` and `<b>`":              "<code>a</code> and <code>&lt;b&gt;</code>",
		"one ` alone":                "one ` alone", "": "", "none": "none",
	} {
		var out strings.Builder
		if err := Prose(text).Render(t.Context(), &out); err != nil || out.String() != want {
			t.Errorf("%q became %q, %v", text, out.String(), err)
		}
	}
}
