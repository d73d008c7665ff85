package signin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

// The second step of a log-in, and where a factor is set up before the first one.
const (
	codePath  = "/login/code"
	enrolPath = "/login/factor"
)

type codeForm struct {
	Code string `form:"code"`
	Kind string `form:"kind"`
	Next string `form:"next"`
}

// withNext adds the path of ours that somebody wanted to go to.
func withNext(path, next string) string {
	if next = httpkit.OwnPath(next, ""); next == "" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// proof is the code of this request, for the session that it came with.
func (f *Face) proof(c *gin.Context, session, code string) accounts.Proof {
	return accounts.Proof{Session: session, Code: code, IP: c.ClientIP(), Device: httpkit.Device(c)}
}

func (f *Face) askCode(c *gin.Context) error {
	factor, err := f.accounts.Factor(c.Request.Context(), httpkit.Owing(c).PersonID)
	if err != nil {
		return err
	}
	if !factor.Enrolled {
		return httpkit.SeeOther(c, withNext(enrolPath, c.Query("next")))
	}

	return f.showCode(c, codeForm{Kind: c.Query("kind"), Next: c.Query("next")}, refusal{status: http.StatusOK})
}

func (f *Face) logInCode(c *gin.Context) error {
	who := httpkit.Owing(c)

	var form codeForm
	err := httpkit.BindForm(c, &form)

	var proved accounts.Proved
	if err == nil {
		proved, err = f.accounts.ProveFactor(c.Request.Context(), f.proof(c, who.Session, form.Code))
	}

	if errors.Is(err, accounts.ErrFactorMissing) {
		return httpkit.SeeOther(c, withNext(enrolPath, form.Next))
	}
	if err != nil {
		if r, ok := refused(c, err); ok {
			return f.showCode(c, form, r)
		}
		return err
	}
	return f.welcome(c, proved, form.Next)
}

// welcome makes the session whole and leads to where she wanted to go.
func (f *Face) welcome(c *gin.Context, p accounts.Proved, next string) error {
	if err := f.complete(c, p.Person.ID); err != nil {
		return err
	}
	if p.ByRecovery {
		text := fmt.Sprintf("You used a recovery code. %s. If your app is lost, set up another one under Second factor.", codesLeft(p.CodesLeft))
		if err := httpkit.Flash(c, string(ui.Warn), text); err != nil {
			return err
		}
	}
	return httpkit.SeeOther(c, httpkit.OwnPath(next, home(p.Person.Role)))
}

// complete gives a session whose person proved the second factor a new token, and remembers the browser.
func (f *Face) complete(c *gin.Context, personID string) error {
	if err := httpkit.Renew(c); err != nil {
		return err
	}
	f.knowDevice(c, personID)
	return nil
}

func codesLeft(n int) string {
	switch n {
	case 0:
		return "None is left"
	case 1:
		return "One is left"
	}
	return fmt.Sprintf("%d are left", n)
}

func (f *Face) showCode(c *gin.Context, form codeForm, r refusal) error {
	frame := httpkit.Frame(c, "Enter your code")
	frame.Error = len(r.errors) > 0
	v := page.CodeView{
		Errors: r.errors, CodeError: r.fields["code"], Email: httpkit.Owing(c).Email, Next: httpkit.OwnPath(form.Next, ""),
		Recovery: form.Kind == "recovery", Other: withNext(codePath, form.Next),
	}
	if !v.Recovery {
		q := url.Values{"kind": {"recovery"}}
		if v.Next != "" {
			q.Set("next", v.Next)
		}
		v.Other = codePath + "?" + q.Encode()
	}
	return httpkit.Page(c, r.status, page.Code(frame, v))
}

func (f *Face) askFactor(c *gin.Context) error {
	return f.showEnrolment(c, firstEnrolment(c.Query("next")), httpkit.Owing(c).Session, refusal{status: http.StatusOK})
}

// firstEnrolment is the page on the way in.
func firstEnrolment(next string) page.EnrolView {
	return page.EnrolView{
		Title: "Set up your second factor", Lead: "Staff sign in with a password and a code of an authenticator app.", Action: enrolPath,
		Next: httpkit.OwnPath(next, ""), Half: true,
	}
}

// enrolFactor takes the first code of a new app, and signs its owner in.
func (f *Face) enrolFactor(c *gin.Context) error {
	who := httpkit.Owing(c)

	var form codeForm
	err := httpkit.BindForm(c, &form)

	var codes []secret.Text
	if err == nil {
		codes, err = f.accounts.EnrolFactor(c.Request.Context(), who.Session, form.Code)
	}

	if r, ok := refused(c, err); err != nil && ok {
		return f.showEnrolment(c, firstEnrolment(form.Next), who.Session, r)
	}
	if errors.Is(err, accounts.ErrFactorStale) { // another window was faster
		return httpkit.SeeOther(c, withNext(codePath, form.Next))
	}
	if err != nil {
		return err
	}
	if err := f.complete(c, who.PersonID); err != nil {
		return err
	}
	return f.showCodes(c, "Your second factor is on", codes, httpkit.OwnPath(form.Next, httpkit.Home(who.Role)))
}

// showEnrolment draws the key of the app that this session may enrol.
func (f *Face) showEnrolment(c *gin.Context, v page.EnrolView, session string, r refusal) error {
	offer, err := f.accounts.OfferFactor(c.Request.Context(), session)
	if errors.Is(err, accounts.ErrFactorStale) {
		return httpkit.SeeOther(c, f.proveFirst(v))
	}
	if err != nil {
		return err
	}
	if v.QR, err = drawQR(offer.URL.Reveal()); err != nil {
		return err
	}
	v.Errors, v.CodeError = r.errors, r.fields["code"]
	v.Key, v.Link = inFours(offer.Key.Reveal()), page.AppLink(offer.URL.Reveal())

	frame := httpkit.Frame(c, v.Title)
	frame.Error = len(r.errors) > 0
	return httpkit.Page(c, r.status, page.Enrol(frame, v))
}

// proveFirst is where somebody enters a code of the app that she has, before another one takes its place.
func (f *Face) proveFirst(v page.EnrolView) string {
	if v.Half {
		return withNext(codePath, v.Next)
	}
	return withNext(confirmPath, v.Action)
}

func (f *Face) showCodes(c *gin.Context, title string, codes []secret.Text, next string) error {
	v := page.CodesView{Title: title, Lead: "One thing is left: keep your recovery codes.", NextHref: next}
	for _, code := range codes {
		v.Codes = append(v.Codes, strings.ToUpper(code.Reveal()))
	}
	v.All = strings.Join(v.Codes, "\n")
	return httpkit.Page(c, http.StatusOK, page.Codes(httpkit.Frame(c, title), v))
}

// inFours writes a key in groups of four, as people type it.
func inFours(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
