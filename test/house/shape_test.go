package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile     = 400
	longestFunction = 60
)

func tooLong(t tree) []finding {
	var out []finding
	for _, f := range slices.Concat(t.written(), t.templates()) {
		if n := strings.Count(f.text, "\n"); n > longestFile {
			out = append(out, finding{f.path, 0, fmt.Sprintf("has %d lines, %d is the end", n, longestFile)})
		}
		if f.syntax == nil {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch d := n.(type) {
			case *ast.FuncDecl:
				out = append(out, longFunction(f, d, d.Name.Name)...)
			case *ast.FuncLit:
				out = append(out, longFunction(f, d, "a function literal")...)
			}
			return true
		})
	}
	return out
}

func longFunction(f *file, d ast.Node, name string) []finding {
	lines := f.fset.Position(d.End()).Line - f.fset.Position(d.Pos()).Line + 1
	if lines <= longestFunction {
		return nil
	}
	return []finding{f.at(d.Pos(), "%s has %d lines, %d is the end", name, lines, longestFunction)}
}

func TestFilesAndFunctionsFitOnAScreen(t *testing.T) {
	long := "package apps\nfunc f() {\n" + strings.Repeat("\n", longestFunction-1) + "}\n"
	hold(t, tooLong,
		"Cut a file by subject and a function by step; a test's table may stand beside the test.",
		[]sources{
			{"internal/apps/apps.go": "package apps\n" + strings.Repeat("\n", longestFile)},
			{"internal/apps/apps_test.go": "package apps\n" + strings.Repeat("\n", longestFile)},
			{"web/templates/site/a.templ": strings.Repeat("\n", longestFile+1)},
			{"internal/apps/apps.go": long},
			{"internal/apps/apps.go": strings.Replace(long, "func f()", "var f = func()", 1)},
		},
		[]sources{
			{"internal/apps/apps.go": "package apps\n" + strings.Repeat("\n", longestFile-1)},
			{"internal/apps/apps.go": strings.Replace(long, "{\n\n", "{\n", 1)},
			{"web/templates/site/a_templ.go": "package site\n" + strings.Repeat("\n", longestFile)},
		})
}

// unopened are packages without a sentence that says what they own.
func unopened(t tree) []finding {
	names, opened := map[string]string{}, map[string]bool{}
	for _, f := range t.written() {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		names[f.folder()] = name
		first := "Package " + name + " "
		if name == "main" {
			first = "Command " + path.Base(f.folder()) + " "
		}
		text := f.syntax.Doc.Text()
		if strings.HasPrefix(text, first) && strings.Contains(text, ".") {
			opened[f.folder()] = true
		}
	}
	var out []finding
	for folder, name := range names {
		if !opened[folder] {
			out = append(out, finding{folder, 0, "package " + name + " has no opening sentence"})
		}
	}
	return out
}

func TestEveryPackageOpensWithItsSentence(t *testing.T) {
	hold(t, unopened,
		"Write `// Package x …` (for a program `// Command x …`) above one package clause: what it owns, in one sentence.",
		[]sources{
			{"internal/apps/apps.go": "package apps\n"},
			{"internal/apps/apps.go": "// All about apps.\npackage apps\n"},
			{"cmd/portal/main.go": "// Package portal is the program.\npackage main\n"},
		},
		[]sources{
			{"internal/apps/apps.go": "// Package apps owns applications.\npackage apps\n", "internal/apps/store.go": "package apps\n"},
			{"cmd/portal/main.go": "// Command portal is the whole product.\npackage main\n"},
		})
}

// vague are names that say nothing about what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "types", "model", "models", "base", "misc", "shared", "lib"}

func vagueNames(t tree) []finding {
	var out []finding
	for _, f := range t.written() {
		last := path.Base(f.folder())
		for _, name := range []string{last, f.syntax.Name.Name} {
			if slices.Contains(vague, name) {
				out = append(out, f.line(1, "a package named %s says nothing about what is inside", name))
				break
			}
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && getPrefix.MatchString(fn.Name.Name) {
				out = append(out, f.at(fn.Pos(), "%s: leave out the Get", fn.Name.Name))
			}
		}
	}
	return out
}

var getPrefix = regexp.MustCompile(`^[gG]et[A-Z]`)

func TestNamesSayTheDomainsWord(t *testing.T) {
	hold(t, vagueNames,
		"Name a package after what it owns, and a lookup after what it finds: ByID, ByThumbprint.",
		[]sources{
			{"internal/util/a.go": "package util\n"},
			{"internal/apps/a.go": "package helpers\n"},
			{"internal/apps/a.go": "package apps\nfunc GetApp() {}\n"},
			{"internal/apps/a.go": "package apps\ntype s struct{}\nfunc (s) getApp() {}\n"},
		},
		[]sources{{"internal/apps/a.go": "package apps\nfunc ByID() {}\nfunc Get() {}\nfunc getaway() {}\n"}})
}

// undocumented are exported functions, types and methods without a sentence. Templates and tests speak for themselves.
func undocumented(t tree) []finding {
	var out []finding
	for _, f := range t.written() {
		if strings.HasSuffix(f.path, "_test.go") || within(f.folder(), "web/templates") || within(f.folder(), "test") {
			continue
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && (d.Recv == nil || receiverIsExported(d.Recv)) && !sentence(d.Doc) {
					out = append(out, f.at(d.Pos(), "%s has no sentence", d.Name.Name))
				}
			case *ast.GenDecl:
				out = append(out, undocumentedTypes(f, d)...)
			}
		}
	}
	return out
}

func undocumentedTypes(f *file, d *ast.GenDecl) []finding {
	var out []finding
	for _, spec := range d.Specs {
		if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && !sentence(s.Doc) && !sentence(d.Doc) {
			out = append(out, f.at(s.Pos(), "%s has no sentence", s.Name.Name))
		}
	}
	return out
}

// sentence tells whether a comment is prose; a directive like //go:embed is not.
func sentence(doc *ast.CommentGroup) bool { return strings.TrimSpace(doc.Text()) != "" }

func receiverIsExported(recv *ast.FieldList) bool {
	e := recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return token.IsExported(x.Name)
		default:
			return false
		}
	}
}

func TestExportedNamesHaveTheirSentence(t *testing.T) {
	hold(t, undocumented,
		"Tell the caller what to count on: the meaning, the unit, the faults that come back, the paragraph of the standard.",
		[]sources{
			{"internal/apps/a.go": "package apps\nfunc ByID() {}\n"},
			{"internal/apps/a.go": "package apps\ntype App struct{}\n"},
			{"internal/apps/a.go": "package apps\n\n// App is an application.\ntype App struct{}\nfunc (*App) Expired() {}\n"},
			{"internal/apps/a.go": "package apps\ntype (\n// A is one.\nA int\nB int\n)\n"},
			{"internal/apps/a.go": "package apps\n//go:noinline\nfunc ByID() {}\n"},
		},
		[]sources{
			{"internal/apps/a.go": "package apps\n\n// ByID finds an app.\nfunc ByID() {}\nfunc byName() {}\n"},
			{"internal/apps/a.go": "package apps\ntype row struct{}\nfunc (row) TableName() string { return \"\" }\n"},
			{"internal/apps/a_test.go": "package apps\nfunc TestIt() {}\n"},
			{"web/templates/site/view.go": "package site\ntype View struct{}\n"},
		})
}

// undone are notes of unfinished work that no issue follows.
func undone(t tree) []finding {
	var out []finding
	for _, f := range t.sorted() {
		if !slices.Contains([]string{".go", ".templ", ".sql", ".css", ".js", ".mjs", ".sh", ".py", ""}, path.Ext(f.path)) || noProse(f.path) {
			continue
		}
		for n, line := range f.lines {
			if note := unfinished.FindString(line); note != "" && !followed.MatchString(line) {
				out = append(out, f.line(n, "%s without the number of an issue", note))
			}
		}
	}
	return out
}

// The patterns are written so that they do not match themselves.
var (
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK)\b`)
	followed   = regexp.MustCompile(`\bTO` + `DO\(#\d+\)`)
)

// noProse are files that are not read by people: minified scripts and licences.
func noProse(p string) bool {
	return strings.Contains(p, ".min.") || strings.Contains(p, "licences/") || path.Base(p) == "LICENSE"
}

func TestUnfinishedWorkNamesItsIssue(t *testing.T) {
	hold(t, undone,
		"Finish it, or open an issue and write its number in brackets behind the word.",
		[]sources{
			{"internal/apps/a.go": "package apps // TO" + "DO: later\n"},
			{"web/static/portal.css": "/* FIX" + "ME */\n"},
			{"Makefile": "# TO" + "DO(soon)\n"},
		},
		[]sources{
			{"internal/apps/a.go": "package apps // TO" + "DO(#12): when the bank answers\n"},
			{"docs/conventions.md": "`TO" + "DO` carries an issue number.\n"},
		})
}
