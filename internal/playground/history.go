package playground

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/bankclient"
	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/flows"
	"fairway/internal/httpkit"
	"fairway/internal/notebook"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const (
	historyPath = "/playground/history"
	comparePath = "/playground/compare"
)

func (p *Playground) mountHistory(m httpkit.Mounts) {
	m.SignedIn.Get(historyPath, p.history)
	m.SignedIn.Get(comparePath, p.compare)
	m.SignedIn.Get(savedPath+"/new", p.askSave)
	m.SignedIn.Post(savedPath, p.saveRequest)
	m.SignedIn.Get(savedPath+"/:id", p.askRename)
	m.SignedIn.Post(savedPath+"/:id", p.renameRequest)
	m.SignedIn.Get(savedPath+"/:id/delete", p.askForget)
	m.SignedIn.Post(savedPath+"/:id/delete", p.forgetRequest)
}

func noteOwner(v httpkit.Visitor) notebook.Owner {
	return notebook.Owner{OrganisationID: v.OrganisationID, Environment: env, PersonID: v.PersonID}
}

// record notes what was sent with the form that it was made of.
func (p *Playground) record(ctx context.Context, v httpkit.Visitor, f requestForm, e bankclient.Exchange) error {
	form := f.chosen()
	if f.body != "" && f.operation.HasBody {
		form.Set("body", f.body)
	}
	return p.Notebook.Record(ctx, noteOwner(v), noted(e, f.brand.ID, f.operation.ID, form))
}

// noted is an exchange as the history keeps it.
func noted(e bankclient.Exchange, brand, operation string, form url.Values) notebook.Sent {
	r, _ := e.Refusal()
	id, _ := calls.ParseID(e.CallID) // none where nothing came back
	return notebook.Sent{CallID: id, RequestID: e.RequestID, Brand: brand, Operation: operation, Form: form, Status: e.Status, Code: r.Code, Duration: e.Duration}
}

// recordStep notes the signed request of a step of the flow, as a form that sends the same alone.
func (p *Playground) recordStep(ctx context.Context, run *flows.Flow, step flows.Step, e bankclient.Exchange) error {
	form := url.Values{"app": {run.AppID}, "brand": {run.Brand}, "header-PSU-IP-Address": {psuAddress}}
	operation := "card-accounts.list"
	if step == flows.Consent {
		operation = "consents.create"
		form.Set("body", run.Request)
	} else {
		form.Set("header-Consent-ID", run.ConsentID)
	}
	form.Set("operation", operation)
	owner := notebook.Owner{OrganisationID: run.OrganisationID, Environment: env, PersonID: run.PersonID}
	return p.Notebook.Record(ctx, owner, noted(e, run.Brand, operation, form))
}

// history lists what the visitor sent, and what her organisation saved.
func (p *Playground) history(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	list, err := p.Notebook.History(ctx, noteOwner(v))
	if err != nil {
		return err
	}
	saved, err := p.Notebook.Saved(ctx, noteOwner(v))
	if err != nil {
		return err
	}
	known, err := p.legend(ctx, v)
	if err != nil {
		return err
	}

	view := historyView(list, saved, known)
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide = historyPath, true
	return httpkit.Page(c, http.StatusOK, page.History(fr, view))
}

func historyView(list []notebook.Sent, saved []notebook.Saved, known legend) page.HistoryView {
	v := page.HistoryView{Compare: comparePath, Head: ui.HeadView{Title: "History", Lead: "What you sent from the playground, and what your organisation saved."}}
	for _, s := range list {
		v.Sent = append(v.Sent, sentRow(s, known))
	}
	for _, s := range saved {
		v.Saved = append(v.Saved, page.SavedRow{Name: s.Name, Note: s.Note, Operation: operationWords(s.Operation), Brand: known.brandName(s.Brand), Href: requestPath + "?saved=" + s.ID,
			EditHref: savedPath + "/" + s.ID, DeleteHref: savedPath + "/" + s.ID + "/delete"})
	}
	return v
}

func sentRow(s notebook.Sent, known legend) page.SentRow {
	r := page.SentRow{ID: s.ID, SentISO: iso(s.At), Sent: s.At.UTC().Format("2 Jan 2006, 15:04:05") + " UTC", Operation: operationWords(s.Operation), Brand: known.brandName(s.Brand),
		Tone: ui.Bad, Status: "No answer", Code: s.Code, Took: callview.Duration(s.Duration), AgainHref: requestPath + "?sent=" + s.ID, SaveHref: savedPath + "/new?sent=" + s.ID}
	if s.Status != 0 {
		r.Tone, r.Status = ui.StatusTone(s.Status), callview.StatusText(s.Status)
	}
	if m, ok := bankclient.MistakeOf(s.Form.Get("mistake")); ok {
		r.Mistake = "Broken on purpose: " + m.Title
	}
	if s.CallID != 0 {
		r.Href = callPath(s.CallID)
	}
	return r
}

// operationWords are an operation's method and path.
func operationWords(id string) string {
	if o, ok := catalog.OperationByID(id); ok {
		return o.Method + " " + o.Pattern
	}
	return id
}
