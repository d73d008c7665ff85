package catalog

import (
	"encoding/json"
	"fmt"
	"strings"

	"fairway/internal/db"
)

// lockBrand reads a brand that nobody else changes until the transaction ends. Fault: ErrUnknownBrand.
func lockBrand(tx db.Tx, id string) (Brand, error) {
	if err := lock(tx); err != nil {
		return Brand{}, err
	}
	var rows []brandRow
	err := tx.SQL().Table("brands").Select(brandColumns).Where("id = ?", id).Limit(1).Find(&rows).Error
	if err != nil {
		return Brand{}, fmt.Errorf("read a brand: %w", err)
	}
	if len(rows) == 0 {
		return Brand{}, ErrUnknownBrand
	}
	b, _ := rows[0].brand() // colours that cannot be read are about to be replaced
	return b, nil
}

// lockAPI reads an API that nobody else changes until the transaction ends. Fault: ErrUnknownAPI.
func lockAPI(tx db.Tx, id string) (API, error) {
	if err := lock(tx); err != nil {
		return API{}, err
	}
	var rows []apiRow
	err := tx.SQL().Table("apis").Select(apiColumns).Where("id = ?", id).Limit(1).Find(&rows).Error
	if err != nil {
		return API{}, fmt.Errorf("read an API: %w", err)
	}
	if len(rows) == 0 {
		return API{}, ErrUnknownAPI
	}
	return API(rows[0]), nil
}

func countBrands(tx db.Tx) (int64, error) {
	var n int64
	if err := tx.SQL().Table("brands").Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count brands: %w", err)
	}
	return n, nil
}

func insertBrand(tx db.Tx, b Brand) error {
	colours, err := json.Marshal(b.Colours)
	if err != nil {
		return fmt.Errorf("encode colours: %w", err)
	}
	err = tx.SQL().Exec("INSERT INTO brands (id, name, former_name, support_email, support_hours, colours, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
		b.ID, b.Name, b.FormerName, b.SupportEmail, b.SupportHours, string(colours), b.Position).Error
	if err != nil {
		return fmt.Errorf("keep a brand: %w", err)
	}
	return nil
}

func updateBrand(tx db.Tx, b Brand) error {
	colours, err := json.Marshal(b.Colours)
	if err != nil {
		return fmt.Errorf("encode colours: %w", err)
	}
	err = tx.SQL().Exec("UPDATE brands SET name = ?, former_name = ?, support_email = ?, support_hours = ?, colours = ?, position = ? WHERE id = ?",
		b.Name, b.FormerName, b.SupportEmail, b.SupportHours, string(colours), b.Position, b.ID).Error
	if err != nil {
		return fmt.Errorf("change a brand: %w", err)
	}
	return nil
}

// writeBackend keeps how a brand is reached.
func writeBackend(tx db.Tx, brand string, b Backend) error {
	err := tx.SQL().Exec("UPDATE brands SET live_upstream = ?, live_authorise = ?, live_roots = ?, live_callers = ? WHERE id = ?",
		b.Upstream, b.Authorise, b.Roots, strings.Join(b.Callers, " "), brand).Error
	if err != nil {
		return fmt.Errorf("keep how a brand is reached: %w", err)
	}
	return nil
}

func updateAPI(tx db.Tx, a API) error {
	err := tx.SQL().Exec("UPDATE apis SET name = ?, summary = ?, position = ? WHERE id = ?", a.Name, a.Summary, a.Position, a.ID).Error
	if err != nil {
		return fmt.Errorf("change an API: %w", err)
	}
	return nil
}

// enteredVersions are the versions of a line with the dates that somebody entered, in no order.
func enteredVersions(tx db.Tx, l line) ([]Version, error) {
	var rows []versionRow
	err := tx.SQL().Table("api_versions").Select(versionColumns).Where("api_id = ? AND brand_id = ?", l.api, l.brand).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the versions of an API: %w", err)
	}
	list := make([]Version, len(rows))
	for i, r := range rows {
		list[i] = r.entered()
	}
	return list, nil
}

func writeVersion(tx db.Tx, v Version) error {
	err := tx.SQL().Exec("INSERT INTO api_versions (api_id, brand_id, version, sandbox_from, released_at, deprecated_at, removed_at) VALUES (?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (api_id, brand_id, version) DO UPDATE SET sandbox_from = excluded.sandbox_from, released_at = excluded.released_at, "+
		"deprecated_at = excluded.deprecated_at, removed_at = excluded.removed_at",
		v.API, v.Brand, v.Version, v.SandboxFrom, v.ReleasedAt, v.DeprecatedAt, v.RemovedAt).Error
	if err != nil {
		return fmt.Errorf("keep a version: %w", err)
	}
	return nil
}
