package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"
)

// What a page may weigh, compressed, and how many requests its first view may need.
const (
	mostHTML     = 30 << 10
	mostLog      = 60 << 10
	mostScripts  = 30 << 10
	mostBytes    = 180 << 10
	mostRequests = 10
)

// bannedWords tell people how easy something is, or beg.
var bannedWords = regexp.MustCompile(`(?i)\b(simply|just|please|oops)\b`)

// TestEveryPageOfThePeoplesDoorIsSound opens every route that answers GET. One without a visit fails it, so that no new
// page is forgotten.
func TestEveryPageOfThePeoplesDoorIsSound(t *testing.T) {
	t.Parallel()
	b := newTabFor(t, start(t, settings{limits: wideLimits}), 20*time.Minute)
	b.axe = axeSource(t)
	v := newVisitors(t, b.sv)
	titles := map[string]string{}

	for _, r := range pageRoutes(t) {
		v.look(b, r.who, r.address, titles, r.pattern)
	}
	for _, further := range furtherPages {
		who, address, _ := strings.Cut(further, " ")
		v.look(b, who, address, nil, address)
	}
	t.Logf("looked at %d pages", len(titles)+len(furtherPages))
	for _, said := range b.heard.all() {
		if !strings.Contains(said, "status of 4") {
			t.Errorf("the console said: %s", said)
		}
	}
}

// pageRoute is a page with somebody to open it.
type pageRoute struct{ pattern, who, address string }

// pageRoutes reads the table of the people's door.
func pageRoutes(t *testing.T) (out []pageRoute) {
	t.Helper()
	golden := string(mustRead(t, filepath.Join("..", "..", "cmd", "portal", "testdata", "people.routes.golden")))
	for line := range strings.Lines(golden) {
		columns := regexp.MustCompile(`^(\S+) +(GET|POST) +(\S+(?: in)?) +\S+`).FindStringSubmatch(line)
		if columns == nil || columns[2] != http.MethodGet || noPages[columns[1]] != "" || seenElsewhere[columns[1]] != "" {
			continue
		}
		r := pageRoute{pattern: columns[1], who: usual[columns[3]], address: columns[1]}
		if address, ok := addresses[r.pattern]; ok {
			r.address = address
			if who, path, named := strings.Cut(address, " "); named {
				r.who, r.address = who, path
			}
		}
		if strings.Contains(r.address, ":") && !strings.Contains(r.address, "{") {
			t.Errorf("nobody visits %s: give it an address, or say why it is no page", r.pattern)
			continue
		}
		out = append(out, r)
	}
	return out
}

// look holds one page against everything that is promised of all of them. titles are those of other pages, nil where
// a page is shown once more.
func (v *visitors) look(b *tab, who, address string, titles map[string]string, pattern string) {
	v.t.Helper()
	at := v.fill(address)
	p := v.who[who].open(at)
	if titles != nil && p.status != http.StatusOK {
		v.t.Errorf("%s, %s: %d %s", pattern, who, p.status, p.location())
		return
	}
	for _, problem := range judgeText(p) {
		v.t.Errorf("%s: %s", at, problem)
	}
	if titles != nil && !slices.Contains(namesakes, pattern) {
		if other := titles[p.title()]; other != "" {
			v.t.Errorf("%s and %s are both titled %q", pattern, other, p.title())
		}
		titles[p.title()] = pattern
	}
	b.as(v.who[who], at)
	b.expectLight(at, len(gzipped(p.body)))
	b.lookOnce(at, who+strings.Map(fileName, at))
}

// judgeText reads a page as a person does who sees the text alone.
func judgeText(p page) (problems []string) {
	headings := 0
	p.each("h1", func(n *html.Node) { headings++ })
	if headings != 1 {
		problems = append(problems, fmt.Sprintf("%d headings of the first order", headings))
	}
	if !strings.Contains(p.body, `<html lang="en-GB"`) {
		problems = append(problems, "the language is not told")
	}
	if title := p.title(); len(title) < 8 {
		problems = append(problems, fmt.Sprintf("the title is %q", title))
	}
	if found := bannedWords.FindAllString(p.words(), -1); found != nil {
		problems = append(problems, fmt.Sprintf("says %q", found))
	}
	for _, n := range nextActions(p) {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("an empty state with %d ways on", n))
		}
	}
	most := mostHTML
	if u, err := url.Parse(p.url); err == nil && strings.HasPrefix(u.Path, "/playground/requests") {
		most = mostLog
	}
	if size := len(gzipped(p.body)); size > most {
		problems = append(problems, fmt.Sprintf("%d bytes compressed, at most %d are allowed", size, most))
	}
	return problems
}

// nextActions is how many ways on each empty state of a page offers.
func nextActions(p page) (counts []int) {
	p.each("div", func(n *html.Node) {
		if attribute(n, "class") != "empty" {
			return
		}
		count := 0
		eachBelow(n, func(m *html.Node) {
			if m.Data == "a" || m.Data == "button" {
				count++
			}
		})
		counts = append(counts, count)
	})
	return counts
}

// title is the page's title, blanks folded.
func (p page) title() string {
	text := ""
	p.each("title", func(n *html.Node) { // drawings have titles, too
		if n.Parent.Data == "head" {
			text = strings.Join(strings.Fields(textOf(n)), " ")
		}
	})
	return text
}

// as opens an address with the cookies of somebody.
func (b *tab) as(who *browser, address string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.sv.portal + address
	}
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
			return chromedp.Void{}, err
		}
		for _, c := range who.jar.Cookies(u) {
			if _, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: address}); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
	b.open(address)
}

// weight is what a page loads beside its own text, compressed, whether or not the browser has kept a copy.
type weight struct{ Requests, Bytes, Scripts int }

const weigh = `(() => {
  const all = performance.getEntriesByType('resource').filter((e) => e.initiatorType !== 'xmlhttprequest' && e.initiatorType !== 'fetch');
  const sum = (list) => list.reduce((total, e) => total + e.encodedBodySize, 0);
  return { Requests: all.length + 1, Bytes: sum(all), Scripts: sum(all.filter((e) => e.name.endsWith('.js'))) };
})()`

// expectLight holds the page's weight against what is promised.
func (b *tab) expectLight(at string, own int) {
	b.t.Helper()
	if w := ask[weight](b, weigh); w.Requests > mostRequests || w.Bytes+own > mostBytes || w.Scripts > mostScripts {
		b.t.Errorf("%s: %d requests (at most %d), %d bytes (%d), of them %d of scripts (%d)", at, w.Requests, mostRequests, w.Bytes+own, mostBytes, w.Scripts, mostScripts)
	}
}

// view is how a page is looked at.
type view struct {
	scheme string
	width  int64
}

// turn tells in which views the accessibility checker sees the next page: the checker takes long, so pages take turns
// where everyView is not set.
func (b *tab) turn() (sees func(view) bool) {
	next := view{"light", 1280}
	if b.looks++; b.looks%2 == 0 {
		next = view{"dark", 390}
	}
	return func(v view) bool { return everyView || v == next }
}

// lookOnce looks at the page in the views of this run, and keeps pictures where FAIRWAY_SHOTS names a folder.
func (b *tab) lookOnce(at, name string) {
	b.t.Helper()
	for _, refused := range ask[[]string](b, "window.__refused ?? []") {
		b.t.Errorf("%s: the policy refused %s", at, refused)
	}
	sees := b.turn()
	for _, v := range []view{{"light", 1280}, {"light", 390}, {"dark", 390}, {"dark", 1280}} {
		b.colours(v.scheme)
		b.do(chromedp.EmulateViewport(v.width, 900))
		b.checkWidth(at, v.width)
		until(b.t, "the end of all movement", func() bool {
			return ask[bool](b, "getComputedStyle(document.body).color !== '' && document.getAnimations().length === 0")
		})
		b.keep(name, v)
		if sees(v) {
			b.checkAccess(at, v.scheme, v.width)
		}
	}
	b.do(chromedp.EmulateViewport(narrowest, 900))
	b.checkWidth(at, narrowest)
	b.do(chromedp.EmulateViewport(1280, 900))
}

// keep writes a picture of the whole page.
func (b *tab) keep(name string, v view) {
	b.t.Helper()
	folder := os.Getenv("FAIRWAY_SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, v.scheme, v.width)), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// fileName makes an address into a name.
func fileName(r rune) rune {
	if strings.ContainsRune("/?&=.:", r) {
		return '_'
	}
	return r
}
