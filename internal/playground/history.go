package playground

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/bankclient"
	"fairway/internal/callview"
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

	view := historyView(list, saved, known, p.Clock.Now())
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Path, fr.Wide = historyPath, true
	if view.Waits {
		fr.Refresh, fr.Scripts = lookAgainAfter, []string{waitScript}
	}
	return httpkit.Page(c, http.StatusOK, page.History(fr, view))
}

func historyView(list []notebook.Sent, saved []notebook.Saved, known legend, now time.Time) page.HistoryView {
	v := page.HistoryView{Compare: comparePath, Head: ui.HeadView{Title: "History", Lead: "What you sent from the playground, and what your organisation saved."}}
	for _, s := range list {
		v.Sent = append(v.Sent, sentRow(s, known, now))
		v.Waits = v.Waits || s.UnderWay(now)
	}
	for _, s := range saved {
		v.Saved = append(v.Saved, page.SavedRow{Name: s.Name, Note: s.Note, Operation: operationWords(s.Operation), Brand: known.brandName(s.Brand), Href: requestPath + "?saved=" + s.ID,
			EditHref: savedPath + "/" + s.ID, DeleteHref: savedPath + "/" + s.ID + "/delete"})
	}
	return v
}

func sentRow(s notebook.Sent, known legend, now time.Time) page.SentRow {
	r := page.SentRow{ID: s.ID, SentISO: iso(s.At), Sent: s.At.UTC().Format("2 Jan 2006, 15:04:05") + " UTC", Operation: operationWords(s.Operation), Brand: known.brandName(s.Brand),
		Tone: ui.Bad, Status: "No answer", Code: s.Code, Took: callview.Duration(s.Duration)}
	switch {
	case s.Status != 0:
		r.Tone, r.Status = ui.StatusTone(s.Status), callview.StatusText(s.Status)
	case s.UnderWay(now):
		r.Tone, r.Status, r.Took = ui.Note, "Under way", ""
	}
	if m, ok := bankclient.MistakeOf(s.Form.Get("mistake")); ok {
		r.Notes = append(r.Notes, "Broken on purpose: "+m.Title)
	}
	g, isToken := grantOf(s)
	if isToken {
		r.Grant, r.Brand = g.words, ""
	}
	if g.once != "" {
		r.Notes = append(r.Notes, g.once)
	}
	if g.once == "" {
		r.AgainHref, r.SaveHref = requestPath+"?sent="+s.ID, savedPath+"/new?sent="+s.ID
	}
	if s.CallID != 0 {
		r.Href = callPath(s.CallID)
		r.ShareHref = r.Href + "#shares"
	}
	return r
}

// operationWords are an operation's method and path.
func operationWords(id string) string {
	if o, ok := operationByID(id); ok {
		return o.Method + " " + o.Pattern
	}
	return id
}
