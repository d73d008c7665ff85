// Package notify owns the portal's letters: it listens to facts, finds who is concerned, and hands the letter to
// mail. A letter is sent at least once, and always under the same Message-ID.
package notify

import (
	"context"
	"encoding/json"
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
	"fairway/internal/secret"
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
	hear(n, q, "notify.signed_up", n.confirmAddress)
	hear(n, q, "notify.signed_up_again", n.addressTaken)
	hear(n, q, "notify.reset_requested", n.newPassword)
	hear(n, q, "notify.password_changed", n.passwordChanged)
	hear(n, q, "notify.factor_enrolled", n.factorEnrolled)
	hear(n, q, "notify.factor_reset", n.factorReset)
	hear(n, q, "notify.recovery_code_used", n.recoveryCodeUsed)
	hear(n, q, "notify.staff_entered", n.staffEntered)
	hear(n, q, "notify.recovery_codes_replaced", n.recoveryCodesReplaced)
	hear(n, q, "notify.certificates_generated", n.certificatesReplaced)
	hear(n, q, "notify.live_submitted", n.liveSubmitted)
	hear(n, q, "notify.live_asked", n.liveAsked)
	hear(n, q, "notify.live_decided", n.liveDecided)
	hear(n, q, "notify.live_suspended", n.liveSuspended)
	hear(n, q, "notify.live_restored", n.liveRestored)
	hear(n, q, "notify.live_narrowed", n.liveNarrowed)
	hear(n, q, "notify.live_doubted", n.liveDoubted)
	hear(n, q, "notify.live_delayed", n.liveDelayed)
	hear(n, q, "notify.reviews_waiting", n.reviewsWaiting)
	hear(n, q, "notify.live_ending", n.liveEnding)
	hear(n, q, "notify.sandbox_ending", n.sandboxEnding)
	q.Every("notify.purge", 24*time.Hour, n.purge)
}

// hear has f called for a fact. Once f is content, what it began for this fact and did not send holds up no other letter: it was
// no longer true.
func hear[F jobs.Fact](n *Notify, q *jobs.Queue, name string, f func(context.Context, F) error) {
	jobs.On(q, name, func(ctx context.Context, fact F) error {
		payload, err := json.Marshal(fact)
		if err != nil {
			return fmt.Errorf("encode fact: %w", err)
		}
		origin := secret.Hash(secret.Text(name + "|" + string(payload)))
		if err := f(context.WithValue(ctx, originKey{}, origin), fact); err != nil {
			return err
		}
		return n.DB.InTx(ctx, func(tx db.Tx) error { return giveUp(tx, origin) })
	})
}

// originKey finds in a context which fact a letter is written for.
type originKey struct{}

func originOf(ctx context.Context) string {
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
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

// inOrderFor is how long an earlier letter to the same address holds up a later one after it was last tried; somewhat longer
// than from one try to the next, so that one that nobody tries any more holds up nothing.
const inOrderFor = 7 * time.Minute

// errEarlier has the queue try a letter again: one before it to the same address has not gone out yet.
var errEarlier = errors.New("an earlier letter to the same address is still on its way")

// begin puts the letter on record, once, and tells when that was and whether it was sent since. Letters to one address go
// out in the order in which they were begun.
func (n *Notify) begin(ctx context.Context, note note) (begun time.Time, sent bool, err error) {
	waits := false
	err = n.DB.InTx(ctx, func(tx db.Tx) error {
		if begun, sent, err = beginLetter(tx, note, originOf(ctx)); err != nil || sent {
			return err
		}
		earlier, err := countEarlier(tx, note, begun, tx.Now.Add(-inOrderFor))
		waits = earlier > 0
		return err
	})
	if err == nil && waits {
		err = errEarlier
	}
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
