package register

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// A snapshot is written beside the current one, in many short transactions, and becomes current in a last one:
//
//	loading ──→ current ──→ former ──→ removed
//	   └──→ failed
//
// The institutions of failed and removed snapshots are deleted; what was imported and when stays known.
const (
	stateLoading = "loading"
	stateCurrent = "current"
	stateFormer  = "former"
	stateRemoved = "removed"
	stateFailed  = "failed"
)

// The refusals that compare a file with the current snapshot.
var (
	// ErrOlder is returned for a file that is older than the current snapshot.
	ErrOlder = fault.New(fault.Conflict, "register_older",
		"The file is older than the register that is in use, so nothing was imported: download today’s.")
	// ErrShrunken is returned for a file with more than a tenth fewer institutions than the current snapshot.
	ErrShrunken = fault.New(fault.Conflict, "register_shrunken",
		"The file has more than a tenth fewer institutions than the register that is in use, so nothing was imported: download it again, or give a reason to allow it.")
	// ErrOvertaken is returned where another import began before this one ended.
	ErrOvertaken = fault.New(fault.Conflict, "register_overtaken",
		"Another import began while this one was running, so this one was given up: wait for the other, then look whether it is still needed.")
)

const (
	// chunk is how many rows one transaction writes or deletes, so that other writers wait for some milliseconds only.
	chunk     = 100
	maxReason = 300
	// ahead is how far a file may be ahead of our clock. One that is further would refuse every later one.
	ahead = 24 * time.Hour
)

// Options are what an import may be told beside the file.
type Options struct {
	// AllowShrunken is the reason for taking a file with far fewer institutions; empty refuses it.
	AllowShrunken string
	// SHA256 is the digest of the file as it was downloaded, in hexadecimal; empty compares nothing.
	SHA256 string
}

// Import reads a file of the register, JSON or the ZIP that holds it, and makes it the current snapshot. It takes the
// database's write lock for milliseconds at a time, and until its last step the former snapshot stays current. The actor
// is who is written into the trail. Faults: ErrForeign, ErrCutOff, ErrDamaged, ErrTooLarge, ErrOlder, ErrShrunken,
// ErrOvertaken.
func (r *Register) Import(ctx context.Context, actor string, in io.ReaderAt, size int64, o Options) (Snapshot, error) {
	o.AllowShrunken = strings.TrimSpace(o.AllowShrunken)
	if len(o.AllowShrunken) > maxReason {
		return Snapshot{}, fault.Form(fault.Field{Name: "allow-shrunken", Message: fmt.Sprintf("Give the reason in at most %d characters.", maxReason)})
	}
	if err := checkWhole(ctx, in, size, o.SHA256); err != nil {
		return Snapshot{}, err
	}
	file, err := open(in, size)
	if err != nil {
		return Snapshot{}, err
	}
	defer func() { _ = file.end() }() // all of it was read, or nothing of it counts
	made := Snapshot{ID: secret.ID("reg"), ImportedBy: actor, Reason: o.AllowShrunken}
	err = r.take(ctx, file, &made)
	if swept := r.sweep(ctx); err == nil {
		err = swept
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("import the register: %w", err)
	}
	return made, nil
}

// take loads the file beside the current snapshot and puts it in its place. What does not come so far is marked; a crash
// leaves the mark to the next import.
func (r *Register) take(ctx context.Context, file *source, made *Snapshot) error {
	if err := r.begin(ctx, made); err != nil {
		return err
	}
	if err := r.load(ctx, file, made); err != nil {
		return r.giveUp(ctx, made.ID, err)
	}
	if err := r.db.InTx(ctx, func(tx db.Tx) error { return r.install(tx, made) }); err != nil {
		return r.giveUp(ctx, made.ID, err)
	}
	return nil
}

// begin ends what a crashed import left and removes its rows.
func (r *Register) begin(ctx context.Context, made *Snapshot) error {
	err := r.db.InTx(ctx, func(tx db.Tx) error {
		if err := move(tx, stateLoading, stateFailed); err != nil {
			return err
		}
		return insertSnapshot(tx, made)
	})
	if err != nil {
		return err
	}
	return r.sweep(ctx)
}

func (r *Register) load(ctx context.Context, file *source, made *Snapshot) error {
	batch := make([]Entity, 0, chunk)
	write := func() error {
		err := r.db.InTx(ctx, func(tx db.Tx) error { return insertInstitutions(tx, made.ID, made.Institutions, batch) })
		made.Institutions += len(batch)
		batch = batch[:0]
		return err
	}
	var err error
	made.Date, made.Entries, err = read(ctx, file, func(e Entity) error {
		if batch = append(batch, e); len(batch) < chunk {
			return nil
		}
		return write()
	})
	if err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	made.Digest = file.digest()
	return file.check()
}

// install makes a loaded snapshot the current one, unless it is worse than the one that is.
func (r *Register) install(tx db.Tx, made *Snapshot) error {
	if err := tx.Lock("register"); err != nil {
		return err
	}
	current, err := snapshotIn(tx, stateCurrent)
	if err != nil && !isNotFound(err) {
		return err
	}
	former := current.snapshot()
	if err := compare(former, *made, tx.Now); err != nil {
		return err
	}
	if err := move(tx, stateFormer, stateRemoved); err != nil {
		return err
	}
	if err := move(tx, stateCurrent, stateFormer); err != nil {
		return err
	}
	made.ImportedAt = tx.Now
	if done, err := complete(tx, made); err != nil || !done {
		return orOvertaken(err)
	}
	if err := r.queue.Tell(tx, Imported{SnapshotID: made.ID}); err != nil {
		return err
	}
	return audit.Write(tx, audit.Entry{Actor: made.ImportedBy, Act: "register.imported", Object: made.ID, Detail: map[string]string{
		"date": made.Date.Format(time.RFC3339), "institutions": strconv.Itoa(made.Institutions), "digest": made.Digest,
		"replaces": former.ID, "replaced_institutions": strconv.Itoa(former.Institutions), "reason": made.Reason,
	}})
}

// compare refuses what would make the register worse. former is empty where there is none.
func compare(former, made Snapshot, now time.Time) error {
	switch {
	case made.Date.After(now.Add(ahead)):
		return ErrForeign.Saying("The file says that it is of " + day(made.Date) + ", which lies in the future, so nothing was imported: download it again.")
	case made.Date.Before(former.Date):
		return ErrOlder.Saying("The file is of " + instant(made.Date) + " and the register in use of " + instant(former.Date) +
			", which is newer, so nothing was imported: download today’s file.")
	case made.Institutions*10 < former.Institutions*9 && made.Reason == "":
		return ErrShrunken.Saying(fmt.Sprintf("The file has %d institutions, more than a tenth fewer than the %d of the register in use, so nothing was imported: "+
			"download it again, or give a reason to allow it.", made.Institutions, former.Institutions))
	}
	return nil
}

// giveUp marks a snapshot that will not become current, and gives the error that it failed with.
func (r *Register) giveUp(ctx context.Context, id string, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err() // the next import finds it
	}
	_ = r.db.InTx(ctx, func(tx db.Tx) error { return fail(tx, id) }) // the cause is worth more, and the next import does it again
	return cause
}

// sweep deletes the institutions of snapshots that are failed or removed, some at a time.
func (r *Register) sweep(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil // the next import finds them
	}
	ids, err := leftovers(r.db.Reader(ctx))
	if err != nil {
		return r.db.Fault(ctx, err)
	}
	for _, id := range ids {
		for more := true; more; {
			err := r.db.InTx(ctx, func(tx db.Tx) error {
				n, err := deleteInstitutions(tx, id)
				more = n == chunk
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func day(t time.Time) string { return t.Format("2 January 2006") }

func instant(t time.Time) string { return t.Format("2 January 2006, 15:04 UTC") }
