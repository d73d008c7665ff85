package playground

import (
	"fairway/internal/bankclient"
	"fairway/internal/codeview"
	"fairway/internal/consents"
	"fairway/internal/flows"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func stepTitle(step flows.Step) string {
	switch step {
	case flows.Token:
		return "1. A token of your own"
	case flows.Consent:
		return "2. The consent"
	case flows.Authorise:
		return "3. The customer says yes at the bank"
	case flows.Exchange:
		return "4 and 5. Back with the code, and the code for a token"
	case flows.Accounts:
		return "6. The card accounts"
	}
	return "The token, renewed"
}

func stepLead(step flows.Step) string {
	switch step {
	case flows.Token:
		return "Client credentials over mutual TLS. The token speaks for you alone; consents are made with it."
	case flows.Consent:
		return "A signed request asks the bank for access. It waits for its customer, and the scope of the next step carries its id."
	case flows.Authorise:
		return "The browser goes to the bank with a state and a PKCE challenge; the customer signs in, reads the consent and confirms it."
	case flows.Exchange:
		return "State and issuer are compared first. Then code and PKCE verifier buy a token that speaks for the customer."
	case flows.Accounts:
		return "A signed request with the customer's token and the consent's id."
	}
	return "The refresh token works once. The answer holds its successor."
}

// stepView draws one step of a run: what it is for, how it went, and what to do where it stands open.
func (p *Playground) stepView(s scene, step flows.Step) page.FlowStepView {
	v := page.FlowStepView{ID: stepID(step), Title: stepTitle(step), Lead: stepLead(step)}
	if e, ok := s.run.Of(step); ok {
		v.Tone, v.Status = exchangeTone(e), exchangeStatus(e)
		v.Problem = problemOf(e)
		v.Exchange = exchangeView(v.ID, e, carriedMarks(s.run))
		v.Exchange.Open = v.Problem != nil
		v.Exchange.Samples = codeview.Program(v.ID+"-sample", p.sampleOf(e, s.app.ClientID, step == flows.Consent), s.coding)
	}
	v.Values, v.Break = stepValues(s, step), breakHref(s, step)
	if step == flows.Authorise {
		p.addAuthorisation(&v, s)
		return v
	}
	if step == s.run.Step {
		addRetry(&v, s)
	}
	if step == flows.Exchange && s.run.Step == flows.Done && s.run.Secrets.Refresh != "" {
		v.Acts = append(v.Acts, ui.PostView{Action: runPath(s.run.ID) + "/refresh", Button: ui.ButtonView{Text: "Renew the token", Icon: "refresh-cw", Small: true}})
	}
	return v
}

// addRetry offers to take a step once more. A code that the bank has seen is spent, so there only a new run helps.
func addRetry(v *page.FlowStepView, s scene) {
	if s.run.Busy {
		v.Tone, v.Status, v.OpenNote = ui.Note, "Under way", "This step is being taken. The page looks again by itself."
		v.Busy = true
		return
	}
	if s.sign != nil {
		v.Tone, v.Status, v.Sign = ui.Note, "Waits for your signature", s.sign
		return
	}
	e, tried := s.run.Of(s.run.Step)
	if s.run.Step == flows.Exchange && tried && e.Status >= 400 {
		v.OpenNote = "The code is spent. A new consent leads to a new code."
		v.Acts = []ui.PostView{*startAgain(s, ui.Primary)}
		return
	}
	label := "Run this step"
	if tried {
		label = "Run this step again"
	}
	v.Acts = []ui.PostView{{Action: runPath(s.run.ID) + "/run", Button: ui.ButtonView{Text: label, Icon: "play", Look: ui.Primary}}}
}

// addAuthorisation adds the way to the bank while the customer is waited for, and what the address says.
func (p *Playground) addAuthorisation(v *page.FlowStepView, s scene) {
	params := p.authorisation(s.run, s.app.ClientID)
	if s.run.Step != flows.Authorise {
		v.Tone, v.Status, v.Parameters = ui.OK, "Authorised", authorisationRows(afterUse(params))
		v.Values = []page.CarriedView{
			{Name: "scope", Value: "AIS:" + s.run.ConsentID, Marked: true, Note: "Named the consent of step 2."},
			{Name: "redirect_uri", Value: p.callbackURL(), Note: "Where the customer came back to, with code, state and iss."},
			{Name: "iss", Value: p.issuerOf(s.run.Brand), Note: "Compared with the bank that the customer was sent to (RFC 9207), as state was with the one of this run."},
		}
		return
	}
	v.Tone, v.Status = ui.Note, "Waits for the customer"
	v.Parameters = authorisationRows(params)
	if s.run.Problem != nil {
		v.Tone, v.Status = ui.Bad, "Refused"
		v.Problem = refusedView(s.run.Problem)
	}
	switch {
	case !s.mine:
		v.OpenNote = "A colleague started this run, and the bank's answer belongs into the same person's session. Start one of your own."
		v.Acts = []ui.PostView{*startAgain(s, ui.Primary)}
	case s.status != consents.Received && s.status != "":
		v.OpenNote = "The consent is " + string(s.status) + ", so nobody can authorise it any more. A new run makes a new one."
		v.Acts = []ui.PostView{*startAgain(s, ui.Primary)}
	case s.run.Problem != nil:
		v.OpenNote = "The consent still waits for its customer."
		v.Acts = []ui.PostView{{Action: runPath(s.run.ID) + "/authorise", Button: ui.ButtonView{Text: "Try the bank once more", Icon: "rotate-ccw", Look: ui.Primary}}}
	default:
		v.Open = &ui.LinkView{Text: "Open the bank page", Href: withQuery(p.bankEndpoint(s.run.Brand), params), Look: ui.Primary, After: "arrow-right"}
		v.Customers = s.customers
		v.OpenNote = "You play the customer there: choose 1345611, say yes, confirm with the code that the page shows. It brings you back here."
	}
}

// afterUse are the parameters once the customer is back. What worked once is not kept.
func afterUse(params []bankclient.Param) []bankclient.Param {
	for i, p := range params {
		if p.Name == "state" || p.Name == "code_challenge" {
			params[i].Value = "used once"
		}
	}
	return params
}

// refusedView explains an answer of the bank without a code.
func refusedView(problem *flows.Problem) *page.ProblemView {
	if problem.Code == "iss_missing" || problem.Code == "iss_mismatch" || problem.Code == "code_missing" {
		return &page.ProblemView{Title: "The answer was not used", Text: problem.Text}
	}
	return explained("The bank sent the customer back without a code: "+problem.Code, problem.Code, "", problem.Text, "")
}

func authorisationRows(params []bankclient.Param) []page.CarriedView {
	notes := map[string]string{
		"response_type": "The authorisation code grant.", "response_mode": "The answer comes as a query.", "client_id": "Your app.",
		"redirect_uri": "The playground's own address; it is registered for the app, byte for byte.", "scope": "Names the consent of step 2.",
		"state":          "Random, compared when the customer is back. It is bound to you and to this run.",
		"code_challenge": "SHA-256 of the verifier, which stays on our side until step 5.", "code_challenge_method": "The only method that is taken.",
	}
	var rows []page.CarriedView
	for _, p := range params {
		rows = append(rows, page.CarriedView{Name: p.Name, Value: p.Value, Note: notes[p.Name], Marked: p.Name == "scope"})
	}
	return rows
}

// stepValues are what a step gave to later ones.
func stepValues(s scene, step flows.Step) []page.CarriedView {
	keys := s.run.Secrets
	one := func(name, value, note string) []page.CarriedView {
		if value == "" {
			return nil
		}
		return []page.CarriedView{{Name: name, Value: value, Note: note, Marked: true}}
	}
	switch step {
	case flows.Token:
		return one("access_token", prefix(keys.ClientToken), "Goes into Authorization of step 2. Only its beginning is shown; the rest stays on the server.")
	case flows.Consent:
		return one("consentId", s.run.ConsentID, "Goes into the scope of step 3 and the header Consent-ID of step 6. "+consentWords(s.status))
	case flows.Exchange:
		return one("access_token", prefix(keys.AccessToken), "Goes into Authorization of step 6. It works until "+instant(keys.ExpiresAt)+".")
	}
	return nil
}

// carriedMarks are the values that the pages of a run mark.
func carriedMarks(run *flows.Flow) []string {
	var marks []string
	for _, value := range []string{run.ConsentID, prefix(run.Secrets.ClientToken), prefix(run.Secrets.AccessToken)} {
		if value != "" {
			marks = append(marks, value)
		}
	}
	return marks
}

// prefix is the beginning of a token, as it may be shown.
func prefix(token secret.Text) string {
	if token == "" {
		return ""
	}
	return secret.Reduce(token.Reveal())
}
