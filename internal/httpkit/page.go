package httpkit

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Page renders the whole component before the first byte leaves, so that a page is never half there. Pages
// are personal and are kept by no cache; a handler of a public page may say otherwise before.
func Page(c *gin.Context, status int, page templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := page.Render(c.Request.Context(), buf); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	if c.Writer.Header().Get("Cache-Control") == "" {
		c.Header("Cache-Control", "no-store")
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	write(c, status, buf.Bytes())
	return nil
}

// write sends an answer, or its headers alone where nothing else was asked for.
func write(c *gin.Context, status int, body []byte) {
	c.Status(status)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // the reader left: nobody to tell
	}
}

// SeeOther sends the browser on to a path of ours, after an act.
func SeeOther(c *gin.Context, path string) error {
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, OwnPath(path, "/"))
	return nil
}

// OwnPath returns path where it is a path of ours, else the given one: no redirect leads elsewhere by what a
// query says.
func OwnPath(path, otherwise string) string {
	if len(path) == 0 || len(path) > 512 || path[0] != '/' {
		return otherwise
	}
	if len(path) > 1 && (path[1] == '/' || path[1] == '\\') {
		return otherwise
	}
	for _, r := range path {
		if r < 0x20 || r == 0x7f || r == '\\' {
			return otherwise
		}
	}
	return path
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,80}$`)

// Download sends a file of ours as an attachment that no browser opens in place. Its name is of plain letters, digits,
// dots and dashes.
func Download(c *gin.Context, name, contentType string, body []byte) error {
	if !fileName.MatchString(name) {
		return fmt.Errorf("send file: %q is no plain name", name)
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Content-Type", contentType)
	c.Header("Content-Length", strconv.Itoa(len(body)))
	write(c, http.StatusOK, body)
	return nil
}
