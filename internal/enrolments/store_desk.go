package enrolments

import (
	"strings"

	"fairway/internal/db"
)

const (
	maxOwners = 20
	// maxHolders is how many of the newest submissions are read for the names in their certificates. A day of many is a few.
	maxHolders = 2000
)

// holders gives the organisation and the upload of the newest submissions, as they are stored.
func holders(q db.Tx) ([]row, error) {
	var rows []row
	err := q.SQL().Table("enrolments").Select("organisation_id, qwac, qseal").Order("created_at DESC, id").Limit(maxHolders).Find(&rows).Error
	return rows, err
}

func ownerByID(q db.Tx, id string) ([]string, error) {
	var ids []string
	err := q.SQL().Table("enrolments").Where("id = ?", id).Pluck("organisation_id", &ids).Error
	return ids, err
}

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
