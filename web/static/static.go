// Package static owns the files that browsers load beside a page: style sheet, script, icons and fonts, embedded and
// served under addresses that carry their content's hash, so that they may be cached for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Prefix is the path below which Handler serves.
const Prefix = "/static/"

//go:embed *.css *.js *.svg fonts/*.woff2 licences/*.txt
var embedded embed.FS

// asset is one file, ready to be sent.
type asset struct {
	url, contentType string
	plain, gzipped   []byte
}

// assets is filled once, when the program starts, and only read afterwards. Its keys are names without folders.
var assets = load(embedded)

// URL is the path of the named file ("portal.css", "inter.woff2"), with its hash. A name that does not exist gives a
// path that answers 404.
func URL(name string) string {
	if a, ok := assets[name]; ok {
		return a.url
	}
	return Prefix + "unknown/" + name
}

// Handler serves the files. Every other path below Prefix, an outdated hash included, is 404.
func Handler() http.Handler {
	byURL := make(map[string]asset, len(assets))
	for _, a := range assets {
		byURL[a.url] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD are allowed here.", http.StatusMethodNotAllowed)
			return
		}
		a, ok := byURL[r.URL.Path]
		if !ok {
			http.Error(w, "There is no such file.", http.StatusNotFound)
			return
		}
		a.send(w, r)
	})
}

func (a asset) send(w http.ResponseWriter, r *http.Request) {
	h, body := w.Header(), a.plain
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if a.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.gzipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the reader has gone: nobody is left to tell
	}
}

// acceptsGzip reads RFC 9110 §12.5.3 as far as browsers and proxies use it: gzip is named and not refused with q=0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}

// load reads all files. Style sheets come last, because the names of fonts and pictures in them are replaced by hashed paths.
func load(files fs.FS) map[string]asset {
	out := map[string]asset{}
	for _, pattern := range []string{"licences/*.txt", "fonts/*.woff2", "*.svg", "*.js", "*.css"} {
		names, _ := fs.Glob(files, pattern) // the patterns are constants and well formed
		for _, name := range names {
			body, err := fs.ReadFile(files, name)
			if err != nil {
				continue // cannot happen with an embedded file; the tests notice one that is missing
			}
			if path.Ext(name) == ".css" {
				body = withHashedNames(body, out)
			}
			out[path.Base(name)] = newAsset(path.Base(name), body)
		}
	}
	return out
}

// withHashedNames replaces url("inter.woff2") in a style sheet by the path under which it is served.
func withHashedNames(css []byte, known map[string]asset) []byte {
	for name, a := range known {
		css = bytes.ReplaceAll(css, []byte(`url("`+name+`")`), []byte(`url("`+a.url+`")`))
	}
	return css
}

func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	a := asset{
		url:         Prefix + hex.EncodeToString(sum[:8]) + "/" + name,
		contentType: contentTypes[path.Ext(name)],
		plain:       body,
	}
	if path.Ext(name) != ".woff2" { // which is compressed already
		a.gzipped = compress(body)
	}
	return a
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// compress gives nil when it cannot, and then the file is sent as it is.
func compress(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}
