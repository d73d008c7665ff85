package demobank

import (
	_ "embed" // the style sheet
	"errors"
	"html/template"
	"net/http"
	"slices"
	"time"
)

//go:embed bank.css
var sheet []byte

const maxForm = 32 << 10

// wish is what a request says that the customer is asked.
type wish struct {
	claims
	TPP struct {
		Name       string `json:"name"`
		Identifier string `json:"identifier"`
	} `json:"tpp"`
	Consent struct {
		ID     string `json:"id"`
		Access struct {
			Accounts     []reference `json:"accounts"`
			Balances     []reference `json:"balances"`
			Transactions []reference `json:"transactions"`
		} `json:"access"`
		ValidUntil      string `json:"valid_until"`
		FrequencyPerDay int    `json:"frequency_per_day"`
		Recurring       bool   `json:"recurring"`
	} `json:"consent"`
	DecideAt string `json:"decide_at"`
}

type reference struct {
	MaskedPAN string `json:"maskedPan"`
}

// offered are the cards that the customer may open: those that the consent names, or all where it names none.
func (w wish) offered() []card {
	named := slices.Concat(w.Consent.Access.Accounts, w.Consent.Access.Balances, w.Consent.Access.Transactions)
	return slices.DeleteFunc(slices.Clone(cards), func(c card) bool {
		return len(named) > 0 && !slices.ContainsFunc(named, func(r reference) bool { return r.MaskedPAN == c.pan })
	})
}

// style sends the page's style sheet.
func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(sheet) // the customer left: nobody to tell
}

// headers keep the page to itself: nothing but its style sheet may be loaded into it, and it may stand in no frame.
func headers(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
}

// request reads the signed request that the customer brought.
func (s *System) request(r *http.Request) (wish, error) {
	var w wish
	err := s.verify(r.Context(), r.FormValue("request"), "fairway-authorisation+jwt", &w)
	if err == nil && w.Audience != s.config.Base+"/authorise" {
		err = errors.New("the request is for another page")
	}
	return w, err
}

// ask shows the customer what is asked. A real bank signs the customer in first.
func (s *System) ask(w http.ResponseWriter, r *http.Request) {
	asked, err := s.request(r)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "This request is not from the portal, or it is too old. Go back to the app that sent you and start again.", err)
		return
	}
	headers(w.Header())
	view := map[string]any{"TPP": asked.TPP, "Consent": asked.Consent, "Request": r.FormValue("request"), "Until": time.Unix(asked.Expires, 0).UTC().Format("15:04 UTC")}
	var lines []map[string]string
	for _, c := range asked.offered() {
		lines = append(lines, map[string]string{"ID": c.id, "Text": c.name + ", " + c.pan})
	}
	view["Cards"] = lines
	_ = askPage.Execute(w, view) // the customer left: nobody to tell
}

// take brings what the customer decided to the portal and leads the customer back.
func (s *System) take(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	asked, err := s.request(r)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "This request is not from the portal, or it is too old. Go back to the app that sent you and start again.", err)
		return
	}
	decision := map[string]any{"decision": "denied"}
	if r.PostFormValue("decision") == "approve" {
		accounts := []any{}
		for _, c := range asked.offered() {
			if slices.Contains(r.PostForm["account"], c.id) {
				accounts = append(accounts, map[string]any{"resource_id": c.id, "masked_pan": c.pan, "currency": currency, "balances": true, "transactions": true})
			}
		}
		if len(accounts) == 0 {
			s.refuse(w, http.StatusUnprocessableEntity, "Choose at least one card, or deny. Go back to choose.", nil)
			return
		}
		decision = map[string]any{"decision": "approved", "psu": Customer, "accounts": accounts}
	}
	to, err := s.tell(r.Context(), asked.DecideAt, decision)
	if err != nil {
		s.refuse(w, http.StatusBadGateway, "The portal did not take your decision. Go back to the app that sent you and start again.", err)
		return
	}
	headers(w.Header())
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *System) refuse(w http.ResponseWriter, status int, text string, why error) {
	if why != nil {
		s.config.Log.Warn("a customer was turned away", "error", why.Error())
	}
	headers(w.Header())
	w.WriteHeader(status)
	_ = messagePage.Execute(w, text) // the customer left: nobody to tell
}

var askPage = template.Must(template.New("ask").Parse(`<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Allow access – demonstration bank</title><link rel="stylesheet" href="bank.css"></head>
<body><header>Demonstration bank</header><main>
<h1>Allow access?</h1>
<p><strong>{{.TPP.Name}}</strong> ({{.TPP.Identifier}}) asks to see your card accounts until {{.Consent.ValidUntil}}, up to {{.Consent.FrequencyPerDay}} times a day without you.</p>
<p class="quiet">This is the demonstration of a bank’s own page. A real bank signs you in before it shows this. You have until {{.Until}}.</p>
<form method="post" action="authorise">
<input type="hidden" name="request" value="{{.Request}}">
<fieldset><legend>Cards</legend>
{{range .Cards}}<label><input type="checkbox" name="account" value="{{.ID}}" checked> {{.Text}}</label>
{{else}}<p>You have none of the cards that are asked for.</p>{{end}}
</fieldset>
<p class="choice"><button name="decision" value="approve">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>
</main></body></html>
`))

var messagePage = template.Must(template.New("message").Parse(`<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Nothing was shared – demonstration bank</title><link rel="stylesheet" href="bank.css"></head>
<body><header>Demonstration bank</header><main><h1>Nothing was shared</h1><p>{{.}}</p></main></body></html>
`))
