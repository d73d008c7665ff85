package upstream_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"fairway/internal/clock"
	"fairway/internal/demobank"
	"fairway/internal/testkit"
	"fairway/internal/upstream"
)

func TestFiveFailuresLetABrandRestAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	var asked atomic.Int32
	failing := w.at(func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answering(502, "text/plain", "")(rw, r)
	})
	other := w.at(good)
	other.ID = "alisa"

	for n := range 5 {
		if a := w.ask(failing); a.code() != "BANK_ANSWER_INVALID" {
			t.Fatalf("failure %d: %s", n+1, a.code())
		}
	}
	resting := w.ask(failing)

	if resting.code() != "BANK_UNAVAILABLE" || resting.header.Get("Fault-After") != "10s" || asked.Load() != 5 {
		t.Errorf("%s after %q, asked %d times", resting.code(), resting.header.Get("Fault-After"), asked.Load())
	}
	if a := w.ask(other); a.status != http.StatusOK {
		t.Errorf("another brand: %d %s", a.status, a.code())
	}
}

func TestARefusalOfABrandIsNoFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	brand := w.at(answering(404, "application/json", `{"tppMessages":[{"category":"ERROR","code":"RESOURCE_UNKNOWN"}]}`))
	for n := range 8 {
		if a := w.ask(brand); a.status != http.StatusNotFound {
			t.Errorf("%d: %d %s", n, a.status, a.code())
		}
	}
}

func TestARequestThatABrandFailsAtKeepsNobodyElseOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	var behaviour atomic.Value
	behaviour.Store(answering(500, "text/plain", ""))
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) { behaviour.Load().(http.HandlerFunc)(rw, r) })
	for n := range 8 {
		if a := w.ask(brand); a.code() != "BANK_ANSWER_INVALID" {
			t.Fatalf("call %d: %s", n+1, a.code())
		}
	}
	behaviour.Store(http.HandlerFunc(good))

	if a := w.ask(brand); a.status != http.StatusOK {
		t.Errorf("another call: %d %s", a.status, a.code())
	}
}

func TestAfterItsRestABrandIsProbedOnceAndRecovers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{Rest: quick.Rest})
	arrived, goOn := make(chan struct{}, 100), make(chan struct{})
	var behaviour atomic.Value
	behaviour.Store(answering(502, "text/plain", ""))
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) { behaviour.Load().(http.HandlerFunc)(rw, r) })
	for range 5 {
		w.ask(brand)
	}
	behaviour.Store(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-goOn
		good(rw, r)
	}))
	probe := make(chan int, 1)
	go func() {
		for t.Context().Err() == nil {
			if a := w.ask(brand); a.code() != "BANK_UNAVAILABLE" {
				probe <- a.status
				return
			}
		}
	}()
	<-arrived

	beside := w.ask(brand)
	close(goOn)

	if beside.code() != "BANK_UNAVAILABLE" || beside.header.Get("Fault-After") != quick.Rest.String() || len(arrived) != 0 {
		t.Errorf("beside the probe: %s, %d more were asked", beside.code(), len(arrived))
	}
	if status := <-probe; status != http.StatusOK {
		t.Errorf("the probe: %d", status)
	}
	for range 3 {
		if a := w.ask(brand); a.status != http.StatusOK {
			t.Errorf("after the probe: %d %s", a.status, a.code())
		}
	}
}

func TestAProbeThatFailsLetsTheBrandRestAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{Rest: quick.Rest})
	var asked atomic.Int32
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answering(502, "text/plain", "")(rw, r)
	})
	for range 5 {
		w.ask(brand)
	}

	testkit.Eventually(t, "a probe", func() bool { return w.ask(brand).code() == "BANK_ANSWER_INVALID" })

	if a := w.ask(brand); a.code() != "BANK_UNAVAILABLE" || asked.Load() != 6 {
		t.Errorf("%s, asked %d times", a.code(), asked.Load())
	}
}

func TestABrandThatMovedIsAskedAtItsNewPlaceAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	brand := w.at(answering(502, "text/plain", ""))
	for range 6 {
		w.ask(brand)
	}
	moved := w.at(good)

	if a := w.ask(moved); a.status != http.StatusOK {
		t.Errorf("at its new place: %d %s", a.status, a.code())
	}
	renewed := must(demobank.NewIdentity("127.0.0.1", clock.System{}.Now()))(t)
	moved.Live.Roots = renewed.Roots
	if a := w.ask(moved); a.code() != "BANK_UNREACHABLE" {
		t.Errorf("by another authority: %d %s", a.status, a.code())
	}
}
