package layout_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/web/static"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

var (
	idPattern      = regexp.MustCompile(`\sid="([^"]*)"`)
	fieldPattern   = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	labelPattern   = regexp.MustCompile(`<label for="([^"]*)"`)
	pointerPattern = regexp.MustCompile(`\s(?:aria-describedby|aria-labelledby)="([^"]*)"`)
	jumpPattern    = regexp.MustCompile(`href="#([^"]+)"`)
	headingPattern = regexp.MustCompile(`<h([1-6])\b`)
	symbolPattern  = regexp.MustCompile(`<symbol id="([^"]*)"`)
	usePattern     = regexp.MustCompile(`<use href="[^"#]*#([^"]*)"`)
	forbidden      = map[string]*regexp.Regexp{
		"an inline style":     regexp.MustCompile(`\sstyle=|<style`),
		"an inline script":    regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]`),
		"an inline handler":   regexp.MustCompile(`\son[a-z]+=`),
		"a file that is gone": regexp.MustCompile(`/static/unknown/`),
		"a refused address":   regexp.MustCompile(`about:invalid`),
	}
)

func TestEveryPageOfTheGalleryKeepsTheRulesForMarkup(t *testing.T) {
	t.Parallel()
	for name, page := range gallery() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := mustRender(t, page)

			for what, pattern := range forbidden {
				if found := pattern.FindString(html); found != "" {
					t.Errorf("the page has %s: %q", what, found)
				}
			}
			ids := captures(idPattern, html)
			if sorted := slices.Sorted(slices.Values(ids)); len(slices.Compact(slices.Clone(sorted))) != len(ids) {
				t.Errorf("an id is used twice: %v", sorted)
			}
			for _, list := range captures(pointerPattern, html) {
				for _, id := range strings.Fields(list) {
					if !slices.Contains(ids, id) {
						t.Errorf("nothing has the id %q that a field refers to", id)
					}
				}
			}
			for _, id := range captures(jumpPattern, html) {
				if !slices.Contains(ids, id) {
					t.Errorf("a link leads to %q, which is not on the page", id)
				}
			}
			if strings.Count(html, "<main ") != 1 || strings.Count(html, "<h1") != 1 {
				t.Error("a page has one main part and one h1")
			}
		})
	}
}

func TestEveryFieldHasALabel(t *testing.T) {
	t.Parallel()
	for name, page := range gallery() {
		html := mustRender(t, page)
		labels := captures(labelPattern, html)
		for _, field := range fieldPattern.FindAllString(html, -1) {
			if strings.Contains(field, `type="hidden"`) {
				continue
			}
			if id := idPattern.FindStringSubmatch(field); id == nil || !slices.Contains(labels, id[1]) {
				t.Errorf("%s: no label for %s", name, field)
			}
		}
	}
}

func TestHeadingsDescendOneStepAtATime(t *testing.T) {
	t.Parallel()
	for name, page := range gallery() {
		last := "0"
		for _, level := range captures(headingPattern, mustRender(t, page)) {
			// The summary of errors stands before the h1, and closed dialogs are pages of their own.
			if last != "0" && level > last && level[0]-last[0] > 1 {
				t.Errorf("%s: an h%s follows an h%s", name, level, last)
			}
			last = level
		}
	}
}

func TestEveryIconThatIsUsedExists(t *testing.T) {
	t.Parallel()
	symbols := captures(symbolPattern, mustFetch(t, static.URL("icons.svg")))
	for name, page := range gallery() {
		for _, icon := range captures(usePattern, mustRender(t, page)) {
			if !slices.Contains(symbols, icon) {
				t.Errorf("%s: there is no icon %q", name, icon)
			}
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	const hostile = `"><script>alert(1)</script>`
	page := layout.Page{Title: hostile, Organisation: hostile, Email: hostile, SignedIn: true, Token: hostile, Path: hostile, Theme: hostile, Env: hostile}

	html := mustRender(t, with(layout.App(page),
		ui.CodeBlock(ui.CodeView{ID: "a", Title: hostile, Text: hostile}),
		ui.CodeBlock(ui.CodeView{ID: "b", Spans: []ui.Span{{Kind: hostile, Text: hostile}, {Kind: "k", Text: hostile}, {Kind: "m", Text: hostile}}}),
		ui.Diff(ui.DiffView{Lines: []ui.DiffLine{{Kind: "del", Parts: []ui.DiffPart{{Text: hostile, Changed: true}, {Text: hostile}}}}}),
		ui.Field(ui.FieldView{Name: "n", Label: hostile, Value: hostile, Hint: hostile, Error: hostile}),
		ui.LinkButton(ui.LinkView{Href: "javascript:alert(1)", Text: hostile})))

	if strings.Contains(html, "<script>") || strings.Contains(html, "javascript:") {
		t.Error("markup from a value reached the page")
	}
}

func TestCodeIsWrittenByteForByte(t *testing.T) {
	t.Parallel()
	const code = "line one\n  line <two> & \"three\"\n"

	html := mustRender(t, ui.CodeBlock(ui.CodeView{ID: "c", Title: "Example", Text: code}))

	if want := `<code id="c">line one` + "\n" + `  line &lt;two&gt; &amp; &#34;three&#34;` + "\n</code>"; !strings.Contains(html, want) {
		t.Errorf("got %s", html)
	}
}

func TestAPageSaysWhereItIs(t *testing.T) {
	t.Parallel()
	refused := mustRender(t, layout.App(layout.Page{Title: "Create an app", Path: "/playground/apps/new", Error: true}))
	if !strings.Contains(refused, "<title>Error: Create an app – Fairway</title>") {
		t.Error("the title of a refused form starts with Error")
	}
	if !strings.Contains(refused, `href="/playground/apps" aria-current="page"`) || strings.Contains(refused, `href="/playground" aria-current="page"`) {
		t.Error("the navigation marks the part of the portal that the page belongs to, and only that")
	}
	if bank := mustRender(t, layout.Bank(layout.BankPage{Title: "Sign in", BrandName: "Alisa Bank"})); strings.Contains(bank, "/playground") || strings.Contains(bank, "Fairway") {
		t.Error("a bank's page shows nothing of the portal")
	}
}

func captures(pattern *regexp.Regexp, in string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(in, -1) {
		out = append(out, m[1])
	}
	return out
}
