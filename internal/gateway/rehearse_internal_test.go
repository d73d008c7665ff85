package gateway

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlowAnswersOfOneLeaveRoomForThoseOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWaitingRoom()
		var done atomic.Int64
		order := func(organisationID string) {
			go func() {
				w.hold(t.Context(), organisationID, 30*time.Second)
				done.Add(1)
			}()
		}
		for range mostWaiting {
			order("org_busy")
		}
		synctest.Wait()
		atOnce := done.Load()

		order("org_other")
		synctest.Wait()
		waits := done.Load() == atOnce
		<-time.After(31 * time.Second)
		synctest.Wait()

		if atOnce != mostWaiting-mostOfOne || !waits {
			t.Errorf("%d were answered at once; the other one waits: %t", atOnce, waits)
		}
		if done.Load() != mostWaiting+1 || w.all != 0 || len(w.of) != 0 {
			t.Errorf("%d are done, %d places are taken, %d organisations remembered", done.Load(), w.all, len(w.of))
		}
	})
}
