// Package accounts owns people, their organisations, passwords, one-time links and sessions: who somebody is,
// how they proved it, and until when that holds.
package accounts

import (
	"context"
	"log/slog"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/secret"
)

// Role is what a person may do in the portal.
type Role string

// The roles. Support and Admin are staff of the service provider and belong to no organisation.
const (
	TPP     Role = "tpp"
	Support Role = "support"
	Admin   Role = "admin"
)

// Staff reports whether the role belongs to the service provider.
func (r Role) Staff() bool { return r == Support || r == Admin }

// NeedsFactor reports whether people of this role sign in with a second factor.
func (r Role) NeedsFactor() bool { return r.Staff() }

// Person is somebody with an account. The organisation's fields are empty for staff.
type Person struct {
	ID               string
	Email            string
	Role             Role
	Verified         bool
	OrganisationID   string
	OrganisationName string
	Country          string
	CreatedAt        time.Time
	// Suspension is that of the organisation; nil while it may go on.
	Suspension *Suspension
}

// Limits are how often something may be tried. The zero value of a field means its default.
type Limits struct {
	// FailuresPerIP is how many log-ins may fail from one address in fifteen minutes.
	FailuresPerIP int
	// SignUpsPerIP is how many sign-ups one address may send in an hour.
	SignUpsPerIP int
	// LettersPerAddress is how many letters strangers can have sent to one e-mail address in an hour.
	LettersPerAddress int
	// ResetsPerAddress is how many password resets may be asked for one e-mail address in an hour.
	ResetsPerAddress int
	// ResetsPerIP is how many password resets one address may ask for in an hour.
	ResetsPerIP int
}

// Accounts is the service. It is safe for concurrent use.
type Accounts struct {
	db       *db.DB
	queue    *jobs.Queue
	ring     *secret.Ring
	log      *slog.Logger
	limits   Limits
	hasher   *hasher
	sessions *Sessions
}

// Option changes how the service is set up.
type Option func(*Accounts)

// WithLimits replaces the default limits.
func WithLimits(l Limits) Option { return func(a *Accounts) { a.limits = l } }

// New makes the service and registers its timer with the queue.
func New(d *db.DB, q *jobs.Queue, ring *secret.Ring, log *slog.Logger, options ...Option) *Accounts {
	a := &Accounts{db: d, queue: q, ring: ring, log: log, hasher: newHasher(), sessions: NewSessions(d, log)}
	for _, o := range options {
		o(a)
	}
	a.limits = a.limits.withDefaults()
	q.Every("accounts.purge", time.Hour, a.Purge)
	return a
}

// Sessions keeps who is signed in.
func (a *Accounts) Sessions() *Sessions { return a.sessions }

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.FailuresPerIP, 60}, {&l.SignUpsPerIP, 60}, {&l.LettersPerAddress, 10}, {&l.ResetsPerAddress, 5}, {&l.ResetsPerIP, 60},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return l
}

// ErrUnknown is returned where no person has this id or address.
var ErrUnknown = fault.New(fault.NotFound, "person_unknown", "There is no such account.")

// ByID finds a person. Fault: ErrUnknown.
func (a *Accounts) ByID(ctx context.Context, personID string) (Person, error) {
	row, err := personByID(a.db.Reader(ctx), personID)
	if err != nil {
		return Person{}, a.db.Fault(ctx, err)
	}
	return row.person(), nil
}

// How long what is over is kept before the timer removes it.
const (
	keepLinks      = 7 * 24 * time.Hour
	keepUnverified = 7 * 24 * time.Hour
)

// Purge removes sessions, counters and links that are over, and sign-ups whose address was never confirmed.
func (a *Accounts) Purge(ctx context.Context) error {
	return a.db.InTx(ctx, func(tx db.Tx) error {
		if err := deleteOver(tx, tx.Now.Add(-keepLinks)); err != nil {
			return err
		}
		return deleteUnverified(tx, tx.Now.Add(-keepUnverified))
	})
}

// Members lists who belongs to an organisation and has confirmed the address.
func (a *Accounts) Members(ctx context.Context, organisationID string) ([]Person, error) {
	rows, err := membersOf(a.db.Reader(ctx), organisationID)
	if err != nil {
		return nil, a.db.Fault(ctx, err)
	}
	return people(rows), nil
}

func people(rows []personRow) []Person {
	list := make([]Person, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.person())
	}
	return list
}
