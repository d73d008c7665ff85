package signin

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

// pendingKey is where the browser's session remembers the sign-up that waits for its letter.
const pendingKey = "pending"

type signUpForm struct {
	Email        string `form:"email"`
	Organisation string `form:"organisation"`
	Country      string `form:"country"`
	Password     string `form:"password"`
}

func (f *Face) askSignUp(c *gin.Context) error {
	if who := httpkit.Who(c); who.SignedIn() {
		return httpkit.SeeOther(c, home(accounts.Role(who.Role)))
	}

	return f.showSignUp(c, signUpForm{}, refusal{status: http.StatusOK})
}

func (f *Face) signUp(c *gin.Context) error {
	ctx := c.Request.Context()

	var form signUpForm
	err := httpkit.BindForm(c, &form)

	var pending accounts.Pending
	if err == nil {
		pending, err = f.accounts.SignUp(ctx, accounts.SignUp{
			Email: form.Email, Password: form.Password, Organisation: form.Organisation, Country: form.Country, IP: c.ClientIP(),
		})
	}

	if err != nil {
		if r, ok := refused(c, err); ok {
			return f.showSignUp(c, form, r)
		}
		return err
	}
	return f.waitForLetter(c, pending)
}

// waitForLetter leads to the page that says where the letter went.
func (f *Face) waitForLetter(c *gin.Context, p accounts.Pending) error {
	if err := httpkit.Remember(c, pendingKey, p.PersonID+"|"+p.Email); err != nil {
		return err
	}
	return httpkit.SeeOther(c, "/signup/check")
}

func pending(c *gin.Context) (p accounts.Pending, ok bool) {
	p.PersonID, p.Email, ok = strings.Cut(httpkit.Recall(c, pendingKey), "|")
	return p, ok
}

func (f *Face) showSignUp(c *gin.Context, form signUpForm, r refusal) error {
	frame := httpkit.PublicFrame(c, "Create your account", "Sign up for the sandbox: test certificates, an app and a bank to call, in about three minutes.")
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.SignUp(frame, page.SignUpView{
		Errors:        r.errors,
		Email:         page.Entry{Value: form.Email, Error: r.fields["email"]},
		Organisation:  page.Entry{Value: form.Organisation, Error: r.fields["organisation"]},
		Country:       page.Entry{Value: form.Country, Error: r.fields["country"]},
		PasswordError: r.fields["password"],
		Countries:     countryOptions(),
	}))
}

// countryOptions lists the EEA, then the rest of the world.
func countryOptions() []ui.Option {
	options := []ui.Option{{Text: "Choose a country"}}
	eea := true
	for _, country := range accounts.Countries() {
		if eea && !country.EEA {
			eea = false
			options = append(options, ui.Option{Value: "-", Text: "Outside the European Economic Area", Disabled: true})
		}
		options = append(options, ui.Option{Value: country.Code, Text: country.Name})
	}
	return options
}

func (f *Face) showInbox(c *gin.Context) error { return f.inbox(c, http.StatusOK, "") }

func (f *Face) inbox(c *gin.Context, status int, wait string) error {
	p, ok := pending(c)
	if !ok {
		return httpkit.SeeOther(c, "/signup")
	}

	waiting, err := f.accounts.Waiting(c.Request.Context(), p)
	if err != nil {
		return err
	}

	frame := httpkit.Frame(c, "Check your inbox")
	if waiting {
		frame.Refresh = "15"
	}
	return httpkit.Page(c, status, page.Inbox(frame, page.InboxView{Email: p.Email, Outbox: frame.DevOutbox, Wait: wait, Confirmed: !waiting}))
}

// showInboxState is the part of the page that is fetched again until the address is confirmed.
func (f *Face) showInboxState(c *gin.Context) error {
	p, ok := pending(c)
	if !ok {
		return httpkit.SeeOther(c, "/signup")
	}

	waiting, err := f.accounts.Waiting(c.Request.Context(), p)
	if err != nil {
		return err
	}

	return httpkit.Page(c, http.StatusOK, page.InboxState(page.InboxView{Email: p.Email, Confirmed: !waiting}))
}

func (f *Face) resendLetter(c *gin.Context) error {
	p, ok := pending(c)
	if !ok {
		return httpkit.SeeOther(c, "/signup")
	}

	if err := f.accounts.ResendVerification(c.Request.Context(), p); err != nil {
		if r, ok := refused(c, err); ok {
			return f.inbox(c, r.status, sentence(fault.Of(err)))
		}
		return err
	}

	if err := httpkit.Flash(c, string(ui.OK), "The letter is on its way again."); err != nil {
		return err
	}
	return httpkit.SeeOther(c, "/signup/check")
}
