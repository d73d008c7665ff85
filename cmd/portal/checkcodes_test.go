package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fairway/internal/messagecode"
	"fairway/internal/qcert"
)

// checkCode is how a code of check lists is written. What has a type of its own, as a role or a verdict, is no code.
var checkCode = regexp.MustCompile(`^[A-Z]+(_[A-Z0-9]+)+$`)

// checkCodes reads the codes that a package declares as constants.
func checkCodes(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	found := map[string]string{}
	files := token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				readCodes(g, files, found)
			}
		}
	}
	return found
}

func readCodes(g *ast.GenDecl, files *token.FileSet, found map[string]string) {
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		if spec.Type != nil {
			continue
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, _ := strconv.Unquote(lit.Value); checkCode.MatchString(text) {
					found[text] = files.Position(lit.Pos()).String()
				}
			}
		}
	}
}

// What a check list or a refused upload can say has a page, and no page explains what nothing says.
func TestEveryCodeOfACheckListHasItsPage(t *testing.T) {
	t.Parallel()
	declared := map[string]string{}
	for _, name := range []string{"qcert", "nca", "possession", "revocation", "register", "trustlist", "enrolments"} {
		for code, at := range checkCodes(t, "../../internal/"+name+"/*.go") {
			declared[code] = at
		}
	}
	if len(declared) < 50 {
		t.Fatalf("only %d codes were found", len(declared))
	}

	for code, at := range declared {
		if r, ok := messagecode.Find(code); !ok || !r.OfCheck() {
			t.Errorf("%s: %s has no record among messagecode.Checks", at, code)
		}
	}
	for _, r := range messagecode.Checks() {
		if declared[r.Code] == "" {
			t.Errorf("the record of %s explains what no check list says", r.Code)
		}
	}
}

// A page names the paragraph that the check list names.
func TestTheRuleOfACodeIsTheRuleOfItsCheck(t *testing.T) {
	t.Parallel()
	paragraphs := map[string][]string{}
	for _, r := range append(qcert.Rules(), qcert.RequestRules()...) {
		for _, code := range r.Codes {
			paragraphs[code] = append(paragraphs[code], r.Paragraph)
		}
	}
	if len(paragraphs) < 25 {
		t.Fatalf("only %d codes have a rule", len(paragraphs))
	}

	for code, want := range paragraphs {
		if r, _ := messagecode.Find(code); !slices.Contains(want, r.Rule) {
			t.Errorf("%s: its page names %q, the check list %q", code, r.Rule, want)
		}
	}
}
