package catalog

import (
	"context"
	"slices"
	"time"

	"fairway/internal/db"
)

// Offer is a version of an API that a brand has, as it stands now.
type Offer struct {
	API     API
	Version Version
	State   State
	// Open reports whether it can be called in the environment that was asked for. What is not open yet is listed
	// so that it can be announced.
	Open bool
}

// Until is the day on which the version closes, nil where no such day is fixed.
func (o Offer) Until() *time.Time { return o.Version.RemovedAt }

// Offers lists what a brand offers in an environment, by API and then from the newest version to the oldest, without
// removed versions. An unknown brand is ErrUnknownBrand.
func (c *Catalog) Offers(ctx context.Context, env Environment, brand string) ([]Offer, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	at, ok := s.brandAt[brand]
	if !ok {
		return nil, ErrUnknownBrand
	}
	now, reached := c.db.Now(), env == Sandbox || s.brands[at].Live.Open()
	var offers []Offer
	for _, a := range s.apis {
		for _, v := range slices.Backward(s.versions[line{api: a.ID, brand: brand}]) {
			if state := v.At(now); state != Removed {
				offers = append(offers, Offer{API: a, Version: v, State: state, Open: reached && v.OpenIn(env, now)})
			}
		}
	}
	return offers, nil
}

// Offered reports whether any version of an API can be called at a brand in an environment now. An unknown brand is
// ErrUnknownBrand, an unknown API ErrUnknownAPI. It neither locks nor allocates once the catalogue is read.
func (c *Catalog) Offered(ctx context.Context, env Environment, brand, api string) (bool, error) {
	s, err := c.snapshot(ctx)
	if err != nil {
		return false, err
	}
	return s.offered(env, brand, api, c.db.Now())
}

// OfferedIn is Offered inside the caller's transaction, at its instant.
func (c *Catalog) OfferedIn(tx db.Tx, env Environment, brand, api string) (bool, error) {
	s, err := c.snapshotIn(tx)
	if err != nil {
		return false, err
	}
	return s.offered(env, brand, api, tx.Now)
}

func (s *snapshot) offered(env Environment, brand, api string, now time.Time) (bool, error) {
	at, ok := s.brandAt[brand]
	if !ok {
		return false, ErrUnknownBrand
	}
	if !slices.ContainsFunc(s.apis, func(a API) bool { return a.ID == api }) {
		return false, ErrUnknownAPI
	}
	if env == Live && !s.brands[at].Live.Open() {
		return false, nil
	}
	for _, v := range s.versions[line{api: api, brand: brand}] {
		if v.OpenIn(env, now) {
			return true, nil
		}
	}
	return false, nil
}
