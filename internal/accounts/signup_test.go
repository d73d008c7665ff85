package accounts_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/fault"
)

func TestASignUpIsConfirmedByItsLetterAndThenLogsIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		pending, err := a.SignUp(t.Context(), signUp("Maija@Acme.example"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := a.logIn("maija@acme.example", password); !errors.Is(err, accounts.ErrUnverified) || p.ID != pending.PersonID {
			t.Errorf("before the letter: %v", err)
		}

		verified, err := a.Verify(t.Context(), a.letter("accounts.signed_up", accounts.ForVerify))

		if err != nil || verified.ID != pending.PersonID || !verified.Verified {
			t.Fatalf("verified %+v, %v", verified, err)
		}
		person, err := a.logIn(" MAIJA@acme.example ", password)
		if err != nil {
			t.Fatal(err)
		}
		if person.Email != "Maija@Acme.example" || person.OrganisationName != "Acme Payments Oy" || person.Country != "FI" || person.Role != accounts.TPP {
			t.Errorf("logged in as %+v", person)
		}
		for act, want := range map[string]int{"accounts.signed_up": 1, "accounts.verified": 1, "accounts.logged_in": 1} {
			if n := a.count("SELECT COUNT(*) FROM audit_log WHERE act = '" + act + "' AND object = '" + person.ID + "'"); n != want {
				t.Errorf("%d audit rows of %s, want %d", n, act, want)
			}
		}
	})
}

func TestASignUpReportsEveryFieldAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		for _, s := range []accounts.SignUp{
			{},
			{Email: "maija", Password: "short", Organisation: "\u202e", Country: "finland"},
			{Email: "a@b.example\r\nBcc: c@d.example", Password: strings.Repeat("x", 10_000), Organisation: strings.Repeat("n", 10_000), Country: strings.Repeat("F", 10_000)},
			{Email: "\xff@b.example", Password: "\xff\xfe tall otter paints", Organisation: "\xff\xfe", Country: "\xff"},
			{Email: "a\x00@b.example", Password: "tall otter\x00 paints", Organisation: "Acme\x00", Country: "F\x00"},
		} {
			_, err := a.SignUp(t.Context(), s)

			var names []string
			for _, f := range fault.Of(err).Fields {
				names = append(names, f.Name)
			}
			if got := strings.Join(names, " "); got != "email organisation country password" || !fault.Is(err, fault.Invalid) {
				t.Errorf("%.40q: fields %q, %v", s.Email, got, err)
			}
		}
		if n := a.count("SELECT COUNT(*) FROM people"); n != 0 {
			t.Errorf("%d people", n)
		}
	})
}

func TestASecondSignUpWithAKnownAddressChangesNothingAndTellsItsOwner(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		owner := a.member("maija@acme.example")

		again := signUp("MAIJA@acme.example")
		again.Password, again.Organisation = "gravel lantern seventy", "Mallory Ltd"
		pending, err := a.SignUp(t.Context(), again)

		if err != nil || pending.PersonID == owner.ID || !strings.HasPrefix(pending.PersonID, "per_") {
			t.Fatalf("%+v, %v", pending, err)
		}
		if fact := a.last("accounts.signed_up_again"); fact.Payload.PersonID != owner.ID {
			t.Errorf("told about %s", fact.Payload.PersonID)
		}
		if people, organisations := a.count("SELECT COUNT(*) FROM people"), a.count("SELECT COUNT(*) FROM organisations"); people != 1 || organisations != 1 {
			t.Errorf("%d people, %d organisations", people, organisations)
		}
		if _, err := a.logIn("maija@acme.example", password); err != nil {
			t.Errorf("the owner cannot log in: %v", err)
		}
		if waiting, err := a.Waiting(t.Context(), pending); !waiting || err != nil {
			t.Errorf("waiting %v, %v", waiting, err)
		}
		if err := a.ResendVerification(t.Context(), pending); err != nil {
			t.Errorf("resend: %v", err)
		}
	})
}

func TestAnUnfinishedSignUpGivesWayToANewOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		mallory := signUp("maija@acme.example")
		mallory.Password, mallory.Organisation = "gravel lantern seventy", "Mallory Ltd"
		if _, err := a.SignUp(t.Context(), mallory); err != nil {
			t.Fatal(err)
		}
		oldLink := a.letter("accounts.signed_up", accounts.ForVerify)

		maija := a.member("maija@acme.example")

		_, err := a.Verify(t.Context(), oldLink)
		mustCode(t, err, "link_unknown")
		if maija.OrganisationName != "Acme Payments Oy" {
			t.Errorf("she belongs to %s", maija.OrganisationName)
		}
		_, err = a.logIn("maija@acme.example", mallory.Password)
		mustCode(t, err, "login_failed")
		if n := a.count("SELECT COUNT(*) FROM organisations"); n != 1 {
			t.Errorf("%d organisations", n)
		}
	})
}

func TestSignUpsAtTheSameInstantMakeOneAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := a.SignUp(t.Context(), signUp("maija@acme.example")); err != nil {
					t.Errorf("sign up: %v", err)
				}
			})
		}
		wg.Wait()

		if people, organisations := a.count("SELECT COUNT(*) FROM people"), a.count("SELECT COUNT(*) FROM organisations"); people != 1 || organisations != 1 {
			t.Errorf("%d people, %d organisations", people, organisations)
		}
	})
}

func TestALinkIsSpentOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		if _, err := a.SignUp(t.Context(), signUp("maija@acme.example")); err != nil {
			t.Fatal(err)
		}
		token := a.letter("accounts.signed_up", accounts.ForVerify)
		for range 10 {
			if _, err := a.Holder(t.Context(), accounts.ForVerify, token); err != nil {
				t.Fatalf("looking at the link spends it: %v", err)
			}
		}

		results := make(chan error, 50)
		var wg sync.WaitGroup
		for range cap(results) {
			wg.Go(func() {
				_, err := a.Verify(t.Context(), token)
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
			t.Errorf("%d of 50 spent the link", won)
		}
	})
}

func TestALetterWrittenTwiceCarriesTheSameLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		if _, err := a.SignUp(t.Context(), signUp("maija@acme.example")); err != nil {
			t.Fatal(err)
		}
		first := a.letter("accounts.signed_up", accounts.ForVerify)
		clk.Advance(time.Hour)
		second := a.letter("accounts.signed_up", accounts.ForVerify)

		if first != second {
			t.Errorf("%s and %s", first, second)
		}
		clk.Advance(23*time.Hour - time.Second)
		if _, err := a.Verify(t.Context(), first); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
	})
}

func TestALinkEndsAndFitsItsPurposeOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		if _, err := a.SignUp(t.Context(), signUp("maija@acme.example")); err != nil {
			t.Fatal(err)
		}
		token := a.letter("accounts.signed_up", accounts.ForVerify)

		_, err := a.Reset(t.Context(), token, "gravel lantern seventy")
		mustCode(t, err, "link_unknown")
		_, err = a.AcceptStaff(t.Context(), token, "gravel lantern seventy")
		mustCode(t, err, "link_unknown")
		for _, forged := range []string{"", ".", "lnk_x", token + "x", token[:len(token)-1], "lnk_" + strings.Repeat("0", 26) + token[strings.Index(token, "."):], strings.Repeat("a", 10_000), "\x00", "\xff"} {
			_, err := a.Verify(t.Context(), forged)
			mustCode(t, err, "link_unknown")
		}
		clk.Advance(24 * time.Hour)
		_, err = a.Verify(t.Context(), token)
		mustCode(t, err, "link_over")
	})
}

func TestTheLetterIsSentAgainAtMostOnceAMinuteAndTenTimesAnHour(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		pending, err := a.SignUp(t.Context(), signUp("maija@acme.example"))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.ResendVerification(t.Context(), pending); err != nil {
			t.Fatal(err)
		}
		err = a.ResendVerification(t.Context(), pending)
		mustCode(t, err, "too_many_tries")
		if wait := fault.Of(err).RetryAfter; wait <= 0 || wait > time.Minute {
			t.Errorf("wait %v", wait)
		}
		for range 8 {
			clk.Advance(time.Minute)
			if err := a.ResendVerification(t.Context(), pending); err != nil {
				t.Fatal(err)
			}
		}
		clk.Advance(time.Minute)
		mustCode(t, a.ResendVerification(t.Context(), pending), "too_many_tries")
		clk.Advance(time.Hour)
		if err := a.ResendVerification(t.Context(), pending); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestTheTimerRemovesWhatIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		member := a.member("maija@acme.example")
		if _, err := a.SignUp(t.Context(), signUp("mallory@acme.example")); err != nil {
			t.Fatal(err)
		}
		a.letter("accounts.signed_up", accounts.ForVerify)
		if _, err := a.Sessions().Create(t.Context(), member.ID, nil, "", ""); err != nil {
			t.Fatal(err)
		}
		clk.Advance(9 * 24 * time.Hour)

		if err := a.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}

		for table, want := range map[string]int{"people": 1, "organisations": 1, "memberships": 1, "links": 0, "sessions": 0, "throttles": 0} {
			if n := a.count("SELECT COUNT(*) FROM " + table); n != want {
				t.Errorf("%d rows of %s, want %d", n, table, want)
			}
		}
	})
}
