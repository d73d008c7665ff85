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

func keep(tx db.Tx, rows []dayRow) error {
	for _, r := range rows {
		err := tx.SQL().Exec("INSERT INTO quota_days (app_id, environment, day, n) VALUES (?, ?, ?, ?) "+
			"ON CONFLICT (app_id, environment, day) DO UPDATE SET n = excluded.n", r.AppID, r.Environment, r.Day, r.N).Error
		if err != nil {
			return err
		}
	}
	return nil
}

func purge(tx db.Tx, before string) error {
	return tx.SQL().Exec("DELETE FROM quota_days WHERE day < ?", before).Error
}
