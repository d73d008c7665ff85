package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/secret"
)

// The request log of one busy organisation, and how often each page of it is looked at.
const (
	loggedCalls = 100_000
	looks       = 40
	looked      = "org_looked_at"
)

// requestLog is P19: the pages of the request log among a hundred thousand requests of one organisation. What is rare is
// sought to the end of what a search looks at.
func (p *part) requestLog(ctx context.Context) (err error) {
	p.note("looking at a log of %d requests", loggedCalls)
	log := calls.New(p.world.db, clock.System{}, slog.New(slog.DiscardHandler))
	running, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- log.Run(running) }()
	defer func() {
		end()
		err = errors.Join(err, <-ended)
	}()
	newest := time.Now()
	for n := range loggedCalls {
		log.Record(pastCall(newest, n))
	}
	p.logged += loggedCalls
	if err := log.Flush(ctx); err != nil {
		return err
	}
	if p.postgres != 0 { // which does it by itself, in its own time
		if _, err := p.world.db.Native().ExecContext(ctx, "VACUUM ANALYZE calls"); err != nil {
			return err
		}
	}
	for _, page := range []struct {
		name   string
		filter calls.Filter
	}{
		{"newest page", calls.Filter{}}, {"4xx of an app within a day", calls.Filter{StatusClass: 4, AppID: "app_0", From: newest.AddDate(0, 0, -1)}},
		{"an operation that is rare", calls.Filter{Operation: "consents.delete"}}, {"a code that never came", calls.Filter{Code: "NEVER"}}, {"an X-Request-ID", calls.Filter{RequestID: secret.UUID()}},
	} {
		if err := p.look(page.name, func() error { _, err := log.List(ctx, looked, page.filter); return err }); err != nil {
			return err
		}
	}
	err = p.look("an id inside of requests", func() error { _, err := log.Mentioning(ctx, looked, secret.UUID(), calls.Filter{}); return err })
	return errors.Join(err, p.look("errors of thirty days by kind", func() error { _, _, err := log.Failures(ctx, looked, calls.Filter{}); return err }))
}

// look reports the 95th of a hundred looks at a page.
func (p *part) look(name string, at func() error) error {
	took := make([]time.Duration, 0, looks)
	for range looks {
		start := time.Now()
		if err := at(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	p.add(milliseconds("P19", "100,000 requests, "+name+": p95", took[looks*95/100-1], 100))
	return nil
}

// pastCall is one of the requests of thirty days; every tenth was refused.
func pastCall(newest time.Time, n int) *calls.Call {
	at := newest.Add(-time.Duration(loggedCalls-n) * calls.Retention / loggedCalls)
	c := &calls.Call{ID: at.UnixMicro() << 10, At: at, Environment: "sandbox", Brand: "rocker", OrganisationID: looked, AppID: "app_" + strconv.Itoa(n%20), RequestID: secret.UUID(),
		Operation: "card-accounts.list", Method: "GET", Path: "/card-account/v1/card-accounts", Status: 200, Duration: time.Millisecond,
		Detail: calls.Detail{ResponseBody: `{"cardAccounts":[{"resourceId":"` + secret.UUID() + `"}]}`, RequestHeaders: [][2]string{{"Consent-ID", secret.UUID()}}}}
	switch {
	case n == 0:
		c.Operation = "consents.delete"
	case n%10 == 0:
		c.Status, c.Code = 401, []string{"SIGNATURE_INVALID", "TOKEN_EXPIRED", "CONSENT_EXPIRED"}[n/10%3]
	}
	return c
}
