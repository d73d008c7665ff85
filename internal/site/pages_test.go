package site_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/messagecode"
	"fairway/internal/quota"
	"fairway/internal/site"
)

// chapterPaths are the pages of the documentation in reading order.
var chapterPaths = []string{"/docs", "/docs/start", "/docs/flow", "/docs/environments", "/docs/limits", "/docs/auth", "/docs/signing", "/docs/errors",
	"/docs/connection", "/docs/live", "/docs/versions", "/docs/changelog", "/docs/terms", "/docs/contact"}

func codePaths() []string {
	var paths []string
	for _, r := range messagecode.Everything() {
		paths = append(paths, "/docs/errors/"+r.Code)
	}
	return paths
}

func publicPages() []string {
	return slices.Concat([]string{"/", "/inspector"}, chapterPaths, codePaths())
}

var (
	h      = regexp.MustCompile(`<h([1-6])[ >]`)
	idOf   = regexp.MustCompile(`\sid="([^"]*)"`)
	titles = regexp.MustCompile(`<title>([^<]*)</title>`)
	hrefs  = regexp.MustCompile(`href="([^"]*)"`)
)

func TestEveryPageHasOneTitleAndHeadingsThatDescend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]string{}
	for _, path := range publicPages() {
		html := w.page(path)

		level, ones := 0, 0
		for _, m := range h.FindAllStringSubmatch(html, -1) {
			n := int(m[1][0] - '0')
			if n == 1 {
				ones++
			}
			if n > level+1 {
				t.Errorf("%s: h%d follows h%d", path, n, level)
			}
			level = n
		}
		if ones != 1 {
			t.Errorf("%s has %d h1", path, ones)
		}
		title := titles.FindStringSubmatch(html)[1]
		if other := seen[title]; other != "" {
			t.Errorf("%s and %s are both called %q", path, other, title)
		}
		seen[title] = path
	}
}

func TestNoPageHoldsAPlaceholderAnInlineStyleOrTheSameIDTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inline := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)="`)
	left := regexp.MustCompile(`\{\{|raw HTML omitted`)
	for _, path := range publicPages() {
		html := w.page(path)

		if m := left.FindString(html); m != "" {
			t.Errorf("%s holds a placeholder or markup that was left out: %s", path, m)
		}
		if m := inline.FindString(html); m != "" {
			t.Errorf("%s has %s", path, m)
		}
		ids := map[string]bool{}
		for _, m := range idOf.FindAllStringSubmatch(html, -1) {
			if ids[m[1]] {
				t.Errorf("%s has the id %q twice", path, m[1])
			}
			ids[m[1]] = true
		}
	}
}

// elsewhere are the pages of other faces that ours lead to. Their own tests hold that they are there.
var elsewhere = []string{"/debugger", "/debugger?example=docs", "/debugger?example=case", "/reference", "/reference/rehearsals/v1", "/signup", "/login", "/theme", "/playground", "/playground/certificates",
	"/playground/certificates/own", "/playground/apps", "/playground/apis", "/playground/flow", "/playground/request", "/playground/history", "/playground/requests", "/playground/rehearsals", "/pki/ca.pem"}

// besides are pages of ours that search engines need not list.
var besides = []string{"/search", "/docs/changelog.atom"}

func TestEveryLinkWithinThePagesLeadsSomewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := map[string]string{}
	for _, path := range publicPages() {
		known[path] = w.page(path)
	}
	linked := map[string]bool{"/": true}
	for path, html := range known {
		for _, m := range hrefs.FindAllStringSubmatch(html, -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if target == "" || strings.HasPrefix(target, "?lang=") {
				target = path
			}
			if at, _, asked := strings.Cut(target, "?"); asked && at == "/login" {
				target = at
			}
			linked[target] = true
			page, ours := known[target]
			switch {
			case target == "mailto:support@fairway.example", strings.HasPrefix(m[1], "http://localhost:8080"), strings.HasPrefix(target, "/login?next=%2Fdocs"):
			case slices.Contains(besides, target):
				w.page(target)
			case strings.HasPrefix(target, "/static/"):
				if code := w.get(target).Code; code != http.StatusOK {
					t.Errorf("%s asks for %s: %d", path, target, code)
				}
			case !ours && !slices.Contains(elsewhere, target):
				t.Errorf("%s leads to %s, which is not there", path, target)
			case ours && fragment != "" && !strings.Contains(page, `id="`+fragment+`"`):
				t.Errorf("%s leads to %s, but there is no #%s", path, target, fragment)
			}
		}
	}
	for path := range known {
		if !linked[path] {
			t.Errorf("nothing leads to %s", path)
		}
	}
}

func TestPagesSayTheAddressesOfThisDeploymentAndWhatTheBankHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deps.APIURL = mustParse(t, "https://{environment}.api.{brand}.bank.example")
	w.deps.AuthURL = mustParse(t, "https://prod.auth.bank.example")
	w.deps.BankURL = mustParse(t, "https://{environment}.ui.{brand}.bank.example")
	w.deps.Limits, w.deps.ConsentDays = limited(quota.Limits{PerSecond: 7, PerDay: 12345}), 90
	w.mount()

	environments := w.page("/docs/environments")

	mustContain(t, "Environments", environments, "https://sandbox.api.alisa.bank.example", "https://sandbox.ui.st1.bank.example/v1/authorizations",
		"https://prod.auth.bank.example/token", "https://prod.auth.bank.example/sandbox/rocker/.well-known/oauth-authorization-server",
		"Fellow Bank", "7 in any 1,000 ms", "12,345", "w=86400", "90 days", "1345611", "5243 78** **** 8693", "5243 66** **** 8694", "1345620")
	for _, path := range publicPages() {
		if html := w.page(path); strings.Contains(html, "localhost:8443") {
			t.Errorf("%s names an address of another deployment", path)
		}
	}
	mustContain(t, "Authentication", w.page("/docs/auth"), "https://prod.auth.bank.example/.well-known/oauth-authorization-server/sandbox/rocker")
}

func TestTheDocumentationFollowsTheLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	limits := quota.Limits{PerSecond: 5, PerDay: 1000}
	w.deps.Limits = func(context.Context) (quota.Limits, error) { return limits, nil }
	w.mount()
	before := w.page("/docs/environments")

	limits = quota.Limits{PerSecond: 8, PerDay: 4321}

	mustContain(t, "Before", before, "5 in any 1,000 ms", "1,000; the day begins")
	mustContain(t, "After", w.page("/docs/environments"), "8 in any 1,000 ms", "4,321; the day begins")
}

func TestTheLandingPageOffersTheDashboardToWhomIsSignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	stranger := w.page("/")
	w.visitor.PersonID, w.visitor.OrganisationID, w.visitor.Organisation = "per_1", "org_1", "Acme"
	member := w.page("/")

	mustContain(t, "the page for strangers", stranger, `href="/signup"`, "Start in the sandbox", "Rocker", "ST1 Finance", "Alisa Bank")
	mustContain(t, "the page for members", member, `href="/playground"`, "Open the dashboard")
	if strings.Contains(member, "Start in the sandbox") || strings.Contains(stranger, "Open the dashboard") {
		t.Error("the page offers both")
	}
}

func TestEveryCodeHasAPageWithAllOfItsCausesAndFixes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.page("/docs/errors")
	for _, r := range messagecode.Everything() {
		html := withoutTerms(w.page("/docs/errors/" + r.Code))
		for _, text := range slices.Concat(r.Causes, []string{r.What, r.Title}) {
			mustContain(t, r.Code, html, escaped(text))
		}
		for _, fix := range r.Fixes {
			mustContain(t, r.Code, html, commands.ReplaceAllString(escaped(fix), "<code>$1</code>"))
		}
		for _, path := range r.See {
			if !slices.Contains(chapterPaths, path) || !strings.Contains(html, `href="`+path+`"`) {
				t.Errorf("%s points to %s, which it does not link", r.Code, path)
			}
		}
		if r.OfCheck() {
			mustContain(t, r.Code, html, escaped(r.Rule), string(r.By[0]), "In check lists", `href="/inspector"`)
		}
		mustContain(t, "the list", list, `href="/docs/errors/`+r.Code+`"`, escaped(r.Title))
	}
}

// withoutTerms leaves the words of terms and takes away what explains them.
func withoutTerms(html string) string {
	return explanation.ReplaceAllString(html, "$1")
}

var explanation = regexp.MustCompile(`<dfn class="term"><button[^>]*>([^<]*)</button><span class="term-note".*?</span><a [^>]*>All terms</a></span></dfn>`)

// commands are what a text has between backticks; pages show it as code.
var commands = regexp.MustCompile("`([^`]+)`")

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&#34;", "'", "&#39;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func TestHostileCodesAndIDsAreUnknownAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]int{
		"/docs/errors/NOPE":                                               http.StatusNotFound,
		"/docs/errors/signature_invalid":                                  http.StatusNotFound,
		"/docs/errors/%3Cscript%3Ealert(1)%3C%2Fscript%3E":                http.StatusNotFound,
		"/docs/errors/..%2F..%2Fetc%2Fpasswd":                             http.StatusNotFound,
		"/docs/errors/%00%FF":                                             http.StatusNotFound,
		"/docs/errors/" + strings.Repeat("A", 9000):                       http.StatusNotFound,
		"/docs/errors/FORMAT_ERROR?rid=1%27%20OR%201=1":                   http.StatusNotFound,
		"/docs/errors/FORMAT_ERROR?rid=" + strings.Repeat("z", 13):        http.StatusNotFound,
		"/docs/errors/FORMAT_ERROR?rid=-1":                                http.StatusNotFound,
		"/docs/errors/FORMAT_ERROR?rid=" + strings.Repeat("9", 1000):      http.StatusNotFound,
		"/docs/errors/FORMAT_ERROR?rid=":                                  http.StatusOK,
		"/docs/errors/FORMAT_ERROR?x=%3Cscript%3Ealert(1)%3C%2Fscript%3E": http.StatusOK,
	} {
		answer := w.get(path)

		if answer.Code != want {
			t.Errorf("%.80s: %d, want %d", path, answer.Code, want)
		}
		if strings.Contains(answer.Body.String(), "<script>alert") {
			t.Errorf("%.80s comes back as markup", path)
		}
	}
}

func TestAnUnknownCodeLeadsToTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for asked, meant := range map[string]string{"signature_invalid": "SIGNATURE_INVALID", "CERTIFICATE_REVOKE": "CERTIFICATE_REVOKED", "INVALID_GRANT": "invalid_grant", "TOKN_EXPIRED": "TOKEN_EXPIRED"} {
		mustContain(t, asked, w.get("/docs/errors/"+asked).Body.String(), `href="/docs/errors/`+meant+`"`)
	}
	if html := w.get("/docs/errors/completely-different-thing").Body.String(); strings.Contains(html, "Did you mean") {
		t.Error("a code that resembles none is guessed")
	}
}

func TestSearchEnginesFindThePublicPagesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	robots, sitemap, icon := w.page("/robots.txt"), w.page("/sitemap.xml"), w.get("/favicon.ico")

	mustContain(t, "robots.txt", robots, "Disallow: /playground\n", "Disallow: /dev/\n", "Sitemap: http://localhost:8080/sitemap.xml\n")
	for _, path := range publicPages() {
		mustContain(t, "the site map", sitemap, "<loc>http://localhost:8080"+path+"</loc>")
		if html := w.page(path); strings.Contains(html, `content="noindex"`) || !strings.Contains(html, `name="description"`) {
			t.Errorf("%s cannot be listed", path)
		}
	}
	mustContain(t, "the site map", sitemap, "<loc>http://localhost:8080/debugger</loc>") // a page of another face
	if n, want := strings.Count(sitemap, "<loc>"), len(publicPages())+1; n != want {
		t.Errorf("the site map has %d addresses, want %d", n, want)
	}
	if to := icon.Header().Get("Location"); icon.Code != http.StatusFound || w.get(to).Code != http.StatusOK {
		t.Errorf("the icon: %d to %q", icon.Code, to)
	}
}

func TestPagesAreKeptByNoCacheBecauseTheyNameTheVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/docs", "/docs/errors/FORMAT_ERROR", "/docs/errors/NOPE", "/dev/outbox"} {
		if got := w.get(path).Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestNamesOfSamplesAreUniqueAndTheirOrderIsTheReadingOrder(t *testing.T) {
	t.Parallel()
	samples, err := site.Samples()
	if err != nil {
		t.Fatal(err)
	}
	names, last := map[string]bool{}, 0
	for _, s := range samples {
		if names[s.Name] {
			t.Errorf("%s is there twice", s.Name)
		}
		names[s.Name] = true
		at := slices.Index(chapterPaths, s.Page)
		if at < last {
			t.Errorf("%s of %s stands too late", s.Name, s.Page)
		}
		last = at
		if strings.Contains(s.Text, "localhost") || strings.Contains(s.Text, "{{") {
			t.Errorf("%s names an address, or has a placeholder", s.Name)
		}
	}
	for _, want := range []string{"tools.sh", "token.sh", "consent.sh", "authorise.sh", "exchange.sh", "accounts.sh", "refresh.sh", "metadata.sh", "unsigned.sh"} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestMembersFindTheWayBackToTheirDashboardFromEveryPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if strings.Contains(w.page("/docs"), `href="/playground"`) != strings.Contains(w.page("/docs/auth"), `href="/playground"`) {
		t.Error("chapters differ in what they offer to strangers")
	}

	w.visitor.PersonID, w.visitor.OrganisationID = "per_1", "org_1"

	for _, path := range []string{"/docs", "/docs/auth", "/docs/errors/FORMAT_ERROR"} {
		if n := strings.Count(w.page(path), `href="/playground"`); n < 2 {
			t.Errorf("%s leads to the dashboard %d times: the menu of narrow screens lacks it", path, n)
		}
	}
}

func TestTheChapterAboutLiveSaysWhoDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	person := w.page("/docs/live")
	w.deps.Automatic = true
	w.mount()
	automatic := w.page("/docs/live")

	mustContain(t, "where a person decides", person, "a decision within three working days", "then a person decides")
	mustContain(t, "where the evidence decides", automatic, "a decision within minutes, where every check passes", "otherwise a person decides", "in three working days at most")
	if strings.Contains(person, "minutes, where") {
		t.Error("a person is promised to decide within minutes")
	}
}
