package calls

import "fairway/internal/db"

// countByOperation reads the newest calls by the index and counts them by operation.
func countByOperation(q db.Tx, organisationID string, after int64, most int) (map[string]int, error) {
	var rows []struct {
		Operation string `gorm:"column:operation"`
		N         int    `gorm:"column:n"`
	}
	err := q.SQL().Raw("SELECT operation, COUNT(*) AS n FROM (SELECT operation FROM calls WHERE organisation_id = ? AND id >= ? ORDER BY id DESC LIMIT ?) AS newest "+
		"WHERE operation <> '' GROUP BY operation", organisationID, after, most).Scan(&rows).Error
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Operation] = r.N
	}
	return counts, err
}
