package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/testkit"
	"fairway/internal/totp"
)

// colleague is an administrator who is signed in, a step after she enrolled.
func (a desk) colleague(clk *clock.Manual) accountstest.Colleague {
	a.t.Helper()
	c := accountstest.Enter(a.t, a.Accounts, "ada@fairway.example", accounts.Admin, clk.Now())
	clk.Advance(totp.Period)
	return c
}

// halfway is a session of somebody who entered the password.
func (a desk) halfway(c accountstest.Colleague) string {
	a.t.Helper()
	return secret.Hash(a.session(c.Person.ID))
}

func (a desk) proveAt(session, code string) error {
	_, err := a.ProveFactor(a.t.Context(), accounts.Proof{Session: session, Code: code, IP: "192.0.2.7"})
	return err
}

// acts are the audit rows of a kind.
func (a desk) acts(act string) int {
	return a.count("SELECT COUNT(*) FROM audit_log WHERE act = '" + act + "'")
}

func TestASessionOfStaffIsHalfwayUntilACodeIsProved(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		token := a.session(c.Person.ID)
		before, err := a.Sessions().Load(t.Context(), token)
		if err != nil || !before.Halfway() {
			t.Fatalf("%+v, %v", before, err)
		}
		if _, err := a.logIn("ada@fairway.example", accountstest.Password); err != nil || a.acts("accounts.password_proved") != 1 || a.acts("accounts.logged_in") != 0 {
			t.Fatalf("the password alone: %v", err)
		}

		if err := a.proveAt(secret.Hash(token), c.App.Code(clk.Now())); err != nil {
			t.Fatal(err)
		}
		renewed, err := a.Sessions().Renew(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}

		after, err := a.Sessions().Load(t.Context(), renewed)
		if err != nil || after.Halfway() || !after.FactorAt.Equal(clk.Now()) || !after.AuthAt.Equal(before.AuthAt) || *after.Person != *before.Person {
			t.Errorf("%+v, %v", after, err)
		}
		_, err = a.Sessions().Load(t.Context(), token)
		mustCode(t, err, "session_over")
		_, err = a.Sessions().Renew(t.Context(), token)
		mustCode(t, err, "session_over")
		if list, err := a.Sessions().List(t.Context(), c.Person.ID); err != nil || len(list) != 2 || a.acts("accounts.logged_in") != 1 {
			t.Errorf("%d sessions, %v, %d log-ins", len(list), err, a.acts("accounts.logged_in"))
		}
	})
}

func TestACodeCountsOnceAndSoDoesEveryOneBeforeIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		session := a.halfway(c)
		mustCode(t, a.proveAt(session, c.App.Code(clk.Now().Add(-totp.Period))), "factor_refused") // spent by the enrolment

		if err := a.proveAt(session, c.App.Next(clk.Now())); err != nil {
			t.Fatalf("a clock that is fast: %v", err)
		}

		for _, again := range []time.Duration{totp.Period, 0, -totp.Period, 2 * totp.Period} {
			mustCode(t, a.proveAt(session, c.App.Code(clk.Now().Add(again))), "factor_refused")
		}
		if a.acts("accounts.factor_refused") != 5 {
			t.Errorf("%d refusals are on the trail", a.acts("accounts.factor_refused"))
		}
		clk.Advance(3 * totp.Period)
		if err := a.proveAt(session, c.App.Code(clk.Now())); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// race sends one code fifty times at once, from fifty networks, and counts how often it is taken.
func (a desk) race(session, code string) int64 {
	var taken atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, err := a.ProveFactor(a.t.Context(), accounts.Proof{Session: session, Code: code, IP: fmt.Sprintf("198.51.100.%d", i)})
			switch {
			case err == nil:
				taken.Add(1)
			case !errors.Is(err, accounts.ErrFactor) && !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.Conflict):
				a.t.Error(err)
			}
		})
	}
	wg.Wait()
	return taken.Load()
}

func TestOfFiftyWhoEnterOneCodeAtOnceOneGetsIn(t *testing.T) {
	t.Parallel()
	for kind, left := range map[string]int{"app": 10, "recovery": 9} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, a desk, clk *clock.Manual) {
				c := a.colleague(clk)
				code := c.App.Code(clk.Now())
				if kind == "recovery" {
					code = c.Codes[0].Reveal()
				}

				taken := a.race(a.halfway(c), code)

				if f, err := a.Factor(t.Context(), c.Person.ID); taken != 1 || err != nil || f.CodesLeft != left {
					t.Errorf("the code was taken %d times; %+v, %v", taken, f, err)
				}
			})
		})
	}
}

func TestARecoveryCodeWorksOnceHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		session := a.halfway(c)
		if len(c.Codes) != 10 || a.count("SELECT COUNT(*) FROM recovery_codes WHERE hash LIKE '%"+c.Codes[0].Reveal()+"%'") != 0 {
			t.Fatalf("%d codes, or they stand in the table", len(c.Codes))
		}

		proved, err := a.ProveFactor(t.Context(), accounts.Proof{Session: session, Code: " " + strings.ToUpper(c.Codes[3].Reveal()) + " ", IP: "192.0.2.7"})

		if err != nil || !proved.ByRecovery || proved.CodesLeft != 9 || proved.Person.ID != c.Person.ID {
			t.Fatalf("%+v, %v", proved, err)
		}
		a.last("accounts.recovery_code_used")
		mustCode(t, a.proveAt(session, c.Codes[3].Reveal()), "factor_refused")
		if err := a.proveAt(session, strings.ReplaceAll(c.Codes[4].Reveal(), "-", "")); err != nil || a.acts("accounts.recovery_code_used") != 2 {
			t.Errorf("%v, %d on the trail", err, a.acts("accounts.recovery_code_used"))
		}
	})
}

func TestGuessesAtACodeAreSlowedDownAndKeepNobodyElseOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		session := a.halfway(c)
		guess := accounts.Proof{Session: session, Code: "000000", IP: "198.51.100.9"}
		if c.App.Code(clk.Now()) == guess.Code {
			guess.Code = "000001"
		}
		looked := 0
		for range 40 {
			if _, err := a.ProveFactor(t.Context(), guess); errors.Is(err, accounts.ErrFactor) {
				looked++
			} else {
				mustCode(t, err, "too_many_tries")
			}
		}
		if looked != 6 { // five are free, the sixth starts the delay
			t.Errorf("%d of 40 guesses were looked at", looked)
		}

		if err := a.proveAt(session, c.App.Code(clk.Now())); err != nil {
			t.Errorf("the owner, from elsewhere: %v", err)
		}
		for i := range 60 {
			guess.IP = fmt.Sprintf("203.0.113.%d", i)
			_, _ = a.ProveFactor(t.Context(), guess) // refused, or too many: both are guesses
		}
		late := accounts.Proof{Session: session, Code: c.App.Next(clk.Now()), IP: "192.0.2.7"}
		_, err := a.ProveFactor(t.Context(), late)
		mustCode(t, err, "too_many_tries")
		late.Device = a.DeviceToken(c.Person.ID).Reveal()
		if _, err := a.ProveFactor(t.Context(), late); err != nil {
			t.Errorf("the owner, with her own browser: %v", err)
		}
	})
}

func TestASlipOfTheHandIsNoGuess(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		session := a.halfway(c)

		for range 20 {
			for _, slip := range []string{"", " ", "12345", "1234567", "abcdef", "12345x", "１２３４５６", strings.Repeat("1", 10_000), "\x00\xff", "0000-0000-0000-000u"} {
				mustCode(t, a.proveAt(session, slip), "form_invalid")
			}
		}

		typed := c.App.Code(clk.Now())
		if err := a.proveAt(session, typed[:3]+" "+typed[3:]); err != nil {
			t.Error(err)
		}
	})
}

func TestAProofIsFreshForFiveMinutes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := accountstest.Enter(t, a.Accounts, "ada@fairway.example", accounts.Admin, clk.Now())
		other := a.halfway(c)
		act := func(code string) error {
			return a.ConfirmFactor(t.Context(), accounts.Proof{Session: c.Session(), Code: code, IP: "192.0.2.7", Device: c.Device.Reveal()})
		}

		for name, device := range map[string]string{"another browser": "", "somebody else's": a.DeviceToken("per_other").Reveal()} {
			if err := a.ConfirmFactor(t.Context(), accounts.Proof{Session: c.Session(), IP: "192.0.2.7", Device: device}); fault.Of(err).Code != "form_invalid" {
				t.Errorf("%s: %v", name, err)
			}
		}
		clk.Advance(accounts.FactorLasts - time.Microsecond)
		if err := act(""); err != nil {
			t.Errorf("just before: %v", err)
		}
		clk.Advance(time.Microsecond)
		mustCode(t, act(""), "form_invalid")
		if got := fault.Of(act("")).Fields; len(got) != 1 || got[0].Name != "code" {
			t.Errorf("the fields at fault are %+v", got)
		}
		if err := act(c.App.Code(clk.Now())); err != nil {
			t.Errorf("with a code: %v", err)
		}
		if err := act(""); err != nil {
			t.Errorf("after the code: %v", err)
		}
		mustCode(t, a.ConfirmFactor(t.Context(), accounts.Proof{Session: other, IP: "192.0.2.7"}), "form_invalid")
		mustCode(t, a.ConfirmFactor(t.Context(), accounts.Proof{Session: "nobody", IP: "192.0.2.7"}), "session_over")
		if a.acts("accounts.factor_proved") != 1 {
			t.Errorf("%d proofs are on the trail", a.acts("accounts.factor_proved"))
		}
	})
}

func TestAnAnonymousSessionProvesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		token := a.session("")

		mustCode(t, a.proveAt(secret.Hash(token), "123456"), "session_over")
		_, err := a.OfferFactor(t.Context(), secret.Hash(token))
		mustCode(t, err, "session_over")
		member := a.member("maija@acme.example")
		mustCode(t, a.proveAt(secret.Hash(a.session(member.ID)), "123456"), "factor_missing")
	})
}

func TestTheKeyOfAnAppIsSealedAndBoundToItsRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		var id, sealed string
		if err := a.db.Native().QueryRowContext(t.Context(), "SELECT id, sealed FROM second_factors").Scan(&id, &sealed); err != nil {
			t.Fatal(err)
		}

		key, err := testkit.Ring(t).Open("second_factors|"+id+"|sealed", sealed)

		if err != nil || totp.Code(key, totp.Step(clk.Now())) != c.App.Code(clk.Now()) {
			t.Errorf("it does not open at its place: %v", err)
		}
		if _, err := a.db.Native().ExecContext(t.Context(), "UPDATE second_factors SET id = 'fac_moved'"); err != nil {
			t.Fatal(err)
		}
		mustCode(t, a.proveAt(a.halfway(c), c.App.Code(clk.Now())), "internal")
	})
}
