package house

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// reserve is a law that lets only some folders name the given members of a package. Tests may.
func reserve(importPath string, members []string, folders []string, why string) law {
	return func(t tree) []finding {
		var out []finding
		for _, f := range t.code() {
			if slices.Contains(folders, f.folder()) {
				continue
			}
			for _, pos := range f.says(importPath, members...) {
				out = append(out, f.at(pos, "%s", why))
			}
		}
		return out
	}
}

func TestOnlyTheClockReadsTheTime(t *testing.T) {
	hold(t, reserve("time", []string{"Now", "Since", "Until"}, []string{"internal/clock"}, "reads the wall clock"),
		"Take a clock.Clock as a field; in a transaction use tx.Now; to measure a duration use clock.Monotonic and clock.Since.",
		[]sources{
			{"internal/apps/apps.go": `package apps; import "time"; var _ = time.Now()`},
			{"internal/apps/apps.go": `package apps; import wall "time"; var now = wall.Now`},
			{"internal/site/a.go": `package site; import "time"; func f(t time.Time) any { return time.Since(t) }`},
		},
		[]sources{
			{"internal/clock/clock.go": `package clock; import "time"; var _ = time.Now()`},
			{"internal/apps/apps_test.go": `package apps; import "time"; var _ = time.Now()`},
			{"internal/apps/apps.go": `package apps; import "time"; func f() any { return time.NewTicker(time.Second) }`},
			{"internal/apps/apps.go": `package apps; import "time"; var _ time.Time; func f(time struct{ Now int }) any { return time.Now }`},
		})
}

func TestOnlyTheEntranceReadsTheEnvironmentAndEndsTheProcess(t *testing.T) {
	entrance := []string{"cmd/portal"}
	laws := []law{
		reserve("os", []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv", "Args"}, entrance, "reads the environment"),
		reserve("os", []string{"Exit"}, entrance, "ends the process"),
		reserve("log", []string{"Fatal", "Fatalf", "Fatalln"}, entrance, "ends the process"),
		reserve("context", []string{"Background", "TO" + "DO"}, entrance, "makes a context of its own"),
	}
	hold(t, all(laws...),
		"Take a setting as a struct field, return an error, and pass on the ctx that you were given (context.WithoutCancel outlives it).",
		[]sources{
			{"internal/mail/mail.go": `package mail; import "os"; var host = os.Getenv("SMTP_HOST")`},
			{"internal/mail/mail.go": `package mail; import "os"; func f() { os.Exit(1) }`},
			{"internal/mail/mail.go": `package mail; import "log"; func f() { log.Fatalf("gone") }`},
			{"internal/mail/mail.go": `package mail; import "context"; var ctx = context.Background()`},
		},
		[]sources{
			{"cmd/portal/main.go": `package main; import ("context"; "os"); func main() { _ = context.Background(); os.Exit(len(os.Getenv("X"))) }`},
			{"internal/testkit/pg/pg.go": `package pg; import "os"; var _ = os.Getenv("TEST_DATABASE_URL")`},
		})
}

// all is the law that several laws make together.
func all(laws ...law) law {
	return func(t tree) []finding {
		var out []finding
		for _, l := range laws {
			out = append(out, l(t)...)
		}
		return out
	}
}

// reviewed are the places that may use what this file otherwise refuses, each with the reason.
var reviewed = map[string]string{
	"web/templates/signin/view_factor.go templ": "templ knows no otpauth: addresses; only those are let through",
	"internal/httpkit/headers.go panic":         "net/http's ErrAbortHandler, once recovered, has to go on to net/http",
}

func TestWhatWasReviewedIsStillThere(t *testing.T) {
	t.Parallel()
	files := mustCheckout(t)
	for place := range reviewed {
		if p, _, _ := strings.Cut(place, " "); files[p] == nil {
			t.Errorf("`reviewed` speaks of %s, which does not exist", p)
		}
	}
}

// dangerousImports are packages that need a second pair of eyes, and names that do not say where they are from.
func dangerousImports(t tree) []finding {
	refused := map[string]string{
		"unsafe":       "goes around the type system",
		"os/exec":      "starts other programs",
		"math/rand":    "is guessable: use internal/secret or crypto/rand",
		"math/rand/v2": "is guessable: use internal/secret or crypto/rand",
		"net/smtp":     "is frozen: use internal/mail",
	}
	var out []finding
	for _, f := range t.code() {
		for imported, pos := range f.imports {
			why, dangerous := refused[imported]
			if _, ok := reviewed[f.path+" "+imported]; dangerous && !ok {
				out = append(out, f.at(pos, "imports %s, which %s", imported, why))
			}
			for _, spec := range f.syntax.Imports {
				if spec.Pos() == pos && spec.Name != nil && spec.Name.Name == "." {
					out = append(out, f.at(pos, "imports the names of %s as its own", imported))
				}
			}
		}
	}
	return out
}

func TestDangerousPackagesAreReviewed(t *testing.T) {
	hold(t, dangerousImports,
		"Do without. Where that is impossible, add the file and the package to `reviewed` with the reason.",
		[]sources{
			{"internal/certs/a.go": `package certs; import _ "os/exec"`},
			{"internal/certs/a.go": `package certs; import _ "unsafe"`},
			{"internal/certs/a.go": `package certs; import "math/rand/v2"; var _ = rand.Int()`},
			{"internal/certs/a.go": `package certs; import . "strings"`},
		},
		[]sources{
			{"internal/certs/a.go": `package certs; import _ "crypto/rand"`},
			{"internal/certs/a_test.go": `package certs; import _ "os/exec"`},
		})
}

// rawMarkup: templ escapes what it prints, unless it is told not to.
func rawMarkup(t tree) []finding {
	var out []finding
	for _, f := range t.code() {
		for _, pos := range f.says("github.com/a-h/templ", "Raw", "SafeURL", "SafeCSS", "SafeCSSProperty", "SafeScript") {
			if _, ok := reviewed[f.path+" templ"]; !ok {
				out = append(out, f.at(pos, "goes around templ's escaping"))
			}
		}
	}
	for _, f := range t.templates() {
		for n, line := range f.lines {
			if strings.Contains(line, "templ.Raw") || strings.Contains(line, "templ.Safe") {
				out = append(out, f.line(n, "goes around templ's escaping"))
			}
		}
	}
	return out
}

func TestNothingGoesAroundEscaping(t *testing.T) {
	hold(t, rawMarkup,
		"Write the markup in a template and pass values. A reviewed exception is a line of `reviewed`: \"path templ\" and the reason.",
		[]sources{
			{"internal/site/a.go": `package site; import "github.com/a-h/templ"; var _ = templ.Raw("<b>")`},
			{"web/templates/site/a.templ": `templ a(s string) { @templ.Raw(s) }`},
			{"web/templates/site/a.templ": `templ a(s string) { <a href={ templ.SafeURL(s) }>x</a> }`},
		},
		[]sources{{"web/templates/site/a.templ": `templ a(s string) { <b>{ s }</b> }`}})
}

// mayPanic are the folders whose wiring may stop the program.
var mayPanic = []string{"cmd/portal"}

func panics(t tree) []finding {
	var out []finding
	for _, f := range t.code() {
		if slices.Contains(mayPanic, f.folder()) || reviewed[f.path+" panic"] != "" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" && id.Obj == nil && !abortsAnswer(call) {
				out = append(out, f.at(call.Pos(), "panics"))
			}
			return true
		})
	}
	return out
}

// abortsAnswer is panic(http.ErrAbortHandler), the only way of net/http to cut off an answer.
func abortsAnswer(call *ast.CallExpr) bool {
	sel, ok := call.Args[0].(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "ErrAbortHandler"
}

func TestOnlyTheWiringPanics(t *testing.T) {
	hold(t, panics,
		"Return an error. What cannot happen is an error too: it is answered with 500 and logged, and the program lives.",
		[]sources{{"internal/apps/apps.go": `package apps; func f() { panic("no") }`}},
		[]sources{
			{"cmd/portal/wire.go": `package main; func f() { panic("no") }`},
			{"internal/apps/apps_test.go": `package apps; func f() { panic("no") }`},
			{"internal/httpkit/a.go": `package httpkit; import "net/http"; func f() { panic(http.ErrAbortHandler) }`},
		})
}

// sleeps: who sleeps either waits too long or not long enough. Under testing/synctest time is not the wall's.
func sleeps(t tree) []finding {
	var out []finding
	for _, f := range t.written() {
		if f.localName("testing/synctest") != "" {
			continue
		}
		for _, pos := range f.says("time", "Sleep") {
			out = append(out, f.at(pos, "sleeps"))
		}
	}
	return out
}

func TestNobodySleeps(t *testing.T) {
	hold(t, sleeps,
		"Wait for a signal, poll with a deadline in a select, move the manual clock, or use testing/synctest.",
		[]sources{
			{"internal/jobs/jobs.go": `package jobs; import "time"; func f() { time.Sleep(1) }`},
			{"internal/jobs/jobs_test.go": `package jobs; import "time"; func f() { time.Sleep(1) }`},
		},
		[]sources{
			{"internal/jobs/jobs_test.go": `package jobs; import ("testing/synctest"; "time"); func f() { synctest.Wait(); time.Sleep(1) }`},
			{"internal/jobs/jobs.go": `package jobs; import "time"; func f() any { return time.After(1) }`},
		})
}
