package consents_test

import (
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

type world struct {
	db       *db.DB
	consents *consents.Consents
	owner    consents.Owner
	clock    clock.Clock
}

func newWorld(t *testing.T, d *db.DB, clk clock.Clock) *world {
	t.Helper()
	organisation, _ := testkit.Organisation(t, d, "Budget Buddy")
	return &world{db: d, consents: consents.New(d, consents.Config{MaxDays: 180}), clock: clk,
		owner: consents.Owner{OrganisationID: organisation, Environment: catalog.Sandbox, Brand: "rocker"}}
}

func (w *world) request() consents.Request {
	return consents.Request{
		Owner: w.owner, AppID: "app_1", Access: consents.Access{AllPSD2: "allAccounts"}, Recurring: true, ValidUntil: "2026-12-31",
		FrequencyPerDay: 4, RequestID: secret.UUID(), RequestDigest: "SHA-256=x",
	}
}

func (w *world) create(t *testing.T) *consents.Consent {
	t.Helper()
	c, _, err := w.consents.Create(t.Context(), w.request())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) createOneOff(t *testing.T) *consents.Consent {
	t.Helper()
	r := w.request()
	r.Recurring, r.FrequencyPerDay = false, 1
	c, _, err := w.consents.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) approve(t *testing.T, c *consents.Consent, grants ...consents.Grant) (superseded []string) {
	t.Helper()
	if len(grants) == 0 {
		grants = []consents.Grant{{ResourceID: "a", Balances: true, Transactions: true}}
	}
	err := w.db.InTx(t.Context(), func(tx db.Tx) (err error) {
		superseded, err = w.consents.Approve(tx, c, "1345611", grants)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return superseded
}

func (w *world) status(t *testing.T, c *consents.Consent) consents.Status {
	t.Helper()
	found, err := w.consents.ByID(t.Context(), w.owner, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found.Status(w.db.Now())
}
