package debugger_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairway/internal/debugger"
	"fairway/internal/httpsig"
	"fairway/internal/testkit/chrome"
)

// broken are the examples with what the page says about each, and the codes that scripts get.
var broken = []struct{ name, says, codes string }{
	{"case", `You signed "X-Request-ID" with capital letters`, httpsig.CauseCase},
	{"newline", "You signed a line feed after the last line", httpsig.CauseTrailingNewline},
	{"crlf", "You joined the lines with CR LF", httpsig.CauseLineEnd},
	{"order", "You signed the lines in the order", httpsig.CauseOrder},
	{"missing", "You did not sign digest", httpsig.CauseMissingHeader},
	{"body", "It is the digest of the same JSON", httpsig.CauseReserialised},
	{"object", `It is the digest of "{}"`, httpsig.CauseEmptyObject},
	{"qwac", "You signed with the key of your QWAC", httpsig.CauseWrongKey},
	{"pss", "You signed with RSA-PSS", httpsig.CausePSS},
	{"twice", "hexadecimal text of the hash", httpsig.CauseDoubleHash},
	{"two", "after the last line", httpsig.CauseEmptyObject + " " + httpsig.CauseCase + " " + httpsig.CauseTrailingNewline},
}

func TestEveryExampleIsNamedOnThePageAndForScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range broken {
		request, certificate, second := w.example(c.name)

		page := w.paste("request", request, "certificate", certificate, "second", second)
		_, v := w.script(map[string]string{"request": request})

		if page.status != http.StatusOK || !page.says(c.says) || !page.says(`id="result" tabindex="-1" autofocus`) {
			t.Errorf("%s: %d, and the page does not say %q", c.name, page.status, c.says)
		}
		if c.name != "body" && *v.Valid || !strings.HasPrefix(v.codes(), c.codes) {
			t.Errorf("%s: scripts get %q, want %q", c.name, v.codes(), c.codes)
		}
	}
}

func TestARightRequestIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, beside := range map[string]string{"1": "", "docs": "QC_MISSING"} { // the documentation's certificate is an ordinary one
		request, certificate, _ := w.example(name)

		page := w.paste("request", request, "certificate", certificate)
		_, v := w.script(map[string]string{"request": request, "certificate": certificate})

		if page.status != http.StatusOK || !page.says("The signature is right") || page.says("Nothing else was found") != (beside == "") {
			t.Errorf("%s: %d, %v", name, page.status, v)
		}
		if !*v.Valid || *v.SignedInstead != "" || v.codes() != beside || !strings.Contains(*v.SigningString, "x-request-id: 99391c7e") {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestAllThatCurlPrintsIsLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request, certificate, _ := w.example("1")
	head, body, _ := strings.Cut(strings.ReplaceAll(request, "\r\n", "\n"), "\n\n")
	printed := "* Connected\n> " + strings.ReplaceAll(head, "\n", "\n> ") + "\n> Content-Length: " + strconv.Itoa(len(body)) + "\n> \n} [9 bytes data]\n< HTTP/2 201 \n< content-length: 2\n< \n{ [2 bytes data]\n* left intact\n"

	whole := w.paste("request", printed+"{}\n"+body+"\n", "certificate", certificate)
	without := w.paste("request", printed, "certificate", certificate)
	_, v := w.script(map[string]string{"request": printed, "certificate": certificate})

	if !whole.says("The signature is right") {
		t.Error("a right request with its body behind all that curl prints is not called right")
	}
	if !without.says("The body is not here as it was sent") || !without.says("The body is missing") || without.says("hash the empty string") || v.codes() != httpsig.BodyLength || *v.Valid {
		t.Errorf("without the body: %s", v.codes())
	}
}

func TestThePageIsThereWithoutARequestAndUnknownExamplesAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	empty, unknown := w.get(debugger.Path), w.get(debugger.Path+"?example=nothing")

	if empty.status != http.StatusOK || !empty.says("?example=case") || empty.says(`id="result"`) || unknown.status != http.StatusNotFound {
		t.Errorf("%d, %d", empty.status, unknown.status)
	}
}

func TestTheFirstByteThatDiffersIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, want := range map[string]string{
		"case":    "They differ from byte 1 on (line 1, byte 1): “D” where “d” is expected.",
		"newline": "a line feed where the end is expected.",
		"crlf":    "line 1, byte 61): a carriage return where a line feed is expected.",
	} {
		if a := w.get(debugger.Path + "?example=" + name); !a.says(want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

func TestSecretsOfAPastedRequestAreGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request, certificate, _ := w.example("1")
	request = strings.Replace(request, "Content-Type:", "Authorization: Bearer hush-hush\nCookie: a=hush-hush\nX-API-Key: sbx_ak_hush-hush-hush\nContent-Type:", 1)

	read := w.paste("request", request, "certificate", certificate)
	refused := w.paste("request", "nonsense\n"+request, "certificate", "nonsense")
	_, v := w.script(map[string]string{"request": request})

	if read.says("hush-hush") || refused.says("hush-hush") || refused.status != http.StatusUnprocessableEntity {
		t.Error("a secret is shown again")
	}
	if !read.says("Secrets were left out") || !read.says("Authorization, Cookie, X-API-Key") || !read.says("The signature is right") || !*v.Valid || v.codes() != "secrets-removed" {
		t.Errorf("the page does not say that they were left out; scripts get %q", v.codes())
	}
	if !strings.Contains(refused.field(t, "request"), "X-Request-ID: 99391c7e") || !refused.says(`aria-invalid="true"`) {
		t.Error("the rest of a refused request is not kept in its field")
	}
}

func TestAPrivateKeyIsRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request, certificate, _ := w.example("1")
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"
	const bare = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"
	header := strings.Replace(request, "TPP-Signature-Certificate: MII", "TPP-Signature-Certificate: "+bare+"\nX: ", 1)
	for name, fields := range map[string][2]string{
		"certificate": {request, key}, "request": {request + key, certificate}, "bare": {request, bare}, "header": {header, certificate},
	} {
		page := w.paste("request", fields[0], "certificate", fields[1])
		a, v := w.script(map[string]string{"request": fields[0], "certificate": fields[1]})

		if page.status != http.StatusUnprocessableEntity || page.says("MC4CAQAw") || !page.says("rivate key") {
			t.Errorf("%s: %d", name, page.status)
		}
		if a.status != http.StatusUnprocessableEntity || v.Code != "private-key" || strings.Contains(a.body, "MC4CAQAw") {
			t.Errorf("%s for scripts: %d %s", name, a.status, a.body)
		}
	}
}

func TestAFormTakesTheLineEndsOfTheBodyAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	right, certificate, _ := w.example("1")
	head, body, _ := strings.Cut(right, "\n\n")

	behind := w.paste("request", right+"\n", "certificate", certificate)
	_, exact := w.script(map[string]string{"request": head + "\n\n" + strings.ReplaceAll(body, "\n", "\r\n")})

	if !behind.says("The signature is right") || !behind.says("without the line end behind it") {
		t.Error("a line end that copying adds is held against the sender")
	}
	if *exact.Valid || exact.Findings[0].Code != httpsig.CauseBodyChanged {
		t.Errorf("a script that sends CR LF gets %+v", exact)
	}
}

func TestWhatStandsBesideIsShownBesideAndNotInstead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request, certificate, _ := w.example("case")
	_, _, qwac := w.example("qwac")
	w.clock.Advance(400 * 24 * time.Hour)

	expired := w.paste("request", request, "certificate", certificate)
	other := w.paste("request", request, "certificate", qwac)

	if !expired.says("with capital letters") || !expired.says("The certificate expired on") || !expired.says(httpsig.CertificateExpired) {
		t.Error("an expired certificate hides the mistake, or is not told")
	}
	if !other.says("This is a QWAC") || !other.says("key of another certificate") {
		t.Error("a QWAC is not told")
	}
}

func TestTheDebuggerInABrowser(t *testing.T) {
	t.Parallel()
	chrome.Need(t)
	var w *world
	at := ""
	chrome.Serve(t, func(address string) http.Handler {
		w, at = newWorld(t), address
		return w.handler
	})
	tab := chrome.Open(t, at, "")
	for name, path := range map[string]string{"debugger": "", "debugger-right": "?example=1", "debugger-case": "?example=case", "debugger-two": "?example=two", "debugger-qwac": "?example=qwac"} {
		tab.Sound(name, debugger.Path+path)
	}
	tab.Open(debugger.Path)
	tab.Press("#paste button[type=submit]", ".error-summary")
	tab.Sound("debugger-refused")
}
