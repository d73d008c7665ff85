package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/enrolments"
	"fairway/web/templates/letters"
)

const (
	// morning and noon are hours in the time of the calendar's place: reminders go out after the first, and a decision is
	// called late after the second on its last day.
	morning, noon = 8, 12
	// lateFor is how long after its day a delay is still told, where the portal was off meanwhile.
	lateFor = 30 * 24 * time.Hour
	// fewDays are the working days left on which administrators are reminded: two on the first working day after a
	// submission and one on the second, since a decision is due at the end of the third.
	fewDays, lastFew = 2, 1
	// mostListed is how many submissions a reminder lists.
	mostListed = 50
)

// delayed is told once for each promised day of an enrolment, when its last afternoon begins without a decision.
type delayed struct {
	EnrolmentID string `json:"enrolment_id"`
	// Due is the promise, in seconds of Unix time: where it moved, this is another one.
	Due int64 `json:"due"`
}

// Kind is the fact's stable name.
func (delayed) Kind() string { return "notify.live_delayed" }

// waiting is told once on a working day on which administrators are to be reminded.
type waiting struct {
	// Day is the date at the calendar's place.
	Day string `json:"day"`
}

// Kind is the fact's stable name.
func (waiting) Kind() string { return "notify.reviews_waiting" }

// Deadlines looks for decisions that are late or become so: it has the organisation told from noon of the last day on,
// and administrators in the morning of the first and the second working day. It may be called as often as one likes.
func (n *Notify) Deadlines(ctx context.Context) error {
	return errors.Join(n.findDelayed(ctx), n.findWaiting(ctx))
}

func (n *Notify) findDelayed(ctx context.Context) error {
	now := n.DB.Now()
	due, err := n.Enrolments.DueBefore(ctx, now.Add(24*time.Hour))
	if err != nil {
		return err
	}
	var found []announcement
	for _, e := range due {
		if !n.late(e, now) {
			continue
		}
		f := delayed{EnrolmentID: e.ID, Due: e.DueAt.Unix()}
		found = append(found, announcement{note: note{id: f.letter(), kind: f.Kind(), subject: e.ID}, fact: f})
	}
	return n.announce(ctx, found)
}

// late tells whether the last afternoon has begun.
func (n *Notify) late(e *enrolments.Enrolment, now time.Time) bool {
	return !now.Before(n.hour(e.DueAt, noon)) && now.Before(e.DueAt.Add(lateFor))
}

func (f delayed) letter() string { return fmt.Sprintf("%s.late%d", f.EnrolmentID, f.Due) }

// liveDelayed tells the organisation, unless it was decided, asked or withdrawn meanwhile.
func (n *Notify) liveDelayed(ctx context.Context, f delayed) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Submitted || e.DueAt.Unix() != f.Due {
		return err
	}
	return n.aboutLive(ctx, e, note{id: f.letter(), kind: f.Kind(), subject: e.ID}, func(v letters.LiveView) letters.Letter {
		v.Submitted = when(e.SubmittedAt)
		return letters.LiveDelayed(v)
	})
}

func (n *Notify) findWaiting(ctx context.Context) error {
	now := n.DB.Now()
	if !n.Days.Works(now) || now.Before(n.hour(now, morning)) {
		return nil
	}
	list, err := n.Enrolments.Queue(ctx, enrolments.Filter{Limit: 200})
	if err != nil {
		return err
	}
	for _, e := range list {
		if left := n.Days.Left(now, e.DueAt); left >= lastFew && left <= fewDays {
			f := waiting{Day: n.date(now)}
			return n.announce(ctx, []announcement{{note: note{id: f.letter(), kind: f.Kind()}, fact: f}})
		}
	}
	return nil
}

func (f waiting) letter() string { return "reviews." + f.Day }

// reviewsWaiting lists to each administrator what waits. A list of yesterday is not sent any more.
func (n *Notify) reviewsWaiting(ctx context.Context, f waiting) error {
	if n.date(n.DB.Now()) != f.Day {
		return nil
	}
	view, err := n.reviews(ctx)
	if err != nil || len(view.Waiting) == 0 {
		return err
	}
	admins, err := n.Accounts.StaffWithRole(ctx, accounts.Admin)
	for _, admin := range admins {
		letter := note{id: f.letter() + "." + admin.ID, kind: f.Kind(), subject: admin.ID, to: admin.Email}
		err = errors.Join(err, n.send(ctx, letter, func(time.Time) (letters.Letter, error) { return letters.ReviewsWaiting(view), nil }))
	}
	return err
}

func (n *Notify) reviews(ctx context.Context) (letters.ReviewsView, error) {
	v := letters.ReviewsView{Home: n.Home, Support: n.Support}
	list, err := n.Enrolments.Queue(ctx, enrolments.Filter{Limit: mostListed})
	if err != nil || len(list) == 0 {
		return v, err
	}
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.OrganisationID
	}
	names, err := n.Accounts.OrganisationNames(ctx, ids)
	if err != nil {
		return v, err
	}
	counts, err := n.Enrolments.Counts(ctx)
	if err != nil {
		return v, err
	}
	v.Next = n.day(list[0].DueAt)
	for _, e := range list {
		// The name stands last, so that one that is written from right to left moves nothing but itself.
		v.Waiting = append(v.Waiting, e.ID+", due by the end of "+n.day(e.DueAt)+": "+name(names[e.OrganisationID]))
	}
	if more := counts[enrolments.Submitted] - len(list); more > 0 {
		v.More = fmt.Sprintf("The queue has %d more.", more)
	}
	return v, nil
}

// hour is an hour of the day that an instant belongs to, at the calendar's place.
func (n *Notify) hour(t time.Time, hour int) time.Time {
	y, m, d := t.In(n.Days.Zone()).Date()
	return time.Date(y, m, d, hour, 0, 0, 0, n.Days.Zone())
}

func (n *Notify) date(t time.Time) string { return t.In(n.Days.Zone()).Format(time.DateOnly) }
