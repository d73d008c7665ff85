package playground

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// endedByOwner is the reason in the trail where an organisation ended its former pair itself.
const endedByOwner = "The organisation ended it before its time."

func formerPath(id string) string { return livePath + "/former/" + id + "/end" }

// ends is when the first certificate of a pair ends.
func ends(a *enrolments.Admitted) time.Time {
	if a.QSeal.Info.NotAfter.Before(a.QWAC.Info.NotAfter) {
		return a.QSeal.Info.NotAfter
	}
	return a.QWAC.Info.NotAfter
}

// overlapViews are the pairs that go on beside the one that is approved.
func overlapViews(pairs []*enrolments.Admitted) []page.LiveOverlapView {
	var list []page.LiveOverlapView
	for _, a := range pairs {
		if a.Until.IsZero() {
			continue
		}
		list = append(list, page.LiveOverlapView{
			Text: "The QWAC " + a.QWAC.Info.SerialHex + " and the QC eSeal " + a.QSeal.Info.SerialHex + " go on beside the approved ones until " + instant(a.Until) +
				", so that you can change your servers one after another.",
			End: ui.LinkView{Text: "End the former pair now", Href: formerPath(a.EnrolmentID)},
		})
	}
	return list
}

// former is a pair of the visitor's organisation that goes on beside its successor; ok is false where it does not.
func (p *Playground) former(c *gin.Context) (e *enrolments.Enrolment, ok bool, err error) {
	e, err = p.Enrolments.ByID(c.Request.Context(), httpkit.Who(c).OrganisationID, c.Param("id"))
	return e, err == nil && e.Complete() && e.Overlaps(p.Clock.Now()), err
}

// askEndFormer asks before a former pair ends.
func (p *Playground) askEndFormer(c *gin.Context) error {
	e, ok, err := p.former(c)
	if err != nil {
		return err
	}
	if !ok {
		return httpkit.SeeOther(c, livePath)
	}

	view := page.AskView{
		Head: ui.HeadView{Title: "End the former pair now?", Lead: "It would go on until " + instant(e.OverlapEnds) + ". There is no way back.",
			Crumbs: []ui.Crumb{{Text: "Live certificates", Href: livePath}, {Text: "End the former pair"}}},
		Points: []string{
			"Calls with the QWAC " + e.QWAC.Info.SerialHex + " are refused from the next one on, and so are signatures with the QC eSeal " + e.QSeal.Info.SerialHex + ".",
			"Access tokens that were issued to that QWAC are bound to it. Ask for new ones with the QWAC that is approved.",
			"Your apps, their secrets, connections and consents stay as they are.",
		},
		Button: "End the former pair", CancelText: "Keep it until then", CancelHref: livePath,
	}
	view.Action = formerPath(e.ID)
	return httpkit.Page(c, http.StatusOK, page.Ask(liveFrame(c, view.Head.Title, problems{}), view))
}

// endFormer ends it. Where it ended meanwhile, that is all right as well.
func (p *Playground) endFormer(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	e, ok, err := p.former(c)
	if err != nil {
		return err
	}
	if ok {
		err = p.DB.InTx(ctx, func(tx db.Tx) (err error) {
			ok, err = p.Enrolments.EndOverlap(tx, e, v.PersonID, endedByOwner)
			return err
		})
	}
	if err != nil {
		return err
	}
	if !ok {
		return p.goTo(c, livePath, "note", "That pair had ended already.")
	}

	return p.goTo(c, livePath, "ok", "The former pair has ended. Calls pass with the approved one alone.")
}
