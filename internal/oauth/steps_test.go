package oauth_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/secret"
)

func TestACustomerWhoConfirmsGivesTheTPPACode(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())

		a := w.selected(c, consent, twoCards)
		if s := w.status(consent); a.Stage != oauth.Selected || s != consents.Received {
			t.Fatalf("before confirming: %s, consent %s", a.Stage, s)
		}
		spaced := w.SandboxCode(a)[:3] + " " + w.SandboxCode(a)[3:]
		a, err := w.Confirm(t.Context(), a, spaced)

		w.must(err)
		if a.Stage != oauth.Approved || a.Exit.Refusal != nil || !strings.HasPrefix(a.Exit.Code.Reveal(), "sbx_ac_") || len(a.Exit.Code) != len("sbx_ac_")+43 {
			t.Errorf("%s, %+v", a.Stage, a.Exit)
		}
		if a.Exit.RedirectURI != callback || a.Exit.State != "state-1" || a.Exit.Issuer != "https://auth.example/sandbox/rocker" {
			t.Errorf("%+v", a.Exit)
		}
		found, err := w.consents.ForBank(t.Context(), consent.ID)
		w.must(err)
		if found.Status(w.clock.Now()) != consents.Valid || found.PSU != twoCards || len(found.Granted) != 2 || !found.Granted[0].Balances || !found.Granted[0].Transactions {
			t.Errorf("%+v", found)
		}
	})
}

func TestAButtonPressedTwiceLeadsToTheSameAddressUntilTheCodeIsUsed(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		a := w.selected(c, w.consent(c.everything()), twoCards)
		code := w.SandboxCode(a)
		var codes sync.Map
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := w.Confirm(t.Context(), a, code)
				if err != nil || got.Exit == nil {
					t.Errorf("%+v, %v", got, err)
					return
				}
				codes.Store(got.Exit.Code, true)
			})
		}
		wg.Wait()
		n := 0
		codes.Range(func(key, _ any) bool {
			n++
			w.exchange(c.redeem(key.(secret.Text)))
			return true
		})
		if n != 1 {
			t.Fatalf("%d codes", n)
		}

		again, err := w.Confirm(t.Context(), a, code)

		if err != nil || again.Stage != oauth.Approved || again.Exit != nil {
			t.Errorf("after the exchange: %+v, %v", again, err)
		}
	})
}

func TestWhoeverSaysNoRejectsTheConsent(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		for name, arrive := range map[string]func(*consents.Consent) *oauth.Authorisation{
			"at once":               func(k *consents.Consent) *oauth.Authorisation { return w.begin(c, k) },
			"after signing in":      func(k *consents.Consent) *oauth.Authorisation { return w.identify(w.begin(c, k), twoCards) },
			"instead of confirming": func(k *consents.Consent) *oauth.Authorisation { return w.selected(c, k, twoCards) },
		} {
			consent := w.consent(c.everything())
			a := arrive(consent)

			denied, err := w.Deny(t.Context(), a)

			w.must(err)
			if denied.Stage != oauth.Denied || denied.Exit.Refusal.Code != "authorisation_denied" || denied.Exit.State != "state-1" || denied.Exit.Code != "" {
				t.Errorf("%s: %s, %+v", name, denied.Stage, denied.Exit)
			}
			if s := w.status(consent); s != consents.Rejected {
				t.Errorf("%s: the consent is %s", name, s)
			}
			after, err := w.Confirm(t.Context(), a, w.SandboxCode(a))
			if err != nil || after.Stage == oauth.Approved {
				t.Errorf("%s: confirmed after all: %s, %v", name, after.Stage, err)
			}
		}
	})
}

func TestTheThirdWrongCodeEndsIt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		a := w.selected(c, consent, twoCards)
		for i, want := range []string{"2 tries are left", "One try is left"} {
			_, err := w.Confirm(t.Context(), a, []string{"000000", "65 43-21"}[i])
			if f := fault.Of(err); len(f.Fields) != 1 || f.Fields[0].Name != "code" || !strings.Contains(f.Fields[0].Message, want) {
				t.Errorf("try %d: %v %v", i+1, err, f.Fields)
			}
		}

		a, err := w.Confirm(t.Context(), a, "111111")

		w.must(err)
		if a.Stage != oauth.Failed || a.Exit.Refusal.Code != "authorisation_failed" || w.status(consent) != consents.Rejected {
			t.Errorf("%s, %+v, consent %s", a.Stage, a.Exit, w.status(consent))
		}
		if again, err := w.Confirm(t.Context(), a, w.SandboxCode(a)); err != nil || again.Stage != oauth.Failed {
			t.Errorf("the right code afterwards: %+v, %v", again, err)
		}
	})
}

func TestWhatIsNoCodeIsNoTry(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		a := w.selected(c, consent, twoCards)
		for _, slip := range []string{"", " ", "12345", "1234567", "123456x", "wrong", "１２３４５６", strings.Repeat("1", 1000)} {
			_, err := w.Confirm(t.Context(), a, slip)
			if f := fault.Of(err); len(f.Fields) != 1 || f.Fields[0].Name != "code" || !strings.Contains(f.Fields[0].Message, "six digits") {
				t.Errorf("%.10q: %v %v", slip, err, f.Fields)
			}
		}

		a, err := w.Confirm(t.Context(), a, w.SandboxCode(a))

		w.must(err)
		if a.Stage != oauth.Approved {
			t.Errorf("after %d slips: %s", 8, a.Stage)
		}
	})
}

func TestGuessingInParallelHasThreeTriesTogether(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		a := w.selected(c, consent, twoCards)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { _, _ = w.Confirm(t.Context(), a, "000000") }) // what each of them hears is not the point
		}
		wg.Wait()

		got, err := w.Confirm(t.Context(), a, w.SandboxCode(a))

		if err != nil || got.Stage != oauth.Failed || w.status(consent) != consents.Rejected {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestACustomerWhoIsNotThereOrBlockedDoesNotPass(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		a := w.begin(c, consent)
		for _, psu := range []string{"", "   ", "1", "99999999", "1345611\x00", "\xff", "'; DROP TABLE people", strings.Repeat("1", 10_000)} {
			_, err := w.Identify(t.Context(), a, psu)
			if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "psu_id" {
				t.Errorf("%q: %v", psu, err)
			}
		}

		a, err := w.Identify(t.Context(), a, "1345614")

		w.must(err)
		if a.Stage != oauth.Failed || a.Exit.Refusal.Code != "customer_blocked" || !strings.Contains(a.Exit.Refusal.Message, "SERVICE_BLOCKED") {
			t.Errorf("%s, %+v", a.Stage, a.Exit)
		}
		if s := w.status(consent); s != consents.Rejected {
			t.Errorf("the consent is %s", s)
		}
	})
}

func TestTimeEndsAnAuthorisationAndLeavesTheConsentWaiting(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		begun, err := w.Begin(t.Context(), c.request(consent))
		w.must(err)
		w.clock.Advance(10*time.Minute - time.Second)
		if a := w.open(begun.Secret); a.Stage != oauth.Started {
			t.Fatalf("a second before its end: %s", a.Stage)
		}

		w.clock.Advance(time.Second)
		a := w.open(begun.Secret)

		if a.Stage != oauth.Failed || a.Exit.Refusal.Code != "authorisation_timed_out" || a.Exit.State != "state-1" {
			t.Errorf("%s, %+v", a.Stage, a.Exit)
		}
		if s := w.status(consent); s != consents.Received {
			t.Errorf("the consent is %s", s)
		}
		w.approve(c, consent)
	})
}

func TestACustomerMayStepBackAndBeSomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		old := w.selected(c, consent, twoCards)

		now := w.identify(old, "1345612")

		if now.Stage != oauth.Identified || now.PSU != "1345612" {
			t.Fatalf("%s as %s", now.Stage, now.PSU)
		}
		if got, err := w.Confirm(t.Context(), old, w.SandboxCode(old)); err != nil || got.Stage != oauth.Identified {
			t.Errorf("the form of the first customer: %+v, %v", got, err)
		}
		if s := w.status(consent); s != consents.Received {
			t.Errorf("the consent is %s", s)
		}
	})
}

func TestOnlyOneOfTwoWindowsCanAuthoriseAConsent(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		consent := w.consent(c.everything())
		first, second := w.selected(c, consent, twoCards), w.selected(c, consent, "1345612")
		first, err := w.Confirm(t.Context(), first, w.SandboxCode(first))
		w.must(err)

		second, err = w.Confirm(t.Context(), second, w.SandboxCode(second))

		w.must(err)
		if first.Stage != oauth.Approved || second.Stage != oauth.Failed || second.Exit.Refusal.Code != "consent_ended" {
			t.Errorf("%s and %s", first.Stage, second.Stage)
		}
		if found, err := w.consents.ForBank(t.Context(), consent.ID); err != nil || found.PSU != twoCards || w.status(consent) != consents.Valid {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func TestWhatIsOfferedFollowsTheModelOfTheConsent(t *testing.T) {
	t.Parallel()
	first, second, foreign := consents.Reference{MaskedPAN: "524378xxxxxx8693", Currency: "EUR"}, consents.Reference{MaskedPAN: "5243 66** **** 8694"}, consents.Reference{MaskedPAN: "5243 99** **** 0000"}
	none := []consents.Reference{}
	each := func(refs ...consents.Reference) []consents.Reference { return refs }
	for name, test := range map[string]struct {
		access  consents.Access
		psu     string
		want    string // per account: its end, then b and t
		open    bool
		missing int
	}{
		"named for balances":          {consents.Access{Balances: each(first)}, twoCards, "8693b", false, 0},
		"named for different things":  {consents.Access{Balances: each(first), Transactions: each(second)}, twoCards, "8693b 8694t", false, 0},
		"named, one of them foreign":  {consents.Access{Accounts: each(second, foreign), Transactions: each(foreign)}, twoCards, "8694", false, 1},
		"named, all of them foreign":  {consents.Access{Transactions: each(foreign)}, twoCards, "", false, 1},
		"the customer chooses":        {consents.Access{Accounts: none, Balances: none}, twoCards, "8693b 8694b", true, 0},
		"everything":                  {consents.Access{AllPSD2: "allAccounts"}, twoCards, "8693bt 8694bt", false, 0},
		"the list":                    {consents.Access{AvailableAccounts: "allAccounts"}, twoCards, "8693 8694", false, 0},
		"the list with balances":      {consents.Access{AvailableAccountsWithBalance: "allAccounts"}, twoCards, "8693b 8694b", false, 0},
		"everything of nothing":       {consents.Access{AllPSD2: "allAccounts"}, "1345619", "", false, 0},
		"a card in another currency":  {consents.Access{Accounts: each(consents.Reference{MaskedPAN: first.MaskedPAN, Currency: "SEK"})}, twoCards, "", false, 1},
		"the blocked card of a third": {consents.Access{AllPSD2: "allAccounts"}, "1345613", "3316bt", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newLiteWorld(t)
			c := w.newClient("Budget Buddy")
			r := c.everything()
			r.Access = test.access
			a := w.identify(w.begin(c, w.consent(r)), test.psu)

			choices, err := w.Choices(t.Context(), a)

			w.must(err)
			var got []string
			for _, o := range choices.Accounts {
				text := o.Account.MaskedPAN[len(o.Account.MaskedPAN)-4:]
				if o.Grant.Balances {
					text += "b"
				}
				if o.Grant.Transactions {
					text += "t"
				}
				got = append(got, text)
			}
			if strings.Join(got, " ") != test.want || choices.Open != test.open || len(choices.Missing) != test.missing {
				t.Errorf("%q, open %v, missing %v", got, choices.Open, choices.Missing)
			}
			if _, err := w.Select(t.Context(), a, nil); (err != nil) != (test.want == "" || test.open) {
				t.Errorf("going on without a choice: %v", err)
			}
		})
	}
}

func TestACustomerWhoChoosesSharesWhatWasChosen(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		r := c.everything()
		r.Access = consents.Access{Accounts: []consents.Reference{}, Transactions: []consents.Reference{}}
		consent := w.consent(r)
		a := w.identify(w.begin(c, consent), twoCards)
		choices, err := w.Choices(t.Context(), a)
		w.must(err)
		second := choices.Accounts[1].Account.ResourceID
		for name, accounts := range map[string][]string{
			"none": nil, "something else": {"x"}, "one of these and something else": {second, "'--"}, "another customer's": {"5a1d8ec1-5b0c-5f34-b9f3-b6f9b9d8e9f0"},
		} {
			if _, err := w.Select(t.Context(), a, accounts); fault.Of(err).Code != "form_invalid" {
				t.Errorf("%s: %v", name, err)
			}
		}

		a, err = w.Select(t.Context(), a, []string{second, second})
		w.must(err)
		_, err = w.Confirm(t.Context(), a, w.SandboxCode(a))

		w.must(err)
		found, err := w.consents.ForBank(t.Context(), consent.ID)
		if err != nil || len(found.Granted) != 1 || found.Granted[0].ResourceID != second || found.Granted[0].Balances || !found.Granted[0].Transactions {
			t.Errorf("%+v, %v", found.Granted, err)
		}
	})
}

func TestAConsentThatWouldEndIsNamedBefore(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		c := w.newClient("Budget Buddy")
		former := w.consent(c.everything())
		w.approve(c, former)
		next := w.consent(c.everything())
		a := w.begin(c, next)
		if list, err := w.Supersedes(t.Context(), a); err != nil || len(list) != 0 {
			t.Errorf("before anybody is there: %v, %v", list, err)
		}
		a = w.identify(a, twoCards)

		list, err := w.Supersedes(t.Context(), a)

		if err != nil || len(list) != 1 || list[0].ID != former.ID {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestAFormBelongsToItsAuthorisation(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newClient("Budget Buddy")
	consent := w.consent(c.everything())
	a, b := w.begin(c, consent), w.begin(c, consent)

	if err := w.CheckForm(a, w.FormToken(a)); err != nil {
		t.Error(err)
	}
	for _, token := range []string{"", "x", w.FormToken(b)} {
		if err := w.CheckForm(a, token); fault.Of(err).Code != "authorisation_form_stale" {
			t.Errorf("%q: %v", token, err)
		}
	}
}
