package accounts

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestWhoDoesNotFitInTheQueueIsAskedToComeBack(t *testing.T) {
	t.Parallel()
	h := newHasher()
	h.most = 2
	first, err := h.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for h.slots.TryAcquire(1) { // occupy what other cores would do
		defer h.slots.Release(1)
	}
	waiting := make(chan error, 1)
	go func() {
		leave, err := h.enter(t.Context())
		if err == nil {
			leave()
		}
		waiting <- err
	}()
	waitUntil(t, func() bool { return h.waiting.Load() == 2 })

	if _, err := h.enter(t.Context()); !errors.Is(err, ErrBusy) || ErrBusy.RetryAfter <= 0 {
		t.Errorf("the third got %v", err)
	}

	first()
	if err := <-waiting; err != nil {
		t.Errorf("the second got %v", err)
	}
	if h.waiting.Load() != 0 {
		t.Errorf("%d are still counted", h.waiting.Load())
	}
}

func TestWhoGivesUpWaitingLeavesTheQueue(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for h.slots.TryAcquire(1) {
		defer h.slots.Release(1)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if _, err := h.hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if h.waiting.Load() != 0 {
		t.Errorf("%d are still counted", h.waiting.Load())
	}
}

func TestNobodysHashCostsTheSameAndNeverMatches(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for _, hash := range []string{"", unusable, h.dummy} {
		for _, password := range []string{"", "!", "fairway-nobody!"} {
			match, stale, err := h.check(t.Context(), password, hash)
			if match || stale || err != nil {
				t.Errorf("%q against %q: %v %v %v", password, hash, match, stale, err)
			}
		}
	}
}

func waitUntil(t *testing.T, yes func() bool) {
	t.Helper()
	deadline := time.NewTimer(5 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-deadline.C:
			t.Fatal("waited five seconds")
		case <-tick.C:
		}
	}
}
