package playground

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// The pages of the way to Live. Each step is an address of its own, so that it can be gone back to and goes on from any
// browser of the organisation.
const (
	livePath          = "/playground/live/certificates"
	liveUploadPath    = livePath + "/upload"
	liveChecksPath    = livePath + "/checks"
	liveChallengePath = livePath + "/challenge"
	liveSubmitPath    = livePath + "/submit"
	liveWithdrawPath  = livePath + "/withdraw"
)

func (p *Playground) mountLive(m httpkit.Mounts) {
	m.SignedIn.Get(livePath, p.live)
	m.SignedIn.Get(livePath+"/state", p.liveState)
	m.SignedIn.Get(liveUploadPath, p.askUpload)
	m.SignedIn.Post(liveUploadPath, p.upload)
	m.SignedIn.Post(livePath+"/swap", p.swapUploads)
	m.SignedIn.Get(liveChecksPath, p.liveChecks)
	m.SignedIn.Get(liveChallengePath, p.askChallenge)
	m.SignedIn.Post(liveChallengePath, p.prove)
	m.SignedIn.Post(liveChallengePath+"/new", p.newChallenge)
	m.SignedIn.Get(liveChallengePath+".txt", p.challengeFile)
	m.SignedIn.Get(liveSubmitPath, p.askSubmit)
	m.SignedIn.Post(liveSubmitPath, p.submit)
	m.SignedIn.Get(liveWithdrawPath, p.askWithdraw)
	m.SignedIn.Post(liveWithdrawPath, p.withdraw)
	m.SignedIn.Post(livePath+"/answer", p.answerQuestion)
	m.SignedIn.Post(livePath+"/again", p.startAgain)
	m.SignedIn.Get(formerPath(":id"), p.askEndFormer)
	m.SignedIn.Post(formerPath(":id"), p.endFormer)
}

// stepForm is what every form of the way carries: the version that its page showed.
type stepForm struct {
	Version string `form:"version"`
}

func (f stepForm) version() int {
	n, err := strconv.Atoi(f.Version)
	if err != nil {
		return -1 // which no enrolment has
	}
	return n
}

func whoIn(v httpkit.Visitor) enrolments.Who {
	return enrolments.Who{OrganisationID: v.OrganisationID, PersonID: v.PersonID}
}

// current is the organisation's enrolment; ok is false where there is none.
func (p *Playground) current(ctx context.Context, v httpkit.Visitor) (e *enrolments.Enrolment, ok bool, err error) {
	e, err = p.Enrolments.Current(ctx, v.OrganisationID)
	if errors.Is(err, enrolments.ErrUnknown) {
		return nil, false, nil
	}
	return e, err == nil, err
}

// draft is the organisation's draft; where there is none, it leads to the page that says where the matter stands.
func (p *Playground) draft(c *gin.Context) (e *enrolments.Enrolment, ok bool, err error) {
	e, ok, err = p.current(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return nil, false, err
	}
	if !ok || e.State != enrolments.Draft {
		return nil, false, httpkit.SeeOther(c, livePath)
	}
	return e, true, nil
}

// live says where the organisation stands, and leads into a draft at the step that is due.
func (p *Playground) live(c *gin.Context) error { return p.showLive(c, answerForm{}, nil) }

func (p *Playground) showLive(c *gin.Context, f answerForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	ctx, v := c.Request.Context(), httpkit.Who(c)
	e, ok, err := p.current(ctx, v)
	if err != nil {
		return err
	}
	if !ok {
		view := p.liveStartView()
		return httpkit.Page(c, found.status, page.LiveStart(liveFrame(c, view.Head.Title, found), view))
	}
	if e.State == enrolments.Draft {
		return httpkit.SeeOther(c, p.due(e))
	}
	view, err := p.liveStatus(ctx, v, httpkit.FormToken(c), e)
	if err != nil {
		return err
	}
	view.Problems = found.summary()
	if view.Answer != nil {
		view.Answer.Value, view.Answer.Error = f.Answer, found.at("answer")
	}
	frame := liveFrame(c, view.Head.Title, found)
	if view.Checking {
		frame.Refresh = "30"
	}
	return httpkit.Page(c, found.status, page.LiveStatus(frame, view))
}

// liveState is where the matter stands for a page that shows it already: nothing at all where it stands as it did.
func (p *Playground) liveState(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	e, ok, err := p.current(ctx, v)
	if err != nil {
		return err
	}
	if !ok || e.State == enrolments.Draft {
		return httpkit.SeeOther(c, livePath)
	}
	view, err := p.liveStatus(ctx, v, httpkit.FormToken(c), e)
	if err != nil {
		return err
	}
	if view.Poll.Href == c.Request.URL.RequestURI() {
		c.Status(http.StatusNoContent)
		return nil
	}
	return httpkit.Page(c, http.StatusOK, page.LivePart(view))
}

// due is the step that a draft has come to.
func (p *Playground) due(e *enrolments.Enrolment) string {
	switch {
	case !e.Complete():
		return liveUploadPath
	case !e.Sound(p.Clock.Now()):
		return liveChecksPath
	case !e.Proved():
		return liveChallengePath
	}
	return liveSubmitPath
}

// askSubmit is the last look before the draft is handed in.
func (p *Playground) askSubmit(c *gin.Context) error { return p.showSubmit(c, nil) }

func (p *Playground) showSubmit(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	e, ok, err := p.draft(c)
	if err != nil || !ok {
		return err
	}
	if due := p.due(e); due != liveSubmitPath {
		return httpkit.SeeOther(c, due)
	}
	x, err := p.NCA.Look(c.Request.Context(), e)
	if err != nil {
		return err
	}
	view := p.submitView(e, x)
	view.Apart = issuedApart(httpkit.Who(c).Organisation, e)
	view.Problems = found.summary()
	return httpkit.Page(c, found.status, page.LiveSubmit(liveFrame(c, view.Head.Title, found), view))
}

// submit hands the draft in.
func (p *Playground) submit(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f stepForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showSubmit(c, err)
	}

	e, err := p.Enrolments.Submit(ctx, whoIn(v), f.version())
	if err != nil {
		return p.showSubmit(c, err)
	}

	return p.goTo(c, livePath, "ok", "Handed in. "+p.hearBy(e))
}

// askWithdraw asks before the matter is dropped.
func (p *Playground) askWithdraw(c *gin.Context) error { return p.showWithdraw(c, nil) }

func (p *Playground) showWithdraw(c *gin.Context, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	e, ok, err := p.current(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	if !ok || !e.State.Open() {
		return httpkit.SeeOther(c, livePath)
	}
	view := page.AskView{
		Head:   ui.HeadView{Title: "Withdraw this submission?", Lead: "Nothing is decided then. The files stay, and you can start again with them.", Crumbs: []ui.Crumb{{Text: "Live certificates", Href: livePath}, {Text: "Withdraw"}}},
		Fields: versionField(e), Button: "Withdraw", CancelText: "Go on with it", CancelHref: livePath,
	}
	view.Action, view.Problems = liveWithdrawPath, found.summary()
	return httpkit.Page(c, found.status, page.Ask(liveFrame(c, view.Head.Title, found), view))
}

func (p *Playground) withdraw(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f stepForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showWithdraw(c, err)
	}

	if err := p.Enrolments.Withdraw(ctx, whoIn(v), f.version()); err != nil {
		return p.showWithdraw(c, err)
	}

	return p.goTo(c, livePath, "ok", "Withdrawn. You can start again at any time.")
}

// answerForm answers a reviewer's question.
type answerForm struct {
	Version string `form:"version"`
	Answer  string `form:"answer"`
}

func (p *Playground) answerQuestion(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f answerForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showLive(c, f, err)
	}

	if err := p.Enrolments.Reply(ctx, whoIn(v), stepForm{f.Version}.version(), f.Answer); err != nil {
		return p.showLive(c, f, err)
	}

	return p.goTo(c, livePath, "ok", "Your answer is with the reviewer. The clock goes on.")
}

// startAgain makes a new draft with the files of one that came to nothing.
func (p *Playground) startAgain(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f struct {
		ID string `form:"id"`
	}
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showLive(c, answerForm{}, err)
	}

	e, err := p.Enrolments.Again(ctx, whoIn(v), f.ID)
	if fault.Is(err, fault.Conflict) {
		return p.showLive(c, answerForm{}, err)
	}
	if err != nil {
		return err
	}

	return p.goTo(c, p.due(e), "ok", "A new draft with the same files. Change what has to change, and go on.")
}
