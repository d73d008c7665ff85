package calls_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

// seededCalls is how many calls one organisation made in thirty days.
const seededCalls = 100_000

// BenchmarkListing tells what a page of the log costs among a hundred thousand calls of one organisation, for each way to
// narrow it: the half of the looks, and all but a twentieth.
func BenchmarkListing(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkListing(b, testkit.SQLiteAt(b, clock.System{})) })
	b.Run("postgres", func(b *testing.B) { benchmarkListing(b, testkit.PostgresAt(b, clock.System{})) })
}

// crowd is an organisation with many calls.
type crowd struct {
	log          *calls.Log
	organisation string
	newest       time.Time
	rarest       calls.Call // the oldest call of all
	middle       int64
}

func newCrowd(b *testing.B, d *db.DB) crowd {
	b.Helper()
	l := calls.New(d, clock.System{}, testkit.Log(b))
	testkit.Run(b, l.Run)
	w := crowd{log: l, organisation: typicalCall(0).OrganisationID, newest: time.Now().UTC().Truncate(time.Second)}
	for i := range seededCalls {
		c := typicalCall(0)
		c.At = w.newest.Add(-time.Duration(seededCalls-i) * calls.Retention / seededCalls)
		c.ID, c.RequestID, c.AppID = c.At.UnixMicro()<<10, uuid.NewString(), "app_"+strconv.Itoa(i%20)
		switch {
		case i == 0:
			c.AppID, c.Status, c.Code, c.Operation, c.Method, c.Environment, c.Brand = "app_rare", 503, "RARE", "consents.delete", "DELETE", "live", "other"
			w.rarest = *c
		case i%10 == 0:
			c.Status, c.Code = 401, []string{"SIGNATURE_INVALID", "TOKEN_EXPIRED", "CONSENT_EXPIRED"}[i/10%3]
		case i%7 == 0:
			c.Operation, c.Method = "consents.create", "POST"
		}
		if i == seededCalls/2 {
			w.middle = c.ID
		}
		l.Record(c)
	}
	if err := l.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	if d.Dialect() == db.Postgres { // which does it by itself, in its own time
		if _, err := d.Native().ExecContext(b.Context(), "VACUUM ANALYZE calls"); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

func benchmarkListing(b *testing.B, d *db.DB) {
	w := newCrowd(b, d)
	rare := w.rarest
	for name, f := range map[string]calls.Filter{
		"all": {}, "page in the middle": {Before: w.middle}, "newer than the middle": {After: w.middle}, "last hour": {From: w.newest.Add(-time.Hour)},
		"one day long ago": {From: w.newest.AddDate(0, 0, -20), To: w.newest.AddDate(0, 0, -19)}, "app": {AppID: "app_7"}, "rare app": {AppID: rare.AppID},
		"4xx": {StatusClass: 4}, "rare 5xx": {StatusClass: 5}, "exact status": {Status: 401}, "code": {Code: "TOKEN_EXPIRED"}, "unknown code": {Code: "NOTHING"},
		"operation": {Operation: "consents.create"}, "rare operation": {Operation: rare.Operation}, "rare method": {Method: rare.Method}, "live": {Environment: rare.Environment},
		"rare brand": {Brand: rare.Brand}, "API": {Operations: []string{"consents.create", "consents.delete"}}, "request id": {RequestID: rare.RequestID}, "unknown request id": {RequestID: uuid.NewString()},
		"4xx of an app today": {StatusClass: 4, AppID: "app_10", From: w.newest.Truncate(24 * time.Hour)}, "4xx of a rare app": {StatusClass: 4, AppID: rare.AppID},
		"all at once": {Environment: "sandbox", Brand: "rocker", AppID: "app_10", StatusClass: 4, Code: "NOTHING", Operation: "card-accounts.list", Method: "GET", From: w.newest.AddDate(0, 0, -29)},
	} {
		looks(b, name, func() error { _, err := w.log.List(b.Context(), w.organisation, f); return err })
	}
	looks(b, "id that is named nowhere", func() error {
		_, err := w.log.Mentioning(b.Context(), w.organisation, uuid.NewString(), calls.Filter{})
		return err
	})
	looks(b, "failures of thirty days", func() error {
		_, _, err := w.log.Failures(b.Context(), w.organisation, calls.Filter{})
		return err
	})
	looks(b, "failures of an app today", func() error {
		_, _, err := w.log.Failures(b.Context(), w.organisation, calls.Filter{AppID: "app_10", From: w.newest.Truncate(24 * time.Hour)})
		return err
	})
	looks(b, "around a call", func() error {
		_, err := w.log.Around(b.Context(), w.organisation, calls.Call{ID: w.middle, AppID: "app_10", At: calls.TimeOf(w.middle)})
		return err
	})
}

func looks(b *testing.B, name string, look func() error) {
	b.Run(name, func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			if err := look(); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[(len(took)*95-1)/100].Microseconds())/1000, "p95-ms")
		b.ReportMetric(0, "ns/op")
	})
}
