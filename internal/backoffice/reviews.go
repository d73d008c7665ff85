package backoffice

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const (
	reviewsPath = "/admin/reviews"
	// mostRows is how many enrolments the queue shows.
	mostRows = 100
)

// mountReviews adds the queue and the review screen. Support may look; who decides is an administrator.
func (f *Face) mountReviews(m httpkit.Mounts) {
	m.Support.Get(reviewsPath, f.showQueue)
	m.Support.Get(reviewsPath+"/:id", f.showReview)
	m.Support.Get(reviewsPath+"/:id/state", f.showExamining)
	m.Admin.Post(reviewsPath+"/:id/refresh", f.refreshReview)
	m.Admin.Post(reviewsPath+"/:id/decide", f.decideReview)
	m.Admin.Get(reviewsPath+"/:id/restore", f.askRestoration)
	m.Admin.Post(reviewsPath+"/:id/restore", f.restoreApproval)
}

func reviewPath(id string) string { return reviewsPath + "/" + url.PathEscape(id) }

// queuePath is the queue of a state.
func queuePath(s enrolments.State) string {
	if s == enrolments.Submitted {
		return reviewsPath
	}
	return reviewsPath + "?" + url.Values{"state": {string(s)}}.Encode()
}

// askedState is the state that an address asks for; what is none of the queue's is what waits for us.
func askedState(text string) enrolments.State {
	for _, w := range stateWords {
		if string(w.state) == text {
			return w.state
		}
	}
	return enrolments.Submitted
}

func (f *Face) showQueue(c *gin.Context) error {
	ctx, state := c.Request.Context(), askedState(c.Query("state"))

	cases, err := f.NCA.Cases(ctx, enrolments.Filter{State: state, Limit: mostRows})
	if err != nil {
		return err
	}
	names, err := f.organisationsOf(ctx, cases)
	if err != nil {
		return err
	}
	counts, err := f.Enrolments.Counts(ctx)
	if err != nil {
		return err
	}
	notices, err := f.sourceNotices(ctx)
	if err != nil {
		return err
	}

	v := page.ReviewsView{
		Head:    ui.HeadView{Title: "Review queue", Lead: "What organisations handed in for Live, what is due first at the top."},
		Notices: notices, States: stateTabs(state, counts), Columns: queueColumns(state),
	}
	for _, one := range cases {
		v.Rows = append(v.Rows, f.reviewRow(one, names[one.Enrolment.OrganisationID]))
	}
	if state == enrolments.Submitted && len(cases) > 0 {
		v.Next = &ui.LinkView{Text: "Review next", Href: v.Rows[0].Href, Look: ui.Primary, After: "arrow-right"}
	}
	if counts[state] > len(cases) {
		v.More = "Only the first " + strconv.Itoa(len(cases)) + " of " + strconv.Itoa(counts[state]) + " are shown."
	}
	if v.Empty, err = f.emptyQueue(ctx, state); err != nil {
		return err
	}
	frame := httpkit.Frame(c, v.Head.Title)
	frame.Wide = true
	return httpkit.Page(c, http.StatusOK, page.Reviews(frame, v))
}

func (f *Face) organisationsOf(ctx context.Context, cases []*nca.Case) (map[string]accounts.Organisation, error) {
	var ids []string
	for _, c := range cases {
		ids = append(ids, c.Enrolment.OrganisationID)
	}
	slices.Sort(ids)
	return f.Accounts.Organisations(ctx, slices.Compact(ids))
}

func stateTabs(current enrolments.State, counts map[enrolments.State]int) []ui.TabLink {
	var tabs []ui.TabLink
	for _, w := range stateWords {
		tabs = append(tabs, ui.TabLink{Text: w.name + " (" + strconv.Itoa(counts[w.state]) + ")", Href: queuePath(w.state), Current: w.state == current})
	}
	return tabs
}

func queueColumns(state enrolments.State) ui.TableView {
	v := ui.TableView{ID: "queue", Caption: "Submissions, the last change first", Columns: []ui.Column{
		{Text: "Organisation and identifier"}, {Text: "Country"}, {Text: "Submitted"}, {Text: "Working days left"}, {Text: "Checks"}, {Text: "State"},
	}}
	if state.Open() {
		v.Caption, v.Columns[3].Sorted = "Submissions, what is due first at the top", "ascending"
	}
	return v
}

func (f *Face) reviewRow(c *nca.Case, who accounts.Organisation) page.ReviewRow {
	e := c.Enrolment
	r := page.ReviewRow{Href: reviewPath(e.ID), Organisation: or(who.Name), Country: or(who.Country), Identifier: none, Submitted: none}
	if !e.SubmittedAt.IsZero() {
		r.SubmittedISO, r.Submitted = iso(e.SubmittedAt), day(e.SubmittedAt)
	}
	if e.QSeal != nil {
		r.Identifier = or(e.QSeal.Info.OrganizationIdentifier)
	}
	r.LeftTone, r.Left = f.left(e)
	if e.State == enrolments.Submitted {
		r.DueISO, r.Due = iso(e.DueAt), day(e.DueAt)
	}
	r.ChecksTone, r.Checks = checksOf(c)
	r.StateTone, r.State = stateWord(e.State)
	if len(c.Doubts) > 0 && e.State == enrolments.Approved {
		r.StateTone, r.State = ui.Warn, "Approved, in doubt"
	}
	if c.FirstBy != "" && e.State == enrolments.Submitted {
		r.StateTone, r.State = ui.Note, "Approved once"
	}
	return r
}

// checksOf says how the examination stands, in the words that everybody reads.
func checksOf(c *nca.Case) (ui.Tone, string) {
	switch {
	case c.Examination == nil:
		return ui.Plain, "Being examined"
	case c.Examination.Unreachable:
		return ui.Warn, "A source did not answer"
	}
	return certview.Summary(checkLists(c.Examination)...)
}

func checkLists(x *nca.Examination) [][]qcert.Check {
	var lists [][]qcert.Check
	for _, s := range x.Sections {
		lists = append(lists, s.Checks)
	}
	return lists
}

func (f *Face) emptyQueue(ctx context.Context, state enrolments.State) (ui.EmptyView, error) {
	if state != enrolments.Submitted {
		_, name := stateWord(state)
		return ui.EmptyView{Title: "None", Text: "No submission is in this state: " + name + ".", ActionText: "What waits for us", ActionHref: reviewsPath}, nil
	}
	last, err := f.Enrolments.LastDecision(ctx)
	if err != nil {
		return ui.EmptyView{}, err
	}
	v := ui.EmptyView{Title: "Nothing waits for a decision", Text: "Nothing was decided so far. What an organisation hands in appears here at once.", ActionText: "What was approved", ActionHref: queuePath(enrolments.Approved)}
	if !last.IsZero() {
		v.Text = "The last decision was on " + stamp(last) + "."
	}
	return v, nil
}
