package notify

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/certs"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/web/templates/letters"
)

// rungs are how many days before an end a letter goes out, the nearest first.
var rungs = []int{1, 7, 14, 30, firstRung}

const firstRung = 60

// rung is the nearest one that has been reached; 0 where none has, or where it has ended.
func rung(now, end time.Time) int {
	for _, days := range rungs {
		if now.Before(end) && !now.Before(end.AddDate(0, 0, -days)) {
			return days
		}
	}
	return 0
}

// liveNearsEnd is told when approved certificates have reached a rung.
type liveNearsEnd struct {
	EnrolmentID string `json:"enrolment_id"`
	Days        int    `json:"days"`
}

// Kind is the fact's stable name.
func (liveNearsEnd) Kind() string { return "notify.live_nears_end" }

// sandboxNearsEnd is told when a set of the sandbox has reached a rung.
type sandboxNearsEnd struct {
	SetID string `json:"set_id"`
	Days  int    `json:"days"`
}

// Kind is the fact's stable name.
func (sandboxNearsEnd) Kind() string { return "notify.sandbox_nears_end" }

// Endings looks for certificates that end soon and has their organisations told: once for each rung, and of several that
// were missed only for the nearest. It may be called as often as one likes.
func (n *Notify) Endings(ctx context.Context) error {
	now := n.DB.Now()
	until := now.AddDate(0, 0, firstRung)
	live, err := n.Enrolments.Ending(ctx, now, until)
	if err != nil {
		return err
	}
	sets, err := n.Certs.Ending(ctx, now, until)
	if err != nil {
		return err
	}
	var found []announcement
	for _, e := range live {
		f := liveNearsEnd{EnrolmentID: e.EnrolmentID, Days: rung(now, e.EndsAt)}
		found = append(found, announcement{note: ending(e.EnrolmentID, f.Days, f.Kind()), fact: f})
	}
	for _, s := range sets {
		f := sandboxNearsEnd{SetID: s.SetID, Days: rung(now, s.EndsAt)}
		found = append(found, announcement{note: ending(s.SetID, f.Days, f.Kind()), fact: f})
	}
	return n.announce(ctx, found)
}

func ending(id string, days int, kind string) note {
	return note{id: fmt.Sprintf("%s.ends%d", id, days), kind: kind, subject: id}
}

// liveEnding writes about approved certificates, unless others took their place or a nearer rung has been reached.
func (n *Notify) liveEnding(ctx context.Context, f liveNearsEnd) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Approved || rung(n.DB.Now(), e.EndsAt()) != f.Days {
		return err
	}
	return n.toMembers(ctx, e.OrganisationID, ending(e.ID, f.Days, f.Kind()), func(member accounts.Person, begun time.Time) letters.Letter {
		return letters.LiveEnds(letters.EndingView{
			Home: n.Home, Support: n.Support, Organisation: name(member.OrganisationName), Reference: e.ID, In: in(begun, e.EndsAt()), On: when(e.EndsAt()),
			QWAC: e.QWAC.Info.SerialHex, Seal: e.QSeal.Info.SerialHex,
		})
	})
}

// sandboxEnding writes about an active set.
func (n *Notify) sandboxEnding(ctx context.Context, f sandboxNearsEnd) error {
	set, err := n.Certs.Notice(ctx, f.SetID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || set.Status != certs.Active || rung(n.DB.Now(), set.EndsAt) != f.Days {
		return err
	}
	return n.toMembers(ctx, set.OrganisationID, ending(f.SetID, f.Days, f.Kind()), func(member accounts.Person, begun time.Time) letters.Letter {
		return letters.SandboxEnds(letters.EndingView{
			Home: n.Home, Support: n.Support, Organisation: name(member.OrganisationName), Reference: f.SetID, In: in(begun, set.EndsAt), On: when(set.EndsAt),
			QWAC: set.QWACSerial, Seal: set.SealSerial,
		})
	})
}

// in is how long it is until an end, in days that have begun.
func in(now, end time.Time) string {
	const day = 24 * time.Hour
	days := (end.Sub(now) + day - 1) / day
	if days <= 1 {
		return "within a day"
	}
	return fmt.Sprintf("in %d days", days)
}
