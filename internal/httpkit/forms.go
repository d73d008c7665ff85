package httpkit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/sessions"

	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	maxForm   = 128 << 10
	maxFields = 100
	formsKey  = "fairway.forms"
)

// ErrForeignForm is returned for a POST that another site caused, or whose form is too old.
var ErrForeignForm = fault.New(fault.Forbidden, "form_foreign",
	"This form was not sent from our page, or it was open for too long. Go back, load the page again and send it once more.")

// forms makes and checks the form tokens of one request.
type forms struct {
	ring   *secret.Ring
	name   string
	secure bool
}

// GiveTokens is the middleware that lets pages carry a form token.
func GiveTokens(ring *secret.Ring, secure bool) gin.HandlerFunc {
	f := &forms{ring: ring, name: cookieName("fairway_form", secure), secure: secure}
	return func(c *gin.Context) { c.Set(formsKey, f) }
}

// FormTokens is the middleware that refuses a POST which another site caused, or which carries no token of a form that
// GiveTokens gave to this browser. The token belongs to the session, or to a cookie of its own before there is one.
func FormTokens(fail func(*gin.Context, error)) gin.HandlerFunc {
	same := SameOrigin(fail)
	return func(c *gin.Context) {
		same(c)
		if c.IsAborted() || safe(c.Request.Method) {
			return
		}
		if f, ok := formsOf(c); !ok || !f.check(c, c.Request.PostForm["_token"]) {
			fail(c, ErrForeignForm)
			c.Abort()
		}
	}
}

// FormToken is what the hidden field _token of every form carries. Asking for it gives a browser without a session the
// cookie that the token belongs to, so only pages with a form ask.
func FormToken(c *gin.Context) string {
	f, ok := formsOf(c)
	if !ok {
		return ""
	}
	if id := sessionID(c); id != "" {
		return f.ring.MAC("form of session", id)
	}
	return f.ring.MAC("form of browser", f.browser(c))
}

func formsOf(c *gin.Context) (*forms, bool) {
	v, _ := c.Get(formsKey)
	f, ok := v.(*forms)
	return f, ok
}

// check accepts the session's token. Before somebody signed in it also accepts the browser's: a session may have begun
// in another window since the form was drawn.
func (f *forms) check(c *gin.Context, tokens []string) bool {
	if len(tokens) != 1 {
		return false
	}
	if id := sessionID(c); id != "" && f.ring.CheckMAC("form of session", id, tokens[0]) {
		return true
	}
	known := f.cookie(c)
	return known != "" && !Who(c).SignedIn() && f.ring.CheckMAC("form of browser", known, tokens[0])
}

// browser is the value of this browser's cookie, which it gets where it has none.
func (f *forms) browser(c *gin.Context) string {
	if known := f.cookie(c); known != "" {
		return known
	}
	if given := c.GetString(f.name); given != "" {
		return given
	}
	given := rand.Text()
	c.Set(f.name, given)
	http.SetCookie(c.Writer, sessions.NewCookie(f.name, given, &sessions.Options{Path: "/", HttpOnly: true, Secure: f.secure, SameSite: http.SameSiteLaxMode}))
	return given
}

func (f *forms) cookie(c *gin.Context) string {
	value := onlyCookie(c.Request, f.name)
	if len(value) < 20 || len(value) > 64 {
		return ""
	}
	return value
}

func sessionID(c *gin.Context) string {
	if session := sessionOf(c); session != nil {
		return session.ID
	}
	return ""
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// readForm reads a form body of bounded size, as form fields only.
func readForm(c *gin.Context) error {
	if strings.HasPrefix(c.ContentType(), "multipart/form-data") {
		values, files, err := readMultipart(c.Writer, c.Request)
		c.Request.PostForm = values
		c.Set(uploadsKey, files)
		return err
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	err := c.Request.ParseForm()
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return errFormTooLarge.With(err)
	}
	fields := 0
	for _, values := range c.Request.PostForm {
		fields += len(values)
	}
	if err != nil || fields > maxFields {
		return errFormUnreadable.With(err)
	}
	return nil
}

// BindForm fills the fields of a struct that carry `form:"name"` from the posted form: strings, []string and
// bool (present or not). Fields that the struct does not name are ignored; the query is never read. Text that
// is not UTF-8, holds a NUL or a private key, was too large to keep, or comes twice for one field is refused with a Form
// fault and left out; the other fields are filled all the same, so that a form comes back as it was typed.
func BindForm(c *gin.Context, into any) error {
	v := reflect.ValueOf(into).Elem()
	var refused []fault.Field
	large := uploadsOf(c).large
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" || name == "-" {
			continue
		}
		if large[name] {
			refused = append(refused, fault.Field{Name: name, Message: "This text is too large: all of a form together may have 128 KB."})
			continue
		}
		values := c.Request.PostForm[name]
		if problem := checkValues(values, v.Field(i).Kind()); problem != "" {
			refused = append(refused, fault.Field{Name: name, Message: problem})
			continue
		}
		switch field := v.Field(i); field.Kind() {
		case reflect.String:
			if len(values) == 1 {
				field.SetString(values[0])
			}
		case reflect.Bool:
			field.SetBool(len(values) == 1 && values[0] != "")
		case reflect.Slice:
			field.Set(reflect.ValueOf(append([]string(nil), values...)))
		default:
			return fmt.Errorf("form field %s has a kind that forms cannot fill", name)
		}
	}
	if len(refused) > 0 {
		return fault.Form(refused...)
	}
	return nil
}

// checkValues says what is wrong with the values of a field; empty where nothing is.
func checkValues(values []string, kind reflect.Kind) string {
	if len(values) > 1 && kind != reflect.Slice {
		return "This field was sent twice. Send it once."
	}
	for _, value := range values {
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return "Use plain text here: some of the characters cannot be read."
		}
		if strings.Contains(value, "PRIVATE KEY-----") {
			return "This was a private key. Nothing of it was kept. Treat the key as exposed: have its certificate revoked and make a new one."
		}
	}
	return ""
}

// SameOrigin is the middleware that refuses a changing request which another site caused, and reads the form of any
// other. Browsers say with Sec-Fetch-Site, and older ones with Origin, where a request comes from.
func SameOrigin(fail func(*gin.Context, error)) gin.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if err := origin.Check(c.Request); err != nil {
			fail(c, foreign(c.Request).With(err))
			c.Abort()
			return
		}
		if safe(c.Request.Method) {
			return
		}
		if err := readForm(c); err != nil {
			fail(c, err)
			c.Abort()
		}
	}
}

// foreign words the refusal. An old browser hides the origin of a form on a page whose address holds a secret; that
// looks like a form of a stranger.
func foreign(r *http.Request) *fault.Error {
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return ErrForeignForm.Saying("Your browser does not say where this form came from. Open the page in a current browser and send the form again.")
	}
	return ErrForeignForm
}
