package playground

import (
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

type deleteForm struct {
	Name string `form:"name"`
}

// check compares what was typed with the app's name.
func (f deleteForm) check(app apps.App) error {
	if strings.TrimSpace(f.Name) == app.Name {
		return nil
	}
	return fault.Form(fault.Field{Name: "name", Message: "Type the name of the app as it is written here: " + app.Name})
}

// askDelete asks for the app's name.
func (s section) askDelete(c *gin.Context) error {
	app, err := s.ownApp(c.Request.Context(), httpkit.Who(c), c.Param("id"))
	if err != nil {
		return err
	}

	return s.drawDelete(c, app, deleteForm{}, nil)
}

// deleteApp ends an app with all that belongs to it.
func (s section) deleteApp(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	app, err := s.ownApp(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	var f deleteForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return s.drawDelete(c, app, f, err)
	}
	if err := f.check(app); err != nil {
		return s.drawDelete(c, app, f, err)
	}

	if err := s.Apps.Delete(ctx, v.OrganisationID, app.ID, v.PersonID); err != nil {
		return s.drawDelete(c, app, f, err)
	}

	return s.goTo(c, appsPath(s.env), "ok", app.Name+" is deleted.")
}

func (s section) drawDelete(c *gin.Context, app apps.App, f deleteForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := page.DeleteView{App: app.Name, Typed: f.Name, NameError: found.at("name"), CancelHref: appPath(app),
		Head: ui.HeadView{Title: "Delete " + app.Name + "?", Crumbs: appCrumbs(app, "Delete")},
		Points: []string{
			"Its client id, secrets and API keys stop working at once, so its tokens and consents cannot be used any more.",
			"Its requests stay in the log for 30 days.",
			"There is no way back: a new app gets a new client id.",
		}}
	view.Action, view.Problems = appPath(app)+"/delete", found.summary()
	return httpkit.Page(c, found.status, page.Delete(s.frame(c, view.Head.Title, view.Action, found), view))
}
