package enrolments

import (
	"strings"

	"fairway/internal/db"
)

const maxOwners = 20

func ownersByFingerprint(q db.Tx, fingerprint string) ([]string, error) {
	var ids []string
	err := q.SQL().Table("enrolments").Distinct().Where("qwac_sha256 = ? OR qseal_sha256 = ?", fingerprint, fingerprint).
		Order("organisation_id").Limit(maxOwners).Pluck("organisation_id", &ids).Error
	return ids, err
}

func ownersByIdentifier(q db.Tx, identifier string) ([]string, error) {
	var ids []string
	err := q.SQL().Table("enrolments").Distinct().Where("identifier IN (?, ?)", identifier, strings.ToUpper(identifier)).
		Order("organisation_id").Limit(maxOwners).Pluck("organisation_id", &ids).Error
	return ids, err
}
