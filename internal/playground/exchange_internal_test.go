package playground

import "testing"

func TestTheLinkAtTheEndOfASentenceIsLeftOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"It ended. https://p.example/docs/errors/X?rid=1": "It ended.",
		"It ended.": "It ended.",
		"See https://p.example/docs/errors/X?rid=1 for more.":     "See https://p.example/docs/errors/X?rid=1 for more.",
		"The redirect https://app.example/callback is not known.": "The redirect https://app.example/callback is not known.",
		"": "",
	} {
		if got := withoutLink(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
