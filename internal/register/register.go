// Package register owns what the EBA's register of payment and e-money institutions says: whose authorisation is in force,
// for which services, in which country. It holds no banks, and the national authority's own register decides.
package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/jobs"
)

// Register answers from the current snapshot, one query for each question.
type Register struct {
	db    *db.DB
	queue *jobs.Queue
}

// New makes a register. It knows nothing until a first file was imported.
func New(d *db.DB, queue *jobs.Queue) *Register { return &Register{db: d, queue: queue} }

// Snapshot is one imported file. Decisions name the one that they were made with.
type Snapshot struct {
	ID string
	// Date is the moment up to which the file speaks: its newest entry's version.
	Date time.Time
	// ImportedAt is when it became the current one, and ImportedBy who did that.
	ImportedAt time.Time
	ImportedBy string
	// Institutions are kept; Entries are all that the file has, with agents and branches.
	Institutions, Entries int
	// Digest is the SHA-256 of the file's JSON, in hexadecimal.
	Digest string
	// Reason is why it was allowed to be much smaller than its forerunner; mostly empty.
	Reason string
}

// Status gives the current snapshot; ok is false where none was imported yet.
func (r *Register) Status(ctx context.Context) (current Snapshot, ok bool, err error) {
	row, err := snapshotIn(r.db.Reader(ctx), stateCurrent)
	if errors.Is(err, db.ErrNotFound) {
		return Snapshot{}, false, nil
	}
	if err != nil {
		return Snapshot{}, false, fmt.Errorf("load the register's status: %w", r.db.Fault(ctx, err))
	}
	return row.snapshot(), true, nil
}

// Imported is told when another snapshot became the current one: whoever relies on an authorisation asks again.
type Imported struct {
	SnapshotID string `json:"snapshot_id"`
}

// Kind is the fact's stable name.
func (Imported) Kind() string { return "register.imported" }
