package certs

import (
	"fmt"
	"strings"

	"fairway/internal/db"
)

func ownerByThumbprint(q db.Tx, thumbprint string) (string, error) {
	var ids []string
	err := q.SQL().Table("certificates").Where("thumbprint = ?", thumbprint).Limit(1).Pluck("organisation_id", &ids).Error
	return first(ids, err)
}

func ownerBySerial(q db.Tx, serial string) (string, error) {
	var ids []string
	err := q.SQL().Table("certificates").Where("serial = ?", serial).Limit(1).Pluck("organisation_id", &ids).Error
	return first(ids, err)
}

func ownerByIdentifier(q db.Tx, identifier string) (string, error) {
	var ids []string
	err := q.SQL().Table("sandbox_identities").Where("organization_identifier = ?", strings.ToUpper(identifier)).Limit(1).Pluck("organisation_id", &ids).Error
	return first(ids, err)
}

func first(ids []string, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("find the owner of a certificate: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}
