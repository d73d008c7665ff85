package authserver

import (
	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
)

// The steps as the forms name them.
const (
	stepIdentify = "identify"
	stepSelect   = "select"
	stepConfirm  = "confirm"
	stepDeny     = "deny"
)

// bankForm is every form of the bank's pages.
type bankForm struct {
	Token    string   `form:"_token"`
	Step     string   `form:"step"`
	PSU      string   `form:"psu_id"`
	Accounts []string `form:"account"`
	Code     string   `form:"code"`
}

// show draws the page that the customer has come to, or an earlier one that the address asks for.
func (f *Face) show(c *gin.Context) error {
	at, err := f.branchOf(c)
	if err != nil {
		return err
	}
	a, err := f.open(c, at)
	if err != nil {
		return err
	}
	if at.env == catalog.Live {
		return f.showLive(c, at, a)
	}
	if a.Stage.Over() {
		return f.over(c, at, a)
	}
	step, asked := stepOf(a.Stage), c.Query("step")
	if asked != "" && !reached(a.Stage, asked) {
		return httpkit.SeeOther(c, at.path+pagePath)
	}
	if asked != "" {
		step = asked
	}
	return f.draw(c, at, a, step, nil)
}

// over leads on from an authorisation that has ended: to the TPP, or to a page that says so.
func (f *Face) over(c *gin.Context, at branch, a *oauth.Authorisation) error {
	if a.Exit != nil {
		if a.Exit.Refusal != nil {
			httpkit.Failed(c, a.Exit.Refusal)
		}
		return leave(c, *a.Exit)
	}
	return f.showDone(c, at, a)
}

// stepOf is the page that follows a stage.
func stepOf(s oauth.Stage) string {
	switch s {
	case oauth.Identified:
		return stepSelect
	case oauth.Selected:
		return stepConfirm
	}
	return stepIdentify
}

// reached reports whether a page may be looked at from a stage.
func reached(s oauth.Stage, step string) bool {
	switch step {
	case stepIdentify:
		return true
	case stepSelect:
		return s == oauth.Identified || s == oauth.Selected
	case stepConfirm:
		return s == oauth.Selected
	}
	return false
}

// act takes the form of a page and leads to the next one, or back to the TPP.
func (f *Face) act(c *gin.Context) error {
	at, err := f.branchOf(c)
	if err != nil {
		return err
	}
	if at.env == catalog.Live {
		return errNoBank // the forms are the brand's there
	}
	a, err := f.open(c, at)
	if err != nil {
		return err
	}
	var form bankForm
	if err := httpkit.BindForm(c, &form); err != nil {
		return f.again(c, at, a, form.Step, err)
	}
	if err := f.oauth.CheckForm(a, form.Token); err != nil {
		return err
	}
	if a.Stage.Over() {
		return f.over(c, at, a)
	}

	next, err := f.take(c, a, form)

	if err != nil {
		return f.again(c, at, a, form.Step, err)
	}
	if next.Stage.Over() {
		return f.over(c, at, next)
	}
	return httpkit.SeeOther(c, at.path+pagePath+"?step="+stepOf(next.Stage))
}

// take does what a form asks for. A step that nobody knows leads back to the page that is due.
func (f *Face) take(c *gin.Context, a *oauth.Authorisation, form bankForm) (*oauth.Authorisation, error) {
	ctx := c.Request.Context()
	switch form.Step {
	case stepIdentify:
		return f.oauth.Identify(ctx, a, form.PSU)
	case stepSelect:
		return f.oauth.Select(ctx, a, form.Accounts)
	case stepConfirm:
		return f.oauth.Confirm(ctx, a, form.Code)
	case stepDeny:
		return f.oauth.Deny(ctx, a)
	}
	return a, nil
}

// again draws the same page with what was wrong with its form.
func (f *Face) again(c *gin.Context, at branch, a *oauth.Authorisation, step string, err error) error {
	problem := fault.Of(err)
	if len(problem.Fields) == 0 {
		return err
	}
	if a.Stage.Over() {
		return f.over(c, at, a)
	}
	if !reached(a.Stage, step) {
		step = stepOf(a.Stage)
	}
	httpkit.Failed(c, err)
	return f.draw(c, at, a, step, problem.Fields)
}
