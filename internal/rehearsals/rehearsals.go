// Package rehearsals owns the answers that a TPP orders for the next calls of a sandbox app, to see how its software takes
// a bad day. Live has nothing of it: no app of Live can be armed.
package rehearsals

import (
	"context"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/memo"
	"fairway/internal/secret"
)

// Topic is what a change of an app's rehearsal is told under; the key is the app's id.
const Topic = "rehearsals"

const (
	// Lasts is how long an order waits for its calls.
	Lasts = time.Hour
	// remembered is how many apps are held in memory, most of them with nothing ordered.
	remembered = 100_000
)

// Armed is an order that waits for the calls of an app. It is shared and never changes.
type Armed struct {
	ID, AppID string
	Order
	// Left is how many of its calls are still to come.
	Left int
	// ArmedAt is when it was ordered, EndsAt from when on it does not hold.
	ArmedAt, EndsAt time.Time
}

// Rehearsals keeps what is armed: at most one order for an app. It is safe for concurrent use.
type Rehearsals struct {
	db    *db.DB
	apps  *apps.Apps
	armed *memo.Cache[string, *Armed] // nil where nothing is ordered
}

// New makes the keeper.
func New(d *db.DB, a *apps.Apps) *Rehearsals {
	r := &Rehearsals{db: d, apps: a}
	r.armed = memo.New(remembered, func(ctx context.Context, appID string) (*Armed, error) {
		found, err := ofApp(d.Reader(ctx), appID)
		return found, d.Fault(ctx, err)
	})
	d.OnChange(Topic, func(appID string) {
		if appID == "" {
			r.armed.ForgetAll()
			return
		}
		r.armed.Forget(appID)
	})
	return r
}

// Arm orders an answer for the next calls of a sandbox app, in place of what was ordered before. Faults: apps.ErrUnknown,
// also for an app of Live, and accounts.ErrSuspended.
func (r *Rehearsals) Arm(ctx context.Context, organisationID, appID string, o Order) (Armed, error) {
	armed := Armed{ID: secret.ID("reh"), AppID: appID, Order: o, Left: o.Calls}
	err := r.db.InTx(ctx, func(tx db.Tx) error {
		if err := accounts.Standing(tx, organisationID); err != nil {
			return err
		}
		if err := r.owned(tx, organisationID, appID); err != nil {
			return err
		}
		armed.ArmedAt, armed.EndsAt = tx.Now, tx.Now.Add(Lasts)
		if err := put(tx, organisationID, armed); err != nil {
			return err
		}
		return tx.Tell(Topic, appID)
	})
	return armed, err
}

// Disarm takes back what is ordered for an app; where nothing is, nothing happens. Fault: apps.ErrUnknown.
func (r *Rehearsals) Disarm(ctx context.Context, organisationID, appID string) error {
	return r.db.InTx(ctx, func(tx db.Tx) error {
		if err := r.owned(tx, organisationID, appID); err != nil {
			return err
		}
		if err := remove(tx, organisationID, appID); err != nil {
			return err
		}
		return tx.Tell(Topic, appID)
	})
}

// owned passes an organisation's own app of the sandbox.
func (r *Rehearsals) owned(tx db.Tx, organisationID, appID string) error {
	app, err := r.apps.ByIDIn(tx, organisationID, appID)
	if err == nil && app.Environment != catalog.Sandbox {
		return apps.ErrUnknown
	}
	return err
}

// List is what an organisation's apps have to come, by app.
func (r *Rehearsals) List(ctx context.Context, organisationID string) (map[string]Armed, error) {
	list, err := ofOrganisation(r.db.Reader(ctx), organisationID, r.db.Now())
	return list, r.db.Fault(ctx, err)
}

// Spend takes one call off what is ordered for an app and gives the order; nil where nothing is ordered for this operation.
// Whose the app is has been proved at the door. It asks the database only where something is ordered, or once after a
// change.
func (r *Rehearsals) Spend(ctx context.Context, appID, operation string) (*Order, error) {
	for range 2 { // what is remembered may have been spent or replaced by another process
		armed, err := r.armed.Find(ctx, appID)
		if err != nil || armed == nil || !armed.Fits(operation) || !r.db.Now().Before(armed.EndsAt) {
			return nil, err
		}
		spent, err := r.spend(ctx, armed)
		if err != nil {
			return nil, err
		}
		if spent {
			return &armed.Order, nil
		}
		r.armed.Forget(appID)
	}
	return nil, nil
}

func (r *Rehearsals) spend(ctx context.Context, a *Armed) (spent bool, err error) {
	err = r.db.InTx(ctx, func(tx db.Tx) error {
		left, found, err := takeOne(tx, a)
		if err != nil || !found {
			return err
		}
		spent = true
		if left > 0 {
			return nil
		}
		if err := removeSpent(tx, a); err != nil {
			return err
		}
		return tx.Tell(Topic, a.AppID)
	})
	return spent && err == nil, err
}

// Purge removes orders that ended before their calls came.
func (r *Rehearsals) Purge(ctx context.Context) error {
	return r.db.InTx(ctx, func(tx db.Tx) error { return purge(tx, tx.Now) })
}
