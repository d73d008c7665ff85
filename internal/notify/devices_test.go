package notify_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/secret"
)

func TestStaffHearsOfASignInWithANewDevice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		c := accountstest.Enter(t, o.accounts, "ada@fairway.example", accounts.Support, clk.Now())
		enter := func(device, code string) {
			t.Helper()
			token, err := o.accounts.Sessions().Create(t.Context(), c.Person.ID, nil, "192.0.2.7", "test")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.accounts.ProveFactor(t.Context(), accounts.Proof{Session: secret.Hash(token), Code: code, Device: device}); err != nil {
				t.Fatal(err)
			}
		}

		o.wait(1)
		enter(o.accounts.DeviceToken(c.Person.ID).Reveal(), c.App.Next(clk.Now()))
		known := o.wait(1)
		clk.Advance(time.Minute)
		enter(o.accounts.DeviceToken("per_somebody_else").Reveal(), c.App.Next(clk.Now()))
		letters := o.wait(2)

		if len(known) != 1 {
			t.Errorf("a known device: %+v", known[1:])
		}
		last := letters[1]
		if last.Subject != "You signed in with a new device" || last.To != "ada@fairway.example" || !strings.Contains(last.Text, clk.Now().Format("2 Jan 2006, 15:04 UTC")) || !strings.Contains(last.Text, "Write to "+support+".") {
			t.Errorf("%+v", last)
		}
	})
}
