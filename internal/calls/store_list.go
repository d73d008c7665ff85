package calls

import (
	"fmt"

	"fairway/internal/db"
)

// edgeOf is the first id that is too far for a search of n calls, or 0. Calls of an app and refused calls have indexes of
// their own, and so they alone are counted where only they are asked for; the condition of the latter is written out, or no
// database would use theirs.
func edgeOf(q db.Tx, organisationID string, f *Filter, r reach, n int) (int64, error) {
	s := q.SQL().Table("calls").Select("id").Where("organisation_id = ? AND id >= ? AND id < ?", organisationID, r.least, r.most)
	switch {
	case f.failing():
		s = s.Where("status >= 400")
	case f.AppID != "":
		s = s.Where("app_id = ?", f.AppID)
	}
	if r.upwards {
		s = s.Order("id")
	} else {
		s = s.Order("id DESC")
	}
	var ids []int64
	if err := s.Offset(n).Limit(1).Find(&ids).Error; err != nil {
		return 0, fmt.Errorf("find how far a search goes: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return ids[0], nil
}

// list reads one row more than asked for, to know whether there are more. A page of newer calls comes oldest first.
func list(q db.Tx, organisationID string, f *Filter, r reach) ([]Call, error) {
	return listed(q, organisationID, f, r, f.Limit+1, false)
}

// listWhole reads calls with their details.
func listWhole(q db.Tx, organisationID string, f *Filter, r reach, limit int) ([]Call, error) {
	return listed(q, organisationID, f, r, limit, true)
}

func listed(q db.Tx, organisationID string, f *Filter, r reach, limit int, whole bool) ([]Call, error) {
	s := q.SQL().Table("calls").Select(columns).Where("organisation_id = ? AND id >= ? AND id < ?", organisationID, r.least, r.most)
	if whole {
		s = s.Select(columns + ", detail")
	}
	if f.failing() {
		s = s.Where("status >= 400")
	}
	if f.Environment != "" {
		s = s.Where("environment = ?", f.Environment)
	}
	if f.Brand != "" {
		s = s.Where("brand_id = ?", f.Brand)
	}
	if f.AppID != "" {
		s = s.Where("app_id = ?", f.AppID)
	}
	if f.Status > 0 {
		s = s.Where("status = ?", f.Status)
	}
	if f.StatusClass > 0 {
		s = s.Where("status >= ? AND status < ?", f.StatusClass*100, f.StatusClass*100+100)
	}
	if f.Code != "" {
		s = s.Where("code = ?", f.Code)
	}
	if f.Operation != "" {
		s = s.Where("operation = ?", f.Operation)
	}
	if len(f.Operations) > 0 {
		s = s.Where("operation IN ?", f.Operations)
	}
	if f.Method != "" {
		s = s.Where("method = ?", f.Method)
	}
	if f.RequestID != "" {
		s = s.Where("request_id = ?", f.RequestID)
	}
	if r.upwards {
		s = s.Order("id")
	} else {
		s = s.Order("id DESC")
	}
	var rows []callRow
	err := s.Limit(limit).Find(&rows).Error
	return read(rows, err)
}
