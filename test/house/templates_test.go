package house

import (
	"regexp"
	"strings"
	"testing"
)

// refusedMarkup is what the content security policy blocks, or what needs script to work at all.
var refusedMarkup = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`(?i)(^|\s)style\s*=\s*["'{]`), "an inline style, which the content security policy blocks: use a class"},
	{regexp.MustCompile(`(?i)<style\b`), "a style sheet in the page: write it in web/static"},
	{regexp.MustCompile(`(?i)(^|\s)on[a-z]+\??\s*=\s*["'{]`), "an inline event handler, which the content security policy blocks: use portal.js"},
	{regexp.MustCompile(`(?i)"(style|on[a-z]+)"\s*:`), "an inline style or handler among spread attributes"},
	{regexp.MustCompile(`(?i)\bhx-on\b`), "hx-on, which is an inline handler"},
	{regexp.MustCompile(`(?i)\bjs:`), "hx-vals with js:, which is evaluated"},
	{regexp.MustCompile(`(?i)\bjavascript:`), "a script as an address"},
	{regexp.MustCompile(`(?i)\bhx-boost\b`), "hx-boost, which replaces whole pages behind the browser's back"},
	{regexp.MustCompile(`(?i)\bhx-ext\b`), "hx-ext, which loads code that is not ours"},
	{regexp.MustCompile(`(?i)hx-trigger\s*=\s*("[^"]*\[|'[^']*\[|\{[^}]*\[)`), "a filter in hx-trigger, which is evaluated"},
	{regexp.MustCompile(`^\s*(css|script)\s+\w+\s*\(`), "a css or script component, which templ writes inline"},
	{regexp.MustCompile(`(?i)\b(src|href)\s*=\s*["']https?://[^"']*\.(js|css|woff2?)\b`), "a file from somewhere else: embed it in web/static"},
}

// scriptTag finds script elements; one is allowed when it names a file and has no text.
var (
	scriptTag  = regexp.MustCompile(`(?is)<script\b([^>]*)>`)
	fileScript = regexp.MustCompile(`(?is)^[^>]*\ssrc\s*=`)
)

func markup(t tree) []finding {
	var out []finding
	for _, f := range t.templates() {
		for n, line := range f.lines {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, r := range refusedMarkup {
				if r.pattern.MatchString(line) {
					out = append(out, f.line(n, "%s", r.what))
				}
			}
		}
		for _, m := range scriptTag.FindAllStringSubmatchIndex(f.text, -1) {
			attributes, rest := f.text[m[2]:m[3]], strings.TrimSpace(f.text[m[1]:])
			if !fileScript.MatchString(attributes) || !strings.HasPrefix(rest, "</script>") {
				out = append(out, f.line(1+strings.Count(f.text[:m[0]], "\n"), "an inline script: write it in web/static"))
			}
		}
	}
	return out
}

// page is an invented template around some markup.
func page(markup string) sources {
	return sources{"web/templates/site/page.templ": "package site\n\ntempl Page(v View) {\n" + markup + "\n}\n"}
}

func TestTemplatesHoldMarkupOnly(t *testing.T) {
	hold(t, markup,
		"The pages run under default-src 'none' with neither inline script nor inline style, and work without script.",
		[]sources{
			page(`<p style="color: red">x</p>`),
			page(`<p class="a" style={ v.Style }>x</p>`),
			page(`<style>p { color: red }</style>`),
			page(`<button onclick="go()">x</button>`),
			page(`<button onclick={ v.Go }>x</button>`),
			page(`<p { templ.Attributes{"onload": v.Go}... }>x</p>`),
			page(`<p { templ.Attributes{"style": v.Go}... }>x</p>`),
			page(`<script>go()</script>`),
			page("<script\n  src={ v.Src }>go()</script>"),
			page(`<script type="module">go()</script>`),
			page(`<p hx-on:click="go()">x</p>`),
			page(`<p hx-vals="js:{a: go()}">x</p>`),
			page(`<p hx-vals='js:{a: go()}'>x</p>`),
			page(`<body hx-boost="true">x</body>`),
			page(`<body hx-ext="ws">x</body>`),
			page(`<p hx-get="/x" hx-trigger="click[ctrlKey]">x</p>`),
			page(`<p hx-get="/x" hx-trigger={ "click[" + v.Filter + "]" }>x</p>`),
			page(`<a href="javascript:go()">x</a>`),
			page(`<script src="https://cdn.example/a.js"></script>`),
			{"web/templates/site/page.templ": "package site\n\ncss red() {\n}\n"},
			{"web/templates/site/page.templ": "package site\n\nscript run(a string) {\n}\n"},
		},
		[]sources{
			page(`<p class="style" data-style="x">a style = of writing</p>`),
			page(`<script src={ static.URL("portal.js") } defer></script>`),
			page(`<p hx-get="/x" hx-trigger="every 2s">once = upon</p>`),
			page(`// a comment may name <style> and style="x"`),
		})
}
