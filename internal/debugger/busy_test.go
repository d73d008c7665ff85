package debugger_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/debugger"
)

// slowBody is what a sender sends who never goes on.
type slowBody struct {
	reading chan<- struct{}
	end     <-chan struct{}
}

// Read says that it is waited for, and then keeps whoever reads waiting.
func (b slowBody) Read([]byte) (int, error) {
	b.reading <- struct{}{}
	<-b.end
	return 0, io.EOF
}

func TestSlowSendersKeepNobodyFromChecking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const slow = 40 // more than may wait for a place
	reading, end := make(chan struct{}, slow), make(chan struct{})
	var senders sync.WaitGroup
	for range slow {
		senders.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, debugger.APIPath, slowBody{reading, end})
			r.Header.Set("Content-Type", "application/json")
			w.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	wait, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 2 { // as many as there are places
		select {
		case <-reading:
		case <-wait.Done():
			t.Fatal("nobody is read from")
		}
	}

	r := httptest.NewRequestWithContext(wait, http.MethodPost, debugger.APIPath, strings.NewReader(`{"request":"Digest: a"}`))
	r.RemoteAddr = "198.51.100.7:5000"
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	close(end)
	senders.Wait()

	if answer.Code != http.StatusOK {
		t.Errorf("beside slow senders: %d %s", answer.Code, answer.Body)
	}
}

func TestExamplesCountAsTries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tries := 0

	for w.get(debugger.Path+"?example=1").status == http.StatusOK {
		if tries++; tries > 100 {
			t.Fatal("there is no limit")
		}
	}

	if tries < 30 {
		t.Errorf("only %d examples may be looked at", tries)
	}
}
