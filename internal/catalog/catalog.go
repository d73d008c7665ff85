// Package catalog owns what there is to connect to: environments, brands with their looks, APIs, the versions
// of an API with the dates of their lives, and the operations that those APIs have.
package catalog

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"fairway/internal/db"
	"fairway/internal/fault"
)

// Topic is what a change of brands, APIs or versions is told under; the key does not matter.
const Topic = "catalog"

// ErrUnknownBrand is the fault of an id that no brand has.
var ErrUnknownBrand = fault.New(fault.NotFound, "brand_unknown",
	"There is no brand of this name. The APIs page lists the brands that can be connected.")

// ErrUnknownAPI is the fault of an id that no API has.
var ErrUnknownAPI = fault.New(fault.NotFound, "api_unknown",
	"There is no API of this name. The APIs page lists the APIs that can be connected.")

// Environment is where a call is made: two worlds that share no row. It travels as an argument of its own type,
// so that it cannot be confused with a brand, an id or free text.
type Environment string

// The two environments.
const (
	Sandbox Environment = "sandbox"
	Live    Environment = "live"
)

// ParseEnvironment reads "sandbox" or "live", as they stand in paths and rows.
func ParseEnvironment(s string) (Environment, bool) {
	e := Environment(s)
	return e, e == Sandbox || e == Live
}

// Environments lists both, in the order in which a TPP meets them.
func Environments() []Environment { return []Environment{Sandbox, Live} }

// Name is the environment as people read it.
func (e Environment) Name() string {
	if e == Live {
		return "Live"
	}
	return "Sandbox"
}

// Prefix opens every secret of the environment, so that a secret tells where it belongs: "sbx_" or "live_".
func (e Environment) Prefix() string {
	if e == Live {
		return "live_"
	}
	return "sbx_"
}

// API is one interface that every brand may offer.
type API struct {
	// ID is its name in paths and rows, as in "card-account".
	ID      string
	Name    string
	Summary string
	// Role is the PSD2 role that a certificate needs for it, as in "PSP_AI".
	Role string
	// Scope is the OAuth scope before the colon: AIS, PIS or PIIS.
	Scope string
	// Position orders the APIs in lists, from 1.
	Position int
}

// Catalog answers from memory. It is safe for concurrent use; what it returns is shared and must not be changed.
type Catalog struct {
	db      *db.DB
	log     *slog.Logger
	current atomic.Pointer[snapshot]
	loading sync.Mutex

	mu      sync.Mutex
	changes uint64
}

// New makes a catalogue that is read from the database when it is first asked, and again after each change.
func New(d *db.DB, log *slog.Logger) *Catalog {
	c := &Catalog{db: d, log: log}
	d.OnChange(Topic, func(string) { c.forget() })
	return c
}

// Brands lists all brands in their order.
func (c *Catalog) Brands(ctx context.Context) ([]Brand, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.brands, nil
}

// Brand is the brand of that id, else ErrUnknownBrand. It neither locks nor allocates once the catalogue is read.
func (c *Catalog) Brand(ctx context.Context, id string) (Brand, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return Brand{}, err
	}
	if i, ok := s.brandAt[id]; ok {
		return s.brands[i], nil
	}
	return Brand{}, ErrUnknownBrand
}

// APIs lists all APIs in their order.
func (c *Catalog) APIs(ctx context.Context) ([]API, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.apis, nil
}

// API is the API of that id, else ErrUnknownAPI.
func (c *Catalog) API(ctx context.Context, id string) (API, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return API{}, err
	}
	for _, a := range s.apis {
		if a.ID == id {
			return a, nil
		}
	}
	return API{}, ErrUnknownAPI
}

// Versions lists a brand's versions of an API, oldest first, removed ones included.
func (c *Catalog) Versions(ctx context.Context, api, brand string) ([]Version, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.versions[line{api: api, brand: brand}], nil
}

// Entered are a brand's versions of an API, oldest first, with the dates that somebody entered alone: Versions adds those
// that follow from others.
func (c *Catalog) Entered(ctx context.Context, api, brand string) ([]Version, error) {
	list, err := enteredVersions(c.db.Reader(ctx), line{api: api, brand: brand})
	if err != nil {
		return nil, c.db.Fault(ctx, err)
	}
	slices.SortFunc(list, older)
	return list, nil
}

// snapshot is the catalogue as it was last read. Only one caller reads it anew; a reading that a change overtakes
// is used once and not kept.
func (c *Catalog) snapshot(ctx context.Context) (*snapshot, error) {
	if s := c.current.Load(); s != nil {
		return s, nil
	}
	c.loading.Lock()
	defer c.loading.Unlock()
	if s := c.current.Load(); s != nil {
		return s, nil
	}
	before := c.changesSeen()
	var s *snapshot
	err := c.db.Read(ctx, func(tx db.Tx) error {
		var err error
		s, err = load(tx, c.log)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.keep(s, before)
	return s, nil
}

// snapshotIn is snapshot for a caller with a transaction open: it waits for nobody and takes no second connection.
func (c *Catalog) snapshotIn(tx db.Tx) (*snapshot, error) {
	if s := c.current.Load(); s != nil {
		return s, nil
	}
	return load(tx, c.log)
}

func (c *Catalog) changesSeen() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes
}

func (c *Catalog) keep(s *snapshot, changes uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes == changes {
		c.current.Store(s)
	}
}

func (c *Catalog) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.current.Store(nil)
}
