package notify_test

import (
	"slices"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/testkit"
)

func TestLettersToOneAddressKeepTheirOrderWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		_, anna := testkit.Organisation(t, o.db, "Acme")
		o.post.goes(true)
		o.tell(accounts.PasswordChanged{ID: "first", PersonID: anna})
		testkit.Eventually(t, "a try in vain", func() bool { return o.post.goes(true) > 0 })
		clk.Advance(time.Minute)
		o.tell(accounts.FactorEnrolled{ID: "second", PersonID: anna}) // which is tried anew sooner

		o.post.goes(false)

		var subjects []string
		for _, m := range o.wait(2) {
			subjects = append(subjects, m.Subject)
		}
		if !slices.Equal(subjects, []string{"Your password was changed", "A second factor was set up"}) {
			t.Errorf("%q", subjects)
		}
	})
}

func TestALetterThatIsNotTrueAnyMoreHoldsUpNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		o.post.goes(true)
		e := o.submit("Budget Buddy")
		testkit.Eventually(t, "a try in vain", func() bool { return o.post.goes(true) > 0 })
		clk.Advance(time.Minute)
		o.ask(e, "Which of the two numbers is yours?") // now nobody is told any more that it was received

		o.post.goes(false)

		if letters := o.wait(1); len(letters) != 1 || letters[0].Subject != "We have a question about your certificates" {
			t.Errorf("%+v", letters)
		}
	})
}

func TestALetterThatNobodyTriesAnyMoreHoldsUpNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		e := o.submit("Budget Buddy")
		first := o.wait(1)[0]
		execute(t, o, "UPDATE letters SET sent_at = NULL, tried_at = '2026-11-23 08:00:00+00:00'")
		clk.Advance(10 * time.Minute)

		o.ask(e, "Which of the two numbers is yours?")

		if letters := o.wait(2); letters[0].ID != first.ID || letters[1].Subject != "We have a question about your certificates" {
			t.Errorf("%+v", letters)
		}
	})
}

func execute(t *testing.T, o office, statement string) {
	t.Helper()
	if _, err := o.db.Native().ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
