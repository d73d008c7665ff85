package oauth_test

import (
	"slices"
	"testing"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/testkit"
)

// named are references to cards by their masked numbers.
func named(masks ...string) []consents.Reference {
	refs := []consents.Reference{}
	for _, m := range masks {
		refs = append(refs, consents.Reference{MaskedPAN: m})
	}
	return refs
}

func TestRightsAreNeverMoreThanAskedNorThanTheBrandSays(t *testing.T) {
	const first, second = "4571 91** **** 2204", "4571 91** **** 7718"
	liveWorld(t, func(t *testing.T, w world, c client) {
		for name, x := range map[string]struct {
			access   consents.Access
			balances bool // as the brand says, for both cards
			booked   bool
			want     []bool // balances and transactions of the first card, then of the second
		}{
			"all, and the brand all":          {allAccounts, true, true, []bool{true, true, true, true}},
			"all, and the brand balances":     {allAccounts, true, false, []bool{true, false, true, false}},
			"all, and the brand nothing":      {allAccounts, false, false, []bool{false, false, false, false}},
			"the list":                        {consents.Access{AvailableAccounts: "allAccounts"}, true, true, []bool{false, false, false, false}},
			"the list with balances":          {consents.Access{AvailableAccountsWithBalance: "allAccounts"}, true, true, []bool{true, false, true, false}},
			"the customer's choice":           {consents.Access{Balances: named(), Transactions: named()}, true, true, []bool{true, true, true, true}},
			"the customer's choice of one":    {consents.Access{Transactions: named()}, true, true, []bool{false, true, false, true}},
			"named differently":               {consents.Access{Balances: named(first), Transactions: named(second)}, true, true, []bool{true, false, false, true}},
			"named, in another spelling":      {consents.Access{Accounts: named("457191XXXXXX2204"), Balances: named("4571-91xx-xxxx-7718")}, true, true, []bool{false, false, true, false}},
			"named, and the brand one of two": {consents.Access{Balances: named(first, second), Transactions: named(first)}, false, true, []bool{false, true, false, false}},
		} {
			consent := w.consent(c.live(x.access))
			d := yes()
			for n := range d.Accounts {
				d.Accounts[n].Balances, d.Accounts[n].Transactions = x.balances, x.booked
			}

			w.must(w.Decide(t.Context(), brand, w.sendOff(c, consent).ID, d))

			found, err := w.consents.ForBank(t.Context(), consent.ID)
			w.must(err)
			var got []bool
			for _, id := range []string{everyday, travel} {
				at := slices.IndexFunc(found.Granted, func(g consents.Grant) bool { return g.ResourceID == id })
				if at < 0 || found.Granted[at].Currency != "EUR" {
					t.Fatalf("%s: granted %+v", name, found.Granted)
				}
				got = append(got, found.Granted[at].Balances, found.Granted[at].Transactions)
			}
			if !slices.Equal(got, x.want) || len(found.Granted) != 2 || found.PSU != customer {
				t.Errorf("%s: granted %+v to %s", name, found.Granted, found.PSU)
			}
		}
	})
}

func TestAnAccountThatADetailedConsentDoesNotNameIsRefused(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(consents.Access{Balances: named("4571 91** **** 2204")}))
		begun := w.sendOff(c, consent)

		err := w.Decide(t.Context(), brand, begun.ID, yes())

		if f := fault.Of(err); f.Code != "decision_invalid" || f.Path != "accounts[1]" || w.status(consent) != consents.Received {
			t.Errorf("%v at %q, the consent is %s", err, f.Path, w.status(consent))
		}
		if got := w.decide(begun.ID, yes(opened(everyday, "4571 91** **** 2204"))); got != "" {
			t.Errorf("without it: %q", got)
		}
	})
}

func TestANewRecurringConsentEndsTheFormerOneOfTheSameCustomer(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		give := func(d oauth.Decision) *consents.Consent {
			consent := w.consent(c.live(allAccounts))
			w.must(w.Decide(t.Context(), brand, w.sendOff(c, consent).ID, d))
			return consent
		}
		sandboxed := w.newClient("Budget Buddy")
		inSandbox := w.consent(sandboxed.everything())
		w.approve(sandboxed, inSandbox)
		former := give(yes())
		somebody := yes()
		somebody.PSU = "20260018"
		others := give(somebody)

		newer := give(yes())

		for name, x := range map[string]struct {
			c    *consents.Consent
			want consents.Status
		}{
			"the former": {former, consents.TerminatedByTPP}, "the newer": {newer, consents.Valid}, "another customer's": {others, consents.Valid}, "one of the sandbox": {inSandbox, consents.Valid},
		} {
			if got := w.status(x.c); got != x.want {
				t.Errorf("%s is %s", name, got)
			}
		}
	})
}

func TestACustomerWithdrawsAtTheBrand(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)
		w.must(w.Decide(t.Context(), brand, begun.ID, yes()))
		tokens := w.liveToken(c, w.comeBack(begun).Exit.Code)
		waiting := w.consent(c.live(allAccounts))
		sandboxed := w.newClient("Budget Buddy")
		inSandbox := w.consent(sandboxed.everything())
		w.approve(sandboxed, inSandbox)
		withdraw := func(brand, id, psu string) string {
			if err := w.Withdraw(t.Context(), brand, id, psu); err != nil {
				return fault.Of(err).Code
			}
			return ""
		}

		for name, got := range map[string]string{
			"another customer": withdraw(brand, consent.ID, "20260018"), "nobody": withdraw(brand, consent.ID, ""), "another brand": withdraw("alisa", consent.ID, customer),
			"one of the sandbox": withdraw(brand, inSandbox.ID, twoCards), "not given yet": withdraw(brand, waiting.ID, customer), "not given, by nobody": withdraw(brand, waiting.ID, ""),
			"unknown": withdraw(brand, "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", customer), "a NUL": withdraw(brand, "x\x00", customer),
		} {
			if got != "withdrawal_unknown" {
				t.Errorf("%s: %q", name, got)
			}
		}
		if w.status(consent) != consents.Valid || w.status(inSandbox) != consents.Valid || w.status(waiting) != consents.Received || w.liveCheck(c, tokens.AccessToken) != "" {
			t.Errorf("somebody else withdrew it: %s, %s, %s", w.status(consent), w.status(inSandbox), w.status(waiting))
		}

		if first, again := withdraw(brand, consent.ID, customer), withdraw(brand, consent.ID, customer); first != "" || again != "" {
			t.Errorf("%q, again %q", first, again)
		}
		if got := w.status(consent); got != consents.RevokedByPSU {
			t.Errorf("the consent is %s", got)
		}
		if got := w.liveCheck(c, tokens.AccessToken); got != "CONSENT_INVALID" {
			t.Errorf("its token: %q", got)
		}
		if got := w.refused(c.inLive(c.refresh(tokens.RefreshToken))); got != "grant_consent_ended" {
			t.Errorf("its refresh token: %q", got)
		}
		if n := w.rows("SELECT COUNT(*) FROM audit_log WHERE act = 'consents.revokedByPsu' AND object = '" + consent.ID + "' AND actor = 'psu:" + customer + "'"); n != 1 {
			t.Errorf("%d rows of the trail", n)
		}
	})
}

func TestNoCustomerIsAskedForWhomNoApprovalVouches(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newInsider("Swedbank")
	for name, who := range map[string]oauth.TPP{
		"nothing approved":  {},
		"for payments only": {Name: "Revontuli Oy", Identifier: "PSDFI-FINFSA-1", Roles: []string{"PSP_PI"}},
	} {
		delete(w.tpps, c.org)
		consent, waiting := w.consent(c.live(allAccounts)), w.consent(c.live(allAccounts))
		r := c.request(consent)
		r.Environment = catalog.Live
		begun := w.sendOff(c, waiting)
		w.tpps[c.org] = who

		if refusal := w.refusal(r); refusal == nil || refusal.Fault.Code != "client_not_approved" || refusal.Back == nil {
			t.Errorf("%s: %+v", name, refusal)
		}
		if got := w.decide(begun.ID, yes()); got != "visit_unknown" || w.status(waiting) != consents.Received {
			t.Errorf("%s: a decision is %q, the consent %s", name, got, w.status(waiting))
		}
		if a := w.comeBack(begun); a.Stage != oauth.Failed || a.Exit == nil || a.Exit.Refusal.Code != "client_not_approved" {
			t.Errorf("%s: back with %+v", name, a)
		}
	}
}

// TestADecisionThatCouldNotBeWrittenLeavesNothing breaks each statement of an approval in turn, with a former consent to end.
func TestADecisionThatCouldNotBeWrittenLeavesNothing(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		former := w.consent(c.live(allAccounts))
		w.must(w.Decide(t.Context(), brand, w.sendOff(c, former).ID, yes()))
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)

		testkit.BreakEach(t, w.db, []string{"UPDATE authorisations", "UPDATE consents", "UPDATE OF superseded_by consents", "INSERT audit_log"}, func() error {
			return w.Decide(t.Context(), brand, begun.ID, yes())
		})

		if w.status(consent) != consents.Valid || w.status(former) != consents.TerminatedByTPP {
			t.Errorf("the new one is %s, the former %s", w.status(consent), w.status(former))
		}
		testkit.BreakEach(t, w.db, []string{"INSERT codes"}, func() error {
			_, err := w.Return(t.Context(), brand, begun.Secret, w.Returns(begun.ID))
			return err
		})
		tokens := w.liveToken(c, w.comeBack(begun).Exit.Code)
		testkit.BreakEach(t, w.db, []string{"UPDATE consents", "INSERT audit_log"}, func() error {
			return w.Withdraw(t.Context(), brand, consent.ID, customer)
		})
		if got := w.liveCheck(c, tokens.AccessToken); got != "CONSENT_INVALID" {
			t.Errorf("after the withdrawal: %q", got)
		}
	})
}
