package certs

import (
	"fmt"
	"strings"

	"fairway/internal/db"
)

func certificateByID(tx db.Tx, organisationID, id string) (certificateRow, error) {
	var row certificateRow
	err := tx.SQL().Table("certificates").Select(certificateColumns).Where("id = ? AND organisation_id = ?", id, organisationID).Take(&row).Error
	return row, err
}

// revokeCertificate says whether the certificate was not revoked before.
func revokeCertificate(tx db.Tx, row certificateRow, reason Reason) (bool, error) {
	done := tx.SQL().Exec("UPDATE certificates SET revoked_at = ?, revocation_reason = ? WHERE id = ? AND organisation_id = ? AND revoked_at IS NULL",
		tx.Now, int(reason), row.ID, row.OrganisationID)
	if done.Error != nil {
		return false, fmt.Errorf("revoke a certificate: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func ownersOf(q db.Tx, identifier string) ([]string, error) {
	var rows []identityRow
	err := q.SQL().Table("sandbox_identities").Select("organisation_id").Where("organization_identifier = ?", strings.ToUpper(identifier)).Limit(mostOwners).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find whose identifier it is: %w", err)
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.OrganisationID)
	}
	return ids, nil
}
