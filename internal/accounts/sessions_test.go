package accounts_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/totp"
)

func TestASessionKnowsItsPersonAndWhatWasRemembered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		token, err := a.Sessions().Create(t.Context(), member.ID, map[string]string{"a": "1"}, "192.0.2.7", "Browser\x00 \xff"+strings.Repeat("x", 1000))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Sessions().Save(t.Context(), token, map[string]string{"b": "<é>"}); err != nil {
			t.Fatal(err)
		}

		s, err := a.Sessions().Load(t.Context(), token)

		if err != nil || s.Person == nil || *s.Person != member {
			t.Fatalf("%+v, %v; want %+v", s.Person, err, member)
		}
		if len(s.Data) != 1 || s.Data["b"] != "<é>" || !s.AuthAt.Equal(testkit.Start) || len(s.UserAgent) != 200 || s.ID != secret.Hash(token) {
			t.Errorf("%+v", s)
		}
		if len(token.Reveal()) < 43 || a.count("SELECT COUNT(*) FROM sessions WHERE id = '"+token.Reveal()+"'") != 0 {
			t.Error("the token is short, or stands in the table")
		}
	})
}

func TestAnAnonymousSessionHasNoPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		token, err := a.Sessions().Create(t.Context(), "", map[string]string{"pending": "x"}, "", "")
		if err != nil {
			t.Fatal(err)
		}

		s, err := a.Sessions().Load(t.Context(), token)

		if err != nil || s.Person != nil || !s.AuthAt.IsZero() || s.Data["pending"] != "x" {
			t.Errorf("%+v, %v", s, err)
		}
		for _, unknown := range []secret.Text{"", "x", token + "x", "\x00", "\xff"} {
			_, err := a.Sessions().Load(t.Context(), unknown)
			mustCode(t, err, "session_over")
		}
	})
}

func TestASessionEndsAfterIdlenessAndAfterItsLongestLife(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		tpp := a.member("maija@acme.example")
		staff := accountstest.Enter(t, a.Accounts, "ada@fairway.example", accounts.Support, clk.Now())
		half := func() secret.Text { return a.session(staff.Person.ID) }
		for _, c := range []struct {
			begin         func() secret.Text
			idle, longest time.Duration
		}{
			{func() secret.Text { return a.session(tpp.ID) }, time.Hour, 12 * time.Hour},
			{half, 15 * time.Minute, 30 * time.Minute},
			{func() secret.Text { clk.Advance(totp.Period); return a.prove(half(), staff, clk) }, 15 * time.Minute, 8 * time.Hour},
		} {
			a.mustEndAfter(c.begin, clk, c.idle)
			a.mustLiveFor(c.begin(), clk, c.idle-time.Second, c.longest)
			a.mustNotLiveByPeeking(c.begin(), clk, c.idle)
		}
	})
}

// mustEndAfter checks that a session that is not used lives for idle, and no longer.
func (a desk) mustEndAfter(begin func() secret.Text, clk *clock.Manual, idle time.Duration) {
	a.t.Helper()
	for _, c := range []struct {
		wait  time.Duration
		alive bool
	}{{idle - time.Second, true}, {idle, false}} {
		token := begin()
		clk.Advance(c.wait)
		if _, err := a.Sessions().Load(a.t.Context(), token); (err == nil) != c.alive {
			a.t.Errorf("after %v without use: %v", c.wait, err)
		}
	}
}

// mustLiveFor checks that a session that is used every step lives until longest, and no longer.
func (a desk) mustLiveFor(token secret.Text, clk *clock.Manual, step, longest time.Duration) {
	a.t.Helper()
	for spent := time.Duration(0); spent+step < longest; spent += step {
		clk.Advance(step)
		if _, err := a.Sessions().Load(a.t.Context(), token); err != nil {
			a.t.Fatalf("after %v: %v", spent+step, err)
		}
	}
	clk.Advance(longest % step)
	clk.Advance(time.Second)
	_, err := a.Sessions().Load(a.t.Context(), token)
	mustCode(a.t, err, "session_over")
}

// mustNotLiveByPeeking checks that a page which asks by itself does not keep a session from idling out.
func (a desk) mustNotLiveByPeeking(token secret.Text, clk *clock.Manual, idle time.Duration) {
	a.t.Helper()
	clk.Advance(idle - time.Second)
	if _, err := a.Sessions().Peek(a.t.Context(), token); err != nil {
		a.t.Errorf("after %v: %v", idle-time.Second, err)
	}
	clk.Advance(time.Second)
	_, err := a.Sessions().Peek(a.t.Context(), token)
	mustCode(a.t, err, "session_over")
}

// prove makes a session of a colleague whole, with a code that was not used yet.
func (a desk) prove(token secret.Text, c accountstest.Colleague, clk *clock.Manual) secret.Text {
	a.t.Helper()
	if _, err := a.ProveFactor(a.t.Context(), accounts.Proof{Session: secret.Hash(token), Code: c.App.Code(clk.Now()), IP: "192.0.2.7"}); err != nil {
		a.t.Fatal(err)
	}
	return token
}

func (a desk) session(personID string) secret.Text {
	a.t.Helper()
	token, err := a.Sessions().Create(a.t.Context(), personID, nil, "", "")
	if err != nil {
		a.t.Fatal(err)
	}
	return token
}

func TestARoleCountsFromTheNextRequestOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		member := a.member("maija@acme.example")
		token := a.session(member.ID)
		if _, err := a.db.Native().ExecContext(t.Context(), "UPDATE people SET role = 'support'"); err != nil {
			t.Fatal(err)
		}

		s, err := a.Sessions().Load(t.Context(), token)
		if err != nil || s.Person.Role != accounts.Support {
			t.Fatalf("%+v, %v", s.Person, err)
		}
		clk.Advance(15 * time.Minute)
		_, err = a.Sessions().Load(t.Context(), token)
		mustCode(t, err, "session_over")
	})
}

func TestEndingSessionsTakesEffectInEveryProcess(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member, other := a.member("maija@acme.example"), a.member("liisa@acme.example")
		elsewhere := accounts.NewSessions(a.db, testkit.Log(t)) // another process shares the database and nothing else
		first, second, third, hers := a.session(member.ID), a.session(member.ID), a.session(member.ID), a.session(other.ID)

		if err := a.Sessions().Kill(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		_, err := elsewhere.Load(t.Context(), first)
		mustCode(t, err, "session_over")
		rotated, err := a.Sessions().Rotate(t.Context(), second, member.ID, "", "")
		if err != nil || rotated == second {
			t.Fatal(err)
		}
		_, err = elsewhere.Load(t.Context(), second)
		mustCode(t, err, "session_over")
		if list, err := a.Sessions().List(t.Context(), member.ID); err != nil || len(list) != 2 {
			t.Errorf("%d sessions, %v", len(list), err)
		}
		if err := a.Sessions().KillAll(t.Context(), member.ID); err != nil {
			t.Fatal(err)
		}
		for _, token := range []secret.Text{rotated, third} {
			_, err := elsewhere.Load(t.Context(), token)
			mustCode(t, err, "session_over")
		}
		if _, err := elsewhere.Load(t.Context(), hers); err != nil {
			t.Errorf("somebody else's session: %v", err)
		}
		mustCode(t, a.Sessions().Save(t.Context(), third, nil), "session_over")
	})
}

func TestUseIsNotedAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		member := a.member("maija@acme.example")
		token := a.session(member.ID)
		seen := func() time.Time {
			s, err := a.Sessions().Load(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return s.SeenAt
		}

		clk.Advance(59 * time.Second)
		seen()
		if got := seen(); !got.Equal(testkit.Start) {
			t.Errorf("after 59 seconds it says %v", got)
		}
		clk.Advance(time.Second)
		seen()
		if got := seen(); !got.Equal(testkit.Start.Add(time.Minute)) {
			t.Errorf("after a minute it says %v", got)
		}
	})
}

func TestASessionHoldsLittle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		if _, err := a.Sessions().Create(t.Context(), "", map[string]string{"x": strings.Repeat("y", 9000)}, "", ""); err == nil {
			t.Error("nine kilobytes were kept")
		}
	})
}
