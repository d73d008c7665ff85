package signin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

type logInForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func (f *Face) askLogIn(c *gin.Context) error {
	next := httpkit.OwnPath(c.Query("next"), "")
	if who := httpkit.Who(c); who.SignedIn() {
		return httpkit.SeeOther(c, httpkit.OwnPath(next, home(accounts.Role(who.Role))))
	}

	if httpkit.Owing(c).SignedIn() {
		return httpkit.SeeOther(c, withNext(codePath, next))
	}

	return f.showLogIn(c, logInForm{Next: next}, refusal{status: http.StatusOK})
}

func (f *Face) logIn(c *gin.Context) error {
	ctx := c.Request.Context()

	var form logInForm
	err := httpkit.BindForm(c, &form)

	var person accounts.Person
	if err == nil {
		person, err = f.accounts.LogIn(ctx, accounts.LogIn{Email: form.Email, Password: form.Password, IP: c.ClientIP(), Device: httpkit.Device(c)})
	}
	if err == nil {
		err = f.enter(c, person)
	}

	if errors.Is(err, accounts.ErrUnverified) {
		return f.unverified(c, person)
	}
	if err != nil {
		if r, ok := refused(c, err); ok {
			return f.showLogIn(c, form, r)
		}
		return err
	}
	return httpkit.SeeOther(c, onward(person.Role, form.Next))
}

// unverified leads somebody with the right password to the letter that is still to be answered.
func (f *Face) unverified(c *gin.Context, person accounts.Person) error {
	if err := httpkit.Flash(c, string(ui.Warn), "Your address is not confirmed yet. Open the link in our letter, or have it sent again."); err != nil {
		return err
	}
	return f.waitForLetter(c, accounts.Pending{PersonID: person.ID, Email: person.Email})
}

func (f *Face) showLogIn(c *gin.Context, form logInForm, r refusal) error {
	frame := httpkit.PublicFrame(c, "Sign in", "Sign in to your sandbox.")
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.LogIn(frame, page.LogInView{
		Errors: r.errors, Email: page.Entry{Value: form.Email, Error: r.fields["email"]}, Next: httpkit.OwnPath(form.Next, ""),
	}))
}

// logOut ends the session and has the browser drop what it stored of our pages. On a loopback name other programs
// of the developer live beside us, so nothing is dropped there.
func (f *Face) logOut(c *gin.Context) error {
	if err := httpkit.SignOut(c); err != nil {
		return err
	}

	f.clearSite(c)
	return httpkit.SeeOther(c, "/")
}

func (f *Face) clearSite(c *gin.Context) {
	if f.secure && !f.loopback {
		c.Header("Clear-Site-Data", `"cache", "storage"`)
	}
}

type themeForm struct {
	Theme  string `form:"theme"`
	Return string `form:"return"`
}

func (f *Face) chooseTheme(c *gin.Context) error {
	var form themeForm
	if err := httpkit.BindForm(c, &form); err != nil {
		return err
	}

	if form.Theme != "light" && form.Theme != "dark" {
		form.Theme = "auto"
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: "theme", Value: form.Theme, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: f.secure, SameSite: http.SameSiteLaxMode,
	})

	return httpkit.SeeOther(c, httpkit.OwnPath(form.Return, "/"))
}
