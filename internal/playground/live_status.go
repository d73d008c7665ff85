package playground

import (
	"context"
	"strconv"

	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// How often the page looks for what the automatic checks found, and then for the decision, in seconds.
const (
	checksEvery   = 10
	decisionEvery = 15
)

// liveStatus is the page of a matter that was handed in.
func (p *Playground) liveStatus(ctx context.Context, visitor httpkit.Visitor, token string, e *enrolments.Enrolment) (page.LiveStatusView, error) {
	x, err := p.NCA.OnRecord(ctx, e)
	if err != nil {
		return page.LiveStatusView{}, err
	}
	former, err := p.Enrolments.History(ctx, e.OrganisationID)
	if err != nil {
		return page.LiveStatusView{}, err
	}
	v := page.LiveStatusView{Head: statusHead(e), Token: token, Version: versionField(e)[0].Value, Poll: ui.PollView{ID: "live-progress"}, History: formerViews(former, e.ID)}
	if x == nil {
		x = &nca.Examination{}
	}
	v.Events = p.events(e, x)
	examined := len(x.Sections) > 0
	if e.State == enrolments.Submitted {
		v.Poll.Href, v.Poll.Seconds = livePath+"/state?seen="+standingOf(e, x), decisionEvery
		if v.Checking = !examined || x.Unreachable || x.Version != e.Version; v.Checking {
			v.Poll.Seconds = checksEvery
		}
	} else {
		v.News = stateText(e.State) + ". " + v.Head.Lead
	}
	v.Cards = liveCardsOf(e, x)
	if examined {
		v.Sections = liveSectionsOf(x)
	}
	p.offer(e, &v)
	v.Standing = standing(e, former)
	work, err := p.liveWork(ctx, visitor)
	if err != nil {
		return page.LiveStatusView{}, err
	}
	if v.Overlaps = overlapViews(work.pairs); e.State == enrolments.Approved {
		v.Next = liveNextView(work)
	}
	return v, nil
}

// standingOf names what a page shows, so that the page asks for nothing but what came since.
func standingOf(e *enrolments.Enrolment, x *nca.Examination) string {
	return strconv.Itoa(e.Version) + "-" + strconv.FormatInt(x.At.Unix(), 10)
}

func statusHead(e *enrolments.Enrolment) ui.HeadView {
	head := ui.HeadView{Title: "Live certificates", Tone: stateTone(e.State), Status: stateText(e.State)}
	switch e.State {
	case enrolments.Submitted:
		head.Lead = "Handed in. You can close this page; a letter tells you the outcome."
	case enrolments.Question:
		head.Lead = "The reviewer has a question. The clock goes on when you answer."
	case enrolments.Approved:
		head.Lead = "Your certificates are accepted for Live."
	case enrolments.Rejected:
		head.Lead = "Not accepted this time. The reason says what to change."
	case enrolments.Suspended:
		head.Lead = "No longer accepted for Live. The reason says why."
	}
	return head
}

// standing says that an approval beside the matter on the page still counts; nothing where there is none.
func standing(e *enrolments.Enrolment, all []*enrolments.Enrolment) string {
	if e.State == enrolments.Approved {
		return ""
	}
	for _, other := range all {
		if other.State == enrolments.Approved && other.QWAC != nil {
			return "Your certificates that were approved on " + instant(other.DecidedAt) + " (QWAC " + other.QWAC.Info.SerialHex + ") still count. When others are approved, they go on beside them for up to 30 days."
		}
	}
	return ""
}

func stateText(s enrolments.State) string {
	return map[enrolments.State]string{
		enrolments.Draft: "Draft", enrolments.Submitted: "Handed in", enrolments.Question: "Question", enrolments.Approved: "Approved",
		enrolments.Rejected: "Rejected", enrolments.Withdrawn: "Withdrawn", enrolments.Replaced: "Replaced", enrolments.Suspended: "Suspended",
	}[s]
}

func stateTone(s enrolments.State) ui.Tone {
	switch s {
	case enrolments.Approved:
		return ui.OK
	case enrolments.Rejected, enrolments.Suspended:
		return ui.Bad
	case enrolments.Question:
		return ui.Warn
	case enrolments.Submitted:
		return ui.Note
	}
	return ui.Plain
}

// events are the points of the timeline: received, automatic checks, authority, decision.
func (p *Playground) events(e *enrolments.Enrolment, x *nca.Examination) []ui.EventView {
	if e.SubmittedAt.IsZero() {
		return []ui.EventView{{State: ui.Done, Title: "Withdrawn before it was handed in", TimeISO: iso(e.UpdatedAt), Time: instant(e.UpdatedAt)}}
	}
	received := ui.EventView{State: ui.Done, Title: "Received", TimeISO: iso(e.SubmittedAt), Time: instant(e.SubmittedAt), Text: "Reference " + e.ID}
	checks := ui.EventView{State: ui.Now, Title: "Automatic checks", Text: "Trusted lists and revocation. Usually within a minute."}
	authority := ui.EventView{State: ui.Locked, Title: "Your authority's register"}
	decision := ui.EventView{State: ui.Locked, Title: "Decision", Text: p.dueBy(e)}
	if len(x.Sections) > 0 {
		checks = ui.EventView{State: ui.Done, Title: "Automatic checks", TimeISO: iso(x.At), Time: instant(x.At), Text: "What they found is below."}
		authority.State, decision.State = ui.Done, ui.Now
		if x.Unreachable {
			checks.State, checks.Text, decision.State = ui.Now, "A service of your QTSP did not answer.", ui.Locked
			if e.State == enrolments.Submitted {
				checks.Text += " We try again automatically."
			}
		}
	}
	switch e.State {
	case enrolments.Question:
		decision.Text = "Waits for your answer."
	case enrolments.Approved, enrolments.Rejected, enrolments.Suspended, enrolments.Replaced, enrolments.Withdrawn:
		decision = decided(e)
	}
	if e.Answer != "" && e.State != enrolments.Question {
		answered := ui.EventView{State: ui.Done, Title: "Question answered", Text: "To “" + e.AskedFor + "” the answer was “" + e.Answer + "”."}
		return []ui.EventView{received, answered, checks, authority, decision}
	}
	return []ui.EventView{received, checks, authority, decision}
}

func decided(e *enrolments.Enrolment) ui.EventView {
	v := ui.EventView{State: ui.Done, Title: stateText(e.State), TimeISO: iso(e.DecidedAt), Time: instant(e.DecidedAt), Text: e.Reason}
	if e.State == enrolments.Rejected || e.State == enrolments.Suspended {
		v.State = ui.Failed
	}
	return v
}

// offer adds what can be done from here.
func (p *Playground) offer(e *enrolments.Enrolment, v *page.LiveStatusView) {
	switch e.State {
	case enrolments.Submitted:
		v.Withdraw = true
	case enrolments.Question:
		v.Withdraw, v.Question = true, e.AskedFor
		v.Answer = &ui.FieldView{Name: "answer", Label: "Your answer", Hint: "The reviewer reads it as it stands.", Rows: 6}
	case enrolments.Rejected, enrolments.Withdrawn:
		v.Again = &ui.PostView{Action: livePath + "/again", Token: v.Token, Fields: []ui.Hidden{{Name: "id", Value: e.ID}}, Button: ui.ButtonView{Text: "Start again with the same files", Icon: "rotate-ccw"}}
		v.Upload = &ui.LinkView{Text: "Start with new files", Href: liveUploadPath, Look: ui.Primary, Icon: "upload"}
		if e.State == enrolments.Rejected {
			v.Notice = &page.NoticeView{Tone: ui.Bad, Title: "Why it was not accepted", Text: e.Reason}
		}
	case enrolments.Suspended:
		v.Upload = &ui.LinkView{Text: "Start with new files", Href: liveUploadPath, Look: ui.Primary, Icon: "upload"}
		v.Notice = &page.NoticeView{Tone: ui.Bad, Title: "Why it is suspended", Text: e.Reason}
	case enrolments.Approved:
		v.Notice = &page.NoticeView{Tone: ui.Note, Title: "We keep looking", Text: "Lists, register and revocation are asked again every day. We write to you 60, 30, 14, 7 and 1 day before the first certificate ends. Hand the next pair in early: the two go on side by side for up to 30 days."}
		v.Upload = &ui.LinkView{Text: "Hand in renewed certificates", Href: liveUploadPath, Icon: "upload"}
	}
}

func formerViews(list []*enrolments.Enrolment, except string) []page.LiveFormerView {
	var rows []page.LiveFormerView
	for _, e := range list {
		if e.ID == except || e.State.Open() {
			continue
		}
		row := page.LiveFormerView{DateISO: iso(e.UpdatedAt), Date: instant(e.UpdatedAt), State: stateText(e.State), Tone: stateTone(e.State), Reason: e.Reason}
		if e.QWAC != nil {
			row.QWAC = e.QWAC.Info.SerialHex
		}
		if e.QSeal != nil {
			row.QSeal = e.QSeal.Info.SerialHex
		}
		rows = append(rows, row)
	}
	return rows
}
