package playground

import (
	"fmt"

	"fairway/internal/flows"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// aboutSteps are the six steps as they are told before a run: what each sends, and for what.
var aboutSteps = [6]struct {
	step              flows.Step
	title, call, lead string
}{
	{flows.Token, "A token of your own", "POST /token", stepLead(flows.Token)},
	{flows.Consent, "The consent", "POST /consent/v1/consents", stepLead(flows.Consent)},
	{flows.Authorise, "The customer says yes at the bank", "GET /v1/authorizations", stepLead(flows.Authorise)},
	{flows.Exchange, "Back with the code", "GET " + CallbackPath, "The bank sends the browser to your redirect address with code, state and iss. State and issuer are compared before anything is done with the code."},
	{flows.Exchange, "The code for a token", "POST /token", "Code and PKCE verifier buy a token that speaks for the customer. A code works once, and for a minute."},
	{flows.Accounts, "The card accounts", "GET /card-account/v1/card-accounts", stepLead(flows.Accounts)},
}

// aboutID is the anchor of a step, which the documentation links to.
func aboutID(i int) string { return fmt.Sprintf("step-%d", i+1) }

// aboutViews tell the steps, each with the newest run that has taken it.
func aboutViews(earlier []flows.Flow) []page.AboutStepView {
	var views []page.AboutStepView
	for i, a := range aboutSteps {
		v := page.AboutStepView{ID: aboutID(i), Title: a.title, Call: a.call, Lead: a.lead}
		for _, run := range earlier {
			if run.Passed(a.step) {
				v.Seen = &ui.LinkView{Text: "Header by header in your newest run", For: a.title, Href: runPath(run.ID) + "#" + stepID(a.step) + "-request"}
				if i == 2 || i == 3 { // the browser is sent there and back: what counts is the address
					v.Seen.Text, v.Seen.Href = "Parameter by parameter in your newest run", runPath(run.ID)+"#"+stepID(flows.Authorise)
				}
				break
			}
		}
		views = append(views, v)
	}
	return views
}
