package certs

import (
	"fmt"

	"fairway/internal/db"
)

// usedKeys are those of the hashes that a certificate has, whosever it is and whether it works or not. What the named form of
// the organisation made does not count, so that it can be sent twice.
func usedKeys(tx db.Tx, hashes []string, organisationID, once string) ([]string, error) {
	var used []string
	err := tx.SQL().Table("certificates").Where("key_hash IN ? AND key_hash <> ''", hashes).
		Where("set_id NOT IN (SELECT id FROM certificate_sets WHERE organisation_id = ? AND once = ? AND once <> '')", organisationID, once).Limit(len(hashes)).Distinct().Pluck("key_hash", &used).Error
	if err != nil {
		return nil, fmt.Errorf("look for keys that were used before: %w", err)
	}
	return used, nil
}

// unhashed is a page of certificates, whosever they are, that were issued before keys were told apart by their hashes.
func unhashed(tx db.Tx, from string) ([]certificateRow, error) {
	var rows []certificateRow
	err := tx.SQL().Table("certificates").Select("id, der").Where("key_hash = '' AND id > ?", from).Order("id").Limit(unhashedPage).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for keys without a hash: %w", err)
	}
	return rows, nil
}

func keepHash(tx db.Tx, id, hash string) error {
	if err := tx.SQL().Exec("UPDATE certificates SET key_hash = ? WHERE id = ? AND key_hash = ''", hash, id).Error; err != nil {
		return fmt.Errorf("keep the hash of a key: %w", err)
	}
	return nil
}
