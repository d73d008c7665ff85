package httpkit

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/samples"
)

// Coding is the language in which a visitor reads code samples.
type Coding struct {
	// Language is one of samples.Languages.
	Language string
	// Query begins the address of the same page in another language, as in "?app=1&lang=". It is empty where the page is the
	// answer to a form, which no link brings back.
	Query string
}

const (
	codingCookie = "lang_pref"
	codingField  = "lang"
	customKey    = "fairway.custom"
)

// SetCustom is the middleware that tells CodingOf in which language the calls of a visitor's own apps are written: one of
// samples.Languages, or nothing. It is asked only where the visitor has chosen none.
func SetCustom(of func(*gin.Context) string) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(customKey, of) }
}

// custom is what SetCustom says of this visitor.
func custom(c *gin.Context) string {
	v, _ := c.Get(customKey)
	if of, ok := v.(func(*gin.Context) string); ok {
		return of(c)
	}
	return ""
}

// CodingOf is the language that the page's address asks for with lang=, else the one that the cookie remembers, else that of
// the visitor's own apps, else samples.Usual. What the address asks for is remembered for a year. The script writes the same
// cookie, so it can be read there. Ask before the first byte is written.
func CodingOf(c *gin.Context) Coding {
	var coding Coding
	if known, err := c.Cookie(codingCookie); err == nil && samples.Known(known) {
		coding.Language = known
	}
	query := c.Request.URL.Query()
	if asked := query.Get(codingField); samples.Known(asked) {
		remember(c, asked)
		coding.Language = asked
	}
	if coding.Language == "" {
		coding.Language = cmp.Or(custom(c), samples.Usual)
	}
	if safe(c.Request.Method) {
		coding.Query = beginning(query)
	}
	return coding
}

func remember(c *gin.Context, language string) {
	f, ok := formsOf(c)
	http.SetCookie(c.Writer, &http.Cookie{
		Name: codingCookie, Value: language, Path: "/", MaxAge: 365 * 24 * 60 * 60, Secure: ok && f.secure, SameSite: http.SameSiteLaxMode,
	})
}

// beginning is a query with everything but the language, which follows.
func beginning(query url.Values) string {
	query.Del(codingField)
	if rest := query.Encode(); rest != "" {
		return "?" + rest + "&" + codingField + "="
	}
	return "?" + codingField + "="
}
