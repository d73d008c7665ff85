package upstream_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"fairway/internal/audit"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
	"fairway/internal/upstream"
)

// shown are the ids of the public keys, the newest first.
func shown(t *testing.T, k *upstream.Keys) []string {
	t.Helper()
	var set jose.JSONWebKeySet
	mustRead(t, must(k.Public(t.Context()))(t), &set)
	var ids []string
	for _, key := range set.Keys {
		ids = append(ids, key.KeyID)
	}
	return ids
}

// signer is the id of the key that signs now.
func signer(t *testing.T, k *upstream.Keys, clk clock.Clock) string {
	t.Helper()
	u := upstream.New(k, clk, upstream.Config{}, testkit.Log(t))
	compact := must(u.SignRequest(t.Context(), upstream.Request{ID: "visit"}, clk.Now().Add(time.Minute)))(t)
	return must(jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256}))(t).Signatures[0].Header.KeyID
}

// eachKeys runs a test on both databases, with a clock that it may move.
func eachKeys(t *testing.T, test func(t *testing.T, url string, clk *clock.Manual)) {
	t.Helper()
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, url(t), testkit.Clock())
		})
	}
}

func TestTwoProcessesThatStartTogetherMakeOneKey(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		var wg sync.WaitGroup
		all := make([]*upstream.Keys, 8)
		d := testkit.Open(t, url, clk)
		other := testkit.Open(t, url, clk)
		for n := range all {
			all[n] = upstream.NewKeys([]*db.DB{d, other}[n%2], testkit.Ring(t))
			wg.Go(func() {
				if err := all[n].Ensure(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		err := all[0].Ensure(t.Context())

		first := shown(t, all[0])
		if err != nil || len(first) != 1 {
			t.Fatalf("%v, %v", first, err)
		}
		for _, k := range all {
			if ids := shown(t, k); len(ids) != 1 || ids[0] != first[0] || signer(t, k, clk) != first[0] {
				t.Errorf("%v beside %v", ids, first)
			}
		}
		if n := count(t, d, "SELECT COUNT(*) FROM audit_log WHERE act = 'upstream.key_made'"); n != 1 {
			t.Errorf("%d rows of the trail", n)
		}
	})
}

func TestANewKeyIsShownAtOnceAndSignsAfterAnHour(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		k := upstream.NewKeys(testkit.Open(t, url, clk), testkit.Ring(t))
		if err := k.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		first := shown(t, k)[0]
		clk.Advance(24 * time.Hour)

		if err := k.Rotate(t.Context(), "per_admin"); err != nil {
			t.Fatal(err)
		}

		ids := shown(t, k)
		if len(ids) != 2 || ids[0] == first || ids[1] != first || signer(t, k, clk) != first {
			t.Errorf("shown %v, first %s, signs %s", ids, first, signer(t, k, clk))
		}
		clk.Advance(time.Hour - time.Second)
		if err := k.Rotate(t.Context(), "per_admin"); fault.Of(err).Code != "key_settling" {
			t.Errorf("another key before this one signs: %v", err)
		}
		if got := signer(t, k, clk); got != first {
			t.Errorf("before the hour is over %s signs", got)
		}
		clk.Advance(time.Second)
		if got := signer(t, k, clk); got != ids[0] {
			t.Errorf("after an hour %s signs", got)
		}
	})
}

func TestAFourthKeyForgetsTheFirst(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		d := testkit.Open(t, url, clk)
		k := upstream.NewKeys(d, testkit.Ring(t))
		if err := k.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		first := shown(t, k)[0]
		for range 3 {
			clk.Advance(2 * time.Hour)
			if err := k.Rotate(t.Context(), "per_admin"); err != nil {
				t.Fatal(err)
			}
		}

		ids := shown(t, k)

		if len(ids) != 3 || strings.Contains(strings.Join(ids, " "), first) || count(t, d, "SELECT COUNT(*) FROM assertion_keys") != 3 {
			t.Errorf("shown %v, the first was %s", ids, first)
		}
		if got := signer(t, k, clk); got != ids[1] {
			t.Errorf("%s signs, of %v", got, ids)
		}
	})
}

func TestANewKeyReachesTheOtherProcess(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		here := upstream.NewKeys(testkit.Open(t, url, clk), testkit.Ring(t))
		far := testkit.Open(t, url, clk)
		there := upstream.NewKeys(far, testkit.Ring(t))
		testkit.Run(t, func(ctx context.Context) error { return far.WatchChanges(ctx) })
		if err := here.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the first key", func() bool { return len(shown(t, there)) == 1 })

		if err := here.Rotate(t.Context(), "per_admin"); err != nil {
			t.Fatal(err)
		}

		testkit.Eventually(t, "the second key", func() bool { return len(shown(t, there)) == 2 })
	})
}

func TestOfTwoWhoRotateAtOnceNobodyIsLost(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		k := upstream.NewKeys(testkit.Open(t, url, clk), testkit.Ring(t))
		if err := k.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		made := make(chan struct{}, 2)
		for range 2 {
			wg.Go(func() {
				err := k.Rotate(t.Context(), "per_admin")
				if err == nil {
					made <- struct{}{}
				} else if code := fault.Of(err).Code; code != "key_rotated" && code != "key_settling" {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		if ids := shown(t, k); len(made) != 1 || len(ids) != 2 {
			t.Errorf("%d made one, shown %v", len(made), ids)
		}
	})
}

func TestAPrivateKeyIsSealedAndNeverShown(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		d := testkit.Open(t, url, clk)
		k := upstream.NewKeys(d, testkit.Ring(t))
		if err := errors.Join(k.Ensure(t.Context()), k.Rotate(t.Context(), "per_admin")); err != nil {
			t.Fatal(err)
		}

		rows := testkit.Rows(t, d, "assertion_keys")
		public := must(k.Public(t.Context()))(t)

		// a PKCS #8 key begins with these bytes, also in base64 and hexadecimal
		for _, clear := range []string{"PRIVATE", "\x30\x81\x87\x02\x01\x00", "MIGHAgEA", "308187020100"} {
			if strings.Contains(strings.Join(rows, "\n"), clear) {
				t.Errorf("a row holds %q: %v", clear, rows)
			}
		}
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal(public, &set); err != nil || len(set.Keys) != 2 {
			t.Fatalf("%s: %v", public, err)
		}
		for _, key := range set.Keys {
			if len(key) != 7 || key["kty"] != "EC" || key["crv"] != "P-256" || key["alg"] != "ES256" || key["use"] != "sig" || key["kid"] == "" || len(key["x"]) != 43 || len(key["y"]) != 43 {
				t.Errorf("shown as %v", key)
			}
		}
	})
}

func TestAKeyOfAnotherRowOrRingDoesNotOpen(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		d := testkit.Open(t, url, clk)
		k := upstream.NewKeys(d, testkit.Ring(t))
		if err := errors.Join(k.Ensure(t.Context()), k.Rotate(t.Context(), "per_admin")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Native().ExecContext(t.Context(), "UPDATE assertion_keys SET sealed = (SELECT sealed FROM assertion_keys WHERE position = 1) WHERE position = 2"); err != nil {
			t.Fatal(err)
		}

		_, err := upstream.NewKeys(d, testkit.Ring(t)).Public(t.Context())

		if err == nil {
			t.Error("a sealed key was read from another row")
		}
	})
}

// TestAKeyThatCouldNotBeMadeLeavesNothing breaks each statement of a rotation in turn.
func TestAKeyThatCouldNotBeMadeLeavesNothing(t *testing.T) {
	eachKeys(t, func(t *testing.T, url string, clk *clock.Manual) {
		d := testkit.Open(t, url, clk)
		k := upstream.NewKeys(d, testkit.Ring(t))
		if err := k.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := k.Rotate(t.Context(), "per_admin"); err != nil {
				t.Fatal(err)
			}
			clk.Advance(time.Hour)
		}
		testkit.BreakEach(t, d, []string{"INSERT assertion_keys", "DELETE assertion_keys", "INSERT audit_log"}, func() error {
			before := shown(t, k)
			err := k.Rotate(t.Context(), "per_admin")
			if after := shown(t, k); err != nil && strings.Join(after, " ") != strings.Join(before, " ") {
				t.Errorf("%v are shown after %v", after, before)
			}
			return err
		})
		if report, err := audit.New(d, testkit.Log(t)).Verify(t.Context()); err != nil || report.Broken != nil {
			t.Errorf("the trail: %+v, %v", report, err)
		}
	})
}

func count(t *testing.T, d *db.DB, query string) (n int) {
	t.Helper()
	if err := d.Native().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
