package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"fairway/internal/rehearsals"
	"fairway/internal/testkit"
)

// multiplexed makes the client speak HTTP/2 from now on, with all its requests on one connection.
func (r *rehearser) multiplexed() {
	r.via = r.via.Clone()
	r.via.ForceAttemptHTTP2 = true
	r.w.t.Cleanup(r.via.CloseIdleConnections)
}

// connections counts those that a request is sent on for the first time.
func connections(q *http.Request, opened *int) *http.Request {
	return q.WithContext(httptrace.WithClientTrace(q.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		if !i.Reused {
			*opened++
		}
	}}))
}

// cut sends a request and returns what came of its answer, and how that ended.
func (r *rehearser) cut(q *http.Request) (status int, body string, err error) {
	res, err := r.via.RoundTrip(q)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	half, err := io.ReadAll(res.Body)
	return res.StatusCode, string(half), err
}

func TestOverHTTP2ACutOffAnswerIsAResetStreamOnAConnectionThatLives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("cut2@tpp.example")
	r.multiplexed()
	opened := 0
	good := exchange(t, r.via, connections(r.status(), &opened))
	beside := make(chan string, 1)
	slow := r.status(rehearsals.Header, "slow;seconds=2")
	go func() {
		_, body, err := r.cut(slow)
		if err != nil {
			body = err.Error()
		}
		beside <- body
	}()
	testkit.Eventually(t, "a call that waits", func() bool { return w.machines.Waiting() == 1 })

	status, body, err := r.cut(connections(r.status(rehearsals.Header, "cut-off"), &opened))

	if status != http.StatusOK || body != good.body[:len(good.body)/2] || err == nil || !strings.Contains(err.Error(), "stream error") {
		t.Errorf("%d %q, %v", status, body, err)
	}
	if other := <-beside; other != good.body {
		t.Errorf("the call beside it: %q", other)
	}
	if after := exchange(t, r.via, connections(r.status(), &opened)); after.status != http.StatusOK || opened != 1 {
		t.Errorf("then %d; %d connections were opened", after.status, opened)
	}
	if row := w.newest(r.org, "/status"); row.Status != http.StatusOK {
		t.Errorf("the log ends with %+v", row)
	}
}

func TestOverHTTP2AnAnswerWithoutABodyIsAResetStreamThoughTheDeedIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("cut2-204@tpp.example")
	r.multiplexed()

	status, _, err := r.cut(r.signed(http.MethodDelete, "/consent/v1/consents/"+r.consent, "", rehearsals.Header, "cut-off"))

	if status != 0 || err == nil || !strings.Contains(err.Error(), "stream error") {
		t.Errorf("answered with %d, %v", status, err)
	}
	if after := r.send(t, r.status()); !strings.Contains(after.body, "terminated") && !strings.Contains(after.body, "revoked") {
		t.Errorf("the consent is not ended: %s", after.body)
	}
}

func TestOverHTTP2ASlowAnswerEndsWithItsStreamAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("slow2@tpp.example")
	r.multiplexed()
	opened := 0
	if first := exchange(t, r.via, connections(r.status(), &opened)); first.status != http.StatusOK {
		t.Fatalf("%d %s", first.status, first.body)
	}
	left, leave := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	slow := r.status(rehearsals.Header, "slow;seconds=30").WithContext(left)
	go func() {
		_, _, err := r.cut(slow)
		ended <- err
	}()
	testkit.Eventually(t, "a call that waits", func() bool { return w.machines.Waiting() == 1 })

	leave()

	if err := <-ended; err == nil {
		t.Error("the call that was left was answered")
	}
	testkit.Eventually(t, "no call that waits", func() bool { return w.machines.Waiting() == 0 })
	if after := exchange(t, r.via, connections(r.status(), &opened)); after.status != http.StatusOK || opened != 1 {
		t.Errorf("then %d; %d connections were opened", after.status, opened)
	}
}
