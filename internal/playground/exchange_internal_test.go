package playground

import (
	"strings"
	"testing"
)

func TestADifferenceIsMarkedWhereItIs(t *testing.T) {
	t.Parallel()
	lines := diffLines("X-Request-ID: 1\ndigest: a\n", "x-request-id: 1\ndigest: a")
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Kind + l.Number + ":")
		for _, p := range l.Parts {
			if p.Changed {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		b.WriteString("/")
	}
	want := "del1:[X-Request-ID]: 1/add1:[x-request-id]: 1/2:digest: a/del3:[␊ (a line end after the last line)]/"
	if b.String() != want {
		t.Errorf("%s\n%s", b.String(), want)
	}
}

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
