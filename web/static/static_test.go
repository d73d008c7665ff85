package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func send(t *testing.T, method, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestEveryFileIsServedForEverUnderItsHash(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{
		"portal.css": "text/css; charset=utf-8", "portal.js": "text/javascript; charset=utf-8", "htmx.min.js": "text/javascript; charset=utf-8",
		"icons.svg": "image/svg+xml", "icon.svg": "image/svg+xml", "chevron.svg": "image/svg+xml",
		"inter.woff2": "font/woff2", "jetbrains-mono.woff2": "font/woff2", "inter.txt": "text/plain; charset=utf-8",
	}
	for name, kind := range kinds {
		w := send(t, http.MethodGet, URL(name), "")

		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: %d %q, %d bytes", name, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, w.Header())
		}
		if !regexp.MustCompile(`^/static/[0-9a-f]{16}/`).MatchString(URL(name)) {
			t.Errorf("%s has the address %s", name, URL(name))
		}
	}
}

func TestTheCompressedAnswerIsTheSameFile(t *testing.T) {
	t.Parallel()
	plain := send(t, http.MethodGet, URL("portal.css"), "gzip;q=0, br")
	packed := send(t, http.MethodGet, URL("portal.css"), "br, gzip;q=0.8")

	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("%v %v", plain.Header(), packed.Header())
	}
	reader, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(unpacked, plain.Body.Bytes()) {
		t.Errorf("%d bytes instead of %d (%v)", len(unpacked), plain.Body.Len(), err)
	}
	if font := send(t, http.MethodGet, URL("inter.woff2"), "gzip"); font.Header().Get("Content-Encoding") != "" {
		t.Error("a font is compressed already and is sent as it is")
	}
}

func TestAcceptEncodingIsRead(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{"": false, "gzip": true, "GZIP": true, "br , gzip": true, "gzip; q=0": false, "gzip;q=0.0": false, "gzip;q=0.1": true, "x-gzip": false, "*": false} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %t", header, got)
		}
	}
}

func TestWhatIsNotAFileIsNotFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{URL("nothing.css"), "/static/portal.css", "/static/0000000000000000/portal.css", "/static/", URL("portal.css") + "/", strings.Replace(URL("inter.txt"), "inter.txt", "../licences/inter.txt", 1)} {
		if w := send(t, http.MethodGet, path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := send(t, http.MethodPost, URL("portal.css"), ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	if w := send(t, http.MethodHead, URL("portal.css"), ""); w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestTheStyleSheetNamesOnlyFilesThatExist(t *testing.T) {
	t.Parallel()
	css := send(t, http.MethodGet, URL("portal.css"), "").Body.String()
	found := regexp.MustCompile(`url\("([^"]*)"\)`).FindAllStringSubmatch(css, -1)

	if len(found) < 3 {
		t.Fatalf("found %v", found)
	}
	for _, m := range found {
		if w := send(t, http.MethodGet, m[1], ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d", m[1], w.Code)
		}
	}
}

func TestTheFilesStaySmall(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"portal.css": 12 << 10, "portal.js": 8 << 10, "icons.svg": 8 << 10, "htmx.min.js": 18 << 10,
		"keys.js": 4 << 10, "keystore.js": 2 << 10, "sign.js": 2 << 10} {
		if size := len(assets[name].gzipped); size == 0 || size > most {
			t.Errorf("%s has %d bytes compressed, at most %d are allowed", name, size, most)
		}
	}
}

// No page loads all of them, so that what one page loads is within it.
func TestAllScriptsTogetherStayWithinWhatOnePageMayLoad(t *testing.T) {
	t.Parallel()
	const most = 30 << 10
	size := 0
	for name, file := range assets {
		if strings.HasSuffix(name, ".js") {
			size += len(file.gzipped)
		}
	}

	t.Logf("%d bytes compressed", size)
	if size == 0 || size > most {
		t.Errorf("the scripts have %d bytes compressed, at most %d are allowed", size, most)
	}
}

func TestNothingInScriptsNeedsMoreThanTheContentPolicyGives(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"portal.js", "keys.js", "keystore.js", "sign.js"} {
		if found := regexp.MustCompile(`\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|\.style\b`).Find(assets[name].plain); found != nil {
			t.Errorf("%s uses %s", name, found)
		}
	}
}
