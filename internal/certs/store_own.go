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
