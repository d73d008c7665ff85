package house

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// storeys is the one table of which package stands where. An import goes from a higher number to a lower one.
// docs/architecture.md draws the same picture; TestThePictureShowsTheStoreys compares them.
var storeys = map[string]int{
	"migrations":           0,
	"web/static":           0,
	"web/templates/ui":     1,
	"web/templates/layout": 2,
	"web/templates/*":      3,

	"internal/address":     10,
	"internal/clock":       10,
	"internal/contract":    10,
	"internal/fault":       10,
	"internal/memo":        10,
	"internal/messagecode": 10,
	"internal/outbound":    10,
	"internal/search":      10,
	"internal/samples":     10,
	"internal/secret":      10,
	"internal/strictjson":  10,
	"internal/workdays":    10,
	"internal/totp":        10,

	"internal/config":          11,
	"internal/db":              11,
	"internal/httpsig":         11,
	"internal/qcert":           11,
	"internal/rawrequest":      11,
	"internal/certview":        12,
	"internal/demo":            12,
	"internal/demobank":        12,
	"internal/example":         12,
	"internal/httpkit":         12,
	"internal/possession":      12,
	"internal/trustlist/xades": 11,

	"internal/audit":      20,
	"internal/bankclient": 20,
	"internal/jobs":       20,
	"internal/mail":       20,
	"internal/revocation": 20,

	"internal/mail/smtp": 21,

	"internal/catalog":      30,
	"internal/progress":     30,
	"internal/accounts":     31,
	"internal/bank":         31,
	"internal/calls":        31,
	"internal/quota":        31,
	"internal/register":     31,
	"internal/script":       31,
	"internal/collections":  31,
	"internal/trustlist":    31,
	"internal/upstream":     31,
	"internal/apps":         32,
	"internal/bank/sandbox": 32,
	"internal/certs":        32,
	"internal/consents":     32,
	"internal/enrolments":   32,
	"internal/flows":        32,
	"internal/notebook":     32,
	"internal/refresh":      32,
	"internal/nca":          33,
	"internal/oauth":        33,
	"internal/rehearsals":   33,

	"internal/callview": 39,
	"internal/codeview": 39,

	"internal/authserver": 40,
	"internal/backoffice": 40,
	"internal/debugger":   40,
	"internal/notify":     40,
	"internal/playground": 40,
	"internal/reference":  40,
	"internal/responder":  40,
	"internal/signin":     40,
	"internal/site":       40,
	"internal/xs2a":       40,

	"internal/gateway": 50,
	"internal/portal":  50,

	"cmd/portal": 60,
}

// storey is the number of a folder. A folder with an area's templates has the number of web/templates/*.
func storey(folder string) (int, bool) {
	if n, ok := storeys[folder]; ok {
		return n, true
	}
	if area, ok := strings.CutPrefix(folder, "web/templates/"); ok && !strings.Contains(area, "/") {
		return storeys["web/templates/*"], true
	}
	return 0, false
}

// importsGoDown: no import along a storey or up, and no product code that leans on test support.
func importsGoDown(t tree) []finding {
	var out []finding
	for _, f := range t.sorted() {
		if f.syntax == nil || f.forTests() {
			continue
		}
		from, ok := storey(f.folder())
		if !ok {
			out = append(out, f.line(1, "%s has no storey", f.folder()))
			continue
		}
		for imported, pos := range f.imports {
			folder, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			if supportsTests(folder) {
				out = append(out, f.at(pos, "imports %s, which is for tests", folder))
			} else if to, ok := storey(folder); ok && to >= from {
				out = append(out, f.at(pos, "%s (%d) imports %s (%d)", f.folder(), from, folder, to))
			}
		}
	}
	return out
}

func TestImportsGoFromAHigherStoreyToALowerOne(t *testing.T) {
	hold(t, importsGoDown,
		"Give a new package its number in storeys_test.go and its line in docs/architecture.md. An import that runs up or "+
			"along asks for another cut: state a fact that the upper package listens to, or take an interface.",
		[]sources{
			{"internal/apps/apps.go": `package apps; import _ "fairway/internal/oauth"`},
			{"internal/apps/apps.go": `package apps; import _ "fairway/internal/certs"`},
			{"internal/apps/apps.go": `package apps; import _ "fairway/internal/testkit"`},
			{"internal/bank/sandbox/a.go": `package sandbox; import _ "fairway/internal/bank/banktest"`},
			{"internal/novelty/novelty.go": `package novelty`},
			{"web/templates/ui/a_templ.go": `package ui; import _ "fairway/web/templates/layout"`},
			{"web/templates/site/a.go": `package site; import _ "fairway/web/templates/signin"`},
		},
		[]sources{
			{"internal/oauth/oauth.go": `package oauth; import _ "fairway/internal/apps"`},
			{"internal/apps/apps_test.go": `package apps_test; import _ "fairway/internal/testkit"`},
			{"internal/bank/banktest/suite.go": `package banktest; import _ "fairway/internal/bank"`},
			{"web/templates/site/a.go": `package site; import _ "fairway/web/templates/ui"`},
			{"test/e2e/run.go": `package e2e; import _ "fairway/cmd/portal"`},
		})
}

// rooms are the modules and packages that only some folders may know, in tests too.
var rooms = []struct{ prefix, why string }{
	{"gorm.io/", "only internal/db knows gorm: hand on a db.Tx"},
	{"github.com/glebarez/", "only internal/db knows its drivers"},
	{"github.com/pressly/goose", "only internal/db migrates"},
	{"github.com/riverqueue/", "only internal/jobs knows the queue's engine"},
	{"github.com/russellhaering/", "only internal/trustlist/xades knows XML signatures"},
	{"github.com/beevik/", "only internal/trustlist/xades reads XML as a tree"},
	{module + "/internal/config", "only cmd/portal reads the environment: take a struct of settings"},
	{module + "/cmd", "nobody imports the entrance"},
}

// roomOf says who may import what the prefix names.
var roomOf = map[string][]string{
	"gorm.io/":                   {"internal/db"},
	"github.com/glebarez/":       {"internal/db"},
	"github.com/pressly/goose":   {"internal/db", "migrations"},
	"github.com/riverqueue/":     {"internal/jobs", "internal/db"},
	"github.com/russellhaering/": {"internal/trustlist/xades"},
	"github.com/beevik/":         {"internal/trustlist/xades"},
	module + "/internal/config":  {"cmd/portal", "internal/config"},
	module + "/cmd":              {"cmd/portal", "test/e2e"},
}

func roomsAreClosed(t tree) []finding {
	var out []finding
	for _, f := range t.written() {
		for imported, pos := range f.imports {
			for _, r := range rooms {
				mayEnter := func(dir string) bool { return within(f.folder(), dir) }
				if strings.HasPrefix(imported, r.prefix) && !slices.ContainsFunc(roomOf[r.prefix], mayEnter) {
					out = append(out, f.at(pos, "imports %s: %s", imported, r.why))
				}
			}
		}
	}
	return out
}

func TestGormTheQueueAndTheConfigurationStayInTheirRooms(t *testing.T) {
	hold(t, roomsAreClosed,
		"Ask the package that owns the library for what you need, or give it a method that does it.",
		[]sources{
			{"internal/apps/store.go": `package apps; import _ "gorm.io/gorm/clause"`},
			{"internal/apps/store_test.go": `package apps; import _ "github.com/glebarez/sqlite"`},
			{"internal/notify/notify.go": `package notify; import _ "github.com/riverqueue/river"`},
			{"internal/trustlist/import.go": `package trustlist; import _ "github.com/beevik/etree"`},
			{"internal/portal/portal.go": `package portal; import _ "fairway/internal/config"`},
		},
		[]sources{
			{"internal/db/open.go": `package db; import _ "gorm.io/gorm"`},
			{"cmd/portal/wire.go": `package main; import _ "fairway/internal/config"`},
		})
}

// draws are the packages below the faces that make parts of pages, for every face to use.
var draws = map[string]bool{"internal/callview": true, "internal/certview": true, "internal/codeview": true, "internal/httpkit": true}

// httpStaysOutside: rules do not know how they were asked, pages do not know who draws them.
func httpStaysOutside(t tree) []finding {
	var out []finding
	for _, f := range t.sorted() {
		if f.syntax == nil || f.forTests() {
			continue
		}
		n, known := storey(f.folder())
		if !known {
			continue
		}
		for imported, pos := range f.imports {
			web := strings.HasPrefix(imported, "github.com/gin-gonic/") || strings.HasPrefix(imported, module+"/web/") ||
				strings.HasPrefix(imported, "github.com/a-h/templ")
			if web && n >= 10 && n < 40 && !draws[f.folder()] {
				out = append(out, f.at(pos, "a rule, a record or the ground imports %s", imported))
			}
			if n < 10 && strings.HasPrefix(imported, module+"/internal/") {
				out = append(out, f.at(pos, "paper imports %s", imported))
			}
		}
	}
	return out
}

func TestRulesKnowNoHTTPAndTemplatesKnowNoRules(t *testing.T) {
	hold(t, httpStaysOutside,
		"Let the face translate: a domain takes ctx and plain values, a template takes a view struct of strings, booleans and lists.",
		[]sources{
			{"internal/apps/apps.go": `package apps; import _ "github.com/gin-gonic/gin"`},
			{"internal/mail/mail.go": `package mail; import _ "fairway/web/templates/letters"`},
			{"web/templates/site/view.go": `package site; import _ "fairway/internal/catalog"`},
			{"web/templates/site/page_templ.go": `package site; import _ "fairway/internal/catalog"`},
		},
		[]sources{
			{"internal/site/site.go": `package site; import _ "github.com/gin-gonic/gin"; import _ "fairway/web/templates/site"`},
			{"internal/httpkit/kit.go": `package httpkit; import _ "github.com/gin-gonic/gin"`},
		})
}

// pictured is a line of the picture in docs/architecture.md: a number, where it changes, and a folder.
var pictured = regexp.MustCompile(`^\s*(\d+)?\s+(?:[a-z]+\s+)?((?:cmd|internal|web|migrations)[\w/*]*)(?:\s|$)`)

// picture reads the fenced block that begins with the entrance.
func picture(doc string) map[string]int {
	out, number, inside := map[string]int{}, -1, false
	for line := range strings.Lines(doc) {
		if strings.HasPrefix(line, "```") {
			inside = !inside
			continue
		}
		m := pictured.FindStringSubmatch(line)
		if !inside || m == nil {
			continue
		}
		if m[1] != "" {
			number, _ = strconv.Atoi(m[1]) // the pattern lets only digits through
		}
		if number >= 0 {
			out[m[2]] = number
		}
	}
	return out
}

func pictureShowsStoreys(t tree) []finding {
	const doc = "docs/architecture.md"
	f := t[doc]
	if f == nil {
		return []finding{{doc, 0, "is missing"}}
	}
	var out []finding
	drawn := picture(f.text)
	for folder, n := range storeys {
		if got, ok := drawn[folder]; !ok || got != n {
			out = append(out, finding{doc, 0, fmt.Sprintf("%s should stand at %d in the picture", folder, n)})
		}
	}
	for folder := range drawn {
		if _, ok := storeys[folder]; !ok {
			out = append(out, finding{doc, 0, folder + " is drawn but has no number in storeys_test.go"})
		}
	}
	return out
}

func TestThePictureShowsTheStoreys(t *testing.T) {
	var drawn strings.Builder
	drawn.WriteString("```\n")
	for folder, n := range storeys {
		fmt.Fprintf(&drawn, "%d %s   what it owns\n", n, folder)
	}
	sound := drawn.String() + "```\n"
	hold(t, pictureShowsStoreys,
		"Change the picture in docs/architecture.md and the table in storeys_test.go together.",
		[]sources{
			{"docs/architecture.md": "# No picture\n"},
			{"docs/architecture.md": strings.Replace(sound, "31 internal/bank ", "32 internal/bank ", 1)},
			{"docs/architecture.md": strings.Replace(sound, "60 cmd/portal", "60 cmd/other", 1)},
			{"README.md": sound},
		},
		[]sources{{"docs/architecture.md": sound}})
}

func TestEveryStoreyOfTheTableIsBuilt(t *testing.T) {
	t.Parallel()
	built := map[string]bool{}
	for _, f := range mustCheckout(t).sorted() {
		if f.syntax != nil {
			built[f.folder()] = true
		}
	}
	for folder := range storeys {
		if !strings.HasSuffix(folder, "*") && !built[folder] {
			t.Errorf("storeys_test.go gives a number to %s, which does not exist: take it out of the table and the picture", folder)
		}
	}
}
