package oauth_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/oauth"
	"fairway/internal/secret"
)

func TestACustomersWordIsTakenOnceFromTheBrand(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		for name, x := range map[string]struct {
			decision oauth.Decision
			others   []oauth.Decision
			stage    oauth.Stage
			status   consents.Status
			refusal  string
		}{
			"approved": {yes(), []oauth.Decision{no, neither, yes(opened(everyday, "4571 91** **** 2204")), {Outcome: oauth.Granted, PSU: "20260018", Accounts: yes().Accounts}}, oauth.Approved, consents.Valid, ""},
			"denied":   {no, []oauth.Decision{yes(), neither}, oauth.Denied, consents.Rejected, "authorisation_denied"},
			"failed":   {neither, []oauth.Decision{yes(), no}, oauth.Failed, consents.Received, "authorisation_aborted"},
		} {
			consent := w.consent(c.live(allAccounts))
			begun := w.sendOff(c, consent)
			waiting := w.comeBack(begun)

			first, again := w.decide(begun.ID, x.decision), w.decide(begun.ID, x.decision)

			if waiting.Stage != oauth.Started || waiting.Exit != nil {
				t.Errorf("%s: before the decision %s, %+v", name, waiting.Stage, waiting.Exit)
			}
			if first != "" || again != "" || w.status(consent) != x.status {
				t.Errorf("%s: %q, again %q, the consent is %s", name, first, again, w.status(consent))
			}
			for _, other := range x.others {
				if got := w.decide(begun.ID, other); got != "visit_decided" || w.status(consent) != x.status {
					t.Errorf("%s, then %s: %q, the consent is %s", name, other.Outcome, got, w.status(consent))
				}
			}
			a := w.comeBack(begun)
			if a.Stage != x.stage || a.Exit == nil || a.Exit.State != "state-1" || a.Exit.Issuer != "https://auth.example/live/rocker" {
				t.Fatalf("%s: back with %s, %+v", name, a.Stage, a.Exit)
			}
			if (x.refusal == "") != (a.Exit.Refusal == nil) || a.Exit.Refusal != nil && a.Exit.Refusal.Code != x.refusal || (a.Exit.Code == "") != (x.refusal != "") {
				t.Errorf("%s: back with %+v", name, a.Exit)
			}
		}
	})
}

func TestTheOrderOfAccountsIsNoOtherWord(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		begun := w.sendOff(c, w.consent(c.live(allAccounts)))
		d := yes()
		turned := yes(d.Accounts[1], d.Accounts[0])

		if first, again := w.decide(begun.ID, d), w.decide(begun.ID, turned); first != "" || again != "" {
			t.Errorf("%q, then %q", first, again)
		}
	})
}

func TestTheSameWordTwiceAtOnceIsOne(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if err := w.Decide(t.Context(), brand, begun.ID, yes()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		if n := w.rows("SELECT COUNT(*) FROM audit_log WHERE act = 'consents.valid' AND object = '" + consent.ID + "'"); n != 1 || w.status(consent) != consents.Valid {
			t.Errorf("%d rows of the trail, the consent is %s", n, w.status(consent))
		}
	})
}

func TestOfTwoWordsAtOnceOneStands(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)
		var taken atomic.Int32
		var approved atomic.Bool
		var wg sync.WaitGroup
		for n := range 12 {
			wg.Go(func() {
				d := []oauth.Decision{yes(), no}[n%2]
				err := w.Decide(t.Context(), brand, begun.ID, d)
				switch {
				case err == nil:
					taken.Add(1)
					approved.Store(d.Outcome == oauth.Granted)
				case fault.Of(err).Code != "visit_decided":
					t.Error(err)
				}
			})
		}
		wg.Wait()

		want := map[bool]consents.Status{true: consents.Valid, false: consents.Rejected}[approved.Load()]
		if taken.Load() != 6 || w.status(consent) != want {
			t.Errorf("%d of one word were taken, the consent is %s, not %s", taken.Load(), w.status(consent), want)
		}
	})
}

func TestADecisionIsForAVisitOfTheBrandThatIsUnderWay(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)
		sandboxed := w.newClient("Budget Buddy")
		inSandbox := w.begin(sandboxed, w.consent(sandboxed.everything()))

		for name, err := range map[string]error{
			"another brand's": w.Decide(t.Context(), "alisa", begun.ID, yes()), "one of the sandbox": w.Decide(t.Context(), brand, inSandbox.ID, yes()),
			"an unknown one": w.Decide(t.Context(), brand, secret.UUID(), yes()), "none": w.Decide(t.Context(), brand, "", yes()), "a NUL": w.Decide(t.Context(), brand, "x\x00", yes()),
		} {
			if fault.Of(err).Code != "visit_unknown" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.clock.Set(begun.ExpiresAt)
		if got := w.decide(begun.ID, yes()); got != "visit_unknown" || w.status(consent) != consents.Received {
			t.Errorf("too late: %q, the consent is %s", got, w.status(consent))
		}
		if a := w.comeBack(begun); a.Stage != oauth.Failed || a.Exit.Refusal.Code != "authorisation_timed_out" {
			t.Errorf("back too late: %s, %+v", a.Stage, a.Exit)
		}
	})
}

func TestAConsentThatEndedMeanwhileIsNotOpened(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		one, other := w.sendOff(c, consent), w.sendOff(c, consent)
		w.must(w.Decide(t.Context(), brand, one.ID, yes()))

		if got := w.decide(other.ID, yes()); got != "visit_unknown" {
			t.Errorf("in another window: %q", got)
		}
		ended := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, ended)
		w.must(w.consents.Terminate(t.Context(), ended.Owner, ended.ID))
		if got := w.decide(begun.ID, yes()); got != "visit_unknown" || w.status(ended) != consents.TerminatedByTPP {
			t.Errorf("ended by the TPP: %q, the consent is %s", got, w.status(ended))
		}
	})
}

func TestNothingIsOpenedForATPPThatMayNotGoOn(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		gone := w.newInsider("Gone")
		for name, x := range map[string]struct {
			c   client
			end func()
		}{
			"deleted":   {gone, func() { w.must(w.apps.Delete(t.Context(), gone.org, gone.app.ID, "per_1")) }},
			"suspended": {c, func() { w.suspend(c) }},
		} {
			consent, refused := w.consent(x.c.live(allAccounts)), w.consent(x.c.live(allAccounts))
			begun, second := w.sendOff(x.c, consent), w.sendOff(x.c, refused)
			x.end()

			got := w.decide(begun.ID, yes())

			if got != "visit_unknown" || w.status(consent) != consents.Received {
				t.Errorf("%s: %q, the consent is %s", name, got, w.status(consent))
			}
			if got := w.decide(second.ID, no); got != "" || w.status(refused) != consents.Rejected {
				t.Errorf("%s, denied: %q, the consent is %s", name, got, w.status(refused))
			}
			a, err := w.Open(t.Context(), catalog.Live, brand, begun.Secret)
			if name == "suspended" && (err != nil || a.Exit == nil || a.Exit.Refusal.Code != "client_suspended") || name == "deleted" && fault.Of(err).Code != "authorisation_app_gone" {
				t.Errorf("%s: back with %+v, %v", name, a, err)
			}
		}
	})
}

func TestADecisionThatCannotBeTakenNamesItsField(t *testing.T) {
	t.Parallel()
	w := newLiteWorld(t)
	c := w.newInsider("Revontuli")
	consent := w.consent(c.live(allAccounts))
	begun := w.sendOff(c, consent)
	many := make([]oauth.Opened, 101)
	for n := range many {
		many[n] = opened(fmt.Sprintf("card-%d", n), "4571 91** **** 2204")
	}
	one := func(change func(*oauth.Opened)) oauth.Decision {
		d := yes()
		change(&d.Accounts[1])
		return d
	}
	pan := func(text string) oauth.Decision { return one(func(o *oauth.Opened) { o.MaskedPAN = text }) }
	id := func(text string) oauth.Decision { return one(func(o *oauth.Opened) { o.ResourceID = text }) }
	for name, x := range map[string]struct {
		d    oauth.Decision
		path string
	}{
		"no decision":            {oauth.Decision{}, "decision"},
		"another word":           {oauth.Decision{Outcome: "Approved"}, "decision"},
		"no customer":            {oauth.Decision{Outcome: oauth.Granted, Accounts: yes().Accounts}, "psu"},
		"a long customer":        {oauth.Decision{Outcome: oauth.Granted, PSU: strings.Repeat("1", 65), Accounts: yes().Accounts}, "psu"},
		"a customer with a NUL":  {oauth.Decision{Outcome: oauth.Granted, PSU: "1\x00", Accounts: yes().Accounts}, "psu"},
		"no account":             {oauth.Decision{Outcome: oauth.Granted, PSU: customer}, "accounts"},
		"101 accounts":           {yes(many...), "accounts"},
		"denied with a customer": {oauth.Decision{Outcome: oauth.Refused, PSU: customer}, "accounts"},
		"failed with accounts":   {oauth.Decision{Outcome: oauth.Aborted, Accounts: yes().Accounts}, "accounts"},
		"twice the same":         {yes(opened(everyday, "4571 91** **** 2204"), opened(everyday, "4571 91** **** 7718")), "accounts[1].resource_id"},
		"no id":                  {id(""), "accounts[1].resource_id"},
		"an id with a slash":     {id("a/b"), "accounts[1].resource_id"},
		"an id that leads up":    {id(".."), "accounts[1].resource_id"},
		"an escaped id":          {id("%2e%2e"), "accounts[1].resource_id"},
		"an id of 71":            {id(strings.Repeat("a", 71)), "accounts[1].resource_id"},
		"no number":              {pan(""), "accounts[1].masked_pan"},
		"a long number":          {pan(strings.Repeat("*", 36)), "accounts[1].masked_pan"},
		"the whole number":       {pan("4571910000002204"), "accounts[1].masked_pan"},
		"in groups":              {pan("4571 9100 0000 2204"), "accounts[1].masked_pan"},
		"with hyphens":           {pan("4571-9100-0000-2204"), "accounts[1].masked_pan"},
		"with dots":              {pan("4571.9100.0000.2204"), "accounts[1].masked_pan"},
		"with a word":            {pan("PAN 4571910000002204"), "accounts[1].masked_pan"},
		"with one star":          {pan("457191000000220*"), "accounts[1].masked_pan"},
		"of twelve digits":       {pan("457191002204"), "accounts[1].masked_pan"},
		"with a line break":      {pan("4571 91**\n2204"), "accounts[1].masked_pan"},
		"a currency in small":    {one(func(o *oauth.Opened) { o.Currency = "eur" }), "accounts[1].currency"},
		"no currency":            {one(func(o *oauth.Opened) { o.Currency = "" }), "accounts[1].currency"},
	} {
		err := w.Decide(t.Context(), brand, begun.ID, x.d)

		if f := fault.Of(err); f.Code != "decision_invalid" || f.Path != x.path {
			t.Errorf("%s: %v at %q, want %q", name, err, f.Path, x.path)
		}
	}
	if got := w.decide(begun.ID, yes(append(many[:98], opened(everyday, "45719100 **** 2204"), opened("a.b-c_D", "xxxxxxxxxxxx2204"))...)); got != "" || w.status(consent) != consents.Valid {
		t.Errorf("100 accounts: %q, the consent is %s", got, w.status(consent))
	}
}

func TestACodeIsForTheBrowserThatCameAndForAMinute(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		consent := w.consent(c.live(allAccounts))
		begun := w.sendOff(c, consent)
		w.must(w.Decide(t.Context(), brand, begun.ID, yes()))
		before := w.rows("SELECT COUNT(*) FROM codes")
		for name, cookie := range map[string]secret.Text{"none": "", "the visit's id": secret.Text(begun.ID), "a guess": secret.Token("bank_")} {
			if _, err := w.Open(t.Context(), catalog.Live, brand, cookie); fault.Of(err).Code != "authorisation_unknown" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.rows("SELECT COUNT(*) FROM codes"); before != 0 || n != 0 {
			t.Errorf("%d codes before the browser came, %d after others did", before, n)
		}
		var wg sync.WaitGroup
		codes := make([]secret.Text, 12)
		for n := range codes {
			wg.Go(func() {
				a, err := w.Return(t.Context(), brand, begun.Secret, w.Returns(begun.ID))
				if err != nil || a.Exit == nil {
					t.Errorf("%+v, %v", a, err)
					return
				}
				codes[n] = a.Exit.Code
			})
		}
		wg.Wait()

		for _, code := range codes {
			if code != codes[0] || !strings.HasPrefix(code.Reveal(), "live_ac_") {
				t.Errorf("one browser got %q and %q", codes[0].Reveal(), code.Reveal())
			}
		}
		if n := w.rows("SELECT COUNT(*) FROM codes"); n != 1 {
			t.Errorf("%d codes", n)
		}
		w.clock.Advance(time.Minute)
		if a := w.comeBack(begun); a.Exit != nil {
			t.Errorf("after a minute: %+v", a.Exit)
		}
		if got := w.refused(c.inLive(c.redeem(codes[0]))); got != "code_expired" {
			t.Errorf("after a minute: %q", got)
		}
	})
}

func TestACodeIsNotForABrowserThatOnlyBegan(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		begun, other := w.sendOff(c, w.consent(c.live(allAccounts))), w.sendOff(c, w.consent(c.live(allAccounts)))
		w.must(w.Decide(t.Context(), brand, begun.ID, yes()))

		for name, proof := range map[string]string{"none": "", "the visit's id": begun.ID, "of another visit": w.Returns(other.ID)} {
			a, err := w.Return(t.Context(), brand, begun.Secret, proof)

			if err != nil || a.Stage != oauth.Approved || a.Exit != nil || !a.Unfetched {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
		if _, err := w.Return(t.Context(), brand, other.Secret, w.Returns(begun.ID)); err != nil {
			t.Error(err)
		}
		if n := w.rows("SELECT COUNT(*) FROM codes"); n != 0 {
			t.Errorf("%d codes", n)
		}
		if a := w.comeBack(begun); a.Exit == nil || a.Unfetched {
			t.Errorf("with the proof: %+v", a)
		}
		if a, err := w.Open(t.Context(), catalog.Live, brand, begun.Secret); err != nil || a.Exit == nil {
			t.Errorf("loaded again: %+v, %v", a, err)
		}
	})
}

func TestWhoComesBackMuchLaterGetsNoCode(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		early, late := w.sendOff(c, w.consent(c.live(allAccounts))), w.sendOff(c, w.consent(c.live(allAccounts)))
		w.must(w.Decide(t.Context(), brand, early.ID, yes()))
		w.must(w.Decide(t.Context(), brand, late.ID, yes()))

		w.clock.Set(early.ExpiresAt.Add(time.Hour - time.Second))
		before := w.comeBack(early)
		w.clock.Advance(time.Second)
		after := w.comeBack(late)

		if before.Exit == nil || before.Exit.Code == "" || after.Exit != nil || w.rows("SELECT COUNT(*) FROM codes") != 1 {
			t.Errorf("within the hour %+v, later %+v", before.Exit, after.Exit)
		}
	})
}

func TestACodeOfLiveGivesTokensForWhatTheBrandSaid(t *testing.T) {
	liveWorld(t, func(t *testing.T, w world, c client) {
		begun := w.sendOff(c, w.consent(c.live(allAccounts)))
		w.must(w.Decide(t.Context(), brand, begun.ID, yes()))
		code := w.comeBack(begun).Exit.Code
		w.clock.Advance(59 * time.Second)

		answer := w.liveToken(c, code)

		token, err := w.Check(t.Context(), answer.AccessToken, c.thumbprint, c.app.ID, catalog.Live, brand)
		if err != nil || token.PSU != customer || !strings.HasPrefix(answer.AccessToken.Reveal(), "live_at_") || !strings.HasPrefix(answer.RefreshToken.Reveal(), "live_rt_") {
			t.Errorf("%+v, %v", token, err)
		}
		if a := w.comeBack(begun); a.Exit != nil {
			t.Errorf("back after the exchange: %+v", a.Exit)
		}
		if got := w.refused(c.inLive(c.redeem(code))); got != "code_used" {
			t.Errorf("a second time: %q", got)
		}
	})
}

// rows counts with a query of a test.
func (w world) rows(query string) (n int) {
	w.t.Helper()
	w.must(w.db.Native().QueryRowContext(w.t.Context(), query).Scan(&n))
	return n
}
