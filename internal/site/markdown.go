package site

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/a-h/templ"
)

// fragment is HTML that was rendered from our own embedded Markdown. Raw HTML in Markdown is left out by the renderer,
// so all markup in it is ours.
type fragment string

// Render writes the fragment.
func (f fragment) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(f))
	return err
}

// heading is an entry of "On this page".
type heading struct {
	Level    int
	ID, Text string
}

// codeBlock is one fenced block of a page.
type codeBlock struct {
	Language string
	File     string // name of the file that a reader saves it to, where it has one
	Title    string // what stands above it otherwise
	Answers  string // the file whose answer it shows
	Wrap     bool
	Text     string
}

// document is one page after rendering.
type document struct {
	Parts    []templ.Component
	Headings []heading
}

// insertion is a paragraph that holds {{name}} and nothing else: a component of that name stands there.
var insertion = regexp.MustCompile(`^\{\{([a-z-]+)\}\}$`)

func markdown(options ...goldmark.Option) goldmark.Markdown {
	return goldmark.New(append(options, goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithAttribute()))...)
}

// convert renders Markdown. Inserts are components by name; an unknown one is an error.
func convert(ctx context.Context, source string, inserts map[string]templ.Component) (document, error) {
	md := markdown(goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&pageRenderer{ctx: ctx}, 100))))
	raw := []byte(source)
	root := md.Parser().Parse(text.NewReader(raw))
	d := document{Headings: headings(root, raw)}
	explain(root, raw)

	var html strings.Builder
	flush := func() {
		if html.Len() > 0 {
			d.Parts = append(d.Parts, fragment(html.String()))
			html.Reset()
		}
	}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if name, ok := inserted(n, raw); ok {
			component, known := inserts[name]
			if !known {
				return document{}, fmt.Errorf("page asks for %q, which does not exist", name)
			}
			flush()
			d.Parts = append(d.Parts, component)
			continue
		}
		if err := md.Renderer().Render(&html, raw, n); err != nil {
			return document{}, fmt.Errorf("render page: %w", err)
		}
	}
	flush()
	return d, nil
}

// convertPlain renders Markdown that has no parts of its own, in which no term is explained.
func convertPlain(ctx context.Context, source string) (fragment, error) {
	var html strings.Builder
	md := markdown(goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&pageRenderer{ctx: ctx}, 100))))
	if err := md.Convert([]byte(source), &html); err != nil {
		return "", fmt.Errorf("render text: %w", err)
	}
	return fragment(html.String()), nil
}

func inserted(n ast.Node, source []byte) (string, bool) {
	if n.Kind() != ast.KindParagraph || n.Lines().Len() != 1 {
		return "", false
	}
	m := insertion.FindStringSubmatch(strings.TrimSpace(string(n.Lines().Value(source))))
	if m == nil {
		return "", false
	}
	return m[1], true
}

func headings(root ast.Node, source []byte) []heading {
	var out []heading
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			continue
		}
		id, _ := h.AttributeString("id")
		name, _ := id.([]byte)
		out = append(out, heading{Level: h.Level, ID: string(name), Text: plain(h, source)})
	}
	return out
}

// plain is the text of a node without its markup.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		if t, ok := c.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// codeBlocks lists the fenced blocks of a page.
func codeBlocks(source string) []codeBlock {
	raw := []byte(source)
	var out []codeBlock
	_ = ast.Walk(markdown().Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker never fails
		if block, ok := n.(*ast.FencedCodeBlock); ok && entering {
			out = append(out, readCodeBlock(block, raw))
		}
		return ast.WalkContinue, nil
	})
	return out
}

func readCodeBlock(n *ast.FencedCodeBlock, source []byte) codeBlock {
	var b codeBlock
	if n.Info != nil {
		b = fence(string(n.Info.Segment.Value(source)))
	}
	b.Text = string(n.Lines().Value(source))
	return b
}

// fence reads the line that opens a block of code: sh file=token.sh, http title="The request".
func fence(info string) codeBlock {
	language, rest, _ := strings.Cut(info, " ")
	b := codeBlock{Language: language}
	for _, m := range attribute.FindAllStringSubmatch(rest, -1) {
		value := strings.Trim(m[2], `"`)
		switch m[1] {
		case "file":
			b.File = value
		case "title":
			b.Title = value
		case "answers":
			b.Answers = value
		case "wrap":
			b.Wrap = true
		}
	}
	return b
}

var attribute = regexp.MustCompile(`([a-z]+)(?:=("[^"]*"|\S+))?`)
