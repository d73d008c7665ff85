package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Code and differences are copied byte for byte, so they are written here and not in a template, whose formatter is
// free to add a line break.

// Marked is a text of which some pieces are marked.
func Marked(spans []Span) templ.Component { return codeText(CodeView{Spans: spans}) }

// Prose is a text in which what stands between two backticks is code. A backtick without its second is an ordinary sign.
func Prose(text string) templ.Component {
	var b strings.Builder
	for {
		before, rest, _ := strings.Cut(text, "`")
		code, after, ended := strings.Cut(rest, "`")
		if !ended {
			return written(b.String() + templ.EscapeString(text))
		}
		b.WriteString(templ.EscapeString(before) + "<code>" + templ.EscapeString(code) + "</code>")
		text = after
	}
}

func codeText(v CodeView) templ.Component {
	var b strings.Builder
	if len(v.Spans) == 0 {
		b.WriteString(templ.EscapeString(v.Text))
	}
	for _, s := range v.Spans {
		open, end := spanTags(s.Kind)
		b.WriteString(open + templ.EscapeString(s.Text) + end)
	}
	return written(b.String())
}

func spanTags(kind string) (open, end string) {
	switch kind {
	case "k", "p", "s", "n", "f", "c":
		return `<span class="tok-` + kind + `">`, "</span>"
	case "m":
		return "<mark>", "</mark>"
	}
	return "", ""
}

// controls names characters that cannot be seen, because few fonts have their pictures.
var controls = strings.NewReplacer("␊", `<span class="ctl">LF</span>`, "␍", `<span class="ctl">CR</span>`, "␉", `<span class="ctl">TAB</span>`)

func diffText(l DiffLine) templ.Component {
	tag := "ins"
	if l.Kind == "del" {
		tag = "del"
	}
	var b strings.Builder
	for _, p := range l.Parts {
		text := controls.Replace(templ.EscapeString(p.Text))
		if p.Changed {
			text = "<" + tag + ">" + text + "</" + tag + ">"
		}
		b.WriteString(text)
	}
	return written(b.String())
}

// written is markup that has been escaped above.
func written(markup string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, markup)
		return err
	})
}
