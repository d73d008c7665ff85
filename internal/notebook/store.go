package notebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"fairway/internal/db"
)

const (
	sentColumns  = "id, call_id, request_id, brand_id, operation, form, status, code, duration_us, sent_at"
	savedColumns = "id, name, note, brand_id, operation, form, saved_by, saved_at"
)

type sentRow struct {
	ID         string    `gorm:"column:id"`
	CallID     int64     `gorm:"column:call_id"`
	RequestID  string    `gorm:"column:request_id"`
	BrandID    string    `gorm:"column:brand_id"`
	Operation  string    `gorm:"column:operation"`
	Form       string    `gorm:"column:form"`
	Status     int       `gorm:"column:status"`
	Code       string    `gorm:"column:code"`
	DurationUS int64     `gorm:"column:duration_us"`
	SentAt     time.Time `gorm:"column:sent_at"`
}

type savedRow struct {
	ID        string    `gorm:"column:id"`
	Name      string    `gorm:"column:name"`
	Note      string    `gorm:"column:note"`
	BrandID   string    `gorm:"column:brand_id"`
	Operation string    `gorm:"column:operation"`
	Form      string    `gorm:"column:form"`
	SavedBy   string    `gorm:"column:saved_by"`
	SavedAt   time.Time `gorm:"column:saved_at"`
}

// packed is a form as it is stored; where it is larger than most, its body is left out, and then all of it.
func packed(f Form, most int) (string, error) {
	text, err := json.Marshal(f)
	if err == nil && len(text) > most {
		f = maps.Clone(f)
		delete(f, "body")
		if text, err = json.Marshal(f); len(text) > most {
			text = []byte("{}")
		}
	}
	if err != nil {
		return "", fmt.Errorf("encode a form: %w", err)
	}
	return string(text), nil
}

func unpacked(text string) (f Form, err error) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("read a form: %w", err)
	}
	return f, nil
}

func (r sentRow) sent() (Sent, error) {
	form, err := unpacked(r.Form)
	return Sent{ID: r.ID, At: r.SentAt.UTC(), CallID: r.CallID, RequestID: r.RequestID, Brand: r.BrandID, Operation: r.Operation, Form: form,
		Status: r.Status, Code: r.Code, Duration: time.Duration(r.DurationUS) * time.Microsecond}, err
}

func (r savedRow) saved() (Saved, error) {
	form, err := unpacked(r.Form)
	return Saved{ID: r.ID, Label: Label{Name: r.Name, Note: r.Note}, Brand: r.BrandID, Operation: r.Operation, Form: form, By: r.SavedBy, At: r.SavedAt.UTC()}, err
}

func insertSent(tx db.Tx, o Owner, s Sent, form string) error {
	return tx.SQL().Exec("INSERT INTO sent_requests (id, organisation_id, environment, person_id, call_id, request_id, brand_id, operation, form, status, code, duration_us, sent_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", s.ID, o.OrganisationID, string(o.Environment), o.PersonID, s.CallID, s.RequestID, s.Brand, s.Operation, form,
		s.Status, s.Code, s.Duration.Microseconds(), s.At).Error
}

func finishSent(tx db.Tx, o Owner, id string, s Sent) error {
	return tx.SQL().Exec("UPDATE sent_requests SET call_id = ?, request_id = ?, status = ?, code = ?, duration_us = ? WHERE id = ? AND organisation_id = ? AND environment = ? AND person_id = ?",
		s.CallID, s.RequestID, s.Status, s.Code, s.Duration.Microseconds(), id, o.OrganisationID, string(o.Environment), o.PersonID).Error
}

func deleteSent(tx db.Tx, o Owner, id string) error {
	return tx.SQL().Exec("DELETE FROM sent_requests WHERE id = ? AND organisation_id = ? AND environment = ? AND person_id = ?", id, o.OrganisationID, string(o.Environment), o.PersonID).Error
}

// pruneSent removes what is too old or one too many of a person's.
func pruneSent(tx db.Tx, o Owner, before time.Time) error {
	return tx.SQL().Exec("DELETE FROM sent_requests WHERE organisation_id = ? AND environment = ? AND person_id = ? AND (sent_at < ? OR id NOT IN "+
		"(SELECT id FROM sent_requests WHERE organisation_id = ? AND environment = ? AND person_id = ? ORDER BY sent_at DESC, id DESC LIMIT ?))",
		o.OrganisationID, string(o.Environment), o.PersonID, before, o.OrganisationID, string(o.Environment), o.PersonID, KeepMost).Error
}

func sentOf(q db.Tx, o Owner) ([]Sent, error) {
	var rows []sentRow
	err := q.SQL().Table("sent_requests").Select(sentColumns).Where("organisation_id = ? AND environment = ? AND person_id = ? AND sent_at >= ?",
		o.OrganisationID, string(o.Environment), o.PersonID, q.Now.Add(-KeepFor)).Order("sent_at DESC, id DESC").Limit(KeepMost).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	list := make([]Sent, 0, len(rows))
	for _, r := range rows {
		s, err := r.sent()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func sentByID(q db.Tx, o Owner, id string) (Sent, error) {
	var row sentRow
	err := q.SQL().Table("sent_requests").Select(sentColumns).Where("id = ? AND organisation_id = ? AND environment = ? AND person_id = ? AND sent_at >= ?",
		id, o.OrganisationID, string(o.Environment), o.PersonID, q.Now.Add(-KeepFor)).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Sent{}, ErrUnknown
	}
	if err != nil {
		return Sent{}, err
	}
	return row.sent()
}

func purgeSent(tx db.Tx, before time.Time) error {
	return tx.SQL().Exec("DELETE FROM sent_requests WHERE sent_at < ?", before).Error
}

func countSaved(tx db.Tx, o Owner) (int64, error) {
	var n int64
	err := tx.SQL().Table("saved_requests").Where("organisation_id = ? AND environment = ?", o.OrganisationID, string(o.Environment)).Count(&n).Error
	return n, err
}

// insertSaved reports whether the name was free.
func insertSaved(tx db.Tx, o Owner, s Saved, form string) (bool, error) {
	done := tx.SQL().Exec("INSERT INTO saved_requests (id, organisation_id, environment, name, name_key, note, brand_id, operation, form, saved_by, saved_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, environment, name_key) DO NOTHING", s.ID, o.OrganisationID, string(o.Environment),
		s.Name, s.key(), s.Note, s.Brand, s.Operation, form, s.By, s.At)
	return done.RowsAffected == 1, done.Error
}

func nameTaken(tx db.Tx, o Owner, id, key string) (bool, error) {
	var n int64
	err := tx.SQL().Table("saved_requests").Where("organisation_id = ? AND environment = ? AND name_key = ? AND id <> ?",
		o.OrganisationID, string(o.Environment), key, id).Count(&n).Error
	return n > 0, err
}

func renameSaved(tx db.Tx, o Owner, id string, l Label) error {
	return tx.SQL().Exec("UPDATE saved_requests SET name = ?, name_key = ?, note = ?, saved_by = ?, saved_at = ? WHERE id = ? AND organisation_id = ? AND environment = ?",
		l.Name, l.key(), l.Note, o.PersonID, tx.Now, id, o.OrganisationID, string(o.Environment)).Error
}

func deleteSaved(tx db.Tx, o Owner, id string) (bool, error) {
	done := tx.SQL().Exec("DELETE FROM saved_requests WHERE id = ? AND organisation_id = ? AND environment = ?", id, o.OrganisationID, string(o.Environment))
	return done.RowsAffected == 1, done.Error
}

func savedOf(q db.Tx, o Owner) ([]Saved, error) {
	var rows []savedRow
	err := q.SQL().Table("saved_requests").Select(savedColumns).Where("organisation_id = ? AND environment = ?", o.OrganisationID, string(o.Environment)).
		Order("name_key, id").Limit(MostSaved).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	list := make([]Saved, 0, len(rows))
	for _, r := range rows {
		s, err := r.saved()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func savedByID(q db.Tx, o Owner, id string) (Saved, error) {
	var row savedRow
	err := q.SQL().Table("saved_requests").Select(savedColumns).Where("id = ? AND organisation_id = ? AND environment = ?", id, o.OrganisationID, string(o.Environment)).
		Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Saved{}, ErrNotSaved
	}
	if err != nil {
		return Saved{}, err
	}
	return row.saved()
}
