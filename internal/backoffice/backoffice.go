// Package backoffice owns the pages of the service provider's own people: where administrators and support begin and work.
package backoffice

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/register"
	"fairway/internal/trustlist"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// Deps are what the face is built from.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Accounts   *accounts.Accounts
	Certs      *certs.Certs
	Enrolments *enrolments.Enrolments
	Lists      *trustlist.Lists
	Register   *register.Register
	Trail      *audit.Trail
}

// Face is the pages.
type Face struct {
	Deps
	verifying chan struct{} // one look at the whole trail at a time
}

// New makes the face.
func New(d Deps) *Face { return &Face{Deps: d, verifying: make(chan struct{}, 1)} }

// Mount adds the routes. What decides something asks for the second factor again: see accounts.ConfirmFactor and
// httpkit.FactorField.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Admin.Get("/admin", f.showAdministration)
	m.Support.Get("/support-desk", f.showSupportDesk)
	f.mountAdmin(m)
}

func (f *Face) showAdministration(c *gin.Context) error {
	return f.showStart(c, ui.HeadView{Title: "Administration", Lead: "You are signed in as an administrator of the service provider."})
}

func (f *Face) showSupportDesk(c *gin.Context) error {
	return f.showStart(c, ui.HeadView{Title: "Support desk", Lead: "You are signed in for the support of the service provider."})
}

func (f *Face) showStart(c *gin.Context, head ui.HeadView) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)
	factor, err := f.Accounts.Factor(ctx, who.PersonID)
	if err != nil {
		return err
	}
	sessions, err := f.Accounts.Sessions().List(ctx, who.PersonID)
	if err != nil {
		return err
	}

	v := page.StartView{
		Head:   head,
		Person: []ui.KV{{Key: "E-mail address", Value: who.Email}, {Key: "Browsers signed in", Value: strconv.Itoa(len(sessions))}, {Key: "Password entered", Value: stamp(who.AuthAt)}},
		Factor: []ui.KV{{Key: "Set up", Value: stamp(factor.Since)}, {Key: "Last code entered", Value: stamp(who.FactorAt)}, {Key: "Recovery codes left", Value: strconv.Itoa(factor.CodesLeft)}},
	}
	if factor.Few() {
		v.Few = "Without your app and without a code, only the operator of this portal can let you in again."
	}
	return httpkit.Page(c, http.StatusOK, page.Start(httpkit.Frame(c, head.Title), v))
}

func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
