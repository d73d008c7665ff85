package oauth_test

import (
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/oauth"
	"fairway/internal/testkit"
)

// suspend stops a client's organisation.
func (w world) suspend(c client) {
	w.t.Helper()
	q, err := jobs.New(w.db, testkit.Log(w.t))
	w.must(err)
	people := accounts.New(w.db, q, testkit.Ring(w.t), testkit.Log(w.t))
	w.must(w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		return people.Suspend(tx, accounts.Sanction{OrganisationID: c.org, By: "per_admin", Reason: "They asked us to."})
	}))
}

func TestASuspendedOrganisationGetsNoTokensAndNoAuthorisations(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c, other := w.newClient("Budget Buddy"), w.newClient("Other TPP")
		first, second := w.consent(c.everything()), w.consent(c.everything())
		code := w.approve(c, first)
		tokens := w.exchange(c.redeem(code))
		begun, err := w.Begin(t.Context(), c.request(second))
		w.must(err)

		w.suspend(c)

		for name, r := range map[string]oauth.TokenRequest{"of its own": c.own(), "by refreshing": c.refresh(tokens.RefreshToken)} {
			if got := w.refused(r); got != "client_suspended" {
				t.Errorf("a token %s: %q", name, got)
			}
		}
		wrong := c.own()
		wrong.ClientSecret += "x"
		if got := w.refused(wrong); got != "invalid_client" {
			t.Errorf("who does not know the secret is told %q", got)
		}
		if refusal := w.refusal(c.request(second)); refusal == nil || refusal.Fault.Code != "client_suspended" || refusal.Back == nil {
			t.Errorf("a new authorisation: %+v", refusal)
		}
		if a := w.open(begun.Secret); a.Stage != oauth.Failed || a.Exit == nil || a.Exit.Refusal.Code != "client_suspended" {
			t.Errorf("an authorisation under way: %s, %+v", a.Stage, a.Exit)
		}
		if got := w.refused(other.own()); got != "" {
			t.Errorf("another organisation: %q", got)
		}
	})
}
