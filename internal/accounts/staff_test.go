package accounts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/testkit"
)

func TestStaffComesInByAOneTimeLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		link, err := a.AddStaff(t.Context(), "ada@fairway.example", accounts.Admin)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.logIn("ada@fairway.example", "!")
		mustCode(t, err, "login_failed")
		_, err = a.AcceptStaff(t.Context(), link.Reveal(), "fairway-portal-1")
		mustCode(t, err, "form_invalid")

		person, err := a.AcceptStaff(t.Context(), link.Reveal(), newPassword)

		if err != nil || person.Role != accounts.Admin || !person.Verified || person.OrganisationID != "" {
			t.Fatalf("%+v, %v", person, err)
		}
		if _, err := a.logIn("ada@fairway.example", newPassword); err != nil {
			t.Error(err)
		}
		_, err = a.AcceptStaff(t.Context(), link.Reveal(), newPassword)
		mustCode(t, err, "link_used")
		late, err := a.AddStaff(t.Context(), "late@fairway.example", accounts.Support)
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(24 * time.Hour)
		_, err = a.AcceptStaff(t.Context(), late.Reveal(), newPassword)
		mustCode(t, err, "link_over")
	})
}

func TestAColleagueWhoIsThereStaysAsSheIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := accountstest.Enter(t, a.Accounts, "ada@fairway.example", accounts.Admin, clk.Now())

		_, err := a.AddStaff(t.Context(), " ADA@fairway.example", accounts.Support)

		mustCode(t, err, "colleague_known")
		if s, err := a.Sessions().Load(t.Context(), c.Token); err != nil || s.Halfway() || s.Person.Role != accounts.Admin {
			t.Errorf("her session: %+v, %v", s, err)
		}
	})
}

func TestARoleIsChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		c := accountstest.Enter(t, a.Accounts, "ada@fairway.example", accounts.Admin, clk.Now())
		a.member("maija@acme.example")

		former, err := a.ChangeRole(t.Context(), "ada@fairway.example", accounts.Support)
		same, sameErr := a.ChangeRole(t.Context(), "ada@fairway.example", accounts.Support)

		if err != nil || sameErr != nil || former != accounts.Admin || same != accounts.Support {
			t.Errorf("%s, %v; again %s, %v", former, err, same, sameErr)
		}
		if s, err := a.Sessions().Load(t.Context(), c.Token); err != nil || s.Person.Role != accounts.Support || s.Halfway() {
			t.Errorf("her session: %+v, %v", s, err)
		}
		for email, want := range map[string]string{"maija@acme.example": "colleague_unknown", "nobody@fairway.example": "colleague_unknown", "no address": "form_invalid"} {
			_, err := a.ChangeRole(t.Context(), email, accounts.Admin)
			mustCode(t, err, want)
		}
		_, err = a.ChangeRole(t.Context(), "ada@fairway.example", accounts.TPP)
		mustCode(t, err, "form_invalid")
	})
}

func TestNobodyIsBothStaffAndMemberOfATPP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		a.member("maija@acme.example")
		_, err := a.AddStaff(t.Context(), "MAIJA@acme.example", accounts.Support)
		mustCode(t, err, "address_taken")

		if _, err := a.AddStaff(t.Context(), "ada@fairway.example", accounts.Support); err != nil {
			t.Fatal(err)
		}
		_, _, err = a.Provision(t.Context(), "ada@fairway.example", "Acme", "FI")
		mustCode(t, err, "address_taken")
		_, err = a.AddStaff(t.Context(), "x@fairway.example", accounts.TPP)
		mustCode(t, err, "form_invalid")
	})
}

func TestProvisioningMakesAConfirmedPersonOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		if _, err := a.SignUp(t.Context(), signUp("dev@acme.example")); err != nil {
			t.Fatal(err)
		}

		first, created, err := a.Provision(t.Context(), "dev@acme.example", "Benchmark Oy", "FI")
		if err != nil || !created || !first.Verified || first.OrganisationName != "Benchmark Oy" || first.OrganisationID == "" {
			t.Fatalf("%+v, %v, %v", first, created, err)
		}
		second, created, err := a.Provision(t.Context(), "Dev@acme.example", "Another Oy", "SE")
		if err != nil || created || second.ID != first.ID || second.OrganisationName != "Benchmark Oy" {
			t.Fatalf("%+v, %v, %v", second, created, err)
		}

		for _, guess := range []string{"", "!", password} {
			_, err := a.logIn("dev@acme.example", guess)
			mustCode(t, err, "login_failed")
		}
		if err := a.RequestReset(t.Context(), "dev@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Reset(t.Context(), a.letter("accounts.reset_requested", accounts.ForReset), newPassword); err != nil {
			t.Error(err)
		}
		_, _, err = a.Provision(t.Context(), "dev", "", "XX")
		mustCode(t, err, "form_invalid")
	})
}

func TestLettersToARoleReachThoseWhoHaveItNow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, clk *clock.Manual) {
		a.member("maija@acme.example")
		for email, role := range map[string]accounts.Role{"ada@fairway.example": accounts.Admin, "sam@fairway.example": accounts.Support, "bea@fairway.example": accounts.Admin} {
			accountstest.Enter(t, a.Accounts, email, role, clk.Now())
		}
		if _, err := a.AddStaff(t.Context(), "new@fairway.example", accounts.Admin); err != nil { // has not accepted the link
			t.Fatal(err)
		}
		if _, err := a.ChangeRole(t.Context(), "bea@fairway.example", accounts.Support); err != nil { // is another role's now
			t.Fatal(err)
		}

		for role, want := range map[accounts.Role]string{accounts.Admin: "ada@fairway.example", accounts.Support: "bea@fairway.example sam@fairway.example", accounts.TPP: ""} {
			people, err := a.StaffWithRole(t.Context(), role)
			var got []string
			for _, p := range people {
				got = append(got, p.Email)
			}
			slices.Sort(got)
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s: %v, %v", role, got, err)
			}
		}
	})
}

func TestOrganisationsAreNamedByTheirIds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a desk, _ *clock.Manual) {
		acme, _ := testkit.Organisation(t, a.db, "Acme")
		buddy, _ := testkit.Organisation(t, a.db, "Budget Buddy")
		testkit.Organisation(t, a.db, "Nobody asked")

		names, err := a.OrganisationNames(t.Context(), []string{acme, buddy, acme, "org_nobody"})
		none, noneErr := a.OrganisationNames(t.Context(), nil)

		if err != nil || len(names) != 2 || names[acme] != "Acme" || names[buddy] != "Budget Buddy" {
			t.Errorf("%v, %v", names, err)
		}
		if noneErr != nil || len(none) != 0 {
			t.Errorf("%v, %v", none, noneErr)
		}
	})
}
