// Package accountstest plays people of the service provider, with an authenticator app in their hands, for tests of what
// only they may do.
package accountstest

import (
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/secret"
	"fairway/internal/totp"
)

// Password is the one that every colleague here has.
const Password = "tall otter paints slowly"

// Colleague is somebody of the service provider who has accepted her link, enrolled an app and signed in.
type Colleague struct {
	Person accounts.Person
	// Token is that of her session, as it stands in the browser's cookie.
	Token secret.Text
	// Device is her browser's mark, as it stands in another cookie.
	Device secret.Text
	// Codes are her recovery codes.
	Codes []secret.Text
	App   App
}

// App is an authenticator app. Two with the same key are equal.
type App struct{ key string }

// NewApp scans what an enrolment page shows.
func NewApp(t testing.TB, key secret.Text) App {
	t.Helper()
	raw, err := totp.ParseText(key.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return App{key: string(raw)}
}

// Code is what the app shows at an instant.
func (a App) Code(at time.Time) string { return totp.Code([]byte(a.key), totp.Step(at)) }

// Next is the code of the step after that of an instant, which is taken early: clocks differ a little. A test whose
// clock runs needs no waiting for it.
func (a App) Next(at time.Time) string { return a.Code(at.Add(totp.Period)) }

// Enter lets a colleague in, at an instant that the clock of the accounts shows.
func Enter(t testing.TB, a *accounts.Accounts, email string, role accounts.Role, now time.Time) Colleague {
	t.Helper()
	ctx := t.Context()
	link, err := a.AddStaff(ctx, email, role)
	if err != nil {
		t.Fatal(err)
	}
	person, err := a.AcceptStaff(ctx, link.Reveal(), Password)
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.Sessions().Create(ctx, person.ID, nil, "127.0.0.1", "test")
	if err != nil {
		t.Fatal(err)
	}
	offer, err := a.OfferFactor(ctx, secret.Hash(token))
	if err != nil {
		t.Fatal(err)
	}
	c := Colleague{Person: person, Token: token, Device: a.DeviceToken(person.ID), App: NewApp(t, offer.Key)}
	if c.Codes, err = a.EnrolFactor(ctx, secret.Hash(token), c.App.Code(now)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Session names the colleague's session, as proofs do.
func (c Colleague) Session() string { return secret.Hash(c.Token) }
