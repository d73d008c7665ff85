package accounts

import (
	"fmt"

	"fairway/internal/db"
)

func organisationsOf(q db.Tx, ids []string) (map[string]Organisation, error) {
	found := map[string]Organisation{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []organisationRow
	if err := q.SQL().Table("organisations").Select("id, name, country, created_at").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = r.organisation()
	}
	return found, nil
}

func peopleOf(q db.Tx, ids []string) ([]personRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []personRow
	err := q.SQL().Table("people").Select(personColumns).Joins(personJoins).Where("people.id IN ?", ids).Order("memberships.created_at DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return rows, nil
}
