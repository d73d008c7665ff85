package backoffice

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// usualWithin is how long the sources may take together: the door writes an answer within a minute.
const usualWithin = 40 * time.Second

// mostDeeds is how much of the audit trail the screen shows.
const mostDeeds = 50

var errSlow = fault.New(fault.Unavailable, "sources_slow", "The sources did not all answer in time, so what was on record stays. Try again in a minute.")

// dossier is all that the review screen shows.
type dossier struct {
	*nca.Case
	who          httpkit.Visitor
	now          time.Time
	fresh        bool
	organisation accounts.Organisation
	// elsewhere are the organisations that have something of this one.
	elsewhere map[string]accounts.Organisation
	earlier   []*enrolments.Enrolment
	deeds     []audit.Line
	people    map[string]accounts.Person
}

// dossier collects what is on record about an enrolment. Fault: enrolments.ErrUnknown.
func (f *Face) dossier(ctx context.Context, who httpkit.Visitor, id string) (dossier, error) {
	c, err := f.NCA.Case(ctx, id)
	if err != nil {
		return dossier{}, err
	}
	d := dossier{Case: c, who: who, now: f.Clock.Now(), fresh: c.Fresh(f.NCA)}
	ids := []string{c.Enrolment.OrganisationID}
	for _, a := range d.alike() {
		ids = append(ids, a.OrganisationID)
	}
	if d.elsewhere, err = f.Accounts.Organisations(ctx, ids); err != nil {
		return dossier{}, err
	}
	d.organisation = d.elsewhere[c.Enrolment.OrganisationID]
	history, err := f.Enrolments.History(ctx, c.Enrolment.OrganisationID)
	if err != nil {
		return dossier{}, err
	}
	d.earlier = slices.DeleteFunc(history, func(e *enrolments.Enrolment) bool { return e.ID == id || e.SubmittedAt.IsZero() })
	trail, err := f.Trail.List(ctx, audit.Filter{Object: id, Limit: mostDeeds})
	if err != nil {
		return dossier{}, err
	}
	d.deeds = trail.Lines
	d.people, err = f.Accounts.People(ctx, d.mentioned())
	return d, err
}

func (d dossier) alike() []enrolments.Likeness {
	if d.Examination == nil {
		return nil
	}
	return d.Examination.Alike
}

// mentioned are the ids of everybody whom the screen names.
func (d dossier) mentioned() []string {
	ids := []string{d.Enrolment.SubmittedBy, d.Enrolment.DecidedBy, d.FirstBy}
	if d.Enrolment.Proof != nil {
		ids = append(ids, d.Enrolment.Proof.By)
	}
	for _, e := range d.earlier {
		ids = append(ids, e.DecidedBy)
	}
	for _, line := range d.deeds {
		ids = append(ids, line.Actor)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// name is who an id is, for colleagues. Who decided is the administrators' business: support sees that it was one of them.
func (d dossier) name(id string) string {
	switch p, known := d.people[id]; {
	case known && p.Role.Staff() && p.ID != d.who.PersonID && d.who.Role != string(accounts.Admin):
		return "a colleague"
	case known:
		return p.Email
	case id == nca.System:
		return "Fairway itself"
	case id == "":
		return none
	}
	return id
}

// own tells whether the visitor belongs to the organisation.
func (d dossier) own() bool { return d.who.OrganisationID == d.Enrolment.OrganisationID }

// waits tells whether the matter waits for a decision of ours.
func (d dossier) waits() bool { return d.Enrolment.State == enrolments.Submitted }

// decides tells whether the visitor may decide it.
func (d dossier) decides() bool { return d.who.Role == string(accounts.Admin) && d.waits() && !d.own() }

func (f *Face) showReview(c *gin.Context) error {
	return f.drawReview(c, decisionForm{}, nil)
}

// drawReview draws the screen with the form as it was filled. Where the form was drawn for something else than what is
// there now, that is said first, whatever else was wrong with it: the page shows the new, and the form is for the new.
func (f *Face) drawReview(c *gin.Context, form decisionForm, failed error) error {
	ctx, id := c.Request.Context(), c.Param("id")
	d, err := f.dossier(ctx, httpkit.Who(c), id)
	if err != nil {
		return err
	}
	if d.who.Role == string(accounts.Support) {
		if err := f.viewed(c, d.Enrolment.OrganisationID, id); err != nil {
			return err
		}
	}
	if changed := form.outdated(d); changed != nil {
		failed, form.letter = changed, nil
	}
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}

	v := f.reviewView(d)
	v.Problems = found.summary()
	frame := httpkit.Frame(c, v.Head.Title)
	frame.Path, frame.Error, frame.Wide = reviewPath(id), found.any(), true
	if v.Poll != nil {
		frame.Refresh = "5"
	}
	if v.Refresh != nil {
		v.Refresh.Token = frame.Token
	}
	if d.who.Role == string(accounts.Admin) && d.Enrolment.State == enrolments.Suspended && !d.own() {
		v.Decide = &ui.LinkView{Text: "Restore", Href: restorePath(id), Icon: "rotate-ccw"}
	}
	if d.decides() && d.Examination != nil {
		factor := httpkit.FactorField(c, d.now, failed)
		factor.Ask = factor.Ask && !form.confirmed
		v.Decision = f.decisionView(d, form, found, factor)
		v.Decide = &ui.LinkView{Text: "Decide", Href: "#decision", Icon: "stamp"}
	}
	return httpkit.Page(c, found.status, page.Review(frame, v))
}

// showExamining is fetched again until the sources have answered; then the whole page is loaded.
func (f *Face) showExamining(c *gin.Context) error {
	found, err := f.NCA.Case(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}

	poll := ui.PollView{ID: "examining"}
	if found.Examination == nil {
		poll = examining(found.Enrolment.ID)
	} else {
		c.Header("HX-Refresh", "true")
	}
	return httpkit.Page(c, http.StatusOK, page.Examining(poll))
}

func examining(id string) ui.PollView {
	return ui.PollView{ID: "examining", Href: reviewPath(id) + "/state", Seconds: 2}
}

// refreshReview asks every source anew.
func (f *Face) refreshReview(c *gin.Context) error {
	id := c.Param("id")

	ctx, stop := context.WithTimeout(c.Request.Context(), cmp.Or(f.SourcesWithin, usualWithin))
	defer stop()
	err := f.NCA.Refresh(ctx, httpkit.Who(c).PersonID, id)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = errSlow.With(err)
	}

	if err != nil {
		return f.drawReview(c, decisionForm{}, err)
	}
	return goTo(c, reviewPath(id), ui.OK, "The sources were asked again. This is what they say now.")
}
