package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/secret"
)

const (
	listColumns = "id, environment, organisation_id, person_id, app_id, brand_id, access, step, problem, consent_id, leased_until, created_at, updated_at"
	allColumns  = listColumns + ", request, sealed, exchanges"
)

type flowRow struct {
	ID             string     `gorm:"column:id"`
	Environment    string     `gorm:"column:environment"`
	OrganisationID string     `gorm:"column:organisation_id"`
	PersonID       string     `gorm:"column:person_id"`
	AppID          string     `gorm:"column:app_id"`
	BrandID        string     `gorm:"column:brand_id"`
	Access         string     `gorm:"column:access"`
	Request        string     `gorm:"column:request"`
	Step           string     `gorm:"column:step"`
	Problem        string     `gorm:"column:problem"`
	ConsentID      string     `gorm:"column:consent_id"`
	Sealed         string     `gorm:"column:sealed"`
	Exchanges      string     `gorm:"column:exchanges"`
	LeasedUntil    *time.Time `gorm:"column:leased_until"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
	UpdatedAt      time.Time  `gorm:"column:updated_at"`
}

// summary is a row without what only the page of the run shows.
func (r flowRow) summary(now time.Time) (Flow, error) {
	f := Flow{
		ID: r.ID, Owner: Owner{OrganisationID: r.OrganisationID, Environment: catalog.Environment(r.Environment)}, PersonID: r.PersonID,
		AppID: r.AppID, Brand: r.BrandID, Access: r.Access, Request: r.Request, Step: Step(r.Step), ConsentID: r.ConsentID,
		Busy: r.LeasedUntil != nil && now.Before(*r.LeasedUntil), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if r.Problem != "" {
		f.Problem = &Problem{}
		if err := json.Unmarshal([]byte(r.Problem), f.Problem); err != nil {
			return f, fmt.Errorf("read a flow's problem: %w", err)
		}
	}
	return f, nil
}

func (r flowRow) flow(ring *secret.Ring, now time.Time) (*Flow, error) {
	f, err := r.summary(now)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(r.Exchanges), &f.Records); err != nil {
		return nil, fmt.Errorf("read a flow's exchanges: %w", err)
	}
	f.Secrets, err = open(ring, r.ID, r.Sealed)
	return &f, err
}

func one(ring *secret.Ring, q db.Tx, row flowRow, err error) (*Flow, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	return row.flow(ring, q.Now)
}

func insert(tx db.Tx, f *Flow) error {
	return tx.SQL().Exec("INSERT INTO flows (id, environment, organisation_id, person_id, app_id, brand_id, access, request, step, lease, leased_until, created_at, updated_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", f.ID, string(f.Environment), f.OrganisationID, f.PersonID, f.AppID, f.Brand, f.Access, f.Request,
		string(f.Step), f.lease, tx.Now.Add(leaseFor), f.CreatedAt, f.UpdatedAt).Error
}

func byID(q db.Tx, ring *secret.Ring, owner Owner, id string) (*Flow, error) {
	var row flowRow
	err := q.SQL().Table("flows").Select(allColumns).
		Where("id = ? AND organisation_id = ? AND environment = ?", id, owner.OrganisationID, string(owner.Environment)).Take(&row).Error
	return one(ring, q, row, err)
}

func byState(q db.Tx, ring *secret.Ring, owner Owner, personID, stateHash string) (*Flow, error) {
	var row flowRow
	err := q.SQL().Table("flows").Select(allColumns).
		Where("state_hash = ? AND organisation_id = ? AND environment = ? AND person_id = ?", stateHash, owner.OrganisationID, string(owner.Environment), personID).
		Take(&row).Error
	return one(ring, q, row, err)
}

func finished(q db.Tx, ring *secret.Ring, owner Owner, appID, brand string) (*Flow, error) {
	var row flowRow
	err := q.SQL().Table("flows").Select(allColumns).
		Where("organisation_id = ? AND environment = ? AND app_id = ? AND brand_id = ? AND step = ?", owner.OrganisationID, string(owner.Environment), appID, brand, string(Done)).
		Order("created_at DESC, id DESC").Limit(1).Take(&row).Error
	return one(ring, q, row, err)
}

func newest(q db.Tx, owner Owner, most int) ([]Flow, error) {
	var rows []flowRow
	err := q.SQL().Table("flows").Select(listColumns).Where("organisation_id = ? AND environment = ?", owner.OrganisationID, string(owner.Environment)).
		Order("created_at DESC, id DESC").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	list := make([]Flow, 0, len(rows))
	for _, r := range rows {
		f, err := r.summary(q.Now)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// take marks a run as being worked on, unless it stands elsewhere or somebody else works on it.
func take(tx db.Tx, owner Owner, id string, step Step, lease string, until time.Time) (bool, error) {
	done := tx.SQL().Exec("UPDATE flows SET lease = ?, leased_until = ? WHERE id = ? AND organisation_id = ? AND environment = ? AND step = ? "+
		"AND (leased_until IS NULL OR leased_until <= ?)", lease, until, id, owner.OrganisationID, string(owner.Environment), string(step), tx.Now)
	return done.RowsAffected == 1, done.Error
}

// save writes a run while its lease lasts, and ends the lease.
func save(tx db.Tx, f *Flow, sealed string) (bool, error) {
	exchanges, err := json.Marshal(f.Records)
	if err != nil {
		return false, fmt.Errorf("encode a flow's exchanges: %w", err)
	}
	problem := ""
	if f.Problem != nil {
		text, err := json.Marshal(f.Problem)
		if err != nil {
			return false, fmt.Errorf("encode a flow's problem: %w", err)
		}
		problem = string(text)
	}
	stateHash := ""
	if f.Secrets.State != "" {
		stateHash = secret.Hash(f.Secrets.State)
	}
	done := tx.SQL().Exec("UPDATE flows SET step = ?, problem = ?, consent_id = ?, state_hash = ?, sealed = ?, exchanges = ?, updated_at = ?, lease = '', leased_until = NULL "+
		"WHERE id = ? AND organisation_id = ? AND lease = ? AND lease <> ''", string(f.Step), problem, f.ConsentID, stateHash, sealed, string(exchanges),
		f.UpdatedAt, f.ID, f.OrganisationID, f.lease)
	return done.RowsAffected == 1, done.Error
}

// prune removes an organisation's runs that are too old or too many.
func prune(tx db.Tx, organisationID string, before time.Time) error {
	return tx.SQL().Exec("DELETE FROM flows WHERE organisation_id = ? AND (created_at < ? OR id NOT IN "+
		"(SELECT id FROM flows WHERE organisation_id = ? ORDER BY created_at DESC, id DESC LIMIT ?))", organisationID, before, organisationID, keepMost).Error
}

func purge(tx db.Tx, before time.Time) error {
	return tx.SQL().Exec("DELETE FROM flows WHERE created_at < ?", before).Error
}
