package accounts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

const password = "tall otter paints slowly"

// desk is the service with what a test needs to play a person at it.
type desk struct {
	*accounts.Accounts
	t  *testing.T
	db *db.DB
}

func newDesk(t *testing.T, d *db.DB) desk {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	// A fact is only kept for who listens.
	listen[accounts.SignedUp](q)
	listen[accounts.SignedUpAgain](q)
	listen[accounts.ResetRequested](q)
	listen[accounts.PasswordChanged](q)
	listen[accounts.FactorEnrolled](q)
	listen[accounts.FactorReset](q)
	listen[accounts.RecoveryCodeUsed](q)
	listen[accounts.RecoveryCodesReplaced](q)
	return desk{Accounts: accounts.New(d, q, testkit.Ring(t), testkit.Log(t)), t: t, db: d}
}

func listen[F jobs.Fact](q *jobs.Queue) {
	jobs.On(q, "test", func(context.Context, F) error { return nil })
}

// each runs a test on both databases with a clock that stands still.
func each(t *testing.T, test func(t *testing.T, a desk, clk *clock.Manual)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		clk := testkit.Clock()
		test(t, newDesk(t, testkit.SQLiteAt(t, clk)), clk)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		clk := testkit.Clock()
		test(t, newDesk(t, testkit.PostgresAt(t, clk)), clk)
	})
}

func signUp(email string) accounts.SignUp {
	return accounts.SignUp{Email: email, Password: password, Organisation: "Acme Payments Oy", Country: "FI", IP: "192.0.2.7"}
}

// told is what the queue holds, oldest first.
func (a desk) told() []toldFact {
	a.t.Helper()
	rows, err := a.db.Native().QueryContext(a.t.Context(), "SELECT args FROM river_job WHERE kind = 'fact' ORDER BY id")
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var facts []toldFact
	for rows.Next() {
		var text string
		var fact toldFact
		if err := rows.Scan(&text); err != nil {
			a.t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &fact); err != nil {
			a.t.Fatal(err)
		}
		facts = append(facts, fact)
	}
	return facts
}

type toldFact struct {
	Fact    string `json:"fact"`
	Payload struct{ ID, PersonID, LinkID string }
}

func (a desk) last(kind string) toldFact {
	a.t.Helper()
	facts := a.told()
	if len(facts) == 0 || facts[len(facts)-1].Fact != kind {
		a.t.Fatalf("the last fact is not %s: %+v", kind, facts)
	}
	return facts[len(facts)-1]
}

// letter plays the letter that follows the last fact, and returns the last part of its link.
func (a desk) letter(kind string, purpose accounts.Purpose) string {
	a.t.Helper()
	fact := a.last(kind)
	token, err := a.Mint(a.t.Context(), purpose, fact.Payload.PersonID, fact.Payload.LinkID)
	if err != nil {
		a.t.Fatal(err)
	}
	return token.Reveal()
}

// member is a person who has signed up and confirmed the address.
func (a desk) member(email string) accounts.Person {
	a.t.Helper()
	if _, err := a.SignUp(a.t.Context(), signUp(email)); err != nil {
		a.t.Fatal(err)
	}
	person, err := a.Verify(a.t.Context(), a.letter("accounts.signed_up", accounts.ForVerify))
	if err != nil {
		a.t.Fatal(err)
	}
	return person
}

func (a desk) logIn(email, password string) (accounts.Person, error) {
	return a.LogIn(a.t.Context(), accounts.LogIn{Email: email, Password: password, IP: "192.0.2.7"})
}

func (a desk) count(query string, args ...any) int {
	a.t.Helper()
	var n int
	if err := a.db.Native().QueryRowContext(a.t.Context(), query, args...).Scan(&n); err != nil {
		a.t.Fatal(err)
	}
	return n
}

func mustCode(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || fault.Of(err).Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
}

// fillAccountLimit counts as many failures of other networks against the account as are allowed in the hour.
func (a desk) fillAccountLimit(email string) {
	a.t.Helper()
	key := testkit.Ring(a.t).MAC("throttle", "failures.account|"+email)
	window := a.db.Now().Truncate(time.Hour)
	_, err := a.db.Native().ExecContext(a.t.Context(), fmt.Sprintf("DELETE FROM throttles WHERE key = '%s'", key))
	if err != nil {
		a.t.Fatal(err)
	}
	_, err = a.db.Native().ExecContext(a.t.Context(), fmt.Sprintf(
		"INSERT INTO throttles (key, win, n, ends_at) VALUES ('%s', %d, 300, '2026-11-21 10:00:00+00:00')", key, window.Unix()))
	if err != nil {
		a.t.Fatal(err)
	}
}

// mustHash hashes a password with parameters of former days.
func mustHash(t *testing.T, password string) string {
	t.Helper()
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 8 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
