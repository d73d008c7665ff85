package certs

import (
	"fmt"

	"fairway/internal/db"
)

// usedKeys are those of the hashes that a certificate has, whosever it is and whether it works or not.
func usedKeys(tx db.Tx, hashes []string) ([]string, error) {
	var used []string
	err := tx.SQL().Table("certificates").Where("key_hash IN ? AND key_hash <> ''", hashes).Limit(len(hashes)).Distinct().Pluck("key_hash", &used).Error
	if err != nil {
		return nil, fmt.Errorf("look for keys that were used before: %w", err)
	}
	return used, nil
}
