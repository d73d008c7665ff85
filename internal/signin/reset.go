package signin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

type askResetForm struct {
	Email string `form:"email"`
}

type passwordForm struct {
	Password string `form:"password"`
}

func (f *Face) askReset(c *gin.Context) error {
	return f.showAskReset(c, askResetForm{Email: httpkit.Who(c).Email}, refusal{status: http.StatusOK})
}

func (f *Face) requestReset(c *gin.Context) error {
	var form askResetForm
	err := httpkit.BindForm(c, &form)

	if err == nil {
		err = f.accounts.RequestReset(c.Request.Context(), form.Email, c.ClientIP())
	}

	if err != nil {
		if r, ok := refused(c, err); ok {
			return f.showAskReset(c, form, r)
		}
		return err
	}
	return httpkit.SeeOther(c, "/reset/sent")
}

func (f *Face) showAskReset(c *gin.Context, form askResetForm, r refusal) error {
	frame := httpkit.Frame(c, "Choose a new password")
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.AskReset(frame, page.AskResetView{
		Errors: r.errors, Email: page.Entry{Value: form.Email, Error: r.fields["email"]},
	}))
}

func (f *Face) showResetSent(c *gin.Context) error {
	frame := httpkit.Frame(c, "Check your inbox")
	return httpkit.Page(c, http.StatusOK, page.ResetSent(frame, page.InboxView{Outbox: frame.DevOutbox}))
}

func (f *Face) askNewPassword(c *gin.Context) error { return f.askPassword(c, forReset) }
func (f *Face) resetPassword(c *gin.Context) error {
	return f.choosePassword(c, forReset, f.accounts.Reset)
}
func (f *Face) askStaffPassword(c *gin.Context) error { return f.askPassword(c, forStaff) }
func (f *Face) acceptStaff(c *gin.Context) error {
	return f.choosePassword(c, forStaff, f.accounts.AcceptStaff)
}

// wording is how the page behind a link for a password speaks.
type wording struct {
	purpose             accounts.Purpose
	title, lead, button string
	done                string
}

var (
	forReset = wording{accounts.ForReset, "Choose a new password", "Every browser that is signed in with your account is signed out.",
		"Set the password", "Your password is changed. All other browsers were signed out."}
	forStaff = wording{accounts.ForStaff, "Welcome", "Choose the password of your staff account. Your second factor comes next.", "Set the password", "Your password is set."}
)

func (f *Face) askPassword(c *gin.Context, w wording) error {
	holder, err := f.accounts.Holder(c.Request.Context(), w.purpose, c.Param("token"))
	if err != nil {
		return f.deadLink(c, w.purpose, err)
	}

	return f.showPassword(c, w, holder, refusal{status: http.StatusOK})
}

func (f *Face) choosePassword(c *gin.Context, w wording, choose func(context.Context, string, string) (accounts.Person, error)) error {
	ctx := c.Request.Context()

	var form passwordForm
	err := httpkit.BindForm(c, &form)

	var person accounts.Person
	if err == nil {
		person, err = choose(ctx, c.Param("token"), form.Password)
	}

	if r, ok := refused(c, err); err != nil && ok {
		holder, err := f.accounts.Holder(ctx, w.purpose, c.Param("token"))
		if err != nil {
			return f.deadLink(c, w.purpose, err)
		}
		return f.showPassword(c, w, holder, r)
	}
	if err != nil {
		return f.deadLink(c, w.purpose, err)
	}
	if err := f.enter(c, person); err != nil {
		return err
	}
	if err := httpkit.Flash(c, string(ui.OK), w.done); err != nil {
		return err
	}
	return httpkit.SeeOther(c, onward(person.Role, ""))
}

func (f *Face) showPassword(c *gin.Context, w wording, holder accounts.Person, r refusal) error {
	frame := httpkit.Frame(c, w.title)
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.ChoosePassword(frame, page.PasswordView{
		Path: c.Request.URL.Path, Email: holder.Email, Title: w.title, Lead: w.lead, Button: w.button,
		Errors: r.errors, PasswordError: r.fields["password"],
	}))
}
