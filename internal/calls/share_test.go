package calls_test

import (
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/testkit"
)

func TestALinkShowsItsCallUntilItIsOverOrRevoked(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		call := newCall(l, "org_1", "app_1", 401)
		call.Detail.Reason = "why"
		record(t, l, call)

		token, share, err := l.Share(t.Context(), "org_1", call.ID, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		revoked, other, err := l.Share(t.Context(), "org_1", call.ID, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		if err := l.RevokeShare(t.Context(), "org_1", call.ID, other.ID, "per_1"); err != nil {
			t.Fatal(err)
		}
		list, err := l.Shares(t.Context(), "org_1", call.ID)
		if err != nil {
			t.Fatal(err)
		}
		shown, of, err := l.Shared(t.Context(), token)

		if err != nil || shown.ID != call.ID || shown.Detail.Reason != "why" || of.ID != share.ID {
			t.Errorf("%+v of %+v, %v", shown, of, err)
		}
		if len(list) != 1 || list[0].ID != share.ID || !list[0].ExpiresAt.Equal(clk.Now().Add(calls.ShareLife)) {
			t.Errorf("the links that work: %+v", list)
		}
		clk.Advance(calls.ShareLife)
		for name, token := range map[string]secret.Text{"over": token, "revoked": revoked, "unknown": secret.Token("req_"), "empty": "", "endless": secret.Text(make([]byte, 4096))} {
			_, _, err := l.Shared(t.Context(), token)
			if !fault.Is(err, fault.NotFound) || fault.Of(err).Code != "link_unknown" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, err := l.Shares(t.Context(), "org_1", call.ID); err != nil || len(list) != 0 {
			t.Errorf("links that are over are listed: %+v, %v", list, err)
		}
	})
}

func TestNobodyElseSharesOrRevokes(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		call, another := newCall(l, "org_1", "app_1", 401), newCall(l, "org_1", "app_1", 401)
		record(t, l, call, another)
		token, share, err := l.Share(t.Context(), "org_1", call.ID, "per_1")
		if err != nil {
			t.Fatal(err)
		}

		_, _, foreign := l.Share(t.Context(), "org_2", call.ID, "per_2")

		if !fault.Is(foreign, fault.NotFound) {
			t.Errorf("another organisation shares it: %v", foreign)
		}
		for name, err := range map[string]error{
			"another organisation": l.RevokeShare(t.Context(), "org_2", call.ID, share.ID, "per_2"),
			"by another call":      l.RevokeShare(t.Context(), "org_1", another.ID, share.ID, "per_1"),
			"nothing":              l.RevokeShare(t.Context(), "org_1", call.ID, "shr_none", "per_1"),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := l.Shared(t.Context(), token); err != nil {
			t.Errorf("the link does not work any more: %v", err)
		}
	})
}

func TestOnlySoManyLinksWorkAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		call := newCall(l, "org_1", "app_1", 401)
		record(t, l, call)
		for range calls.MaxShares {
			if _, _, err := l.Share(t.Context(), "org_1", call.ID, "per_1"); err != nil {
				t.Fatal(err)
			}
		}

		_, _, err := l.Share(t.Context(), "org_1", call.ID, "per_1")

		if !fault.Is(err, fault.Conflict) || fault.Of(err).Code != "too_many_links" {
			t.Errorf("%v", err)
		}
	})
}

func TestALinkEndsWithItsCall(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		l := newLogAt(t, d, clk)
		call := newCall(l, "org_1", "app_1", 401)
		record(t, l, call)
		clk.Advance(calls.Retention - time.Hour)
		token, _, err := l.Share(t.Context(), "org_1", call.ID, "per_1")
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(2 * time.Hour)

		if err := l.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}

		if _, _, err := l.Shared(t.Context(), token); !fault.Is(err, fault.NotFound) || fault.Of(err).Code != "link_unknown" {
			t.Errorf("%v", err)
		}
	})
}
