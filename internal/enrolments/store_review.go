package enrolments

import (
	"errors"
	"time"

	"fairway/internal/db"
)

func forReview(q db.Tx, id string) (*Enrolment, error) {
	var r row
	err := q.SQL().Table("enrolments").Select(columns).Where("id = ? AND state <> ?", id, string(Draft)).Take(&r).Error
	return found(r, err)
}

func queue(q db.Tx, f Filter) ([]*Enrolment, error) {
	if f.State == Draft {
		return nil, nil
	}
	var rows []row
	found := q.SQL().Table("enrolments").Select(columns).Where("state = ?", string(f.State))
	if f.State.Open() {
		found = found.Order("due_at, submitted_at, id")
	} else {
		found = found.Order("updated_at DESC, id DESC")
	}
	err := found.Limit(f.Limit).Find(&rows).Error
	return list(rows, err)
}

func lastDecision(q db.Tx) (time.Time, error) {
	var r struct {
		DecidedAt *time.Time `gorm:"column:decided_at"`
	}
	err := q.SQL().Table("enrolments").Select("decided_at").Where("decided_by <> '' AND decided_at IS NOT NULL").Order("decided_at DESC").Limit(1).Take(&r).Error
	if errors.Is(err, db.ErrNotFound) {
		return time.Time{}, nil
	}
	return at(r.DecidedAt), err
}

func dueBefore(q db.Tx, instant time.Time) ([]*Enrolment, error) {
	var rows []row
	err := q.SQL().Table("enrolments").Select(columns).Where("state = ? AND due_at < ?", string(Submitted), instant).Order("due_at, id").Limit(500).Find(&rows).Error
	return list(rows, err)
}

func approvedOf(q db.Tx, organisationID string) ([]*Enrolment, error) {
	var rows []row
	err := q.SQL().Table("enrolments").Select(columns).Where("organisation_id = ? AND state = ?", organisationID, string(Approved)).
		Order("decided_at DESC, id DESC").Limit(10).Find(&rows).Error
	return list(rows, err)
}

// lockApproved is approvedOf for who decides by it.
func lockApproved(tx db.Tx, organisationID string) ([]*Enrolment, error) {
	var rows []row
	err := tx.ForUpdate().Table("enrolments").Select(columns).Where("organisation_id = ? AND state = ?", organisationID, string(Approved)).
		Order("decided_at DESC, id DESC").Limit(10).Find(&rows).Error
	return list(rows, err)
}

func approvedAfter(q db.Tx, after string, now time.Time, most int) ([]string, error) {
	var ids []string
	err := q.SQL().Table("enrolments").Where("(state = ? OR state = ? AND overlap_ends > ?) AND id > ?", string(Approved), string(Replaced), now, after).
		Order("id").Limit(most).Pluck("id", &ids).Error
	return ids, err
}

// place is where a page ends, in the order of enrolments_state.
type place struct {
	due time.Time
	id  string
}

func approvedPage(q db.Tx, last place) ([]*Enrolment, error) {
	var rows []row
	err := q.SQL().Table("enrolments").Select(columns).Where("state = ? AND (due_at, id) > (?, ?)", string(Approved), last.due, last.id).
		Order("due_at, id").Limit(endingPage).Find(&rows).Error
	return list(rows, err)
}

func list(rows []row, err error) ([]*Enrolment, error) {
	if err != nil {
		return nil, err
	}
	out := make([]*Enrolment, 0, len(rows))
	for _, r := range rows {
		e, err := r.enrolment()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func counts(q db.Tx) (map[State]int, error) {
	var rows []struct {
		State string `gorm:"column:state"`
		N     int    `gorm:"column:n"`
	}
	err := q.SQL().Table("enrolments").Select("state, count(*) AS n").Where("state <> ?", string(Draft)).Group("state").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := map[State]int{}
	for _, r := range rows {
		out[State(r.State)] = r.N
	}
	return out, nil
}

func alike(q db.Tx, e *Enrolment) ([]Likeness, error) {
	i := indexOf(e)
	var rows []struct {
		ID             string `gorm:"column:id"`
		OrganisationID string `gorm:"column:organisation_id"`
		State          string `gorm:"column:state"`
		QWAC           string `gorm:"column:qwac_sha256"`
		QSeal          string `gorm:"column:qseal_sha256"`
		QWACKey        string `gorm:"column:qwac_key"`
		QSealKey       string `gorm:"column:qseal_key"`
		Identifier     string `gorm:"column:identifier"`
	}
	err := q.SQL().Table("enrolments").Select("id, organisation_id, state, qwac_sha256, qseal_sha256, qwac_key, qseal_key, identifier").
		Where("organisation_id <> ? AND submitted_at IS NOT NULL", e.OrganisationID).
		Where("qwac_sha256 IN ? OR qseal_sha256 IN ? OR qwac_key IN ? OR qseal_key IN ? OR identifier = ?",
			[]string{i.qwac, i.qseal}, []string{i.qwac, i.qseal}, []string{i.qwacKey, i.qsealKey}, []string{i.qwacKey, i.qsealKey}, i.identifier).
		Order("created_at DESC, id DESC").Limit(20).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var out []Likeness
	for _, r := range rows {
		same := func(a, b string) bool { return a != "" && a == b }
		out = append(out, Likeness{
			EnrolmentID: r.ID, OrganisationID: r.OrganisationID, State: State(r.State), Identifier: same(r.Identifier, i.identifier),
			Certificate: same(r.QWAC, i.qwac) || same(r.QSeal, i.qseal) || same(r.QWAC, i.qseal) || same(r.QSeal, i.qwac),
			Key:         same(r.QWACKey, i.qwacKey) || same(r.QSealKey, i.qsealKey) || same(r.QWACKey, i.qsealKey) || same(r.QSealKey, i.qwacKey),
		})
	}
	return out, nil
}

// decide ends what waits for us, where it is still what was seen.
func decide(tx db.Tx, seen Seen, to State, by, reason string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, decided_by = ?, decided_at = ?, reason = ?, version = version + 1, updated_at = ? "+
		"WHERE id = ? AND version = ? AND qwac_sha256 = ? AND qseal_sha256 = ? AND state = ?",
		string(to), by, tx.Now, reason, tx.Now, seen.EnrolmentID, seen.Version, seen.QWAC, seen.QSeal, string(Submitted))
	return one(done.RowsAffected, done.Error, "decide an enrolment")
}

func ask(tx db.Tx, seen Seen, question string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, question = ?, answer = '', asked_at = ?, version = version + 1, updated_at = ? "+
		"WHERE id = ? AND version = ? AND qwac_sha256 = ? AND qseal_sha256 = ? AND state = ?",
		string(Question), question, tx.Now, tx.Now, seen.EnrolmentID, seen.Version, seen.QWAC, seen.QSeal, string(Submitted))
	return one(done.RowsAffected, done.Error, "ask about an enrolment")
}

// turn changes what is suspended, or approved, by itself. What is suspended with its organisation stays so.
func turn(tx db.Tx, id string, from, to State, reason string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET state = ?, reason = ?, version = version + 1, updated_at = ? WHERE id = ? AND state = ? AND with_organisation = 0",
		string(to), reason, tx.Now, id, string(from))
	return one(done.RowsAffected, done.Error, "turn an enrolment")
}
