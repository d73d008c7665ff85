package calls_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

// eachMoment is testkit.Each with a clock that each database has for itself.
func eachMoment(t *testing.T, test func(t *testing.T, d *db.DB, clk *clock.Manual)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, open(t, clk), clk)
		})
	}
}

// record writes calls down and waits for them.
func record(t *testing.T, l *calls.Log, list ...*calls.Call) {
	t.Helper()
	for _, c := range list {
		l.Record(c)
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestEachFilterFindsItsCallAlone(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		old := newCall(l, "org_1", "app_1", 200)
		clk.Advance(time.Hour)
		since := clk.Now()
		clk.Advance(time.Hour)
		odd := newCall(l, "org_1", "app_2", 429)
		odd.Environment, odd.Brand, odd.Code, odd.Operation, odd.Method = "live", "other", "RATE_LIMIT_EXCEEDED", "consents.delete", "DELETE"
		foreign := *odd
		foreign.ID, foreign.OrganisationID = l.NewID(), "org_2"
		record(t, l, old, odd, &foreign)

		for name, c := range map[string]struct {
			filter calls.Filter
			want   *calls.Call
		}{
			"environment": {calls.Filter{Environment: "live"}, odd}, "brand": {calls.Filter{Brand: "other"}, odd}, "app": {calls.Filter{AppID: "app_1"}, old},
			"status": {calls.Filter{Status: 429}, odd}, "class": {calls.Filter{StatusClass: 4}, odd}, "good class": {calls.Filter{StatusClass: 2}, old},
			"code": {calls.Filter{Code: "RATE_LIMIT_EXCEEDED"}, odd}, "operation": {calls.Filter{Operation: "consents.delete"}, odd}, "method": {calls.Filter{Method: "DELETE"}, odd},
			"operations": {calls.Filter{Operations: []string{"consents.delete", "consents.read"}}, odd}, "from": {calls.Filter{From: since}, odd}, "to": {calls.Filter{To: since}, old},
			"request id": {calls.Filter{RequestID: odd.RequestID, Status: 429}, odd}, "everything": {calls.Filter{Environment: "live", Brand: "other", AppID: "app_2", Status: 429, StatusClass: 4,
				Code: odd.Code, Operation: odd.Operation, Method: "DELETE", From: since, To: clk.Now().Add(time.Second)}, odd},
		} {
			page, err := l.List(t.Context(), "org_1", c.filter)

			if err != nil || len(page.Calls) != 1 || page.Calls[0].ID != c.want.ID || page.Edge != 0 {
				t.Errorf("%s: %+v, %v", name, page, err)
			}
		}
	})
}

func TestASearchGivesUpAndSaysHowFarItCame(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		oldest := newCall(l, "org_1", "app_1", 200)
		oldest.Method = "DELETE"
		l.Record(oldest)
		for range calls.Searched {
			l.Record(newCall(l, "org_1", "app_1", 200))
		}
		newest := newCall(l, "org_1", "app_1", 200)
		newest.Method = "DELETE"
		record(t, l, newest)

		first, err := l.List(t.Context(), "org_1", calls.Filter{Method: "DELETE"})
		if err != nil {
			t.Fatal(err)
		}
		further, err := l.List(t.Context(), "org_1", calls.Filter{Method: "DELETE", Before: first.Edge})
		if err != nil {
			t.Fatal(err)
		}
		upwards, err := l.List(t.Context(), "org_1", calls.Filter{Method: "DELETE", After: oldest.ID})
		if err != nil {
			t.Fatal(err)
		}
		top, err := l.List(t.Context(), "org_1", calls.Filter{Method: "DELETE", After: upwards.Edge})
		if err != nil {
			t.Fatal(err)
		}

		if len(first.Calls) != 1 || first.Calls[0].ID != newest.ID || first.Edge == 0 {
			t.Errorf("the newest part: %+v", first)
		}
		if len(further.Calls) != 1 || further.Calls[0].ID != oldest.ID || further.Edge != 0 {
			t.Errorf("the part behind: %+v", further)
		}
		if len(upwards.Calls) != 0 || upwards.Edge == 0 || len(top.Calls) != 1 || top.Calls[0].ID != newest.ID {
			t.Errorf("on the way back: %+v, then %+v", upwards, top)
		}
	})
}

func TestAnIDIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		const id = "5f1c2d3e-0000-4000-8000-00000000ABCD"
		inPath, inHeader, inBody, sent := newCall(l, "org_1", "app_1", 200), newCall(l, "org_1", "app_1", 200), newCall(l, "org_1", "app_1", 201), newCall(l, "org_1", "app_1", 200)
		inPath.Path = "/consent/v1/consents/" + strings.ToLower(id)
		inHeader.Detail.RequestHeaders = [][2]string{{"Consent-ID", id}}
		inBody.Detail.ResponseBody = `{"consentId":"` + id + `"}`
		sent.RequestID = id
		foreign := *inPath
		foreign.ID, foreign.OrganisationID = l.NewID(), "org_2"
		record(t, l, inPath, inHeader, inBody, sent, newCall(l, "org_1", "app_1", 200), &foreign)

		all, err := l.Mentioning(t.Context(), "org_1", id, calls.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		page, err := l.Mentioning(t.Context(), "org_1", id, calls.Filter{Limit: 2, Before: sent.ID})
		if err != nil {
			t.Fatal(err)
		}
		created, err := l.Mentioning(t.Context(), "org_1", id, calls.Filter{Status: 201})
		if err != nil {
			t.Fatal(err)
		}

		if len(all.Calls) != 4 || all.Calls[0].ID != sent.ID || all.Edge != 0 {
			t.Errorf("%+v", all)
		}
		if len(page.Calls) != 2 || page.Calls[0].ID != inBody.ID || !page.Older || !page.Newer {
			t.Errorf("a page: %+v", page)
		}
		if len(created.Calls) != 1 || created.Calls[0].ID != inBody.ID {
			t.Errorf("with a filter: %+v", created)
		}
	})
}

func TestASearchForAnIDReadsTheNewestAlone(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		oldest := newCall(l, "org_1", "app_1", 200)
		oldest.Path = "/consents/the-one-sought"
		l.Record(oldest)
		for range calls.SearchedForID {
			l.Record(newCall(l, "org_1", "app_1", 200))
		}
		record(t, l)

		first, err := l.Mentioning(t.Context(), "org_1", "the-one-sought", calls.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		further, err := l.Mentioning(t.Context(), "org_1", "the-one-sought", calls.Filter{Before: first.Edge})
		if err != nil {
			t.Fatal(err)
		}

		if len(first.Calls) != 0 || first.Edge == 0 || len(further.Calls) != 1 || further.Edge != 0 {
			t.Errorf("%+v, then %+v", first, further)
		}
	})
}

func TestFailuresAreGroupedByCodeAndOperation(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		refused := func(app, code, operation string, status int) *calls.Call {
			clk.Advance(time.Minute)
			c := newCall(l, "org_1", app, status)
			c.Code, c.Operation = code, operation
			return c
		}
		first := refused("app_1", "TOKEN_EXPIRED", "card-accounts.list", 401)
		second := refused("app_2", "TOKEN_EXPIRED", "card-accounts.list", 401)
		record(t, l, first, second, refused("app_1", "TOKEN_EXPIRED", "consents.read", 401), refused("app_1", "", "card-accounts.list", 502), refused("app_1", "", "card-accounts.list", 200))

		all, edge, err := l.Failures(t.Context(), "org_1", calls.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		ofApp, _, err := l.Failures(t.Context(), "org_1", calls.Filter{AppID: "app_2"})
		if err != nil {
			t.Fatal(err)
		}
		later, _, err := l.Failures(t.Context(), "org_1", calls.Filter{From: second.At, Code: "TOKEN_EXPIRED", Operation: "card-accounts.list"})
		if err != nil {
			t.Fatal(err)
		}
		foreign, _, err := l.Failures(t.Context(), "org_2", calls.Filter{})
		if err != nil {
			t.Fatal(err)
		}

		if len(all) != 3 || all[0].Count != 2 || all[0].Last != second.ID || !all[0].LastAt.Equal(second.At) || all[0].Status != 401 || edge != 0 {
			t.Errorf("%+v, edge %d", all, edge)
		}
		if len(ofApp) != 1 || ofApp[0].Count != 1 || len(later) != 1 || later[0].Count != 1 || len(foreign) != 0 {
			t.Errorf("of an app %+v, later %+v, of others %+v", ofApp, later, foreign)
		}
	})
}

func TestNeighboursAreOfTheSameAppAndTheSameMinutes(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		long := newCall(l, "org_1", "app_1", 200)
		clk.Advance(11 * time.Minute)
		before := newCall(l, "org_1", "app_1", 200)
		clk.Advance(time.Minute)
		this := newCall(l, "org_1", "app_1", 401)
		other := newCall(l, "org_1", "app_2", 200)
		clk.Advance(9 * time.Minute)
		after := newCall(l, "org_1", "app_1", 200)
		record(t, l, long, before, this, other, after)

		found, err := l.Around(t.Context(), "org_1", *this)
		if err != nil {
			t.Fatal(err)
		}
		foreign, err := l.Around(t.Context(), "org_2", *this)
		if err != nil {
			t.Fatal(err)
		}

		if len(found) != 2 || found[0].ID != after.ID || found[1].ID != before.ID || len(foreign) != 0 {
			t.Errorf("%+v, for others %+v", found, foreign)
		}
	})
}

func TestTimesThatNoCallCanHaveAreNoOtherTimes(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		record(t, l, newCall(l, "org_1", "app_1", 200))
		first, last := time.Date(1, 1, 1, 0, 1, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 0, 0, time.UTC)

		for name, c := range map[string]struct {
			filter calls.Filter
			want   int
		}{
			"from the first on": {calls.Filter{From: first}, 1}, "from the last on": {calls.Filter{From: last}, 0},
			"to the first": {calls.Filter{To: first}, 0}, "to the last": {calls.Filter{To: last}, 1}, "between both": {calls.Filter{From: first, To: last}, 1},
		} {
			page, err := l.List(t.Context(), "org_1", c.filter)

			if err != nil || len(page.Calls) != c.want {
				t.Errorf("%s: %d calls, %v", name, len(page.Calls), err)
			}
		}
	})
}
