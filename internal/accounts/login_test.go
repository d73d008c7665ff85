package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/fault"
)

func TestOneAnswerStandsForAWrongAddressAndAWrongPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija@acme.example")
		tries := map[string]string{
			"maija@acme.example": "gravel lantern seventy", "nobody@acme.example": password, "": "", "maija": password,
			"maija@acme.example\r\nBcc: x@y.example": password, strings.Repeat("a", 10_000): strings.Repeat("p", 10_000), "\xff\xfe": "\xff", "a\x00b": "\x00",
		}
		var first *fault.Error
		for email, typed := range tries {
			person, err := a.logIn(email, typed)

			got := fault.Of(err)
			if first == nil {
				first = got
			}
			if person != (accounts.Person{}) || got.Code != "login_failed" || got.Message != first.Message || got.Kind != first.Kind {
				t.Errorf("%.40q: %+v, %v", email, person, err)
			}
		}
	})
}

func TestAStrangersGuessesAreSlowedDownAndKeepNobodyElseOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		a.member("maija@acme.example")
		guess := accounts.LogIn{Email: "maija@acme.example", Password: "wrong wrong wrong", IP: "198.51.100.9"}
		for range 5 {
			_, err := a.LogIn(t.Context(), guess)
			mustCode(t, err, "login_failed")
		}

		var waits []time.Duration
		for range 7 {
			_, err := a.LogIn(t.Context(), guess)
			mustCode(t, err, "login_failed")
			_, err = a.LogIn(t.Context(), guess)
			mustCode(t, err, "too_many_tries")
			waits = append(waits, fault.Of(err).RetryAfter)
			clk.Advance(fault.Of(err).RetryAfter)
		}

		if got := fmt.Sprint(waits); got != "[2s 4s 8s 16s 32s 1m0s 1m0s]" {
			t.Errorf("waits %s", got)
		}
		if _, err := a.logIn("maija@acme.example", password); err != nil {
			t.Errorf("the owner, from elsewhere: %v", err)
		}
	})
}

func TestGuessesInParallelAreCountedBeforeThePasswordIsLookedAt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija@acme.example")
		var mu sync.Mutex
		looked := 0
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				_, err := a.logIn("maija@acme.example", "wrong wrong wrong")
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, accounts.ErrLogIn) {
					looked++
				}
			})
		}
		wg.Wait()

		if looked != 6 { // five are free, the sixth starts the delay
			t.Errorf("%d of 40 guesses were looked at", looked)
		}
	})
}

func TestManyNetworksShareALimitThatAKnownDeviceIsExemptFrom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		device := a.DeviceToken(member.ID).Reveal()
		a.fillAccountLimit("maija@acme.example")

		_, err := a.LogIn(t.Context(), accounts.LogIn{Email: "maija@acme.example", Password: password, IP: "203.0.113.5"})
		mustCode(t, err, "too_many_tries")
		_, err = a.LogIn(t.Context(), accounts.LogIn{Email: "maija@acme.example", Password: password, IP: "203.0.113.5", Device: "dev_x.forged"})
		mustCode(t, err, "too_many_tries")
		if _, err := a.LogIn(t.Context(), accounts.LogIn{Email: "maija@acme.example", Password: password, IP: "203.0.113.5", Device: device}); err != nil {
			t.Errorf("from the device that she used before: %v", err)
		}
	})
}

func TestOneNetworkMayFailSoOftenWhateverTheAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		a.member("maija@acme.example")
		for i := range 60 {
			_, err := a.LogIn(t.Context(), accounts.LogIn{Email: fmt.Sprintf("user%d@acme.example", i), Password: "x", IP: fmt.Sprintf("2001:db8:1:2::%x", i)})
			mustCode(t, err, "login_failed")
		}
		late := accounts.LogIn{Email: "maija@acme.example", Password: password, IP: "2001:db8:1:2:ffff::1"}

		_, err := a.LogIn(t.Context(), late)
		mustCode(t, err, "too_many_tries")
		late.IP = "2001:db8:1:3::1"
		if _, err := a.LogIn(t.Context(), late); err != nil {
			t.Errorf("from the next network: %v", err)
		}
		clk.Advance(15 * time.Minute)
		late.IP = "2001:db8:1:2::1"
		if _, err := a.LogIn(t.Context(), late); err != nil {
			t.Errorf("fifteen minutes later: %v", err)
		}
	})
}

func TestLogInsThatSucceedAreNotCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija@acme.example")
		for i := range 70 {
			if _, err := a.logIn("maija@acme.example", password); err != nil {
				t.Fatalf("log-in %d: %v", i+1, err)
			}
		}
	})
}

func TestAHashOfOtherParametersIsRenewedAtLogIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		old := mustHash(t, password)
		if _, err := a.db.Native().ExecContext(t.Context(), "UPDATE people SET password_hash = '"+old+"' WHERE id = '"+member.ID+"'"); err != nil {
			t.Fatal(err)
		}

		for range 2 {
			if _, err := a.logIn("maija@acme.example", password); err != nil {
				t.Fatal(err)
			}
		}

		if n := a.count("SELECT COUNT(*) FROM people WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"); n != 1 {
			t.Error("the hash has not been renewed")
		}
	})
}

func TestThePasswordIsConfirmedForThePersonWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")

		if err := a.ConfirmPassword(t.Context(), member.ID, password, "192.0.2.7"); err != nil {
			t.Error(err)
		}
		for range 6 {
			mustCode(t, a.ConfirmPassword(t.Context(), member.ID, "wrong", "192.0.2.7"), "login_failed")
		}
		mustCode(t, a.ConfirmPassword(t.Context(), member.ID, password, "192.0.2.7"), "too_many_tries")
		mustCode(t, a.ConfirmPassword(t.Context(), "per_nobody", password, "192.0.2.7"), "person_unknown")
	})
}

func TestAPersonWhoIsShutOutCannotLogIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		token, err := a.Sessions().Create(t.Context(), member.ID, nil, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.db.Native().ExecContext(t.Context(), "UPDATE people SET disabled_at = created_at"); err != nil {
			t.Fatal(err)
		}

		_, err = a.logIn("maija@acme.example", password)
		mustCode(t, err, "login_failed")
		_, err = a.Sessions().Load(t.Context(), token)
		mustCode(t, err, "session_over")
	})
}
