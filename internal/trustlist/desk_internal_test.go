package trustlist

import (
	"context"
	"crypto/x509"
	"errors"
	"runtime"
	"testing"

	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

func TestNoSearchBeginsBeyondTheQueue(t *testing.T) {
	t.Parallel()
	l := &Lists{desk: &desk{}}
	l.current.Store(&snapshot{})

	_, err := l.Judge(t.Context(), &x509.Certificate{}, nil, qcert.QWAC, testkit.Start)

	if !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
}

func TestWhoDoesNotFitInTheQueueIsAskedToComeBack(t *testing.T) {
	t.Parallel()
	d := newDesk(2)
	leave, err := d.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waits, stop := context.WithCancel(t.Context())
	done := make(chan error)
	for range d.most - 1 {
		go func() {
			_, err := d.enter(waits)
			done <- err
		}()
	}
	for d.waiting.Load() < d.most {
		runtime.Gosched()
	}

	_, full := d.enter(t.Context())
	stop()
	for range d.most - 1 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("one that waited: %v", err)
		}
	}
	leave()
	again, err := d.enter(t.Context())

	if !errors.Is(full, ErrBusy) || err != nil {
		t.Fatalf("beyond the queue %v, afterwards %v", full, err)
	}
	again()
	if n := d.waiting.Load(); n != 0 {
		t.Errorf("%d are still counted", n)
	}
}
