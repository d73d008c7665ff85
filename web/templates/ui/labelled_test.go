package ui

import (
	"bytes"
	"testing"
)

func TestEachCellSaysItsColumn(t *testing.T) {
	three := []Column{{Text: "Name"}, {Text: `Works "until"`}, {Text: "Act", Hidden: true}}
	for _, c := range []struct{ rows, want string }{
		{"<tr><th scope=\"row\">a</th><td class=\"num\">1 < 2</td><td>x</td></tr>",
			"<tr><th scope=\"row\">a</th><td data-label=\"Works &#34;until&#34;\" class=\"num\">1 < 2</td><td>x</td></tr>"},
		{"<tr><td>a</td><td><svg><td></svg></td></tr><tr><td>b</td></tr>",
			"<tr><td data-label=\"Name\">a</td><td data-label=\"Works &#34;until&#34;\"><svg><td></svg></td></tr><tr><td data-label=\"Name\">b</td></tr>"},
		{"<tr><td>1</td><td>2</td><td>3</td><td>4</td></tr>", "<tr><td data-label=\"Name\">1</td><td data-label=\"Works &#34;until&#34;\">2</td><td>3</td><td>4</td></tr>"},
		{"", ""},
	} {
		var out bytes.Buffer
		label(&out, bytes.NewBufferString(c.rows), three)
		if out.String() != c.want {
			t.Errorf("%s became\n%s, want\n%s", c.rows, out.String(), c.want)
		}
	}
}
