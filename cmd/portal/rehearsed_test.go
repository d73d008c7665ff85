package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/rehearsals"
	"fairway/internal/testkit"
)

func TestAnAnswerIsSpoiltAsOrdered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("spoiler@tpp.example")
	good := r.send(t, r.status())
	for outcome, want := range map[string]string{"empty": "", "malformed": good.body[:len(good.body)/2], "slow;seconds=1": good.body} {
		start := time.Now()

		got := r.send(t, r.status(rehearsals.Header, outcome))

		name, _, slow := strings.Cut(outcome, ";")
		if got.status != http.StatusOK || got.body != want || got.header.Get(rehearsals.Marker) != name || slow != (time.Since(start) > time.Second) {
			t.Errorf("%s: %d %q after %v", outcome, got.status, got.body, time.Since(start))
		}
		row := w.newest(r.org, "/status")
		if row.Status != http.StatusOK || row.Detail.ResponseBody != want || row.Code != "" || slow != (row.Duration > time.Second) || stepOf(row, "Rehearsal").Verdict != calls.Passed {
			t.Errorf("%s: logged %d %q after %v, %+v", outcome, row.Status, row.Detail.ResponseBody, row.Duration, row.Detail.Steps)
		}
	}
	if json.Valid([]byte(good.body[:len(good.body)/2])) {
		t.Error("half of the answer is JSON")
	}
}

func stepOf(row calls.Call, name string) calls.Step {
	for _, s := range row.Detail.Steps {
		if s.Name == name {
			return s
		}
	}
	return calls.Step{}
}

func TestACutOffAnswerEndsInTheMiddleAndStandsInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("cut@tpp.example")
	good := r.send(t, r.status())

	res, err := r.via.RoundTrip(r.status(rehearsals.Header, "cut-off"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()

	if res.StatusCode != http.StatusOK || !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != good.body[:len(good.body)/2] {
		t.Errorf("%d %q, %v", res.StatusCode, body, err)
	}
	row := w.newest(r.org, "/status")
	if last := row.Detail.Steps[len(row.Detail.Steps)-1]; last.Verdict != calls.Failed || !strings.Contains(row.Detail.Reason, "cut off") || row.Detail.ResponseBody != string(body) {
		t.Errorf("logged %+v, %q", last, row.Detail.Reason)
	}
	if after := r.send(t, r.status()); after.status != http.StatusOK {
		t.Errorf("then %d", after.status)
	}
}

func TestAnAnswerWithoutABodyIsCutOffAltogetherThoughTheDeedIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("cut204@tpp.example")

	res, err := r.via.RoundTrip(r.signed(http.MethodDelete, "/consent/v1/consents/"+r.consent, "", rehearsals.Header, "cut-off"))

	if err == nil {
		_ = res.Body.Close()
		t.Errorf("answered with %d", res.StatusCode)
	}
	if after := r.send(t, r.status()); !strings.Contains(after.body, "terminated") && !strings.Contains(after.body, "revoked") {
		t.Errorf("the consent is not ended: %s", after.body)
	}
}

func TestASlowAnswerEndsWithItsClientAndWithTheServerAndHoldsNoConnectionToTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("slow@tpp.example")
	left, leave := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	slow := func(q *http.Request) {
		res, err := r.via.RoundTrip(q)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		ended <- err
	}
	busy := w.db.Native().Stats().InUse
	go slow(r.status(rehearsals.Header, "slow;seconds=30").WithContext(left))
	go slow(r.status(rehearsals.Header, "slow;seconds=30"))
	testkit.Eventually(t, "two calls that wait", func() bool { return w.machines.Waiting() == 2 })
	if n := w.db.Native().Stats().InUse; n > busy+1 {
		t.Errorf("%d connections are in use, before %d", n, busy)
	}

	leave()
	first := <-ended
	testkit.Eventually(t, "one call that waits", func() bool { return w.machines.Waiting() == 1 })
	start := time.Now()
	w.machines.End()
	second := <-ended

	if !errors.Is(first, context.Canceled) || second != nil || time.Since(start) > 10*time.Second {
		t.Errorf("%v, then %v after %v", first, second, time.Since(start))
	}
}
