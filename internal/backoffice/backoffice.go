// Package backoffice owns the pages of the service provider's own people: where administrators and support begin and work.
package backoffice

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/audit"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/mail"
	"fairway/internal/nca"
	"fairway/internal/quota"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/trustlist"
	"fairway/internal/workdays"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/letters"
	"fairway/web/templates/ui"
)

// Deps are what the face is built from.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Accounts   *accounts.Accounts
	Apps       *apps.Apps
	Certs      *certs.Certs
	Calls      *calls.Log
	Catalog    *catalog.Catalog
	Consents   *consents.Consents
	Enrolments *enrolments.Enrolments
	NCA        *nca.NCA
	Lists      *trustlist.Lists
	Quota      *quota.Quota
	Register   *register.Register
	Refresh    *refresh.Refresh
	Trail      *audit.Trail
	Letters    Letters
	Addresses  Addresses
	// Days are the working days in which decisions are due.
	Days workdays.Calendar
	// SourcesWithin bounds how long a reviewer waits for the sources; zero is 40 seconds.
	SourcesWithin time.Duration
}

// Addresses are where people and machines reach this installation.
type Addresses struct{ Portal, Auth, API, Bank address.Template }

// Letters knows what is written to organisations.
type Letters interface {
	// SentTo lists letters to an address, newest first, and never what was in them.
	SentTo(tx db.Tx, address string, most int) ([]mail.Sent, error)
	// Preview is what a decision on a case would tell the organisation of a name at an instant.
	Preview(organisation string, c *nca.Case, d nca.Decision, at time.Time) letters.Letter
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
	f.mountSupport(m)
	f.mountReviews(m)
	f.mountAdmin(m)
}

// proof is the code of this request, for the session and the browser that it came with.
func proof(c *gin.Context, code string) accounts.Proof {
	return accounts.Proof{Session: httpkit.Who(c).Session, Code: code, IP: c.ClientIP(), Device: httpkit.Device(c)}
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
	factor, err := f.Accounts.Factor(ctx, who.PersonID)
	if err != nil {
		return page.StartView{}, err
	}
	sessions, err := f.Accounts.Sessions().List(ctx, who.PersonID)
	if err != nil {
		return page.StartView{}, err
	}
	queue, err := f.queueCard(ctx)
	if err != nil {
		return page.StartView{}, err
	}

	v := page.StartView{
		Head:   head,
		Queue:  queue,
		Person: []ui.KV{{Key: "E-mail address", Value: who.Email}, {Key: "Browsers signed in", Value: strconv.Itoa(len(sessions))}, {Key: "Password entered", Value: stamp(who.AuthAt)}},
		Factor: []ui.KV{{Key: "Set up", Value: stamp(factor.Since)}, {Key: "Last code entered", Value: stamp(who.FactorAt)}, {Key: "Recovery codes left", Value: strconv.Itoa(factor.CodesLeft)}},
	}
	if factor.Few() {
		v.Few = "Without your app and without a code, only the operator of this portal can let you in again."
	}
	return v, nil
}

// queueCard says how the review queue stands.
func (f *Face) queueCard(ctx context.Context) (page.QueueCard, error) {
	counts, err := f.Enrolments.Counts(ctx)
	if err != nil {
		return page.QueueCard{}, err
	}
	late, err := f.Enrolments.DueBefore(ctx, f.Clock.Now())
	if err != nil {
		return page.QueueCard{}, err
	}
	v := page.QueueCard{Tone: ui.OK, Status: "Nothing waits", Href: reviewsPath}
	switch waiting := counts[enrolments.Submitted]; {
	case len(late) > 0:
		v.Tone, v.Status = ui.Bad, strconv.Itoa(len(late))+" late"
	case waiting > 0:
		v.Tone, v.Status = ui.Note, strconv.Itoa(waiting)+" waiting"
	}
	for _, state := range []enrolments.State{enrolments.Submitted, enrolments.Question, enrolments.Approved, enrolments.Suspended} {
		_, name := stateWord(state)
		v.Counts = append(v.Counts, ui.KV{Key: name, Value: strconv.Itoa(counts[state]), Href: queuePath(state)})
	}
	return v, nil
}
