package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the module path that go.mod names.
const module = "fairway"

// tree is a set of source files by their slash-separated path from the top of the checkout.
type tree map[string]*file

// file is one text file, parsed where it is Go.
type file struct {
	path   string
	text   string
	fset   *token.FileSet
	syntax *ast.File
	broken error
}

// finding is one place that breaks a law.
type finding struct {
	path string
	line int
	what string
}

func (f finding) String() string {
	if f.line == 0 {
		return f.path + ": " + f.what
	}
	return fmt.Sprintf("%s:%d: %s", f.path, f.line, f.what)
}

// law reads a tree and returns what breaks it.
type law func(tree) []finding

// sources are invented files by path.
type sources map[string]string

// hold is the test of a law: it finds something in each of the broken sources and nothing in the sound ones,
// and then nothing in the checkout. advice tells the reader of a failure what to do.
func hold(t *testing.T, l law, advice string, broken, sound []sources) {
	t.Helper()
	t.Parallel()
	if len(broken) == 0 {
		t.Fatal("the law has no proof that it can fail")
	}
	for i, s := range broken {
		if found := l(newTree(t, s)); len(found) == 0 {
			t.Errorf("broken source %d passes, so the law cannot fail: %q", i, s)
		}
	}
	for i, s := range sound {
		for _, f := range l(newTree(t, s)) {
			t.Errorf("sound source %d is refused: %s", i, f)
		}
	}
	found := l(mustCheckout(t))
	for _, f := range found {
		t.Error(f)
	}
	if len(found) > 0 {
		t.Log(advice)
	}
}

func newTree(t *testing.T, s sources) tree {
	t.Helper()
	out := tree{}
	for p, text := range s {
		out[p] = newFile(p, []byte(text))
		if out[p].broken != nil {
			t.Fatalf("the invented source %s does not parse: %v", p, out[p].broken)
		}
	}
	return out
}

func newFile(p string, text []byte) *file {
	f := &file{path: p, text: string(text), fset: token.NewFileSet()}
	if path.Ext(p) == ".go" {
		f.syntax, f.broken = parser.ParseFile(f.fset, p, text, parser.ParseComments)
	}
	return f
}

func mustCheckout(t *testing.T) tree {
	t.Helper()
	files, err := checkout()
	if err != nil {
		t.Fatalf("read the checkout: %v", err)
	}
	return files
}

// top is the checkout, seen from this folder.
const top = "../.."

var checkout = sync.OnceValues(func() (tree, error) { return readTree(os.DirFS(top)) })

// notOurs are folders that hold nothing we wrote.
var notOurs = []string{".git", ".home", "bin", "node_modules", "var", "tmp"}

// readTree reads every text file of a checkout. Big and binary files are no source.
func readTree(root fs.FS) (tree, error) {
	out := tree{}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(notOurs, d.Name()) {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
			return err
		}
		text, err := fs.ReadFile(root, p)
		if err == nil && !bytes.ContainsRune(text, 0) {
			out[p] = newFile(p, text)
		}
		return err
	})
	return out, err
}

// sorted gives the files in the order of their paths, so that findings do too.
func (t tree) sorted() []*file {
	var out []*file
	for _, p := range slices.Sorted(maps.Keys(t)) {
		out = append(out, t[p])
	}
	return out
}

// code gives the Go files that we wrote and that go into a program.
func (t tree) code() []*file {
	return slices.DeleteFunc(t.written(), func(f *file) bool { return f.forTests() })
}

// written gives the Go files that we wrote, tests included.
func (t tree) written() []*file {
	return slices.DeleteFunc(t.sorted(), func(f *file) bool { return f.syntax == nil || f.generated() })
}

// templates gives the templ files.
func (t tree) templates() []*file {
	return slices.DeleteFunc(t.sorted(), func(f *file) bool { return path.Ext(f.path) != ".templ" })
}

// folder is the import path below the module.
func (f *file) folder() string { return path.Dir(f.path) }

// forTests tells whether f is a test or supports tests. It may do what only the entrance may otherwise.
func (f *file) forTests() bool {
	return strings.HasSuffix(f.path, "_test.go") || supportsTests(f.folder())
}

// supportsTests is true of the folders beside the storeys, and of suites like bank/banktest.
func supportsTests(folder string) bool {
	return within(folder, "internal/testkit") || within(folder, "test") || within(folder, "bench") ||
		(strings.HasSuffix(folder, "test") && strings.Count(folder, "/") > 1)
}

// within tells whether folder is dir or lies below it.
func within(folder, dir string) bool { return folder == dir || strings.HasPrefix(folder, dir+"/") }

func (f *file) generated() bool {
	return strings.HasSuffix(f.path, "_templ.go") || ast.IsGenerated(f.syntax)
}

func (f *file) at(pos token.Pos, format string, args ...any) finding {
	return finding{f.path, f.fset.Position(pos).Line, fmt.Sprintf(format, args...)}
}

func (f *file) line(n int, format string, args ...any) finding {
	return finding{f.path, n, fmt.Sprintf(format, args...)}
}

// lines gives each line with its number, from 1.
func (f *file) lines(yield func(int, string) bool) {
	n := 0
	for line := range strings.Lines(f.text) {
		if n++; !yield(n, strings.TrimRight(line, "\r\n")) {
			return
		}
	}
}

// imports gives each import path with its place.
func (f *file) imports(yield func(string, token.Pos) bool) {
	for _, spec := range f.syntax.Imports {
		if !yield(strings.Trim(spec.Path.Value, `"`), spec.Pos()) {
			return
		}
	}
}

// says finds the places where f names one of the given members of a package.
func (f *file) says(importPath string, members ...string) []token.Pos {
	var out []token.Pos
	local := f.localName(importPath)
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || local == "" || !slices.Contains(members, sel.Sel.Name) {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == local && id.Obj == nil {
			out = append(out, sel.Pos())
		}
		return true
	})
	return out
}

// localName is how f calls a package, or nothing where it does not import it.
func (f *file) localName(importPath string) string {
	for _, spec := range f.syntax.Imports {
		if strings.Trim(spec.Path.Value, `"`) != importPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

func TestEveryGoFileParses(t *testing.T) {
	t.Parallel()
	for _, f := range mustCheckout(t).sorted() {
		if f.broken != nil {
			t.Errorf("%s: %v", f.path, f.broken)
		}
	}
}

func TestTheCheckoutIsRead(t *testing.T) {
	t.Parallel()
	files := mustCheckout(t)
	for _, p := range []string{"go.mod", "Makefile", "cmd/portal/main.go", "internal/db/db.go", "docs/architecture.md"} {
		if files[p] == nil {
			t.Errorf("%s was not read: every law would pass on an empty tree", p)
		}
	}
	for p := range files {
		if strings.HasPrefix(p, ".git/") {
			t.Errorf("%s is no source", p)
		}
	}
}
