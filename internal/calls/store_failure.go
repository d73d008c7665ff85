package calls

import (
	"fmt"

	"fairway/internal/db"
)

type failureRow struct {
	Code      string `gorm:"column:code"`
	Operation string `gorm:"column:operation"`
	Status    int    `gorm:"column:status"`
	N         int    `gorm:"column:n"`
	Last      int64  `gorm:"column:last"`
}

func groupFailures(q db.Tx, organisationID string, f *Filter, r reach) ([]Failure, error) {
	s := q.SQL().Table("calls").Select("code, operation, status, COUNT(*) AS n, MAX(id) AS last").
		Where("organisation_id = ? AND status >= 400 AND id >= ? AND id < ?", organisationID, r.least, r.most)
	if f.Environment != "" {
		s = s.Where("environment = ?", f.Environment)
	}
	if f.AppID != "" {
		s = s.Where("app_id = ?", f.AppID)
	}
	if f.Code != "" {
		s = s.Where("code = ?", f.Code)
	}
	if f.Operation != "" {
		s = s.Where("operation = ?", f.Operation)
	}
	var rows []failureRow
	if err := s.Group("code, operation, status").Order("n DESC, last DESC").Limit(mostFailures).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("group refused calls: %w", err)
	}
	found := make([]Failure, 0, len(rows))
	for _, row := range rows {
		found = append(found, Failure{Code: row.Code, Operation: row.Operation, Status: row.Status, Count: row.N, Last: row.Last, LastAt: TimeOf(row.Last)})
	}
	return found, nil
}

func neighboursOf(q db.Tx, organisationID, appID string, r reach, n int) ([]Call, error) {
	s := q.SQL().Table("calls").Select(columns).Where("app_id = ? AND organisation_id = ? AND id >= ? AND id < ?", appID, organisationID, r.least, r.most)
	if r.upwards {
		s = s.Order("id")
	} else {
		s = s.Order("id DESC")
	}
	var rows []callRow
	err := s.Limit(n).Find(&rows).Error
	return read(rows, err)
}
