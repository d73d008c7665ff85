package playground

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/notebook"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const savedPath = "/playground/saved"

// saveForm names a request of the history, or one that is saved already, and what it is called.
type saveForm struct {
	Sent string `form:"sent"`
	Name string `form:"name"`
	Note string `form:"note"`
}

func (f saveForm) label() notebook.Label { return notebook.Label{Name: f.Name, Note: f.Note} }

// askSave asks for a name.
func (p *Playground) askSave(c *gin.Context) error {
	s, err := p.repeatable(c.Request.Context(), httpkit.Who(c), c.Query("sent"))
	if err != nil {
		return p.orHistory(c, err)
	}
	return p.showSave(c, saveForm{Sent: s.ID}, nil)
}

// saveRequest keeps a request of the visitor's history for her organisation.
func (p *Playground) saveRequest(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	var f saveForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showSave(c, f, err)
	}
	sent, err := p.repeatable(ctx, v, f.Sent)
	if err != nil {
		return p.orHistory(c, err)
	}

	saved, err := p.Notebook.Save(ctx, noteOwner(v), notebook.Saved{Label: f.label(), Brand: sent.Brand, Operation: sent.Operation, Form: sent.Form})
	if err != nil {
		return p.showSave(c, f, err)
	}

	return p.goTo(c, historyPath+"#saved", "ok", saved.Name+" is saved. Everybody of your organisation can open it.")
}

// orHistory leads back to the history where a request cannot be made again.
func (p *Playground) orHistory(c *gin.Context, err error) error {
	if errors.Is(err, errOnce) {
		return p.goTo(c, historyPath, "warn", errOnce.Message)
	}
	return err
}

// askRename shows the name and the note of a saved request.
func (p *Playground) askRename(c *gin.Context) error {
	s, err := p.Notebook.SavedByID(c.Request.Context(), noteOwner(httpkit.Who(c)), c.Param("id"))
	if err != nil {
		return err
	}
	return p.showRename(c, s, s.Label, nil)
}

func (p *Playground) renameRequest(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	s, err := p.Notebook.SavedByID(ctx, noteOwner(v), c.Param("id"))
	if err != nil {
		return err
	}
	var l notebook.Label
	if err := httpkit.BindForm(c, &l); err != nil {
		return p.showRename(c, s, l, err)
	}

	if err := p.Notebook.Rename(ctx, noteOwner(v), s.ID, l); err != nil {
		return p.showRename(c, s, l, err)
	}

	return p.goTo(c, historyPath+"#saved", "ok", "The name and the note are changed.")
}

// askForget asks before a saved request is deleted.
func (p *Playground) askForget(c *gin.Context) error {
	s, err := p.Notebook.SavedByID(c.Request.Context(), noteOwner(httpkit.Who(c)), c.Param("id"))
	if err != nil {
		return err
	}
	view := page.ForgetView{Action: savedPath + "/" + s.ID + "/delete", CancelHref: historyPath, Head: savedHead("Delete "+s.Name+"?", "Delete"),
		Text: "It goes for everybody of your organisation. What was sent with it stays in the history and in the request log."}
	fr := frame(c, view.Head.Title, view.Action, problems{})
	return httpkit.Page(c, 200, page.Forget(fr, view))
}

func (p *Playground) forgetRequest(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	if err := p.Notebook.Delete(ctx, noteOwner(v), c.Param("id")); err != nil {
		return err
	}

	return p.goTo(c, historyPath+"#saved", "ok", "The saved request is deleted.")
}

func savedHead(title, crumb string) ui.HeadView {
	return ui.HeadView{Title: title, Crumbs: []ui.Crumb{{Text: "History", Href: historyPath}, {Text: crumb}}}
}

func (p *Playground) showSave(c *gin.Context, f saveForm, failed error) error {
	view := page.SaveView{Head: savedHead("Save a request", "Save"), Fields: []ui.Hidden{{Name: "sent", Value: f.Sent}}, Button: "Save"}
	return p.drawSave(c, view, savedPath, savedPath+"/new?sent="+f.Sent, f.label(), failed)
}

func (p *Playground) showRename(c *gin.Context, s notebook.Saved, l notebook.Label, failed error) error {
	at := savedPath + "/" + s.ID
	return p.drawSave(c, page.SaveView{Head: savedHead("Rename "+s.Name, "Rename"), Button: "Save the changes"}, at, at, l, failed)
}

func (p *Playground) drawSave(c *gin.Context, view page.SaveView, action, path string, l notebook.Label, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view.Action, view.Problems, view.CancelHref = action, found.summary(), historyPath
	view.Name = ui.FieldView{Name: "name", Label: "Name", Value: l.Name, Error: found.at("name"), Hint: "At most 80 characters. Your colleagues see it.", Autocomplete: "off"}
	view.Note = ui.FieldView{Name: "note", Label: "Note", Value: l.Note, Error: found.at("note"), Rows: 3, Optional: true}
	return httpkit.Page(c, found.status, page.Save(frame(c, view.Head.Title, path, found), view))
}

// openKept is a request of the history or a saved one as the values of the form; ok is false where none is asked for.
func (p *Playground) openKept(ctx context.Context, v httpkit.Visitor, sent, saved string) (form notebook.Form, ok bool, err error) {
	switch {
	case sent != "":
		s, err := p.repeatable(ctx, v, sent)
		return s.Form, true, err
	case saved != "":
		s, err := p.Notebook.SavedByID(ctx, noteOwner(v), saved)
		return s.Form, true, err
	}
	return nil, false, nil
}
