package authserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	page "fairway/web/templates/bank"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// draw shows a page of the visit, with what was wrong with its form.
func (f *Face) draw(c *gin.Context, at branch, a *oauth.Authorisation, step string, wrong []fault.Field) error {
	form, err := f.form(at, a, wrong)
	if err != nil {
		return err
	}
	var view templ.Component
	switch step {
	case stepSelect:
		view, err = f.consentPage(c, at, a, form)
	case stepConfirm:
		view, err = f.confirmPage(c, a, form, wrong)
	default:
		view, err = f.signInPage(c, a, form, wrong)
	}
	if err != nil {
		return err
	}
	allowExit(c, a.RedirectURI)
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return httpkit.Page(c, status, view)
}

// frame is the frame of a bank's page.
func (f *Face) frame(at branch, title string) layout.BankPage {
	_, version := f.colours(at.brand)
	return layout.BankPage{Title: title, BrandID: at.brand.ID, BrandName: at.brand.Name, BrandCSS: at.path + cssPath + "?v=" + version,
		Sandbox: at.env == catalog.Sandbox, Footer: "Questions? Write to " + at.brand.SupportEmail + "."}
}

func (f *Face) form(at branch, a *oauth.Authorisation, wrong []fault.Field) (page.FormView, error) {
	v := page.FormView{Page: f.frame(at, "Sign in"), Action: at.path + pagePath, Token: f.oauth.FormToken(a), TPP: a.TPP.Name, Until: a.ExpiresAt.Format("15:04 UTC")}
	v.Page.Error = len(wrong) > 0
	for _, w := range wrong {
		v.Errors = append(v.Errors, ui.FieldError{Field: w.Name, Text: w.Message})
	}
	if at.env != catalog.Sandbox {
		return v, nil
	}
	access, err := indented(a.Consent.Access)
	if err != nil {
		return v, err
	}
	v.Sent = page.SentView{Show: true, Access: access, Parameters: []ui.KV{
		{Key: "client_id", Value: a.App.ClientID, Mono: true}, {Key: "redirect_uri", Value: a.RedirectURI, Mono: true}, {Key: "scope", Value: a.Scope, Mono: true},
		{Key: "state", Value: a.State, Mono: true}, {Key: "code_challenge", Value: a.CodeChallenge, Mono: true}, {Key: "code_challenge_method", Value: "S256", Mono: true},
		{Key: "recurringIndicator", Value: fmt.Sprint(a.Consent.Recurring), Mono: true}, {Key: "frequencyPerDay", Value: fmt.Sprint(a.Consent.FrequencyPerDay), Mono: true},
		{Key: "validUntil", Value: a.Consent.ValidUntil, Mono: true},
	}}
	return v, nil
}

func indented(access consents.Access) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(access); err != nil {
		return "", fmt.Errorf("write the access of a consent: %w", err)
	}
	return string(bytes.TrimSpace(out.Bytes())), nil
}

// messageOf is what was wrong with one field.
func messageOf(wrong []fault.Field, name string) string {
	i := slices.IndexFunc(wrong, func(w fault.Field) bool { return w.Name == name })
	if i < 0 {
		return ""
	}
	return wrong[i].Message
}

func (f *Face) signInPage(c *gin.Context, a *oauth.Authorisation, form page.FormView, wrong []fault.Field) (templ.Component, error) {
	customers, err := f.bank.Customers(c.Request.Context(), a.Brand)
	if err != nil {
		return nil, err
	}
	v := page.SignInView{FormView: form}
	v.Customer = ui.FieldView{Name: "psu_id", Label: "Customer number", Autocomplete: "username", InputMode: "numeric", Value: a.PSU, Error: messageOf(wrong, "psu_id")}
	expected := a.Consent.PSU
	if expected != "" {
		v.Customer.Hint = a.TPP.Name + " expects customer " + expected + "."
	}
	for _, customer := range customers {
		v.Customers = append(v.Customers, page.CustomerView{ID: customer.ID, Name: customer.Name, Situation: customer.Situation})
	}
	if v.Customer.Value == "" {
		v.Customer.Value = expected
	}
	if v.Customer.Value == "" && len(customers) > 0 {
		v.Customer.Value = customers[0].ID
	}
	return page.SignIn(v), nil
}

func (f *Face) consentPage(c *gin.Context, at branch, a *oauth.Authorisation, form page.FormView) (templ.Component, error) {
	choices, superseded, err := f.asked(c, a)
	if err != nil {
		return nil, err
	}
	form.Page.Title, form.Back = "Allow access", form.Action+"?step="+stepIdentify
	v := page.ConsentView{FormView: form, Who: whoOf(a), Shared: sharedOf(choices), Terms: termsOf(a, at.brand.SupportEmail), Superseded: superseded}
	for _, m := range choices.Missing {
		v.Missing = append(v.Missing, m.MaskedPAN+" "+m.Currency)
	}
	if choices.Open && len(choices.Accounts) > 0 {
		v.Choice = choiceOf(choices, form.Errors)
	} else {
		v.Accounts = accountsOf(choices, false)
	}
	return page.Consent(v), nil
}

func (f *Face) confirmPage(c *gin.Context, a *oauth.Authorisation, form page.FormView, wrong []fault.Field) (templ.Component, error) {
	choices, superseded, err := f.asked(c, a)
	if err != nil {
		return nil, err
	}
	form.Page.Title, form.Back = "Confirm with your code", form.Action+"?step="+stepSelect
	v := page.ConfirmView{FormView: form, Accounts: accountsOf(choices, true), Superseded: superseded}
	v.Code = ui.FieldView{Name: "code", Label: "Code", Hint: "Six digits", Autocomplete: "one-time-code", InputMode: "numeric", Short: true, Error: messageOf(wrong, "code")}
	if a.Environment == catalog.Sandbox {
		v.SandboxCode = f.oauth.SandboxCode(a)
		v.Next = nextOf(a)
		if len(wrong) == 0 {
			v.Code.Value = v.SandboxCode
		}
	}
	return page.Confirm(v), nil
}

// asked is what the consent asks for and what it would end.
func (f *Face) asked(c *gin.Context, a *oauth.Authorisation) (oauth.Choices, []string, error) {
	choices, err := f.oauth.Choices(c.Request.Context(), a)
	if err != nil {
		return choices, nil, err
	}
	former, err := f.oauth.Supersedes(c.Request.Context(), a)
	return choices, supersededOf(former), err
}

// showDone is for whoever comes back after the code was given away.
func (f *Face) showDone(c *gin.Context, at branch, a *oauth.Authorisation) error {
	return httpkit.Page(c, http.StatusOK, page.Message(f.frame(at, "Done"), layout.MessageView{
		Title: "You have confirmed this", Icon: "circle-check",
		Text: []string{
			"You allowed " + a.TPP.Name + " to see the accounts that you chose, and were led back there.",
			"Nothing more is to be done here. You can close this page.",
		},
	}))
}
