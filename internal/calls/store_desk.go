package calls

import (
	"errors"
	"fmt"

	"fairway/internal/db"
)

// refusedBy reads the index of refused calls; its condition is written out, or no database would use it.
func refusedBy(q db.Tx, requestID string, most int) ([]Call, error) {
	var rows []callRow
	err := q.SQL().Table("calls").Select(columns).Where("request_id = ? AND status >= 400", requestID).Order("id DESC").Limit(most).Find(&rows).Error
	return read(rows, err)
}

// newestBy looks at the newest calls one by one.
func newestBy(q db.Tx, requestID string, searched, most int) ([]Call, error) {
	var rows []callRow
	err := q.SQL().Table("calls").Select(columns).
		Where("request_id = ? AND id >= COALESCE((SELECT id FROM calls ORDER BY id DESC LIMIT 1 OFFSET ?), 0)", requestID, searched-1).
		Order("id DESC").Limit(most).Find(&rows).Error
	return read(rows, err)
}

func anyByID(q db.Tx, id int64) (Call, error) {
	var row callRow
	err := q.SQL().Table("calls").Select(columns+", detail").Where("id = ? AND organisation_id <> ''", id).Take(&row).Error
	if errors.Is(err, db.ErrNotFound) {
		return Call{}, errNoCall
	}
	if err != nil {
		return Call{}, fmt.Errorf("find a call: %w", err)
	}
	return row.call()
}

func read(rows []callRow, err error) ([]Call, error) {
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	found := make([]Call, 0, len(rows))
	for i := range rows {
		c, err := rows[i].call()
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}
