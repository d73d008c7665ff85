package consents

import "fairway/internal/db"

func supersededBy(q db.Tx, owner Owner, id string) ([]*Consent, error) {
	var rows []consentRow
	err := q.SQL().Table("consents").Select(columns).
		Where("organisation_id = ? AND environment = ? AND brand_id = ?", owner.OrganisationID, string(owner.Environment), owner.Brand).
		Where("superseded_by = ? AND superseded_by <> ''", id).Order("created_at").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return consentsOf(rows)
}
