package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/mail"
)

const (
	reminder = "Submissions for Live wait for a decision"
	delay    = "We are still working on your certificates"
)

// enter lets an administrator in whose letter about her second factor has come.
func (o office) enter(email string, role accounts.Role) {
	o.t.Helper()
	before := len(o.settled())
	accountstest.Enter(o.t, o.accounts, email, role, o.db.Now())
	o.wait(before + 1)
}

func TestRemindersAndTheDelayFollowTheWorkingDays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		submitted time.Time
		want      []string
	}{
		"from a Monday": {monday, []string{
			"Tue 24 Nov 08:00 " + reminder, "Wed 25 Nov 08:00 " + reminder, "Thu 26 Nov 12:00 " + delay,
		}},
		"from a Thursday": {time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), []string{
			"Fri 27 Nov 08:00 " + reminder, "Mon 30 Nov 08:00 " + reminder, "Tue 1 Dec 12:00 " + delay,
		}},
		"over a weekend": {time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC), []string{
			"Mon 30 Nov 08:00 " + reminder, "Tue 1 Dec 08:00 " + reminder, "Wed 2 Dec 12:00 " + delay,
		}},
		"after four in the afternoon": {time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), []string{
			"Wed 25 Nov 08:00 " + reminder, "Thu 26 Nov 08:00 " + reminder, "Fri 27 Nov 12:00 " + delay,
		}},
		"over Christmas": {time.Date(2026, 12, 22, 8, 0, 0, 0, time.UTC), []string{
			"Wed 23 Dec 08:00 " + reminder, "Mon 28 Dec 08:00 " + reminder, "Tue 29 Dec 12:00 " + delay,
		}},
		"in summer time": {time.Date(2027, 6, 7, 8, 0, 0, 0, time.UTC), []string{
			"Tue 8 Jun 08:00 " + reminder, "Wed 9 Jun 08:00 " + reminder, "Thu 10 Jun 12:00 " + delay,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, o office, clk *clock.Manual) {
				clk.Set(c.submitted)
				o.enter("ada@fairway.example", accounts.Admin)
				o.enter("sam@fairway.example", accounts.Support)
				o.hand("Budget Buddy")

				came := o.walk(clk, time.Hour, c.submitted.AddDate(0, 0, 9), o.notify.Deadlines)

				if !slices.Equal(came, c.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(came, "\n"), strings.Join(c.want, "\n"))
				}
			})
		})
	}
}

func TestADelayIsToldToTheOrganisationWithItsDate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		e := o.hand("Budget Buddy")
		o.post.breaks(1)
		clk.Set(e.DueAt)

		if err := o.notify.Deadlines(t.Context()); err != nil {
			t.Fatal(err)
		}

		letters := o.wait(2) // the second because the server's answer to the first was lost
		if len(letters) != 2 || letters[0] != letters[1] || letters[0].Subject != delay {
			t.Fatalf("%+v", letters)
		}
		mustSay(t, letters[0], "Budget Buddy", "the end of Thursday 26 November 2026, Helsinki time", "23 Nov 2026, 08:00 UTC", e.ID, home+"/playground/live/certificates")
	})
}

func TestWhatIsDecidedOrAskedIsNotLate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.decide(o.hand("Accepted"), true, "Every check passed.")
		o.decide(o.hand("Rejected"), false, "The seal is another company's.")
		o.withdraw(o.hand("Withdrawn"))
		asked := o.ask(o.hand("Asked"), "Which one is yours?")
		o.wait(3)

		if came := o.walk(clk, 6*time.Hour, monday.AddDate(0, 0, 7), o.notify.Deadlines); len(came) != 0 {
			t.Errorf("while nothing waits: %v", came)
		}
		o.reply(asked, "The first one.") // on the Monday after at four in the afternoon: three days are left
		o.wait(4)
		came := o.walk(clk, time.Hour, clk.Now().AddDate(0, 0, 5), o.notify.Deadlines)

		if want := []string{"Thu 3 Dec 12:00 " + delay}; !slices.Equal(came, want) {
			t.Errorf("after the answer: %v", came)
		}
	})
}

func TestADelayThatIsNoLongerTrueIsNotTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		withdrawn, moved := o.hand("Withdrawn"), o.hand("Moved")
		clk.Set(moved.DueAt)
		o.withdraw(withdrawn)

		for id, due := range map[string]int64{withdrawn.ID: withdrawn.DueAt.Unix(), moved.ID: moved.DueAt.Unix() - 86400, "enr_nobody": moved.DueAt.Unix()} {
			o.tell(told{"notify.live_delayed", fmt.Appendf(nil, `{"enrolment_id":%q,"due":%d}`, id, due)})
		}

		if letters := o.settled(); len(letters) != 0 {
			t.Errorf("%+v", letters)
		}
	})
}

func TestADateThatMovedIsAnotherPromise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		e := o.hand("Budget Buddy")
		first := o.walk(clk, time.Hour, e.DueAt, o.notify.Deadlines)
		change(t, o.db, "UPDATE enrolments SET due_at = ? WHERE id = ?", o.days.Deadline(clk.Now(), 2), e.ID)
		second := o.walk(clk, time.Hour, clk.Now().AddDate(0, 0, 6), o.notify.Deadlines)

		if !slices.Equal(first, []string{"Thu 26 Nov 12:00 " + delay}) || !slices.Equal(second, []string{"Tue 1 Dec 12:00 " + delay}) {
			t.Errorf("%v, then %v", first, second)
		}
	})
}

func TestAPortalThatWasOffTellsADelayLateButNotForEver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.hand("A month and more ago")
		clk.Advance(5 * 24 * time.Hour)
		recent := o.hand("Three weeks ago")
		clk.Advance(29 * 24 * time.Hour)

		came := o.walk(clk, time.Hour, clk.Now().Add(3*time.Hour), o.notify.Deadlines)

		letters := o.settled()
		if len(came) != 1 || len(letters) != 1 || letters[0].Subject != delay || !strings.Contains(letters[0].Text, recent.ID) {
			t.Errorf("%v: %+v", came, letters)
		}
	})
}

func TestAReminderListsWhatWaitsToEveryAdministrator(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		for _, email := range []string{"ada@fairway.example", "bea@fairway.example"} {
			o.enter(email, accounts.Admin)
		}
		later := o.hand("Later Ltd")
		change(t, o.db, "UPDATE enrolments SET due_at = ? WHERE id = ?", o.days.Deadline(monday, 4), later.ID)
		first := o.hand("First Oy")
		o.decide(o.hand("Decided Oy"), true, "Every check passed.")
		clk.Set(monday.AddDate(0, 0, 1))
		before := len(o.settled())

		if err := o.notify.Deadlines(t.Context()); err != nil {
			t.Fatal(err)
		}

		letters := o.wait(before + 2)[before:]
		to := map[string]mail.Message{}
		for _, m := range letters {
			to[m.To] = m
		}
		if len(letters) != 2 || len(to) != 2 {
			t.Fatalf("%+v", letters)
		}
		mustSay(t, to["bea@fairway.example"], home+"/admin/reviews",
			"- "+first.ID+", due by the end of Thursday 26 November 2026, Helsinki time: First Oy\n- "+later.ID+", due by the end of Friday 27 November 2026, Helsinki time: Later Ltd\n")
		if strings.Contains(letters[0].Text, "Decided Oy") || strings.Contains(letters[0].Text, "more") {
			t.Errorf("the list has what does not wait:\n%s", letters[0].Text)
		}
	})
}

func TestALongQueueIsListedUpToFifty(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.enter("ada@fairway.example", accounts.Admin)
		crowd(t, o.db, o.hand("First Oy"), 56)
		clk.Set(monday.AddDate(0, 0, 1))

		if err := o.notify.Deadlines(t.Context()); err != nil {
			t.Fatal(err)
		}

		letter := o.wait(2)[1]
		if n := strings.Count(letter.Text, "\n- "); n != 50 {
			t.Errorf("%d lines", n)
		}
		mustSay(t, letter, "First Oy", "The queue has 7 more.")
	})
}

func TestAReminderThatFindsNothingWaitingIsNotSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.enter("ada@fairway.example", accounts.Admin)
		e := o.hand("Budget Buddy")
		clk.Set(monday.AddDate(0, 0, 1))
		if err := o.notify.Deadlines(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := len(o.wait(2))
		change(t, o.db, "DELETE FROM letters WHERE kind = 'notify.reviews_waiting'") // as if the letter were still to be sent

		o.withdraw(e)
		again(t, o.db)

		if letters := o.settled(); len(letters) != before {
			t.Errorf("%+v", letters[before:])
		}
	})
}

func TestAReminderOfYesterdayIsNotSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.enter("ada@fairway.example", accounts.Admin)
		o.hand("Budget Buddy")
		before := len(o.settled())
		clk.Set(monday.AddDate(0, 0, 1))

		o.tell(told{"notify.reviews_waiting", []byte(`{"day":"2026-11-23"}`)})

		if letters := o.settled(); len(letters) != before {
			t.Errorf("%+v", letters[before:])
		}
	})
}
