package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fairway/internal/fault"
	"fairway/internal/messagecode"
	"fairway/internal/xs2a"
)

// declared is a fault as the source declares it: fault.New(fault.Kind, "CODE", …).
type declared struct {
	kind fault.Kind
	at   string
}

var kinds = map[string]fault.Kind{
	"Internal": fault.Internal, "Invalid": fault.Invalid, "Unauthenticated": fault.Unauthenticated, "Forbidden": fault.Forbidden,
	"NotFound": fault.NotFound, "Conflict": fault.Conflict, "TooMany": fault.TooMany, "Unavailable": fault.Unavailable,
}

// source reads every fault that the program declares, by code, and every text that is in it.
func source(t *testing.T) (found map[string][]declared, texts string) {
	t.Helper()
	found = map[string][]declared{}
	var all strings.Builder
	files := token.NewFileSet()
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && !strings.Contains(path, "messagecode") {
				all.WriteString(text.Value + "\n")
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 || !selects(call.Fun, "New") {
				return true
			}
			kind, isKind := call.Args[0].(*ast.SelectorExpr)
			code, isCode := call.Args[1].(*ast.BasicLit)
			if isKind && isCode && selects(kind, kind.Sel.Name) {
				text, _ := strconv.Unquote(code.Value)
				found[text] = append(found[text], declared{kinds[kind.Sel.Name], files.Position(call.Pos()).String()})
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, all.String()
}

// selects reports whether the expression is fault.<name>.
func selects(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "fault"
}

var wireCode = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+$`)

// What a machine can be answered with is explained, with the status that it comes with.
func TestEveryCodeThatMachinesGetIsExplainedWithItsStatus(t *testing.T) {
	t.Parallel()
	faults, texts := source(t)
	if len(faults) < 40 {
		t.Fatalf("only %d codes were found", len(faults))
	}
	for code, places := range faults {
		for _, p := range places {
			f := fault.New(p.kind, code, "")
			wire, status := xs2a.Code(f), xs2a.Status(f)
			if !wireCode.MatchString(wire) {
				continue // a code of the people's door or of OAuth; the interface sends it as its kind at most
			}
			record, ok := messagecode.Find(wire)
			if !ok {
				t.Errorf("%s: %s has no record in messagecode", p.at, wire)
			} else if !slices.Contains(record.HTTP, status) {
				t.Errorf("%s: %s is sent with %d; its record says %v", p.at, wire, status, record.HTTP)
			}
		}
	}
	for _, record := range messagecode.All() {
		if !strings.Contains(texts, record.Code) && record.Code != onlyLive {
			t.Errorf("the record of %s explains what is never sent", record.Code)
		}
	}
}

// onlyLive is a code of the standard that is explained although the sandbox, whose certificates are ours, never sends it.
const onlyLive = "CERTIFICATE_BLOCKED"

// Codes of our own stand in the log and in addresses of the documentation: they are written alike.
func TestCodesOfOurOwnAreWrittenAlike(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	faults, _ := source(t)
	for code, places := range faults {
		if !wireCode.MatchString(code) && !form.MatchString(code) {
			t.Errorf("%q is not written like name_taken, at %v", code, places)
		}
	}
}
