package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// proseFolders hold Go whose texts people read as documentation.
var proseFolders = []string{"internal/site", "internal/messagecode", "web/templates/site"}

// straight is an apostrophe or the mark of a possessive as typewriters have it; quotation marks around code are none.
var straight = regexp.MustCompile(`[\pL\pN)]'\pL|s'[ ,.;:)?]`)

// unwanted are words that tell a reader nothing, or that it should have been easy.
var unwanted = regexp.MustCompile(`(?i)\b(simply|just|please|oops)\b`)

// inlineCode is what Markdown leaves as it is written.
var inlineCode = regexp.MustCompile("`[^`]*`")

// prose looks at what people read: the pages and changes of the documentation outside of code, its texts in Go, and the text of
// every template.
func prose(t tree) []finding {
	var out []finding
	look := func(f *file, line int, text string) {
		if straight.MatchString(text) {
			out = append(out, f.line(line, "has a straight apostrophe in prose: %s", text))
		}
		if word := unwanted.FindString(text); word != "" {
			out = append(out, f.line(line, "says %q to its reader", word))
		}
	}
	for _, f := range t.sorted() {
		switch {
		case strings.HasPrefix(f.path, "internal/site/") && strings.HasSuffix(f.path, ".md"):
			fenced := false
			for n, line := range f.lines {
				if strings.HasPrefix(line, "```") {
					fenced = !fenced
				} else if !fenced {
					look(f, n, inlineCode.ReplaceAllString(line, "``"))
				}
			}
		case strings.HasSuffix(f.path, ".templ"):
			for n, line := range f.lines {
				if !strings.HasPrefix(strings.TrimSpace(line), "//") && straight.MatchString(line) {
					out = append(out, f.line(n, "has a straight apostrophe in prose: %s", strings.TrimSpace(line)))
				}
			}
		case f.syntax != nil && inProse(f):
			for text, at := range f.shownTexts {
				look(f, f.fset.Position(at).Line, text)
			}
		}
	}
	return out
}

func inProse(f *file) bool {
	for _, folder := range proseFolders {
		if f.folder() == folder {
			return !strings.HasSuffix(f.path, "_test.go") && !strings.HasSuffix(f.path, "_templ.go")
		}
	}
	return false
}

// shownTexts yields the texts of a file in double quotes, but for those of errors that only a log shows.
func (f *file) shownTexts(yield func(string, token.Pos) bool) {
	on := true
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Errorf" {
				return false
			}
		}
		if l, ok := n.(*ast.BasicLit); ok && on && l.Kind == token.STRING && strings.HasPrefix(l.Value, `"`) {
			text, err := strconv.Unquote(l.Value)
			on = err != nil || yield(text, l.Pos())
		}
		return on
	})
}

func TestProseHasItsOwnApostrophesAndNoEmptyWords(t *testing.T) {
	hold(t, prose,
		"Write ’ in what people read and leave ' to code. Say what to do, without simply, just, please or oops.",
		[]sources{
			{"internal/site/pages/a.md": "title: A\n---\nThe bank's page.\n"},
			{"internal/site/pages/a.md": "title: A\n---\nThe customers' page, and more.\n"},
			{"internal/site/changes/2026-11-28-a.md": "tag: added\n---\nPlease call again.\n"},
			{"internal/site/a.go": "package site\n\nconst a = \"The bank's page\"\n"},
			{"internal/messagecode/a.go": "package messagecode\n\nvar a = []string{\"Simply send it again.\"}\n"},
			{"web/templates/bank/a.templ": "package bank\n\ntempl A() {\n\t<p>The bank's page</p>\n}\n"},
		},
		[]sources{
			{"internal/site/pages/a.md": "title: A\n---\nThe bank’s page says `it's`.\n```sh\necho 'it' | sed 's/a/b/' # the bank's\n```\nAdjust it.\n"},
			{"internal/site/a.go": "package site\n\n// The bank's page.\nconst a = \"it\"\n\nvar b = fmt.Errorf(\"the bank's page\")\n"},
			{"internal/site/a_test.go": "package site\n\nconst a = \"The bank's page, please\"\n"},
			{"internal/apps/a.go": "package apps\n\nconst a = \"The bank's page\"\n"},
			{"web/templates/bank/a.templ": "package bank\n\n// A is the bank's.\ntempl A() {\n\t<p>The bank’s page</p>\n}\n"},
		})
}
