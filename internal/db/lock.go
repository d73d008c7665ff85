package db

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ForUpdate is SQL with the row lock of a read that decides a write. SQLite needs none, since its writing
// transactions are serial, and leaves the clause out. Like SQL it may be written only in files named store*.go.
func (t Tx) ForUpdate() *gorm.DB {
	return t.sql.Clauses(clause.Locking{Strength: "UPDATE"})
}
