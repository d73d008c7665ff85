package flows

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// HeldFor is how long a request waits for its signature.
const HeldFor = 10 * time.Minute

const (
	maxHeld     = 192 << 10 // bytes of one held request
	maxHeldRows = 50        // held requests of one organisation
)

// ErrNotHeld is a request that was sent already, waited too long, or was never held for this person.
var ErrNotHeld = fault.New(fault.Conflict, "request_not_held",
	"This request does not wait for a signature any more: it was sent, or ten minutes have passed. Fill it in and send it again.")

// Waiting is a step whose request is prepared and waits for the signature of a key that is not here.
type Waiting struct {
	// RequestID is the X-Request-ID that was prepared; empty where nothing waits.
	RequestID string    `json:"request_id,omitempty"`
	Since     time.Time `json:"since,omitzero"`
}

// Fresh tells whether the request can still be sent.
func (w Waiting) Fresh(now time.Time) bool {
	return w.RequestID != "" && now.Sub(w.Since) < HeldFor
}

// Hold keeps a request of one person for HeldFor, sealed, under an id that Redeem takes once. What is held at most is 192 kB,
// and of an organisation the newest 50.
func (fs *Flows) Hold(ctx context.Context, owner Owner, personID string, request secret.Text) (id string, err error) {
	if len(request) > maxHeld {
		return "", fault.Form(fault.Field{Name: "body", Message: "The request is too large to wait for its signature. Send less."})
	}
	id = secret.ID("held")
	sealed, err := fs.ring.Seal(heldPlace(id), []byte(request.Reveal()))
	if err != nil {
		return "", fmt.Errorf("seal a request: %w", err)
	}
	err = fs.db.InTx(ctx, func(tx db.Tx) error {
		if err := insertHeld(tx, owner, id, personID, sealed, tx.Now.Add(HeldFor)); err != nil {
			return err
		}
		return pruneHeld(tx, owner.OrganisationID)
	})
	return id, err
}

// Redeem gives a held request back to its person, once. Fault: ErrNotHeld.
func (fs *Flows) Redeem(ctx context.Context, owner Owner, personID, id string) (secret.Text, error) {
	var sealed string
	err := fs.db.InTx(ctx, func(tx db.Tx) (err error) {
		sealed, err = takeHeld(tx, owner, personID, id)
		return err
	})
	if err != nil {
		return "", err
	}
	if sealed == "" {
		return "", ErrNotHeld
	}
	clear, err := fs.ring.Open(heldPlace(id), sealed)
	if err != nil {
		return "", fmt.Errorf("open a held request: %w", err)
	}
	return secret.Text(clear), nil
}

func heldPlace(id string) string { return "held_requests|" + id + "|sealed" }
