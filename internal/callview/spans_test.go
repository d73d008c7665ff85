package callview_test

import (
	"strings"
	"testing"

	"fairway/internal/callview"
)

func TestColoursChangeNoByte(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"a":1}`, `{"a" : "b\"c", "d":[true,null,-1.5e+3], "e":"x"}`, `"`, `["`, `[1`, "{\"é\":\"ü\"}", "grant_type=x&code=mark", "[\x00\xff", `{"mark":"mark","x":"mark "}`,
		"\n {\"a\":\"\\", strings.Repeat("[", 1000)} {
		var b strings.Builder
		for _, s := range callview.Spans(text, []string{"mark", ""}) {
			b.WriteString(s.Text)
		}
		if b.String() != text {
			t.Errorf("%q became %q", text, b.String())
		}
	}
}

func TestOnlyWholeValuesAreMarked(t *testing.T) {
	t.Parallel()
	kinds := map[string][]string{}
	for _, s := range callview.Spans(`{"mark":"mark","x":"mark "}`, []string{"mark"}) {
		kinds[s.Kind] = append(kinds[s.Kind], s.Text)
	}
	if strings.Join(kinds["m"], "|") != `"mark"` || strings.Join(kinds["p"], "|") != `"mark"|"x"` || strings.Join(kinds["s"], "|") != `"mark "` {
		t.Errorf("%q", kinds)
	}
}
