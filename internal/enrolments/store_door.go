package enrolments

import (
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/qcert"
)

// opens is what a row must be to open the door: approved, or replaced a short while ago by one that is.
const opens = "(e.state = 'approved' OR e.state = 'replaced' AND e.overlap_ends > ? AND " +
	"EXISTS (SELECT 1 FROM enrolments n WHERE n.organisation_id = e.organisation_id AND n.state = 'approved'))"

// admittedOwner is whose QWAC opens the door.
func admittedOwner(q db.Tx, qwac string, now time.Time) (string, error) {
	var ids []string
	err := q.SQL().Table("enrolments e").Where("e.qwac_sha256 = ? AND "+opens, qwac, now).Order("e.state, e.id").Limit(1).Pluck("e.organisation_id", &ids).Error
	if err != nil {
		return "", fmt.Errorf("find whose certificate it is: %w", err)
	}
	if len(ids) == 0 {
		return "", ErrUnknown
	}
	return ids[0], nil
}

func admitted(q db.Tx, organisationID string, now time.Time) ([]*Enrolment, error) {
	var rows []row
	err := q.SQL().Table("enrolments e").Select(columns).Where("e.organisation_id = ? AND "+opens, organisationID, now).
		Order("e.state, e.decided_at DESC, e.id DESC").Limit(10).Find(&rows).Error
	return list(rows, err)
}

// presented prefers what still counts over what is newest.
func presented(q db.Tx, qwac string) (*Enrolment, error) {
	var r row
	err := q.SQL().Table("enrolments").Select(columns).Where("qwac_sha256 = ?", qwac).
		Order("CASE state WHEN 'suspended' THEN 0 ELSE 1 END, updated_at DESC, id DESC").Limit(1).Take(&r).Error
	return found(r, err)
}

// countApproved is how many an organisation has in Live, one excepted.
func countApproved(tx db.Tx, organisationID, except string) (int64, error) {
	var n int64
	err := tx.SQL().Table("enrolments").Where("organisation_id = ? AND state = ? AND id <> ?", organisationID, string(Approved), except).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count what is approved: %w", err)
	}
	return n, nil
}

// countStanding is countApproved with what comes back with a suspended organisation.
func countStanding(tx db.Tx, organisationID, except string) (int64, error) {
	var n int64
	err := tx.SQL().Table("enrolments").Where("organisation_id = ? AND id <> ?", organisationID, except).
		Where("state = ? OR state = ? AND with_organisation = 1", string(Approved), string(Suspended)).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count what stands: %w", err)
	}
	return n, nil
}

// approvedRights are the roles that an organisation's approval gives, nil where it has none.
func approvedRights(tx db.Tx, organisationID string) ([]qcert.Role, error) {
	var texts []string
	err := tx.SQL().Table("enrolments").Where("organisation_id = ? AND state = ?", organisationID, string(Approved)).Limit(1).Pluck("rights", &texts).Error
	if err != nil {
		return nil, fmt.Errorf("read the roles of an approval: %w", err)
	}
	if len(texts) == 0 {
		return nil, nil
	}
	return append([]qcert.Role{}, qcert.SplitRoles(texts[0])...), nil
}

// taken tells whether another organisation has one of the certificates in Live, suspended or not.
func taken(tx db.Tx, e *Enrolment) (bool, error) {
	i := indexOf(e)
	var n int64
	err := tx.SQL().Table("enrolments e").
		Where("e.organisation_id <> ? AND (e.state = 'suspended' OR "+opens+")", e.OrganisationID, tx.Now).
		Where("e.qwac_sha256 = ? OR e.qseal_sha256 = ?", i.qwac, i.qseal).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for the same certificates in Live: %w", err)
	}
	return n > 0, nil
}

// replaceFormer ends what was in Live before. What was approved goes on for the overlap; what was suspended does not.
func replaceFormer(tx db.Tx, organisationID, except string, until time.Time) error {
	err := tx.SQL().Exec("UPDATE enrolments SET overlap_ends = ? WHERE organisation_id = ? AND id <> ? AND state = ?", until, organisationID, except, string(Approved)).Error
	if err != nil {
		return fmt.Errorf("let the former enrolment go on for a while: %w", err)
	}
	err = tx.SQL().Exec("UPDATE enrolments SET state = ?, version = version + 1, updated_at = ? WHERE organisation_id = ? AND id <> ? AND state IN (?, ?)",
		string(Replaced), tx.Now, organisationID, except, string(Approved), string(Suspended)).Error
	if err != nil {
		return fmt.Errorf("replace former enrolments: %w", err)
	}
	return nil
}

func endOverlap(tx db.Tx, id string) (bool, error) {
	done := tx.SQL().Exec("UPDATE enrolments SET overlap_ends = ?, version = version + 1, updated_at = ? WHERE id = ? AND state = ? AND overlap_ends > ?",
		tx.Now, tx.Now, id, string(Replaced), tx.Now)
	return one(done.RowsAffected, done.Error, "end an overlap")
}

// grant keeps the roles that a decision gives, and which of them a person gave beside the register.
func grant(tx db.Tx, id, rights, beside string) error {
	if err := tx.SQL().Exec("UPDATE enrolments SET rights = ?, beside_register = ? WHERE id = ?", rights, beside, id).Error; err != nil {
		return fmt.Errorf("keep the roles of an approval: %w", err)
	}
	return nil
}
