// Package notebook owns what people sent from the playground, and the requests that an organisation saved under a name. It
// keeps no token and no key: what came back is in the request log.
package notebook

import (
	"context"
	"net/url"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

const (
	// KeepMost is how many sent requests of a person are kept, KeepFor how long.
	KeepMost = 100
	KeepFor  = 30 * 24 * time.Hour
	// maxForm is how many bytes of a form are kept of what was sent, maxSavedForm of what is saved.
	maxForm      = 16 << 10
	maxSavedForm = 96 << 10
	// underWayFor is longer than any call of the playground may take.
	underWayFor = 2 * time.Minute
)

// ErrUnknown is a sent request that does not exist, or is not this person's.
var ErrUnknown = fault.New(fault.NotFound, "sent_unknown", "There is no such request in your history. It keeps your newest 100 for 30 days.")

// Owner is a person in an organisation and an environment. What was sent is the person's, what is saved the organisation's.
type Owner struct {
	OrganisationID string
	Environment    catalog.Environment
	PersonID       string
}

// Form are the fields of a request as the playground's form has them, by their names; the body is one of them.
type Form = url.Values

// Sent is one request that a person sent from the playground.
type Sent struct {
	ID string
	At time.Time
	// CallID is the call of the request log, RequestID its X-Request-ID. CallID is zero where no answer named it.
	CallID    int64
	RequestID string
	Brand     string
	Operation string
	Form      Form
	// Status is zero where no answer came, Code empty where the answer has none. Duration is zero until it is known what
	// came.
	Status   int
	Code     string
	Duration time.Duration
}

// UnderWay tells that the request was sent and nothing is known yet. One that nobody finished, because the process ended,
// counts as unanswered after a while.
func (s Sent) UnderWay(now time.Time) bool {
	return s.Status == 0 && s.Duration == 0 && now.Sub(s.At) < underWayFor
}

// Notebook keeps both lists.
type Notebook struct{ db *db.DB }

// New makes the keeper.
func New(d *db.DB) *Notebook { return &Notebook{db: d} }

// Record notes what a person sends and gives back its id; id and time are set here. Of a form that is larger than 16 kB the
// body is left out. What is too old or one too many of the person's goes.
func (n *Notebook) Record(ctx context.Context, o Owner, s Sent) (id string, err error) {
	s.ID = secret.ID("sent")
	form, err := packed(s.Form, maxForm)
	if err != nil {
		return "", err
	}
	return s.ID, n.db.InTx(ctx, func(tx db.Tx) error {
		s.At = tx.Now
		if err := insertSent(tx, o, s, form); err != nil {
			return err
		}
		return pruneSent(tx, o, tx.Now.Add(-KeepFor))
	})
}

// Finish adds to a request that was recorded before what came of it: call, id, status, code and duration.
func (n *Notebook) Finish(ctx context.Context, o Owner, id string, s Sent) error {
	return n.db.InTx(ctx, func(tx db.Tx) error { return finishSent(tx, o, id, s) })
}

// Withdraw forgets a request that could not be sent after all.
func (n *Notebook) Withdraw(ctx context.Context, o Owner, id string) error {
	return n.db.InTx(ctx, func(tx db.Tx) error { return deleteSent(tx, o, id) })
}

// History lists what a person sent, the newest first.
func (n *Notebook) History(ctx context.Context, o Owner) ([]Sent, error) {
	list, err := sentOf(n.db.Reader(ctx), o)
	return list, n.db.Fault(ctx, err)
}

// SentByID is one of them, else ErrUnknown.
func (n *Notebook) SentByID(ctx context.Context, o Owner, id string) (Sent, error) {
	s, err := sentByID(n.db.Reader(ctx), o, id)
	return s, n.db.Fault(ctx, err)
}

// Purge removes what is too old, of everybody.
func (n *Notebook) Purge(ctx context.Context) error {
	return n.db.InTx(ctx, func(tx db.Tx) error { return purgeSent(tx, tx.Now.Add(-KeepFor)) })
}
