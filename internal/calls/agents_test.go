package calls_test

import (
	"maps"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

func TestCallsAreCountedByWhoSentThemForTheirOwnerSinceADay(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		record := func(organisation, app, agent string, n int) {
			for range n {
				c := newCall(l, organisation, app, 200)
				c.Detail.RequestHeaders = [][2]string{{"Accept", "application/json"}}
				if agent != "" {
					c.Detail.RequestHeaders = append(c.Detail.RequestHeaders, [2]string{"User-Agent", agent})
				}
				l.Record(c)
			}
			if err := l.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		record("org_1", "app_1", "curl/8.5.0", 4)
		record("org_1", "app_2", "Go-http-client/1.1", 2)
		record("org_1", "app_2", "", 1)
		record("org_2", "app_3", "okhttp/4.12.0", 9)
		since := testkit.Start.Add(-time.Hour)

		own, err := l.Agents(t.Context(), "org_1", since)
		later, laterErr := l.Agents(t.Context(), "org_1", testkit.Start.Add(time.Hour))
		none, noneErr := l.Agents(t.Context(), "", since)
		record("org_1", "app_2", "Go-http-client/1.1", calls.MostAgents)
		newest, newestErr := l.Agents(t.Context(), "org_1", since)

		if want := map[string]int{"curl/8.5.0": 4, "Go-http-client/1.1": 2, "": 1}; err != nil || !maps.Equal(own, want) {
			t.Errorf("%v, %v", own, err)
		}
		if laterErr != nil || noneErr != nil || len(later)+len(none) != 0 {
			t.Errorf("since later %v, %v; of nobody %v, %v", later, laterErr, none, noneErr)
		}
		if want := map[string]int{"Go-http-client/1.1": calls.MostAgents}; newestErr != nil || !maps.Equal(newest, want) {
			t.Errorf("of the newest %v, %v", newest, newestErr)
		}
	})
}
