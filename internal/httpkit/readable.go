package httpkit

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// Readable is the middleware that answers a path which is no text as unknown, and takes out of the query what is none: NUL and
// bytes that are not UTF-8. PostgreSQL refuses to look for either, where SQLite finds nothing, and no load has to know that.
func Readable(fail func(*gin.Context, error), unknown error) gin.HandlerFunc {
	return func(c *gin.Context) {
		u := c.Request.URL
		if !text(u.Path) {
			fail(c, unknown)
			c.Abort()
			return
		}
		if strings.Contains(u.RawQuery, "%") || !text(u.RawQuery) {
			u.RawQuery = readableQuery(u.RawQuery)
		}
		c.Next()
	}
}

// readableQuery is a query as it was sent where all of it is text.
func readableQuery(raw string) string {
	values, _ := url.ParseQuery(raw) // what cannot be read is left out, as handlers leave it out
	clean, odd := url.Values{}, false
	for name, list := range values {
		for _, value := range list {
			odd = odd || !text(name) || !text(value)
			clean.Add(plain(name), plain(value))
		}
	}
	if !odd {
		return raw
	}
	return clean.Encode()
}

func text(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
