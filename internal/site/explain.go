package site

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	page "fairway/web/templates/site"
)

const termsPath = "/docs/terms"

// termWords finds a word of a term that stands by itself, the longer one where two begin alike.
var termWords, termOf = func() (*regexp.Regexp, map[string]int) {
	of := map[string]int{}
	var words []string
	for i, t := range terms {
		for _, w := range t.Words {
			of[w], words = i, append(words, regexp.QuoteMeta(w))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(`\b(?:` + strings.Join(words, "|") + `)\b`), of
}()

// explained are the terms that a page has explained so far.
type explained map[int]bool

// next finds the first word in a text whose term is new on the page.
func (e explained) next(s []byte) (start, end int, use page.TermUse, ok bool) {
	for _, at := range termWords.FindAllIndex(s, -1) {
		word := string(s[at[0]:at[1]])
		i := termOf[word]
		if e[i] || joined(s, at[0], at[1]) {
			continue
		}
		e[i] = true
		return at[0], at[1], terms[i].use(word), true
	}
	return 0, 0, page.TermUse{}, false
}

// joined reports whether a word is part of a longer name, as in PSU-ID.
func joined(s []byte, start, end int) bool {
	const joints = "-_/.:@{"
	before := start > 0 && strings.IndexByte(joints, s[start-1]) >= 0
	after := end+1 < len(s) && strings.IndexByte("-_/@:", s[end]) >= 0 && s[end+1] != ' '
	return before || after
}

func (t term) use(word string) page.TermUse {
	u := page.TermUse{ID: "term-" + t.ID, Word: word, Name: t.Name, Meaning: t.Meaning, Href: termsPath + "#" + t.ID}
	if t.Short != "" && !strings.Contains(t.Name, t.Short) {
		u.Name = t.Short + ": " + t.Name
	}
	return u
}

// termNode is a word of a page with its explanation.
type termNode struct {
	ast.BaseInline
	use page.TermUse
}

var kindTerm = ast.NewNodeKind("Term")

// Kind is the node's own.
func (n *termNode) Kind() ast.NodeKind { return kindTerm }

// Dump is for those who look for faults in the tree.
func (n *termNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// explain makes the first use of each term on a page a node of its own. Headings, links, code and the heads of tables stay
// as they are.
func explain(root ast.Node, source []byte) {
	seen := explained{}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading, *ast.Link, *ast.AutoLink, *ast.CodeSpan, *ast.FencedCodeBlock, *extast.TableHeader:
			return ast.WalkSkipChildren, nil
		case *extast.TableCell:
			if n.PreviousSibling() == nil {
				return ast.WalkSkipChildren, nil
			}
		case *ast.Text:
			split(n, source, seen)
		}
		return ast.WalkContinue, nil
	})
}

// split cuts a text before and after a term. The walk goes on with what stands after it.
func split(n *ast.Text, source []byte, seen explained) {
	start, end, use, ok := seen.next(n.Segment.Value(source))
	if !ok {
		return
	}
	parent, at := n.Parent(), n.Segment
	parent.InsertBefore(parent, n, ast.NewTextSegment(text.NewSegment(at.Start, at.Start+start)))
	parent.InsertBefore(parent, n, &termNode{use: use})
	n.Segment = text.NewSegment(at.Start+end, at.Stop)
	split(n, source, seen)
}

// term draws the word as a button that opens its explanation.
func (r *pageRenderer) term(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	return ast.WalkSkipChildren, page.Term(n.(*termNode).use).Render(r.ctx, w)
}

// sentence is plain text in which the first use of each term is explained.
type sentence struct {
	text string
	seen explained
}

// Render writes the text. What a page explained before is not explained again.
func (s sentence) Render(ctx context.Context, w io.Writer) error {
	rest, seen := []byte(s.text), s.seen
	var out bytes.Buffer
	for {
		start, end, use, ok := seen.next(rest)
		if !ok {
			break
		}
		out.WriteString(templ.EscapeString(string(rest[:start])))
		if err := page.Term(use).Render(ctx, &out); err != nil {
			return err
		}
		rest = rest[end:]
	}
	out.WriteString(templ.EscapeString(string(rest)))
	_, err := w.Write(out.Bytes())
	return err
}
