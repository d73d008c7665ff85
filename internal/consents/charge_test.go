package consents_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestUnattendedReadsAreCountedExactlyUnderLoad(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		c := w.create(t)
		w.approve(t, c)
		read := consents.Read{Class: consents.Balances, ResourceID: "a"}
		var allowed, exceeded atomic.Int32
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				err := w.consents.Charge(t.Context(), c, read)
				switch {
				case err == nil:
					allowed.Add(1)
				case fault.Of(err).Code == "ACCESS_EXCEEDED" && fault.Of(err).RetryAfter > 0:
					exceeded.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()

		if allowed.Load() != 4 || exceeded.Load() != 26 {
			t.Errorf("%d allowed, %d exceeded", allowed.Load(), exceeded.Load())
		}
		read.Attended = true
		if err := w.consents.Charge(t.Context(), c, read); err != nil {
			t.Errorf("attended: %v", err)
		}
		other := consents.Read{Class: consents.Transactions, ResourceID: "a"}
		if err := w.consents.Charge(t.Context(), c, other); err != nil {
			t.Errorf("another class: %v", err)
		}
	})
}

func TestAOneOffConsentReadsEachThingOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, testkit.Clock())
		c := w.createOneOff(t)
		w.approve(t, c)
		read := consents.Read{Class: consents.Transactions, ResourceID: "a", Attended: true}

		first := w.consents.Charge(t.Context(), c, read)
		second := w.consents.Charge(t.Context(), c, read)
		read.Continued = true
		page := w.consents.Charge(t.Context(), c, read)

		if first != nil || fault.Of(second).Code != "CONSENT_EXPIRED" || page != nil {
			t.Errorf("first %v, second %v, further page %v", first, second, page)
		}
	})
}
