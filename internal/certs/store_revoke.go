package certs

import (
	"fmt"

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
