// Package flows owns the playground's runs of the example flow: how far each has come, the values that it carries
// forward, and what was sent and answered; and the requests that wait for a signature. It calls no bank itself.
package flows

import (
	"context"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	// leaseFor is how long a request may work on a step before another one may try.
	leaseFor = 90 * time.Second
	// keepMost is how many runs of an organisation are kept, keepFor how long.
	keepMost = 50
	keepFor  = 30 * 24 * time.Hour
)

var (
	// ErrUnknown is a run that does not exist, or not for this organisation.
	ErrUnknown = fault.New(fault.NotFound, "flow_unknown",
		"There is no such run of the example flow. Runs are kept for 30 days, and the newest 50 of them. Start a new one.")
	// ErrMoved is a step that another request has taken, or is taking.
	ErrMoved = fault.New(fault.Conflict, "flow_moved", "Another window has gone on with this run, or is doing so. The page shows where it stands.")
)

// Flows keeps the runs.
type Flows struct {
	db   *db.DB
	ring *secret.Ring
}

// New makes the keeper.
func New(d *db.DB, ring *secret.Ring) *Flows { return &Flows{db: d, ring: ring} }

// Begin is what a run starts from.
type Begin struct {
	Owner
	PersonID, AppID, Brand string
	Access, Request        string
}

// Start makes a run that stands before its first step, leased to the caller: Save ends the lease. Runs that are too
// old or too many go.
func (fs *Flows) Start(ctx context.Context, b Begin) (*Flow, error) {
	f := &Flow{ID: secret.ID("flow"), Owner: b.Owner, PersonID: b.PersonID, AppID: b.AppID, Brand: b.Brand, Access: b.Access, Request: b.Request,
		Step: Token, lease: secret.ID("lease")}
	err := fs.db.InTx(ctx, func(tx db.Tx) error {
		f.CreatedAt, f.UpdatedAt = tx.Now, tx.Now
		if err := insert(tx, f); err != nil {
			return err
		}
		return prune(tx, b.OrganisationID, tx.Now.Add(-keepFor))
	})
	return f, err
}

// ByID is a run of this owner, else ErrUnknown.
func (fs *Flows) ByID(ctx context.Context, owner Owner, id string) (*Flow, error) {
	f, err := byID(fs.db.Reader(ctx), fs.ring, owner, id)
	return f, fs.db.Fault(ctx, err)
}

// ByState is the run whose person was sent to the bank with this state, else ErrUnknown. The same answer of the bank in
// somebody else's browser finds nothing.
func (fs *Flows) ByState(ctx context.Context, owner Owner, personID string, state secret.Text) (*Flow, error) {
	if state == "" {
		return nil, ErrUnknown
	}
	f, err := byState(fs.db.Reader(ctx), fs.ring, owner, personID, secret.Hash(state))
	return f, fs.db.Fault(ctx, err)
}

// List gives the newest runs of an owner, without what was sent and without their secrets.
func (fs *Flows) List(ctx context.Context, owner Owner, most int) ([]Flow, error) {
	list, err := newest(fs.db.Reader(ctx), owner, most)
	return list, fs.db.Fault(ctx, err)
}

// Finished is the newest run of an app at a brand that came to its end; ok is false where none did.
func (fs *Flows) Finished(ctx context.Context, owner Owner, appID, brand string) (f *Flow, ok bool, err error) {
	f, err = finished(fs.db.Reader(ctx), fs.ring, owner, appID, brand)
	if err != nil {
		err = fs.db.Fault(ctx, err)
		if fault.Is(err, fault.NotFound) {
			return nil, false, nil
		}
		return nil, false, err
	}
	return f, true, nil
}

// Take leases a run that stands at the given step to the caller, until Save or for a minute and a half. Where it stands
// elsewhere, or somebody else works on it, the fault is ErrMoved.
func (fs *Flows) Take(ctx context.Context, owner Owner, id string, step Step) (*Flow, error) {
	var f *Flow
	lease := secret.ID("lease")
	err := fs.db.InTx(ctx, func(tx db.Tx) error {
		taken, err := take(tx, owner, id, step, lease, tx.Now.Add(leaseFor))
		if err != nil {
			return err
		}
		if f, err = byID(tx, fs.ring, owner, id); err != nil {
			return err
		}
		if !taken {
			return ErrMoved
		}
		f.lease = lease
		return nil
	})
	return f, err
}

// Save writes what the caller's lease came to and ends the lease. Where it has ended before, the fault is ErrMoved and
// nothing is written.
func (fs *Flows) Save(ctx context.Context, f *Flow) error {
	sealed, err := f.Secrets.seal(fs.ring, f.ID)
	if err != nil {
		return err
	}
	return fs.db.InTx(ctx, func(tx db.Tx) error {
		f.UpdatedAt = tx.Now
		saved, err := save(tx, f, sealed)
		if err == nil && !saved {
			return ErrMoved
		}
		return err
	})
}

// Purge removes what is too old: runs and held requests of everybody.
func (fs *Flows) Purge(ctx context.Context) error {
	return fs.db.InTx(ctx, func(tx db.Tx) error {
		if err := purgeHeld(tx); err != nil {
			return err
		}
		return purge(tx, tx.Now.Add(-keepFor))
	})
}
