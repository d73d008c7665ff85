package site

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// section is a part of a page under one heading, as the search reads it.
type section struct {
	// ID is the heading's; empty for what stands before the first one.
	ID, Title string
	Body      string
}

// sections cuts a page at its headings. What components draw is not in it.
func sections(source string) []section {
	raw := []byte(source)
	root := markdown().Parser().Parse(text.NewReader(raw))
	out := []section{{}}
	var body strings.Builder
	end := func() {
		out[len(out)-1].Body = strings.Join(strings.Fields(body.String()), " ")
		body.Reset()
	}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			end()
			id, _ := h.AttributeString("id")
			name, _ := id.([]byte)
			out = append(out, section{ID: string(name), Title: plain(h, raw)})
			continue
		}
		if _, ok := inserted(n, raw); !ok {
			readable(&body, n, raw)
		}
	}
	end()
	return out
}

// readable writes the words of a block, code included.
func readable(b *strings.Builder, block ast.Node, source []byte) {
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker never fails
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.FencedCodeBlock:
			b.Write(n.Lines().Value(source))
		}
		return ast.WalkContinue, nil
	})
}
