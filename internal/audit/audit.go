// Package audit owns the append-only trail of who did what to which object, written in the transaction of
// the deed: without its row there is no deed. The rows form a chain of hashes, so that a change behind the program's
// back shows.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"fairway/internal/db"
)

// Entry is one deed. Detail holds names and ids, never secrets or personal data.
type Entry struct {
	// Actor is the id of the person, or "system", or "command" for the command line.
	Actor string
	// Organisation is the id of the organisation it concerns; empty where it concerns none.
	Organisation string
	// Act is past tense and names its package, as in "apps.created".
	Act string
	// Object is the id of what was acted upon.
	Object string
	// Detail are a few facts worth keeping.
	Detail map[string]string
}

var actForm = regexp.MustCompile(`^[a-z]+\.[A-Za-z_]+$`)

// Write adds the entry to the trail in the caller's transaction and links it to the chain as the transaction's last part.
// An entry that does not say who did what to which is refused, and with it the deed.
func Write(tx db.Tx, e Entry) error {
	if e.Actor == "" || e.Object == "" || !actForm.MatchString(e.Act) {
		return fmt.Errorf("write the audit trail: the entry %q by %q on %q says too little", e.Act, e.Actor, e.Object)
	}
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("encode audit detail: %w", err)
		}
	}
	// Both databases give back what was hashed: the same instant, the same text.
	r := row{At: tx.Now.UTC().Truncate(time.Microsecond), Actor: e.Actor, Organisation: e.Organisation, Act: e.Act, Object: e.Object, Detail: string(detail)}
	if err := insert(tx, &r); err != nil {
		return err
	}
	return tx.BeforeCommit(func(tx db.Tx) error {
		head, err := lockHead(tx)
		if err != nil {
			return err
		}
		return extend(tx, head, []row{r})
	})
}

// Trail reads the audit trail and watches over its chain.
type Trail struct {
	db   *db.DB
	log  *slog.Logger
	most int
}

// New makes a reader of the trail.
func New(d *db.DB, log *slog.Logger) *Trail {
	return &Trail{db: d, log: log, most: MostExported}
}

// Head is the trail's last row; its number is zero where there is none.
func (t *Trail) Head(ctx context.Context) (Head, error) {
	var head Head
	err := t.db.Read(ctx, func(tx db.Tx) (err error) {
		if head, err = headOf(tx); err == nil && head.Hash == "" {
			err = errNoHead
		}
		if err != nil || head.Seq == 0 {
			return err
		}
		head.At, err = instantOf(tx, head.Seq)
		return err
	})
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the audit trail: %w", err)
	}
	return head, nil
}

// Daily links what processes of an earlier version wrote and logs the head. A log that is kept elsewhere then holds a head
// that nobody who changes the trail can change.
func (t *Trail) Daily(ctx context.Context) error {
	if err := t.Adopt(ctx); err != nil {
		return err
	}
	head, err := t.Head(ctx)
	if err != nil {
		return err
	}
	t.log.Info("the head of the audit trail", "head", head.String(), "at", head.At)
	return nil
}
