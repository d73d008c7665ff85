package upstream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"fairway/internal/fault"
	"fairway/internal/upstream"
)

func TestTheFirstBytesArriveBeforeTheLastAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	goOn := make(chan struct{})
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, goodBody[:5])
		_ = http.NewResponseController(rw).Flush()
		<-goOn
		_, _ = io.WriteString(rw, goodBody[5:])
	})

	res := w.open(brand)
	defer func() { _ = res.Body.Close() }()
	first := make([]byte, 5)
	_, err := io.ReadFull(res.Body, first)
	close(goOn)
	rest, restErr := io.ReadAll(res.Body)

	if err != nil || restErr != nil || string(first)+string(rest) != goodBody {
		t.Errorf("%q %v, then %q %v", first, err, rest, restErr)
	}
}

// TestALongAnswerIsNeverHeld hands 50 MB on in lockstep: the brand writes a piece when the client has all before it, so no
// more than one piece can be on the way.
func TestALongAnswerIsNeverHeld(t *testing.T) {
	t.Parallel()
	const size, pieces = 64 << 10, 800
	w := newWorld(t, upstream.Config{})
	taken := make(chan struct{}, 1)
	one := "{" + strings.Repeat(" ", size-1)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Content-Length", fmt.Sprint(size*pieces))
		for range pieces {
			_, _ = io.WriteString(rw, one)
			_ = http.NewResponseController(rw).Flush()
			select {
			case <-taken:
			case <-r.Context().Done():
				return
			}
		}
	})

	res := w.open(brand)
	defer func() { _ = res.Body.Close() }()
	buf := make([]byte, size)
	for n := range pieces {
		if _, err := io.ReadFull(res.Body, buf); err != nil || buf[0] != '{' {
			t.Fatalf("piece %d: %q, %v", n, buf[0], err)
		}
		taken <- struct{}{}
	}

	if n, err := res.Body.Read(buf); n != 0 || err != io.EOF || res.ContentLength != size*pieces {
		t.Errorf("%d bytes more, %v, of %d", n, err, res.ContentLength)
	}
}

// leave asks a brand and leaves once the brand has the request; the brand says when it knows that nobody waits any more.
func (w *world) leave(arrived, gone chan struct{}) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, w.door, nil))(w.t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			_ = res.Body.Close()
		}
	}()
	<-arrived
	cancel()
	<-done
	<-gone
	<-w.left
}

// waiting is a brand that answers nobody before they leave.
func waiting(arrived, gone chan struct{}) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
		gone <- struct{}{}
	}
}

func TestAClientThatLeavesEndsTheBrandsWorkAndIsNoFailureOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	arrived, gone := make(chan struct{}, 1), make(chan struct{}, 1)
	behaviour := waiting(arrived, gone)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) { behaviour(rw, r) })
	w.call.Brand = brand

	for range 7 {
		w.leave(arrived, gone)
	}

	if f := fault.Of(w.lastFailure()); f.Code != upstream.ErrLeft.Code {
		t.Errorf("the log says %v", f)
	}
	behaviour = good
	if a := w.ask(brand); a.status != http.StatusOK {
		t.Errorf("after seven who left: %d %s", a.status, a.code())
	}
}

func TestAClientThatLeavesHidesNoFailureOfTheBrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	arrived, gone := make(chan struct{}, 1), make(chan struct{}, 1)
	failing := answering(502, "text/plain", "")
	behaviour := failing
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) { behaviour(rw, r) })
	for range 4 {
		w.ask(brand)
	}
	behaviour = waiting(arrived, gone)
	w.leave(arrived, gone)
	behaviour = failing

	fifth, sixth := w.ask(brand), w.ask(brand)

	if fifth.code() != "BANK_ANSWER_INVALID" || sixth.code() != "BANK_UNAVAILABLE" {
		t.Errorf("the fifth failure: %s, then %s", fifth.code(), sixth.code())
	}
}
