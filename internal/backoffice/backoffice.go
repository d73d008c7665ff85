// Package backoffice owns the pages of the service provider's own people: where administrators and support begin and work.
package backoffice

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// Deps are what the face is built from.
type Deps struct {
	Accounts *accounts.Accounts
	// Desk is what support looks things up in.
	Desk Desk
}

// Face is the pages.
type Face struct {
	accounts *accounts.Accounts
	desk     Desk
}

// New makes the face.
func New(d Deps) *Face { return &Face{accounts: d.Accounts, desk: d.Desk} }

// Mount adds the routes. What decides something asks for the second factor again: see accounts.ConfirmFactor and
// httpkit.FactorField.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Admin.Get("/admin", f.showAdministration)
	f.mountSupport(m)
}

func (f *Face) showAdministration(c *gin.Context) error {
	return f.showStart(c, ui.HeadView{Title: "Administration", Lead: "You are signed in as an administrator of the service provider."})
}

func (f *Face) showStart(c *gin.Context, head ui.HeadView) error {
	v, err := f.startView(c, head)
	if err != nil {
		return err
	}
	return httpkit.Page(c, http.StatusOK, page.Start(httpkit.Frame(c, head.Title), v))
}

// startView is who a colleague is here and how her account is kept.
func (f *Face) startView(c *gin.Context, head ui.HeadView) (page.StartView, error) {
	ctx, who := c.Request.Context(), httpkit.Who(c)
	factor, err := f.accounts.Factor(ctx, who.PersonID)
	if err != nil {
		return page.StartView{}, err
	}
	sessions, err := f.accounts.Sessions().List(ctx, who.PersonID)
	if err != nil {
		return page.StartView{}, err
	}

	v := page.StartView{
		Head:   head,
		Person: []ui.KV{{Key: "E-mail address", Value: who.Email}, {Key: "Browsers signed in", Value: strconv.Itoa(len(sessions))}, {Key: "Password entered", Value: stamp(who.AuthAt)}},
		Factor: []ui.KV{{Key: "Set up", Value: stamp(factor.Since)}, {Key: "Last code entered", Value: stamp(who.FactorAt)}, {Key: "Recovery codes left", Value: strconv.Itoa(factor.CodesLeft)}},
	}
	if factor.Few() {
		v.Few = "Without your app and without a code, only the operator of this portal can let you in again."
	}
	return v, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
