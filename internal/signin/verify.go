package signin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

func (f *Face) askVerify(c *gin.Context) error {
	holder, err := f.accounts.Holder(c.Request.Context(), accounts.ForVerify, c.Param("token"))
	if err != nil {
		return f.deadLink(c, accounts.ForVerify, err)
	}

	frame := httpkit.Frame(c, "Confirm your address")
	return httpkit.Page(c, http.StatusOK, page.Verify(frame, page.LinkView{Path: c.Request.URL.Path, Email: holder.Email}))
}

// verify confirms the address. The browser that signed up is signed in at once; another one is asked for the
// password, since the link alone proves the address and not who chose the password.
func (f *Face) verify(c *gin.Context) error {
	person, err := f.accounts.Verify(c.Request.Context(), c.Param("token"))
	if err != nil {
		return f.deadLink(c, accounts.ForVerify, err)
	}

	next := "/login"
	if p, ok := pending(c); ok && p.PersonID == person.ID {
		if err := f.enter(c, person); err != nil {
			return err
		}
		next = home(person.Role)
	}

	if err := httpkit.Flash(c, string(ui.OK), "Your address is confirmed."); err != nil {
		return err
	}
	return httpkit.SeeOther(c, next)
}

// replaceLetter sends a new letter to whoever holds one whose link is too old.
func (f *Face) replaceLetter(c *gin.Context) error {
	ctx := c.Request.Context()

	holder, err := f.accounts.Holder(ctx, accounts.ForVerify, c.Param("token"))
	if err != nil && !errors.Is(err, accounts.ErrLinkOver) {
		return f.deadLink(c, accounts.ForVerify, err)
	}

	p := accounts.Pending{PersonID: holder.ID, Email: holder.Email}
	if err := f.accounts.ResendVerification(ctx, p); err != nil {
		return err
	}

	return f.waitForLetter(c, p)
}

// deadLink is the page of a link that cannot be used, and what to do instead.
func (f *Face) deadLink(c *gin.Context, purpose accounts.Purpose, err error) error {
	fa := fault.Of(err)
	view := page.DeadLinkView{Title: "This link was used already", Text: fa.Message, OnText: "Sign in", OnHref: "/login"}
	if who := httpkit.Who(c); who.SignedIn() {
		view.OnText, view.OnHref = "Go on", home(accounts.Role(who.Role))
	}
	status := http.StatusConflict
	switch {
	case errors.Is(err, accounts.ErrLinkUnknown):
		view.Title, status = "This link is not complete", http.StatusNotFound
	case errors.Is(err, accounts.ErrLinkOver):
		view.Title = "This link is too old"
	case errors.Is(err, accounts.ErrLinkUsed):
		view.Text = "Each link works once, and this one has done its work."
	default:
		return err
	}
	switch {
	case purpose == accounts.ForStaff:
		view.Text += " A new one comes from the operator of this portal."
	case purpose == accounts.ForReset:
		view.Ask = "/reset"
	case errors.Is(err, accounts.ErrLinkOver):
		view.Again = "/verify/" + c.Param("token") + "/again"
	}
	httpkit.Failed(c, err)
	return httpkit.Page(c, status, page.DeadLink(httpkit.Frame(c, view.Title), view))
}
