package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/web/templates/letters"
)

const (
	// longestName and longestLine leave room for every character of a name or of a text to be shown as an escape.
	longestName = 1_000
	longestLine = 40_000
)

// liveSubmitted tells that what was handed in, or answered, is here. Each is a version of its own.
func (n *Notify) liveSubmitted(ctx context.Context, f enrolments.Submission) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Submitted {
		return err
	}
	write, at := letters.LiveSubmitted, e.SubmittedAt
	if e.Answer != "" {
		write, at = letters.LiveAnswered, e.UpdatedAt
	}
	return n.aboutLive(ctx, e, note{id: version(e), kind: f.Kind(), subject: e.ID}, func(v letters.LiveView) letters.Letter {
		v.Submitted, v.Automatic = when(at), n.Automatic
		if from, later := n.Days.Counted(at); later {
			v.Counted = n.day(from)
		}
		return write(v)
	})
}

// liveAsked carries the question, unless it was answered or withdrawn meanwhile.
func (n *Notify) liveAsked(ctx context.Context, f nca.Asked) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Question || e.Version != f.Version {
		return err
	}
	return n.aboutLive(ctx, e, note{id: version(e), kind: f.Kind(), subject: e.ID}, func(v letters.LiveView) letters.Letter {
		v.Submitted, v.Said = when(e.AskedAt), lines(e.AskedFor)
		return letters.LiveQuestion(v)
	})
}

// liveDecided tells how it was decided, as long as that is how it stands.
func (n *Notify) liveDecided(ctx context.Context, f nca.Decided) error {
	want, write := enrolments.Rejected, letters.LiveRejected
	if f.Approved {
		want, write = enrolments.Approved, letters.LiveApproved
	}
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != want {
		return err
	}
	return n.aboutLive(ctx, e, note{id: e.ID + "." + string(want), kind: f.Kind(), subject: e.ID}, func(v letters.LiveView) letters.Letter {
		v.Decided, v.Said, v.QWAC, v.Seal = when(e.DecidedAt), lines(e.Reason), until(e.QWAC), until(e.QSeal)
		v.Roles, v.Beside = qcert.JoinRoles(e.Rights, ", "), qcert.JoinRoles(e.Beside, ", ")
		return write(v)
	})
}

// liveSuspended tells the organisation and the administrators that a source has ended an approval, as long as that is how
// it stands.
func (n *Notify) liveSuspended(ctx context.Context, f nca.Suspended) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Suspended {
		return err
	}
	about := note{id: version(e), kind: f.Kind(), subject: e.ID}
	fill := func(v letters.LiveView) letters.LiveView {
		v.Decided, v.Said, v.QWAC, v.Seal = when(e.UpdatedAt), lines(e.Reason), until(e.QWAC), until(e.QSeal)
		return v
	}
	err = n.aboutLive(ctx, e, about, func(v letters.LiveView) letters.Letter { return letters.LiveSuspended(fill(v)) })
	return errors.Join(err, n.toAdministrators(ctx, e, about, func(v letters.LiveView) letters.Letter { return letters.ApprovalSuspended(fill(v)) }))
}

// liveRestored tells the organisation that its approval counts again, as long as it does.
func (n *Notify) liveRestored(ctx context.Context, f nca.Restored) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.State != enrolments.Approved {
		return err
	}
	about := note{id: fmt.Sprintf("%s.restored.v%d", e.ID, f.Version), kind: f.Kind(), subject: e.ID}
	return n.aboutLive(ctx, e, about, func(v letters.LiveView) letters.Letter {
		v.Decided, v.Said, v.Roles, v.QWAC, v.Seal = when(e.UpdatedAt), lines(e.Reason), qcert.JoinRoles(e.Rights, ", "), until(e.QWAC), until(e.QSeal)
		return letters.LiveRestored(v)
	})
}

// liveNarrowed tells the organisation and the administrators which roles the register took from an approval, as long as
// nothing else happened to it.
func (n *Notify) liveNarrowed(ctx context.Context, f nca.Narrowed) error {
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || e.Version != f.Version {
		return err
	}
	about := note{id: version(e), kind: f.Kind(), subject: e.ID}
	fill := func(v letters.LiveView) letters.LiveView {
		v.Decided, v.Said, v.Roles, v.QWAC, v.Seal = when(e.UpdatedAt), lines(e.Reason), qcert.JoinRoles(e.Rights, ", "), until(e.QWAC), until(e.QSeal)
		return v
	}
	err = n.aboutLive(ctx, e, about, func(v letters.LiveView) letters.Letter { return letters.LiveNarrowed(fill(v)) })
	return errors.Join(err, n.toAdministrators(ctx, e, about, func(v letters.LiveView) letters.Letter { return letters.ApprovalNarrowed(fill(v)) }))
}

// doubtWords say what each doubt is about and what mends it.
var doubtWords = map[string]struct{ what, do string }{
	nca.ChainIncomplete: {"The issuer of a certificate in Live is on no trusted list any more, and nobody can be asked whether the certificate was revoked.",
		"Most often a list was not imported as it was published: import the current lists. If the issuer is gone for good, suspend the organisation and tell it why."},
	nca.ListStale: {"A trusted list that an approval in Live rests on is past its date, or is no longer vouched for.",
		"Import the current lists. If the publisher is late, look at the list itself."},
	nca.RevocationUnavailable: {"Nobody has said for a day whether a certificate in Live was revoked: its issuer’s services do not answer.",
		"Ask the sources again on the review screen. If the services stay away, ask the issuer."},
}

// liveDoubted tells the administrators of a doubt, as long as the approval counts.
func (n *Notify) liveDoubted(ctx context.Context, f nca.Doubted) error {
	words, known := doubtWords[f.Code]
	e, err := n.enrolment(ctx, f.EnrolmentID)
	if err != nil || e == nil || !known || e.State != enrolments.Approved && !e.Overlaps(n.DB.Now()) {
		return err
	}
	about := note{id: fmt.Sprintf("%s.%s.%d", e.ID, strings.ToLower(f.Code), f.Since.Unix()), kind: f.Kind(), subject: e.ID}
	return n.toAdministrators(ctx, e, about, func(v letters.LiveView) letters.Letter {
		v.Decided = when(f.Since)
		d := letters.DoubtView{LiveView: v, What: words.what, Do: words.do}
		if ends := nca.DoubtEnds(f.Code, f.Since); !ends.IsZero() {
			d.Ends = when(ends)
		}
		return letters.ApprovalDoubted(d)
	})
}

func (n *Notify) toAdministrators(ctx context.Context, e *enrolments.Enrolment, about note, write func(letters.LiveView) letters.Letter) error {
	names, err := n.Accounts.OrganisationNames(ctx, []string{e.OrganisationID})
	if err != nil {
		return err
	}
	letter := write(letters.LiveView{Home: n.Home, Support: n.Support, Reference: e.ID, Organisation: name(names[e.OrganisationID])})
	admins, err := n.Accounts.StaffWithRole(ctx, accounts.Admin)
	for _, admin := range admins {
		to := note{id: about.id + "." + admin.ID, kind: about.kind, subject: admin.ID, to: admin.Email}
		err = errors.Join(err, n.send(ctx, to, func(time.Time) (letters.Letter, error) { return letter, nil }))
	}
	return err
}

// Preview is the letter that a decision on a case of an organisation of this name would send, were it made now.
func (n *Notify) Preview(organisation string, c *nca.Case, d nca.Decision, now time.Time) letters.Letter {
	e := c.Enrolment
	rights, beside := c.Gives(d.Roles)
	v := letters.LiveView{
		Home: n.Home, Support: n.Support, Organisation: name(organisation), Reference: e.ID, Submitted: when(now), Decided: when(now), Said: lines(d.Reason),
		Roles: qcert.JoinRoles(rights, ", "), Beside: qcert.JoinRoles(beside, ", "), QWAC: until(e.QWAC), Seal: until(e.QSeal),
	}
	switch d.Verdict {
	case nca.Approve:
		return letters.LiveApproved(v)
	case nca.Ask:
		return letters.LiveQuestion(v)
	}
	return letters.LiveRejected(v)
}

// aboutLive writes to everybody in the organisation whose enrolment it is.
func (n *Notify) aboutLive(ctx context.Context, e *enrolments.Enrolment, about note, write func(letters.LiveView) letters.Letter) error {
	return n.toMembers(ctx, e.OrganisationID, about, func(member accounts.Person, _ time.Time) letters.Letter {
		return write(letters.LiveView{Home: n.Home, Support: n.Support, Organisation: name(member.OrganisationName), Reference: e.ID, Due: n.day(e.DueAt)})
	})
}

// enrolment reads it as it stands now; nil where it is gone, and then nothing is to do.
func (n *Notify) enrolment(ctx context.Context, id string) (*enrolments.Enrolment, error) {
	e, err := n.Enrolments.ForReview(ctx, id)
	if errors.Is(err, enrolments.ErrUnknown) {
		return nil, nil
	}
	return e, err
}

// version names one state of an enrolment: handed in, asked, answered, asked again are four.
func version(e *enrolments.Enrolment) string { return fmt.Sprintf("%s.v%d", e.ID, e.Version) }

// day is a date in words, in the time of the calendar's place.
func (n *Notify) day(t time.Time) string { return n.Days.Day(t) }

func until(u *enrolments.Upload) string {
	if u == nil {
		return "none"
	}
	return "serial " + u.Info.SerialHex + ", until " + when(u.Cert.NotAfter)
}

// name is a stranger's name, safe to look at.
func name(s string) string { return qcert.DisplayText(s, longestName) }

var plain = strings.NewReplacer("\r\n", "\n", "\t", "    ", "\u00a0", " ")

// lines is somebody's text, in full and safe to look at. What could write a line of its own or turn the direction shows
// as what it is.
func lines(text string) []string {
	all := strings.Split(plain.Replace(text), "\n")
	for i, line := range all {
		all[i] = qcert.DisplayText(line, longestLine)
	}
	return all
}
