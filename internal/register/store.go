package register

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
)

const columns = "id, state, dated_at, started_at, imported_at, imported_by, institutions, entries, digest, reason"

type snapshotRow struct {
	ID           string     `gorm:"column:id"`
	State        string     `gorm:"column:state"`
	DatedAt      *time.Time `gorm:"column:dated_at"`
	StartedAt    time.Time  `gorm:"column:started_at"`
	ImportedAt   *time.Time `gorm:"column:imported_at"`
	ImportedBy   string     `gorm:"column:imported_by"`
	Institutions int        `gorm:"column:institutions"`
	Entries      int        `gorm:"column:entries"`
	Digest       string     `gorm:"column:digest"`
	Reason       string     `gorm:"column:reason"`
}

func (r snapshotRow) snapshot() Snapshot {
	s := Snapshot{ID: r.ID, ImportedBy: r.ImportedBy, Institutions: r.Institutions, Entries: r.Entries, Digest: r.Digest, Reason: r.Reason}
	if r.DatedAt != nil {
		s.Date = r.DatedAt.UTC()
	}
	if r.ImportedAt != nil {
		s.ImportedAt = r.ImportedAt.UTC()
	}
	return s
}

func isNotFound(err error) bool { return errors.Is(err, db.ErrNotFound) }

func orOvertaken(err error) error {
	if err != nil {
		return err
	}
	return ErrOvertaken
}

func snapshotIn(q db.Tx, state string) (snapshotRow, error) {
	var row snapshotRow
	err := q.SQL().Table("register_snapshots").Select(columns).Where("state = ?", state).Take(&row).Error
	return row, err
}

func insertSnapshot(tx db.Tx, s *Snapshot) error {
	return tx.SQL().Exec("INSERT INTO register_snapshots (id, state, started_at, imported_by, reason) VALUES (?, ?, ?, ?, ?)",
		s.ID, stateLoading, tx.Now, s.ImportedBy, s.Reason).Error
}

func move(tx db.Tx, from, to string) error {
	return tx.SQL().Exec("UPDATE register_snapshots SET state = ? WHERE state = ?", to, from).Error
}

func fail(tx db.Tx, id string) error {
	return tx.SQL().Exec("UPDATE register_snapshots SET state = ? WHERE id = ? AND state = ?", stateFailed, id, stateLoading).Error
}

// complete makes a loading snapshot the current one, and tells whether it did.
func complete(tx db.Tx, s *Snapshot) (bool, error) {
	done := tx.SQL().Exec("UPDATE register_snapshots SET state = ?, dated_at = ?, imported_at = ?, institutions = ?, entries = ?, digest = ? WHERE id = ? AND state = ?",
		stateCurrent, s.Date, s.ImportedAt, s.Institutions, s.Entries, s.Digest, s.ID, stateLoading)
	return done.RowsAffected == 1, done.Error
}

// insertInstitutions adds a batch behind the first n of a snapshot that is still loading. The snapshot's row comes first:
// whoever ends it waits until the batch is there.
func insertInstitutions(tx db.Tx, id string, n int, batch []Entity) error {
	done := tx.SQL().Exec("UPDATE register_snapshots SET institutions = ? WHERE id = ? AND state = ?", n+len(batch), id, stateLoading)
	if done.Error != nil || done.RowsAffected != 1 {
		return orOvertaken(done.Error)
	}
	for i, e := range batch {
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode an institution: %w", err)
		}
		err = tx.SQL().Exec("INSERT INTO register_institutions (snapshot_id, n, owner_id, reference, entity) VALUES (?, ?, ?, ?, ?)",
			id, n+i, e.Owner, normal(e.Reference), string(text)).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// leftovers are snapshots that are over but still have institutions.
func leftovers(q db.Tx) ([]string, error) {
	var ids []string
	err := q.SQL().Raw("SELECT s.id FROM register_snapshots s WHERE s.state IN (?, ?) AND EXISTS "+
		"(SELECT 1 FROM register_institutions i WHERE i.snapshot_id = s.id) ORDER BY s.started_at", stateFailed, stateRemoved).Scan(&ids).Error
	return ids, err
}

func deleteInstitutions(tx db.Tx, id string) (int64, error) {
	done := tx.SQL().Exec("DELETE FROM register_institutions WHERE snapshot_id = ? AND n IN "+
		"(SELECT n FROM register_institutions WHERE snapshot_id = ? ORDER BY n LIMIT ?)", id, id, chunk)
	return done.RowsAffected, done.Error
}

type hitRow struct {
	Snapshot snapshotRow `gorm:"embedded"`
	Entity   *string     `gorm:"column:entity"`
}

// lookUpQuery names no order: SQLite would read the whole snapshot in that order rather than find the number.
const lookUpQuery = "SELECT s.id, s.dated_at, s.imported_at, s.imported_by, s.institutions, s.entries, s.digest, s.reason, i.entity FROM register_snapshots s " +
	"LEFT JOIN register_institutions i ON i.snapshot_id = s.id AND i.owner_id IN (?) AND i.reference = ? WHERE s.state = ? LIMIT ?"

// maxHits is how many entries under one number are shown to whoever must choose.
const maxHits = 10

// lookUp finds the current snapshot and its institutions under one number of one authority, in one query. ErrNotFound is
// for no snapshot; a number that is not there gives none.
func lookUp(q db.Tx, owners []string, reference string) (Snapshot, []Entity, error) {
	var rows []hitRow
	err := q.SQL().Raw(lookUpQuery, owners, reference, stateCurrent, maxHits).Scan(&rows).Error
	if err != nil {
		return Snapshot{}, nil, err
	}
	if len(rows) == 0 {
		return Snapshot{}, nil, db.ErrNotFound
	}
	var found []Entity
	for _, r := range rows {
		if r.Entity == nil {
			continue
		}
		var e Entity
		if err := json.Unmarshal([]byte(*r.Entity), &e); err != nil {
			return Snapshot{}, nil, fmt.Errorf("read an institution: %w", err)
		}
		found = append(found, e)
	}
	return rows[0].Snapshot.snapshot(), found, nil
}
