package accounts_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/fault"
)

const newPassword = "gravel lantern seventy"

func TestAResetReplacesThePasswordAndEndsEverySession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		session, err := a.Sessions().Create(t.Context(), member.ID, nil, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.RequestReset(t.Context(), "MAIJA@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		link := a.letter("accounts.reset_requested", accounts.ForReset)

		person, err := a.Reset(t.Context(), link, newPassword)

		if err != nil || person.ID != member.ID {
			t.Fatalf("%+v, %v", person, err)
		}
		_, err = a.Sessions().Load(t.Context(), session)
		mustCode(t, err, "session_over")
		_, err = a.logIn("maija@acme.example", password)
		mustCode(t, err, "login_failed")
		if _, err := a.logIn("maija@acme.example", newPassword); err != nil {
			t.Error(err)
		}
		_, err = a.Reset(t.Context(), link, "another lantern again")
		mustCode(t, err, "link_used")
		if fact := a.last("accounts.password_changed"); fact.Payload.PersonID != member.ID {
			t.Errorf("told about %s", fact.Payload.PersonID)
		}
	})
}

func TestAResetForAnUnknownAddressAnswersAndWorksTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija@acme.example")
		before := len(a.told())

		for _, email := range []string{"maija@acme.example", "nobody@acme.example"} {
			if err := a.RequestReset(t.Context(), email, "192.0.2.7"); err != nil {
				t.Errorf("%s: %v", email, err)
			}
		}

		if n := len(a.told()) - before; n != 2 {
			t.Errorf("%d facts, want one each", n)
		}
		if n := a.count("SELECT COUNT(*) FROM audit_log WHERE act = 'accounts.reset_requested'"); n != 2 {
			t.Errorf("%d audit rows, want one each", n)
		}
		mustCode(t, a.RequestReset(t.Context(), "no address", "192.0.2.7"), "form_invalid")
	})
}

func TestAWeakNewPasswordDoesNotSpendTheLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija.virtanen@acme.example")
		if err := a.RequestReset(t.Context(), "maija.virtanen@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		link := a.letter("accounts.reset_requested", accounts.ForReset)

		for _, weak := range []string{"", "short", "maija.virtanen1", "acmepaymentsoy1", "password1234"} {
			_, err := a.Reset(t.Context(), link, weak)
			mustCode(t, err, "form_invalid")
		}
		if _, err := a.Reset(t.Context(), link, newPassword); err != nil {
			t.Error(err)
		}
	})
}

func TestAResetLinkLivesAnHourAndOnlyOneOfManyWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		a.member("maija@acme.example")
		if err := a.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		first := a.letter("accounts.reset_requested", accounts.ForReset)
		clk.Advance(time.Hour)
		_, err := a.Reset(t.Context(), first, newPassword)
		mustCode(t, err, "link_over")
		if err := a.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		second := a.letter("accounts.reset_requested", accounts.ForReset)

		results := make(chan error, 20)
		var wg sync.WaitGroup
		for range cap(results) {
			wg.Go(func() {
				_, err := a.Reset(t.Context(), second, newPassword)
				results <- err
			})
		}
		wg.Wait()
		close(results)

		won := 0
		for err := range results {
			if err == nil {
				won++
			} else if !errors.Is(err, accounts.ErrLinkUsed) {
				t.Errorf("a loser got %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of 20 spent the link", won)
		}
	})
}

func TestAResetConfirmsTheAddressOfAnUnfinishedSignUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		if _, err := a.SignUp(t.Context(), signUp("maija@acme.example")); err != nil {
			t.Fatal(err)
		}
		verify := a.letter("accounts.signed_up", accounts.ForVerify)
		if err := a.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}

		person, err := a.Reset(t.Context(), a.letter("accounts.reset_requested", accounts.ForReset), newPassword)

		if err != nil || !person.Verified {
			t.Fatalf("%+v, %v", person, err)
		}
		_, err = a.Verify(t.Context(), verify)
		mustCode(t, err, "link_used")
		if _, err := a.logIn("maija@acme.example", newPassword); err != nil {
			t.Error(err)
		}
	})
}

func TestResetsAreCountedByAddressWhetherItIsKnownOrNot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		a.member("maija@acme.example")
		for _, email := range []string{"maija@acme.example", "nobody@acme.example"} {
			for range 5 {
				if err := a.RequestReset(t.Context(), email, "192.0.2.7"); err != nil {
					t.Fatal(err)
				}
			}
			err := a.RequestReset(t.Context(), email, "192.0.2.8")
			mustCode(t, err, "too_many_tries")
			if wait := fault.Of(err).RetryAfter; wait != time.Hour {
				t.Errorf("%s: wait %v", email, wait)
			}
		}
		clk.Advance(time.Hour)
		if err := a.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
			t.Error(err)
		}
	})
}
