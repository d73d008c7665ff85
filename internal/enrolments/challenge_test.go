package enrolments_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
)

func TestTheSealsKeyIsProvedOnceForThisSeal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		signature := sign(t, pair.SealKey, e.Challenge.Text)

		proved, err := w.Prove(t.Context(), w.who, e.Version, signature)
		must(t, err)
		_, again := w.Prove(t.Context(), w.who, proved.Version, signature)
		kept := w.uploaded(demo.Pair{QWAC: w.pair("").QWAC, Seal: pair.Seal})
		other := w.uploaded(w.pair(""))

		if !proved.Proved() || proved.Challenge != nil || !strings.Contains(proved.Proof.Algorithm, "SHA-256") || proved.Proof.By != w.who.PersonID {
			t.Errorf("%+v", proved.Proof)
		}
		if !strings.Contains(said(again, enrolments.FieldSignature), "no open challenge") {
			t.Errorf("the second time: %v", again)
		}
		if !kept.Proved() || other.Proved() || other.Proof != nil {
			t.Errorf("with the same seal %v, with another one %+v", kept.Proved(), other.Proof)
		}
	})
}

func TestAWrongSignatureSaysWhichMistakeItIs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		old := e.Challenge.Text
		e, err := w.NewChallenge(t.Context(), w.who, e.Version)
		must(t, err)
		for _, c := range []struct{ name, sent, says string }{
			{"no base64", "<html>!", ""},
			{"the QWAC's key", sign(t, pair.QWACKey, e.Challenge.Text), "QWAC"},
			{"an older text", sign(t, pair.SealKey, old), "earlier"},
			{"quotes", sign(t, pair.SealKey, `"`+e.Challenge.Text+`"`), "quotation"},
		} {
			_, err := w.Prove(t.Context(), w.who, e.Version, c.sent)

			if text := said(err, enrolments.FieldSignature); text == "" || !strings.Contains(text, c.says) {
				t.Errorf("%s: %q, %v", c.name, text, err)
			}
		}
		if left := w.current(w.who).Challenge.TriesLeft; left != 2 {
			t.Errorf("%d tries are left: what is no signature costs none", left)
		}
		if withLF, err := w.Prove(t.Context(), w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text+"\n")); err != nil || !withLF.Proved() {
			t.Errorf("with a line end: %v", err)
		}
	})
}

func TestFiveWrongSignaturesVoidAChallenge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				_, _ = w.Prove(context.WithoutCancel(t.Context()), w.who, e.Version, sign(t, pair.QWACKey, e.Challenge.Text)) // what each hears is not the point
			})
		}
		wg.Wait()

		_, late := w.Prove(t.Context(), w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text))
		next, err := w.NewChallenge(t.Context(), w.who, e.Version)
		must(t, err)

		if !strings.Contains(said(late, enrolments.FieldSignature), "void") || next.Challenge.Text == e.Challenge.Text || next.Challenge.TriesLeft != enrolments.MaxTries {
			t.Errorf("after five: %v; the next %+v", late, next.Challenge)
		}
	})
}

func TestAChallengeEndsAfterADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		clk := w.clock.Now()
		w.clock.Advance(24 * time.Hour)
		defer w.clock.Advance(clk.Sub(w.clock.Now()))

		_, err := w.Prove(t.Context(), w.who, e.Version, sign(t, pair.SealKey, e.Challenge.Text))

		if !strings.Contains(said(err, enrolments.FieldSignature), "ended on") {
			t.Errorf("%v", err)
		}
	})
}

func TestOneProofOfManyAtOnceCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pair := w.pair("")
		e := w.challenged(pair)
		signature := sign(t, pair.SealKey, e.Challenge.Text)
		var good, changed atomic.Int32
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				switch _, err := w.Prove(context.WithoutCancel(t.Context()), w.who, e.Version, signature); {
				case err == nil:
					good.Add(1)
				case errors.Is(err, enrolments.ErrChanged), said(err, enrolments.FieldSignature) != "":
					changed.Add(1)
				}
			})
		}
		wg.Wait()

		if acts := w.acts(e.ID); good.Load() != 1 || good.Load()+changed.Load() != 5 || acts["enrolments.proved"] != 1 {
			t.Errorf("%d were good, %d heard of it, the audit has %v", good.Load(), changed.Load(), acts)
		}
	})
}

func TestAnOrganisationIsGivenTenChallengesAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.uploaded(w.pair(""))
		for n := range 10 {
			var err error
			if e, err = w.NewChallenge(t.Context(), w.who, e.Version); err != nil {
				t.Fatalf("challenge %d: %v", n+1, err)
			}
		}
		_, many := w.NewChallenge(t.Context(), w.who, e.Version)
		must(t, w.Withdraw(t.Context(), w.who, e.Version))
		again := w.uploaded(w.pair(""))
		_, elsewhere := w.NewChallenge(t.Context(), w.who, again.Version)
		former := w.who
		w.who = w.organisation("Another Oy")
		_, other := w.NewChallenge(t.Context(), w.who, w.uploaded(w.pair("")).Version)
		w.who = former
		w.clock.Advance(time.Hour)

		_, later := w.NewChallenge(t.Context(), w.who, again.Version)

		if !errors.Is(many, enrolments.ErrManyChallenges) || fault.Of(many).RetryAfter != time.Hour || !errors.Is(elsewhere, enrolments.ErrManyChallenges) {
			t.Errorf("the eleventh: %v; in another draft: %v", many, elsewhere)
		}
		if other != nil || later != nil {
			t.Errorf("another organisation: %v; an hour later: %v", other, later)
		}
	})
}
