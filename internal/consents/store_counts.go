package consents

import (
	"fmt"

	"fairway/internal/catalog"
	"fairway/internal/db"
)

func counts(q db.Tx, organisationID string) ([]Count, error) {
	var rows []struct {
		Environment string `gorm:"column:environment"`
		Status      string `gorm:"column:status"`
		N           int    `gorm:"column:n"`
	}
	err := q.SQL().Table("consents").Select("environment, status, count(*) AS n").Where("organisation_id = ?", organisationID).
		Group("environment, status").Order("environment DESC, status").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count consents: %w", err)
	}
	list := make([]Count, 0, len(rows))
	for _, r := range rows {
		list = append(list, Count{Environment: catalog.Environment(r.Environment), Status: Status(r.Status), N: r.N})
	}
	return list, nil
}
