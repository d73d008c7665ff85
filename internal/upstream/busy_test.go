package upstream_test

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/upstream"
)

// callAs has the calls that follow come from a TPP.
func (w *world) callAs(tpp string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.call.Assertion.TPP.Identifier = tpp
}

// fill begins as many answers of a brand as are asked for, and gives those that began.
func (w *world) fill(b catalog.Brand, n int) (begun []*http.Response) {
	w.t.Helper()
	for range n {
		res := w.open(b)
		if res.StatusCode != http.StatusOK {
			w.t.Fatalf("call %d: %d %s", len(begun)+1, res.StatusCode, res.Header.Get("Fault"))
		}
		begun = append(begun, res)
	}
	return begun
}

func TestOneTPPCannotKeepTheOthersFromABrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	end := make(chan struct{})
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, "{")
		_ = http.NewResponseController(rw).Flush()
		<-end
		_, _ = io.WriteString(rw, "}")
	})
	w.callAs("PSDFI-FINFSA-1")
	held := w.fill(brand, 64)

	more := w.open(brand)
	w.callAs("PSDFI-FINFSA-2")
	other := w.fill(brand, 1)
	for n := range 2 {
		w.callAs("PSDFI-FINFSA-" + strconv.Itoa(n+3))
		held = append(held, w.fill(brand, 64)...)
	}
	w.callAs("PSDFI-FINFSA-5")
	held = append(held, w.fill(brand, 63)...)
	w.callAs("PSDFI-FINFSA-6")
	full := w.open(brand)

	for name, res := range map[string]*http.Response{"the 65th of one": more, "the 257th of all": full} {
		if res.Header.Get("Fault") != "BANK_UNAVAILABLE" || res.Header.Get("Fault-After") != "1s" {
			t.Errorf("%s: %d %s after %q", name, res.StatusCode, res.Header.Get("Fault"), res.Header.Get("Fault-After"))
		}
		_ = res.Body.Close()
	}
	close(end)
	for _, res := range append(held, other...) {
		if body, err := io.ReadAll(res.Body); string(body) != "{}" || err != nil {
			t.Errorf("%q, %v", body, err)
		}
		_ = res.Body.Close()
	}
	for range 256 + 2 {
		<-w.left
	}
	w.callAs("PSDFI-FINFSA-1")
	if a := w.ask(brand); a.status != http.StatusOK {
		t.Errorf("when all are gone: %d %s", a.status, a.code())
	}
}
