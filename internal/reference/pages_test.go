package reference_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/httpsig"
	"fairway/internal/reference"
)

// maxPage is how many bytes of HTML a page may have, compressed.
const maxPage = 30 << 10

var (
	idOf  = regexp.MustCompile(`\sid="([^"]*)"`)
	hrefs = regexp.MustCompile(`href="([^"]*)"`)
	h     = regexp.MustCompile(`<h([1-6])[ >]`)
)

func TestEveryPageIsThereSmallAndLeadsSomewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paths := reference.Paths()
	if len(paths) != 18 {
		t.Errorf("there are %d pages", len(paths))
	}
	for _, path := range paths {
		html := w.page(path)

		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(html)) // a buffer takes everything
		if err := z.Close(); err != nil || packed.Len() > maxPage {
			t.Errorf("%s has %d bytes compressed (%v)", path, packed.Len(), err)
		}
		mustContain(t, path, html, `<link rel="canonical" href="http://localhost:8080`+path+`">`, `<meta name="description"`)
		level := 0
		for _, m := range h.FindAllStringSubmatch(html, -1) {
			n := int(m[1][0] - '0')
			if n > level+1 {
				t.Errorf("%s: h%d follows h%d", path, n, level)
			}
			level = n
		}
		checkLinks(t, w, path, html)
	}
}

// checkLinks follows links within the page and the reference, and finds ids that occur twice.
func checkLinks(t *testing.T, w *world, path, html string) {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range idOf.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("%s: the id %s occurs twice", path, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range hrefs.FindAllStringSubmatch(html, -1) {
		href := strings.ReplaceAll(m[1], "&amp;", "&")
		if id, ok := strings.CutPrefix(href, "#"); ok && !ids[id] {
			t.Errorf("%s leads to %s, which is not there", path, href)
		}
		if strings.HasPrefix(href, "/reference") {
			if a := w.get(href); a.Code != http.StatusOK {
				t.Errorf("%s leads to %s: %d", path, href, a.Code)
			}
		}
	}
}

func TestAPageHasALinkForEveryParameterFieldStatusAndCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	html := w.page("/reference/card-account/v1/card-accounts.transactions")

	mustContain(t, "the page", html, `id="query-bookingStatus"`, `href="#query-bookingStatus"`, `required unless page is sent`, `id="header-Consent-ID"`, `id="path-account-id"`,
		`id="answer-200-cardTransactions-booked-transactionAmount-amount"`, `id="answer-429"`, `href="/docs/errors/ACCESS_EXCEEDED"`, `id="error-tppMessages-code"`,
		`href="/playground/request?brand=`, `operation=card-accounts.transactions`, `One of booked, pending, both.`, `id="answer-headers-RateLimit"`, `with 200, 400`)
}

func TestTheBrandOfTheAddressFillsTheExamples(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	html := w.page("/reference/consent/v1/consents.create?brand=alisa")
	unknown := w.page("/reference/consent/v1/consents.create?brand=%22%3E%3Cscript%3E")

	mustContain(t, "the page", html, "POST /sandbox/alisa/consent/v1/consents HTTP/1.1", "Host: localhost:8443", "https://localhost:8443/auth/sandbox/alisa/.well-known", "brand=alisa")
	if strings.Contains(html, "auth.example") || strings.Contains(html, "/sandbox/rocker") {
		t.Error("an invented address is left")
	}
	if strings.Contains(unknown, "<script>") && !strings.Contains(unknown, "Host: localhost:8443") {
		t.Error("an unknown brand changes the page")
	}
}

func TestTheDigestOfAnExampleIsTheOneOfItsBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	text := w.get("/reference/consent/v1/consents.create.md").Body.String()

	_, request, _ := strings.Cut(text, "```http\n")
	head, body, _ := strings.Cut(request, "\n\n")
	body, _, _ = strings.Cut(body, "\n```")
	mustContain(t, "the request", head, "Digest: "+httpsig.Digest("SHA-256", []byte(body)), `headers="digest x-request-id"`)
	if strings.Contains(head, "PSU-ID:") || strings.Contains(head, "TPP-Redirect-URI:") {
		t.Errorf("a header is sent that the signature leaves out: %s", head)
	}
}

func TestWhatIsNotInTheReferenceListsWhatIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/reference/card-account/v9", "/reference/payments", "/reference/card-account/v1/money.print", "/reference/x/v1/openapi.yaml", "/reference/consent/v2/consents.read",
		"/reference/consent/v1/%3Cscript%3E"} {
		a := w.get(path)

		if a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Code)
		}
		mustContain(t, path, a.Body.String(), `href="/reference/card-account/v1"`, `href="/reference/consent/v1"`, `<meta name="robots" content="noindex"`)
	}
	if a := w.get("/reference/consent"); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/reference/consent/v1" {
		t.Errorf("an API alone: %d %s", a.Code, a.Header().Get("Location"))
	}
}

func TestThePageAsMarkdownSaysTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, wanted := range map[string][]string{
		"/reference/consent/v1/consents.create.md": {"# Create a consent", "`POST /consent/v1/consents`", "- `access.accounts[].maskedPan` (string; optional)", "### 201 Created",
			"[SESSIONS_NOT_SUPPORTED](http://localhost:8080/docs/errors/SESSIONS_NOT_SUPPORTED)", "```json\n{", "Host: localhost:8443"},
		"/reference/card-account/v1.md": {"# Card accounts v1", "[Read the balances](http://localhost:8080/reference/card-account/v1/card-accounts.balances.md)"},
	} {
		a := w.get(path)

		if kind := a.Header().Get("Content-Type"); a.Code != http.StatusOK || kind != "text/markdown; charset=utf-8" {
			t.Errorf("%s: %d %s", path, a.Code, kind)
		}
		mustContain(t, path, a.Body.String(), wanted...)
	}
}

func TestADocumentIsAFileWithTheAddressesOfHere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, kind := range map[string]string{"/reference/consent/v1/openapi.yaml": "application/yaml", "/reference/consent/v1/openapi.json?brand=alisa": "application/json"} {
		a := w.get(path)

		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != kind || !strings.HasPrefix(a.Header().Get("Content-Disposition"), `attachment; filename="fairway-consent-v1.`) {
			t.Errorf("%s: %d %v", path, a.Code, a.Header())
		}
		mustContain(t, path, a.Body.String(), "https://localhost:8443/{environment}/{brand}", "3.1.0")
	}
	var doc struct {
		Servers []struct {
			Variables map[string]struct{ Default string }
		}
	}
	if err := json.Unmarshal(w.get("/reference/consent/v1/openapi.json?brand=alisa").Body.Bytes(), &doc); err != nil || doc.Servers[0].Variables["brand"].Default != "alisa" {
		t.Errorf("%v %+v", err, doc)
	}
}

func TestTheExampleIsAProgramInTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, wanted := range map[string][]string{
		"/reference/consent/v1/consents.create?brand=alisa":                 {"consents-create.sh", "https://localhost:8443/sandbox/alisa/consent/v1/consents", "grant_type=client_credentials", "?brand=alisa&amp;lang=go#sample"},
		"/reference/card-account/v1/card-accounts.transactions?lang=python": {"card-accounts-transactions.py", "bookingStatus=both", "CONSENT_ID", "ACCESS_TOKEN", "Put an id of yours"},
		"/reference/oauth/v1/oauth.token?lang=java":                         {"Main.java", "https://localhost:8443/auth/token", "client_credentials"},
		"/reference/rehearsals/v1/rehearsals.arm?lang=node":                 {"rehearsals-arm.mjs", "https://localhost:8443/sandbox/rocker/rehearsals/v1/next", "CONSENT_EXPIRED", "FAIRWAY_API_KEY"},
		"/reference/oauth/v1/oauth.metadata?lang=csharp":                    {"Program.cs", "https://localhost:8443/auth/sandbox/rocker/.well-known/oauth-authorization-server"},
	} {
		html := words(w.page(path))

		mustContain(t, path, html, append(wanted, "As a program")...)
	}
	if html := words(w.page("/reference/rehearsals/v1/rehearsals.arm")); strings.Contains(html, "qseal.key") || strings.Contains(html, "Signature:") {
		t.Error("an order is signed")
	}
}

// words are a page without the marks that colour its code.
func words(page string) string {
	return strings.ReplaceAll(regexp.MustCompile(`</?span[^>]*>`).ReplaceAllString(page, ""), "&#34;", `"`)
}
