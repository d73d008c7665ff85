// Package codeview owns how code is shown: coloured, and a request as a program in each language of the samples.
package codeview

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"fairway/web/templates/ui"
)

// Spans cuts code into the kinds of ui.Span. A language that nobody knows stays as it is.
func Spans(language, text string) []ui.Span {
	lexer := lexers.Get(language)
	if lexer == nil {
		return nil
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, text)
	if err != nil {
		return nil
	}
	var spans []ui.Span
	for t := tokens(); t != chroma.EOF; t = tokens() {
		kind := spanKind(t.Type)
		if n := len(spans); n > 0 && spans[n-1].Kind == kind {
			spans[n-1].Text += t.Value
			continue
		}
		spans = append(spans, ui.Span{Kind: kind, Text: t.Value})
	}
	return trimmed(spans, text)
}

// trimmed undoes the line end that some lexers put behind the text.
func trimmed(spans []ui.Span, text string) []ui.Span {
	if n := len(spans); n > 0 && !strings.HasSuffix(text, "\n") {
		spans[n-1].Text = strings.TrimSuffix(spans[n-1].Text, "\n")
	}
	return spans
}

// spanKind maps the many kinds of tokens to our six colours.
func spanKind(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Comment):
		return "c"
	case t == chroma.NameTag, t == chroma.NameAttribute, t == chroma.NameVariable, t == chroma.LiteralStringInterpol:
		return "p"
	case t == chroma.NameBuiltin, t == chroma.NameFunction:
		return "f"
	case t.InSubCategory(chroma.LiteralNumber):
		return "n"
	case t.InCategory(chroma.Literal):
		return "s"
	case t.InCategory(chroma.Keyword):
		return "k"
	}
	return ""
}
