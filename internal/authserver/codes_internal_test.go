package authserver

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fairway/internal/fault"
	"fairway/internal/messagecode"
)

// faultCodes reads the codes of every fault that a package's source makes.
func faultCodes(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	var found []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 3 {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "New" {
				if of, ok := sel.X.(*ast.Ident); ok && of.Name == "fault" {
					code, err := strconv.Unquote(call.Args[1].(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					found = append(found, code)
				}
			}
			return true
		})
	}
	return found
}

func TestEveryFaultHasItsRow(t *testing.T) {
	t.Parallel()
	found := append(faultCodes(t, "../oauth"), faultCodes(t, ".")...)
	if len(found) < 40 {
		t.Fatalf("only %d faults were found", len(found))
	}
	for _, code := range found {
		_, row := codes[code]
		if row == shown[code] && !strings.HasPrefix(code, "TOKEN_") {
			t.Errorf("%s: a row in codes %v, shown on a page %v; it needs one of them", code, row, shown[code])
		}
	}
}

func TestEveryNameOfTheStandardIsExplained(t *testing.T) {
	t.Parallel()
	for code, w := range codes {
		if _, ok := messagecode.Find(w.name); !ok {
			t.Errorf("%s is told as %s, which nobody explains", code, w.name)
		}
	}
}

func TestAFaultWithoutARowGoesByItsKind(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]wire{
		fault.Internal: serverError, fault.Unavailable: unavailable, fault.Invalid: invalidRequest, fault.Unauthenticated: invalidClient, fault.Conflict: serverError,
	} {
		if got := told(fault.New(kind, "a code of tomorrow", "Text.")); got != want {
			t.Errorf("%s: %v, want %v", kind, got, want)
		}
	}
}

func TestADescriptionHasOnlyTheCharactersOfTheStandard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`a "b" \c`: "a 'b' /c", "ä…\n\x00": "?.??", "plain, 100 %.": "plain, 100 %."} {
		if got := description(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
