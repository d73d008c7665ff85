package catalog

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"fairway/internal/db"
)

// snapshot is the whole catalogue, read at once and never changed.
type snapshot struct {
	brands   []Brand
	brandAt  map[string]int
	apis     []API
	versions map[line][]Version
}

// line is the versions of one API at one brand.
type line struct{ api, brand string }

type brandRow struct {
	ID           string `gorm:"column:id"`
	Name         string `gorm:"column:name"`
	FormerName   string `gorm:"column:former_name"`
	SupportEmail string `gorm:"column:support_email"`
	SupportHours string `gorm:"column:support_hours"`
	Colours      string `gorm:"column:colours"`
	Upstream     string `gorm:"column:live_upstream"`
	Authorise    string `gorm:"column:live_authorise"`
	Roots        string `gorm:"column:live_roots"`
	Callers      string `gorm:"column:live_callers"`
	Position     int    `gorm:"column:position"`
}

type apiRow struct {
	ID      string `gorm:"column:id"`
	Name    string `gorm:"column:name"`
	Summary string `gorm:"column:summary"`
	Role    string `gorm:"column:role"`
	Scope   string `gorm:"column:scope"`

	Position int `gorm:"column:position"`
}

type versionRow struct {
	API          string     `gorm:"column:api_id"`
	Brand        string     `gorm:"column:brand_id"`
	Version      string     `gorm:"column:version"`
	SandboxFrom  time.Time  `gorm:"column:sandbox_from"`
	ReleasedAt   *time.Time `gorm:"column:released_at"`
	DeprecatedAt *time.Time `gorm:"column:deprecated_at"`
	RemovedAt    *time.Time `gorm:"column:removed_at"`
}

const (
	brandColumns   = "id, name, former_name, support_email, support_hours, colours, live_upstream, live_authorise, live_roots, live_callers, position"
	apiColumns     = "id, name, summary, role, scope, position"
	versionColumns = "api_id, brand_id, version, sandbox_from, released_at, deprecated_at, removed_at"
)

// load reads everything in the caller's transaction.
func load(tx db.Tx, log *slog.Logger) (*snapshot, error) {
	var brands []brandRow
	err := tx.SQL().Table("brands").Select(brandColumns).Order("position, id").Find(&brands).Error
	if err != nil {
		return nil, fmt.Errorf("read brands: %w", err)
	}
	var apis []apiRow
	err = tx.SQL().Table("apis").Select(apiColumns).Order("position, id").Find(&apis).Error
	if err != nil {
		return nil, fmt.Errorf("read APIs: %w", err)
	}
	var versions []versionRow
	err = tx.SQL().Table("api_versions").Select(versionColumns).Find(&versions).Error
	if err != nil {
		return nil, fmt.Errorf("read API versions: %w", err)
	}
	return assemble(brands, apis, versions, log), nil
}

func assemble(brands []brandRow, apis []apiRow, versions []versionRow, log *slog.Logger) *snapshot {
	s := &snapshot{brandAt: map[string]int{}, versions: map[line][]Version{}}
	for i, r := range brands {
		b, err := r.brand()
		if err != nil { // the brand works without its own look
			log.Error("a brand's colours cannot be read; its pages keep ours", "brand", r.ID, "error", err.Error())
		}
		s.brandAt[r.ID] = i
		s.brands = append(s.brands, b)
	}
	for _, r := range apis {
		s.apis = append(s.apis, API(r))
	}
	for _, r := range versions {
		k := line{api: r.API, brand: r.Brand}
		s.versions[k] = append(s.versions[k], r.entered())
	}
	for k, v := range s.versions {
		s.versions[k] = Timeline(v)
	}
	return s
}

// brand is the row as it is used. With an error its colours are missing.
func (r brandRow) brand() (Brand, error) {
	colours, err := parseColours(r.Colours)
	return Brand{ID: r.ID, Name: r.Name, FormerName: r.FormerName, SupportEmail: r.SupportEmail, SupportHours: r.SupportHours, Position: r.Position, Colours: colours,
		Live: Backend{Upstream: r.Upstream, Authorise: r.Authorise, Roots: r.Roots, Callers: strings.Fields(r.Callers)}}, err
}

// entered is the version with the dates that somebody entered, without those that follow from others.
func (r versionRow) entered() Version {
	return Version{API: r.API, Brand: r.Brand, Version: r.Version, SandboxFrom: r.SandboxFrom.UTC(),
		ReleasedAt: utc(r.ReleasedAt), DeprecatedAt: utc(r.DeprecatedAt), RemovedAt: utc(r.RemovedAt)}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
