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

// Lock makes transactions that name the same thing wait for one another until they end. SQLite's writing
// transactions do so by themselves.
func (t Tx) Lock(name string) error {
	if t.db.dialect == SQLite {
		return nil
	}
	return t.sql.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", name).Error
}
