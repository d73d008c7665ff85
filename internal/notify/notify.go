// Package notify owns the portal's letters: it listens to facts, finds who is concerned, and hands the letter to
// mail. A letter is sent at least once, and always under the same Message-ID.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/workdays"
	"fairway/web/templates/letters"
)

// keepLetters is how long it stays on record that a letter was sent; longer than any job is tried again.
const keepLetters = 90 * 24 * time.Hour

// Deps are what letters are written from and handed to.
type Deps struct {
	DB         *db.DB
	Queue      *jobs.Queue
	Accounts   *accounts.Accounts
	Certs      *certs.Certs
	Enrolments *enrolments.Enrolments
	// Days are the working days in which decisions about Live are due, and the place whose time their dates are in.
	Days workdays.Calendar
	// Automatic says that evidence decides about Live where every check passed.
	Automatic bool
	Out       mail.Sender
	// Home is the portal's own address, from the configuration; links lead nowhere else.
	Home string
	// Support is the address that letters say to write to.
	Support string
}

// Notify writes letters.
type Notify struct {
	Deps
	host string
}

// New makes the letter writer. Listen subscribes it.
func New(d Deps) (*Notify, error) {
	u, err := url.Parse(d.Home)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the portal's address %q is not a URL", d.Home)
	}
	d.Home = strings.TrimRight(d.Home, "/")
	return &Notify{Deps: d, host: u.Hostname()}, nil
}

// Listen subscribes to the facts that letters follow. Deadlines and Endings find those that follow the calendar.
func (n *Notify) Listen(q *jobs.Queue) {
	jobs.On(q, "notify.signed_up", n.confirmAddress)
	jobs.On(q, "notify.signed_up_again", n.addressTaken)
	jobs.On(q, "notify.reset_requested", n.newPassword)
	jobs.On(q, "notify.password_changed", n.passwordChanged)
	jobs.On(q, "notify.factor_enrolled", n.factorEnrolled)
	jobs.On(q, "notify.factor_reset", n.factorReset)
	jobs.On(q, "notify.recovery_code_used", n.recoveryCodeUsed)
	jobs.On(q, "notify.staff_entered", n.staffEntered)
	jobs.On(q, "notify.recovery_codes_replaced", n.recoveryCodesReplaced)
	jobs.On(q, "notify.certificates_generated", n.certificatesReplaced)
	jobs.On(q, "notify.live_submitted", n.liveSubmitted)
	jobs.On(q, "notify.live_asked", n.liveAsked)
	jobs.On(q, "notify.live_decided", n.liveDecided)
	jobs.On(q, "notify.live_suspended", n.liveSuspended)
	jobs.On(q, "notify.live_restored", n.liveRestored)
	jobs.On(q, "notify.live_narrowed", n.liveNarrowed)
	jobs.On(q, "notify.live_doubted", n.liveDoubted)
	jobs.On(q, "notify.live_delayed", n.liveDelayed)
	jobs.On(q, "notify.reviews_waiting", n.reviewsWaiting)
	jobs.On(q, "notify.live_ending", n.liveEnding)
	jobs.On(q, "notify.sandbox_ending", n.sandboxEnding)
	q.Every("notify.purge", 24*time.Hour, n.purge)
}

// note is one letter on its way: its id is made of the fact's, so that the same fact always means the same letter.
type note struct {
	id, kind, subject string
	to                string
}

// send sends the letter that write makes, unless it was sent before. Between sending and noting it the process may
// die; then the same letter goes out again with the same Message-ID.
func (n *Notify) send(ctx context.Context, note note, write func(begun time.Time) (letters.Letter, error)) error {
	begun, sent, err := n.begin(ctx, note)
	if err != nil || sent {
		return err
	}
	letter, err := write(begun)
	if err != nil {
		return fmt.Errorf("write letter %s: %w", note.kind, err)
	}
	var html strings.Builder
	if err := letters.Shell(letter).Render(ctx, &html); err != nil {
		return fmt.Errorf("draw letter %s: %w", note.kind, err)
	}
	err = n.Out.Send(ctx, mail.Message{ID: note.id + "@" + n.host, To: note.to, Subject: letter.Subject, Text: letters.Text(letter), HTML: html.String()})
	if err != nil {
		return fmt.Errorf("send letter %s: %w", note.kind, err)
	}
	return n.DB.InTx(ctx, func(tx db.Tx) error { return markSent(tx, note.id) })
}

// begin puts the letter on record, once, and tells when that was and whether it was sent since.
func (n *Notify) begin(ctx context.Context, note note) (begun time.Time, sent bool, err error) {
	err = n.DB.InTx(ctx, func(tx db.Tx) error {
		begun, sent, err = beginLetter(tx, note)
		return err
	})
	return begun, sent, err
}

// reader finds the person that a letter is for; ok is false where she no longer exists, and then nothing is to do.
func (n *Notify) reader(ctx context.Context, personID string) (p accounts.Person, ok bool, err error) {
	p, err = n.Accounts.ByID(ctx, personID)
	if errors.Is(err, accounts.ErrUnknown) {
		return p, false, nil
	}
	return p, err == nil, err
}

// toMembers sends a letter to everybody in the organisation. Each has an id of its own, so that one that fails is sent
// again alone.
func (n *Notify) toMembers(ctx context.Context, organisationID string, about note, write func(member accounts.Person, begun time.Time) letters.Letter) error {
	members, err := n.Accounts.Members(ctx, organisationID)
	if err != nil {
		return err
	}
	for _, member := range members {
		letter := note{id: about.id + "." + member.ID, kind: about.kind, subject: about.subject, to: member.Email}
		err = errors.Join(err, n.send(ctx, letter, func(begun time.Time) (letters.Letter, error) { return write(member, begun), nil }))
	}
	return err
}

func (n *Notify) purge(ctx context.Context) error {
	return n.DB.InTx(ctx, func(tx db.Tx) error { return deleteLetters(tx, tx.Now.Add(-keepLetters)) })
}

func when(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
