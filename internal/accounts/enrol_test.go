package accounts_test

import (
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
	"fairway/internal/totp"
)

// newcomer is a colleague who has chosen a password and enrolled nothing.
func (a desk) newcomer() (accounts.Person, string) {
	a.t.Helper()
	link, err := a.AddStaff(a.t.Context(), "ada@fairway.example", accounts.Admin)
	if err != nil {
		a.t.Fatal(err)
	}
	person, err := a.AcceptStaff(a.t.Context(), link.Reveal(), accountstest.Password)
	if err != nil {
		a.t.Fatal(err)
	}
	return person, secret.Hash(a.session(person.ID))
}

func (a desk) offer(session string) accountstest.App {
	a.t.Helper()
	offer, err := a.OfferFactor(a.t.Context(), session)
	if err != nil {
		a.t.Fatal(err)
	}
	return accountstest.NewApp(a.t, offer.Key)
}

func TestAnAppIsEnrolledByItsFirstCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		person, session := a.newcomer()
		app := a.offer(session)
		if again := a.offer(session); again.Code(clk.Now()) != app.Code(clk.Now()) {
			t.Error("looking again shows another key")
		}
		if second := a.offer(secret.Hash(a.session(person.ID))); second.Code(clk.Now()) == app.Code(clk.Now()) {
			t.Error("two sessions are offered one key")
		}
		mustCode(t, a.proveAt(session, app.Code(clk.Now())), "factor_missing")
		for code, want := range map[string]string{"": "form_invalid", "abc": "form_invalid", app.Code(clk.Now().Add(time.Hour)): "factor_refused"} {
			_, err := a.EnrolFactor(t.Context(), session, code)
			mustCode(t, err, want)
		}

		codes, err := a.EnrolFactor(t.Context(), session, app.Code(clk.Now()))

		if err != nil || len(codes) != 10 || len(codes[0].Reveal()) != 19 || codes[0] == codes[1] {
			t.Fatalf("%d codes, %v", len(codes), err)
		}
		if f, err := a.Factor(t.Context(), person.ID); err != nil || !f.Enrolled || f.CodesLeft != 10 || !f.Since.Equal(clk.Now()) {
			t.Errorf("%+v, %v", f, err)
		}
		if fresh, err := a.Fresh(t.Context(), session); err != nil || !fresh || a.acts("accounts.factor_enrolled") != 1 {
			t.Errorf("fresh %v, %v", fresh, err)
		}
		a.last("accounts.factor_enrolled")
		if left := a.count("SELECT COUNT(*) FROM sessions"); left != 1 {
			t.Errorf("%d sessions live on", left)
		}
	})
}

func TestOneOfManyFirstCodesEnrols(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		_, session := a.newcomer()
		code := a.offer(session).Code(clk.Now())
		var enrolled atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := a.EnrolFactor(t.Context(), session, code); err == nil {
					enrolled.Add(1)
				}
			})
		}
		wg.Wait()

		if enrolled.Load() != 1 || a.count("SELECT COUNT(*) FROM second_factors") != 1 || a.count("SELECT COUNT(*) FROM recovery_codes") != 10 {
			t.Errorf("%d enrolled", enrolled.Load())
		}
	})
}

func TestAPasswordAloneReplacesNoFactor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		half := a.halfway(c)

		for _, session := range []string{half, c.Session()} {
			if session == c.Session() {
				clk.Advance(accounts.FactorLasts)
			}
			_, err := a.OfferFactor(t.Context(), session)
			mustCode(t, err, "factor_stale")
			_, err = a.EnrolFactor(t.Context(), session, "123456")
			mustCode(t, err, "factor_stale")
			_, err = a.ReplaceRecoveryCodes(t.Context(), session)
			mustCode(t, err, "factor_stale")
		}
	})
}

func TestAnotherAppTakesThePlaceOfTheOldOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		half := a.halfway(c)
		app := a.offer(c.Session())

		codes, err := a.EnrolFactor(t.Context(), c.Session(), app.Code(clk.Now()))

		if err != nil || len(codes) != 10 || a.acts("accounts.factor_replaced") != 1 {
			t.Fatal(err)
		}
		mustCode(t, a.proveAt(half, app.Next(clk.Now())), "session_over")
		half = a.halfway(c)
		mustCode(t, a.proveAt(half, c.App.Next(clk.Now())), "factor_refused")
		mustCode(t, a.proveAt(half, c.Codes[0].Reveal()), "factor_refused")
		if err := a.proveAt(half, app.Next(clk.Now())); err != nil {
			t.Error(err)
		}
		if err := a.proveAt(half, codes[0].Reveal()); err != nil {
			t.Error(err)
		}
	})
}

func TestNewRecoveryCodesEndTheOldOnes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)

		codes, err := a.ReplaceRecoveryCodes(t.Context(), c.Session())

		if err != nil || len(codes) != 10 {
			t.Fatal(err)
		}
		a.last("accounts.recovery_codes_replaced")
		mustCode(t, a.proveAt(c.Session(), c.Codes[0].Reveal()), "factor_refused")
		if err := a.proveAt(c.Session(), codes[9].Reveal()); err != nil {
			t.Error(err)
		}
	})
}

func TestTenWhoAskForNewCodesAtOnceLeaveTen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := a.ReplaceRecoveryCodes(t.Context(), c.Session()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		if f, err := a.Factor(t.Context(), c.Person.ID); err != nil || f.CodesLeft != 10 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestWhoLostTheFactorComesBackByAOneTimeLinkAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		if err := a.RequestReset(t.Context(), c.Person.Email, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		letter := a.letter("accounts.reset_requested", accounts.ForReset)

		link, err := a.ResetFactor(t.Context(), " ADA@fairway.example ")

		if err != nil {
			t.Fatal(err)
		}
		a.last("accounts.factor_reset")
		_, err = a.Sessions().Load(t.Context(), c.Token)
		mustCode(t, err, "session_over")
		_, err = a.logIn(c.Person.Email, accountstest.Password)
		mustCode(t, err, "login_failed")
		_, err = a.Reset(t.Context(), letter, newPassword)
		mustCode(t, err, "link_used")
		if f, err := a.Factor(t.Context(), c.Person.ID); err != nil || f.Enrolled {
			t.Errorf("%+v, %v", f, err)
		}
		a.mustGetNoLetter(c.Person)
		if _, err := a.AcceptStaff(t.Context(), link.Reveal(), newPassword); err != nil {
			t.Fatal(err)
		}
		session := a.halfway(c)
		if _, err := a.EnrolFactor(t.Context(), session, a.offer(session).Code(clk.Now())); err != nil {
			t.Error(err)
		}
	})
}

// mustGetNoLetter checks that whoever reads the letters of a colleague without a factor gets no new password by one.
func (a desk) mustGetNoLetter(p accounts.Person) {
	a.t.Helper()
	if err := a.RequestReset(a.t.Context(), p.Email, "192.0.2.7"); err != nil {
		a.t.Fatal(err)
	}
	if told := a.last("accounts.reset_requested"); told.Payload.PersonID == p.ID {
		a.t.Error("a link for a new password is on its way")
	}
}

func TestOnlyAColleaguesFactorIsReset(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		member := a.member("maija@acme.example")
		for typed, want := range map[string]string{"maija@acme.example": "colleague_unknown", "nobody@acme.example": "colleague_unknown", "x": "form_invalid", strings.Repeat("x", 500) + "@y.example": "form_invalid"} {
			_, err := a.ResetFactor(t.Context(), typed)
			mustCode(t, err, want)
		}

		if _, err := a.logIn(member.Email, password); err != nil {
			t.Error(err)
		}
	})
}

func TestAResetOfThePasswordLeavesTheFactor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := a.colleague(clk)
		if err := a.RequestReset(t.Context(), c.Person.Email, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}

		person, err := a.Reset(t.Context(), a.letter("accounts.reset_requested", accounts.ForReset), newPassword)

		if err != nil || person.ID != c.Person.ID {
			t.Fatal(err)
		}
		half := a.halfway(c)
		_, err = a.OfferFactor(t.Context(), half)
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("another factor is offered: %v", err)
		}
		if err := a.proveAt(half, c.App.Code(clk.Now().Add(totp.Period))); err != nil {
			t.Error(err)
		}
	})
}
