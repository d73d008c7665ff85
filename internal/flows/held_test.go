package flows_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/flows"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func (w world) hold(t *testing.T, text string) string {
	t.Helper()
	id, err := w.Hold(t.Context(), w.owner, w.person, secret.Text(text))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAHeldRequestIsGivenBackOnceAndToItsPersonAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		id := w.hold(t, canary)
		_, colleague := testkit.Organisation(t, w.db, "Other Oy")
		live := flows.Owner{OrganisationID: w.owner.OrganisationID, Environment: catalog.Live}
		for name, try := range map[string]func() error{
			"a colleague":           func() error { _, err := w.Redeem(t.Context(), w.owner, colleague, id); return err },
			"the other environment": func() error { _, err := w.Redeem(t.Context(), live, w.person, id); return err },
			"another id":            func() error { _, err := w.Redeem(t.Context(), w.owner, w.person, "held_x"); return err },
		} {
			if err := try(); !errors.Is(err, flows.ErrNotHeld) {
				t.Errorf("%s takes it: %v", name, err)
			}
		}

		var won atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				got, err := w.Redeem(t.Context(), w.owner, w.person, id)
				if err == nil && got.Reveal() == canary {
					won.Add(1)
				} else if !errors.Is(err, flows.ErrNotHeld) {
					t.Error(err)
				}
			})
		}
		group.Wait()

		if won.Load() != 1 {
			t.Errorf("it was given back %d times", won.Load())
		}
	})
}

func TestAHeldRequestIsSealedBoundedAndEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		old, late := w.hold(t, canary), ""
		var sealed string
		if err := w.db.Native().QueryRowContext(t.Context(), "SELECT sealed FROM held_requests").Scan(&sealed); err != nil || strings.Contains(sealed, canary) {
			t.Errorf("it is stored in clear, or not: %v", err)
		}
		if _, err := w.Hold(t.Context(), w.owner, w.person, secret.Text(strings.Repeat("x", 200<<10))); !fault.Is(err, fault.Invalid) {
			t.Errorf("200 kB: %v", err)
		}

		for n := range 50 {
			w.clock.Advance(time.Second)
			late = w.hold(t, fmt.Sprint(n))
		}

		if _, err := w.Redeem(t.Context(), w.owner, w.person, old); !errors.Is(err, flows.ErrNotHeld) {
			t.Errorf("51 are held: %v", err)
		}
		w.clock.Advance(flows.HeldFor)
		if _, err := w.Redeem(t.Context(), w.owner, w.person, late); !errors.Is(err, flows.ErrNotHeld) {
			t.Errorf("after ten minutes: %v", err)
		}
		if err := w.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := w.db.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM held_requests").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d are left, %v", left, err)
		}
	})
}
