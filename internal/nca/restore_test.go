package nca_test

import (
	"errors"
	"slices"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
)

// suspended is one that was in Live.
func (w *world) suspended(r demo.Request) *enrolments.Enrolment {
	w.t.Helper()
	e := w.approved(r)
	must(w.t, w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		_, err := w.enrolments.Suspend(tx, e, nca.System, "A source said so.")
		return err
	}))
	return w.now(e)
}

func TestAPersonRestoresWhatCouldBeApprovedNow(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.suspended(norrsken())
		w.outside.set(revocation.Revoked)
		stands := w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake.")
		w.outside.set(revocation.Unavailable)
		silent := w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake.")
		w.outside.set(revocation.Good)
		own := w.Restore(t.Context(), e.ID, w.who.PersonID, "It was a mistake.")
		before := w.state(e)

		must(t, w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake."))
		again := w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake.")

		if !errors.Is(stands, nca.ErrStands) || !errors.Is(silent, nca.ErrUnreached) || !errors.Is(own, nca.ErrOwn) || before != enrolments.Suspended {
			t.Errorf("revoked: %v, silent: %v, her own: %v, then %s", stands, silent, own, before)
		}
		if got := w.now(e); got.State != enrolments.Approved || !slices.Equal(got.Rights, both()) || !errors.Is(again, enrolments.ErrNotSeen) {
			t.Errorf("%s with %v, again: %v", got.State, got.Rights, again)
		}
	})
}

func TestWhatComesBackHasNoRoleThatTheRegisterTookBack(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.suspended(norrsken())
		w.registered(norrskenInFinland, `{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260103000000000"`)
		none := w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake.")
		w.registered(norrskenInFinland, `{"FI":"PS_080"},{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260104000000000"`)

		must(t, w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake."))

		if got := w.now(e); !errors.Is(none, enrolments.ErrNoRights) || got.State != enrolments.Approved || !slices.Equal(got.Rights, []qcert.Role{qcert.RoleAI}) {
			t.Errorf("without a role: %v; %s with %v", none, got.State, got.Rights)
		}
	})
}

// sanction suspends the organisation with what it has in Live, or lets both come back.
func (w *world) sanction(suspend bool) {
	w.t.Helper()
	s := accounts.Sanction{OrganisationID: w.who.OrganisationID, By: "per_admin", Reason: "They asked us to, after a break-in."}
	must(w.t, w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		if suspend {
			return errors.Join(w.Accounts.Suspend(tx, s), w.enrolments.SuspendWith(tx, s.OrganisationID, s.By, s.Reason))
		}
		return errors.Join(w.Accounts.Restore(tx, s), w.enrolments.RestoreWith(tx, s.OrganisationID, s.By, s.Reason))
	}))
}

func TestWhatComesBackWithItsOrganisationHasNoRoleThatTheRegisterTookBack(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.suspended(norrsken())
		w.sanction(true)
		w.registered(norrskenInFinland, `{"FI":"PS_080"},{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260104000000000"`)

		must(t, w.Restore(t.Context(), e.ID, "per_admin", "It was a mistake."))
		w.sanction(false)

		if got := w.now(e); got.State != enrolments.Approved || !slices.Equal(got.Rights, []qcert.Role{qcert.RoleAI}) {
			t.Errorf("%s with %v", got.State, got.Rights)
		}
	})
}

func TestWhatComesBackWithItsOrganisationIsLookedAtAtOnce(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(norrsken())
		before := w.outside.times()
		testkit.Run(t, w.queue.Run)
		testkit.Eventually(t, "the look of today", func() bool { return w.outside.times() >= before+2 })
		w.sanction(true)
		w.outside.set(revocation.Revoked)

		w.sanction(false)

		testkit.Eventually(t, "the suspension", func() bool { return w.state(e) == enrolments.Suspended })
	})
}
