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
	tokenKey  = "fairway.form_token"
)

// ErrForeignForm is returned for a POST that another site caused, or whose form is too old.
var ErrForeignForm = fault.New(fault.Forbidden, "form_foreign",
	"This form was not sent from our page, or it was open for too long. Go back, load the page again and send it once more.")

// FormTokens is the middleware that gives every visitor a form token and refuses a POST without it. The token
// belongs to the session, or to a cookie of its own before there is one. Cross-site requests are refused first.
func FormTokens(ring *secret.Ring, secure bool, fail func(*gin.Context, error)) gin.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	name := cookieName("fairway_form", secure)
	return func(c *gin.Context) {
		if err := origin.Check(c.Request); err != nil {
			fail(c, ErrForeignForm.With(err))
			c.Abort()
			return
		}
		bound := sessionID(c)
		if bound == "" {
			if bound = onlyCookie(c.Request, name); len(bound) < 20 {
				bound = rand.Text()
				http.SetCookie(c.Writer, sessions.NewCookie(name, bound, &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}))
			}
		}
		token := ring.MAC("form", bound)
		c.Set(tokenKey, token)
		if safe(c.Request.Method) {
			return
		}
		if err := readForm(c); err != nil {
			fail(c, err)
			c.Abort()
			return
		}
		if !ring.CheckMAC("form", bound, c.Request.PostForm.Get("_token")) {
			fail(c, ErrForeignForm)
			c.Abort()
		}
	}
}

// FormToken is what the hidden field _token of every form carries.
func FormToken(c *gin.Context) string { return c.GetString(tokenKey) }

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
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	var err error
	if strings.HasPrefix(c.ContentType(), "multipart/form-data") {
		err = c.Request.ParseMultipartForm(maxForm)
		if err == nil {
			c.Request.PostForm = c.Request.MultipartForm.Value
		}
	} else {
		err = c.Request.ParseForm()
	}
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return fault.New(fault.Invalid, "form_too_large", "This form is larger than 128 KB. Send less at a time.").With(err)
	}
	if err != nil || len(c.Request.PostForm) > maxFields {
		return fault.New(fault.Invalid, "form_unreadable", "The form could not be read. Go back and send it again.").With(err)
	}
	return nil
}

// BindForm fills the fields of a struct that carry `form:"name"` from the posted form: strings, []string and
// bool (present or not). Fields that the struct does not name are ignored; the query is never read. Text that
// is not UTF-8, holds a NUL, or comes twice for one field is refused.
func BindForm(c *gin.Context, into any) error {
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" || name == "-" {
			continue
		}
		values := c.Request.PostForm[name]
		if err := checkValues(name, values, v.Field(i).Kind()); err != nil {
			return err
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
	return nil
}

func checkValues(name string, values []string, kind reflect.Kind) error {
	if len(values) > 1 && kind != reflect.Slice {
		return fault.Form(fault.Field{Name: name, Message: "This field was sent twice. Send it once."})
	}
	for _, value := range values {
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return fault.Form(fault.Field{Name: name, Message: "Use plain text here: some of the characters cannot be read."})
		}
	}
	return nil
}

// SameOrigin is the middleware that refuses a changing request which another site caused, for pages that carry
// a form token of their own.
func SameOrigin(fail func(*gin.Context, error)) gin.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if err := origin.Check(c.Request); err != nil {
			fail(c, ErrForeignForm.With(err))
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
