package quota

import "fairway/internal/db"

type dayRow struct {
	AppID       string `gorm:"column:app_id"`
	Environment string `gorm:"column:environment"`
	Day         string `gorm:"column:day"`
	N           int    `gorm:"column:n"`
}

func today(q db.Tx, day string) ([]dayRow, error) {
	var rows []dayRow
	err := q.SQL().Table("quota_days").Select("app_id, environment, day, n").Where("day = ?", day).Find(&rows).Error
	return rows, err
}

// add adds each row's count to its day and gives the sums, in the rows' order.
func add(tx db.Tx, rows []dayRow) ([]int, error) {
	sums := make([]int, len(rows))
	for i, r := range rows {
		err := tx.SQL().Raw("INSERT INTO quota_days (app_id, environment, day, n) VALUES (?, ?, ?, ?) "+
			"ON CONFLICT (app_id, environment, day) DO UPDATE SET n = quota_days.n + excluded.n RETURNING n", r.AppID, r.Environment, r.Day, r.N).Scan(&sums[i]).Error
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}

func purge(tx db.Tx, before string) error {
	return tx.SQL().Exec("DELETE FROM quota_days WHERE day < ?", before).Error
}
