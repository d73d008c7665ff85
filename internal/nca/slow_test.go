package nca_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/testkit"
)

// word is a fact of the test's own, as a letter follows one.
type word struct{}

func (word) Kind() string { return "test.word" }

func TestServicesThatHangHoldUpNoLetter(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		w.outside.hangs = make(chan struct{})
		var heard atomic.Bool
		jobs.On(w.queue, "test.letter", func(context.Context, word) error { heard.Store(true); return nil })
		for n := range 6 {
			w.who = w.organisation(fmt.Sprintf("Slow Issuer %d Oy", n))
			w.submitted(demo.Request{})
		}
		testkit.Run(t, w.queue.Run)
		t.Cleanup(func() { close(w.outside.hangs) })
		testkit.Eventually(t, "the questions", func() bool { return w.outside.times() >= 4 })

		must(t, w.db.InTx(t.Context(), func(tx db.Tx) error { return w.queue.Tell(tx, word{}) }))

		testkit.Eventually(t, "the letter", heard.Load)
	})
}
