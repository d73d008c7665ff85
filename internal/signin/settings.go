package signin

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

// The pages of the second factor for somebody who is signed in with it.
const (
	factorPath  = "/account/factor"
	replacePath = "/account/factor/replace"
	confirmPath = "/account/confirm"
)

func (f *Face) showFactor(c *gin.Context) error {
	return f.factorPage(c, nil, refusal{status: http.StatusOK})
}

func (f *Face) factorPage(c *gin.Context, failed error, r refusal) error {
	factor, err := f.accounts.Factor(c.Request.Context(), httpkit.Who(c).PersonID)
	if err != nil {
		return err
	}

	since, _ := stamp(factor.Since)
	v := page.FactorView{
		Errors: r.errors, Factor: httpkit.FactorField(c, f.clock.Now(), failed),
		Facts: []ui.KV{{Key: "Since", Value: since}, {Key: "Recovery codes left", Value: strconv.Itoa(factor.CodesLeft)}},
	}
	if factor.Few() {
		v.Few = codesLeft(factor.CodesLeft) + ". Without your app and without a code, only the operator of this portal can let you in again."
	}
	frame := httpkit.Frame(c, "Second factor")
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.Factor(frame, v))
}

// replaceCodes answers with new recovery codes, once.
func (f *Face) replaceCodes(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	var form codeForm
	err := httpkit.BindForm(c, &form)

	var codes []secret.Text
	if err == nil {
		err = f.accounts.ConfirmFactor(ctx, f.proof(c, who.Session, form.Code))
	}
	if err == nil {
		codes, err = f.accounts.ReplaceRecoveryCodes(ctx, who.Session)
	}

	if r, ok := refused(c, err); err != nil && ok {
		return f.factorPage(c, err, r)
	}
	if err != nil {
		return err
	}
	return f.showCodes(c, "New recovery codes", codes, factorPath)
}

func (f *Face) askReplacement(c *gin.Context) error {
	return f.showEnrolment(c, replacement(), httpkit.Who(c).Session, refusal{status: http.StatusOK})
}

// replacement is the page where another app takes the place of the old one.
func replacement() page.EnrolView {
	return page.EnrolView{Title: "Set up another app", Lead: "Your present app works until the new one has shown a right code.", Action: replacePath}
}

// replaceFactor takes the first code of another app.
func (f *Face) replaceFactor(c *gin.Context) error {
	who := httpkit.Who(c)

	var form codeForm
	err := httpkit.BindForm(c, &form)

	var codes []secret.Text
	if err == nil {
		codes, err = f.accounts.EnrolFactor(c.Request.Context(), who.Session, form.Code)
	}

	if r, ok := refused(c, err); err != nil && ok {
		return f.showEnrolment(c, replacement(), who.Session, r)
	}
	if errors.Is(err, accounts.ErrFactorStale) {
		return httpkit.SeeOther(c, withNext(confirmPath, replacePath))
	}
	if err != nil {
		return err
	}
	if err := f.complete(c, who.PersonID); err != nil {
		return err
	}
	return f.showCodes(c, "Your new app is set up", codes, factorPath)
}

func (f *Face) askConfirmation(c *gin.Context) error {
	return f.showConfirmation(c, c.Query("next"), nil, refusal{status: http.StatusOK})
}

// confirm takes a code and leads on to the page that needs it.
func (f *Face) confirm(c *gin.Context) error {
	var form codeForm
	err := httpkit.BindForm(c, &form)

	if err == nil {
		err = f.accounts.ConfirmFactor(c.Request.Context(), f.proof(c, httpkit.Who(c).Session, form.Code))
	}

	if err != nil {
		if r, ok := refused(c, err); ok {
			return f.showConfirmation(c, form.Next, err, r)
		}
		return err
	}
	return httpkit.SeeOther(c, httpkit.OwnPath(form.Next, factorPath))
}

func (f *Face) showConfirmation(c *gin.Context, next string, failed error, r refusal) error {
	field := httpkit.FactorField(c, f.clock.Now(), failed)
	if !field.Ask {
		return httpkit.SeeOther(c, httpkit.OwnPath(next, factorPath))
	}

	frame := httpkit.Frame(c, "Enter a code first")
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.Confirm(frame, page.ConfirmView{Errors: r.errors, Factor: field, Next: httpkit.OwnPath(next, "")}))
}
