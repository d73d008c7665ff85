package accounts

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// LogIn is what somebody enters to get in.
type LogIn struct {
	Email, Password string
	// IP is where the request comes from.
	IP string
	// Device is what DeviceToken gave this browser at an earlier log-in, or empty. A known device is not slowed
	// down by what strangers try against the account.
	Device string
}

// The faults of logging in. One answer stands for a wrong address and a wrong password.
var (
	ErrLogIn      = fault.New(fault.Invalid, "login_failed", "The e-mail address or the password is not right. Check both and try again, or reset the password.")
	ErrUnverified = fault.New(fault.Forbidden, "address_unverified", "Your address is not confirmed yet. Open the link in the letter that we sent you, or have it sent again.")
)

// LogIn finds the person with this address and password. Faults: ErrLogIn, ErrTooMany, ErrBusy, and only after
// the right password ErrUnverified, with the person. The caller starts the session; where the role needs a second factor
// it is whole only after ProveFactor.
func (a *Accounts) LogIn(ctx context.Context, l LogIn) (Person, error) {
	row, tries, err := a.candidate(ctx, l)
	if err != nil {
		return Person{}, err
	}
	if err := a.count(ctx, tries); err != nil {
		return Person{}, err
	}
	ok, stale, err := a.hasher.check(ctx, l.Password, row.PasswordHash)
	if err != nil {
		return Person{}, err
	}
	if !ok || row.DisabledAt != nil {
		a.log.LogAttrs(ctx, slog.LevelInfo, "log-in refused", slog.String("person", row.ID), slog.String("ip", l.IP))
		return Person{}, ErrLogIn
	}
	return a.logIn(ctx, row, tries, l.Password, stale)
}

// tries is how one log-in is counted: against its network and its account, and slowed down by a key.
type tries struct {
	spent []spending
	key   string
}

type spending struct {
	limit   limit
	subject string
}

// count counts a try before it is looked at, and refuses it where there were too many.
func (a *Accounts) count(ctx context.Context, t tries) error {
	for _, s := range t.spent {
		if err := a.spend(ctx, s.limit, s.subject); err != nil {
			return err
		}
	}
	return a.slow(ctx, t.key)
}

// uncount forgets the tries before one that succeeded.
func (a *Accounts) uncount(tx db.Tx, t tries) error {
	if err := clearTries(tx, t.key); err != nil {
		return err
	}
	for _, s := range t.spent {
		if err := a.giveBack(tx, s.limit, s.subject); err != nil {
			return err
		}
	}
	return nil
}

// candidate finds who is meant and how the try is counted. One network's tries against one account are slowed down;
// all networks together have a limit that no single one can reach. Neither holds for a device that she used before,
// which has a delay of its own. What is not an address costs the same as an unknown one.
func (a *Accounts) candidate(ctx context.Context, l LogIn) (personRow, tries, error) {
	subject, ip := "", network(l.IP)
	if email, ok := parseAddress(l.Email); ok {
		subject = email.key
	} else {
		subject = "?" + secret.Hash(secret.Text(l.Email))
	}
	t := tries{spent: []spending{{a.failuresPerIP(), ip}}}
	row, err := personByKey(a.db.Reader(ctx), subject)
	switch {
	case err != nil && !errors.Is(err, ErrUnknown):
		return row, t, a.db.Fault(ctx, err)
	case err == nil && a.KnownDevice(l.Device, row.ID):
		t.key = a.throttleKey("login.device", l.Device)
	default:
		t.spent = append(t.spent, spending{failuresPerAccount, subject})
		t.key = a.throttleKey("login.account", ip+"|"+subject)
	}
	return row, t, nil
}

func (a *Accounts) logIn(ctx context.Context, row personRow, t tries, password string, stale bool) (Person, error) {
	fresh := ""
	if stale {
		var err error
		if fresh, err = a.hasher.hash(ctx, password); err != nil {
			return Person{}, err
		}
	}
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		if err := a.uncount(tx, t); err != nil {
			return err
		}
		if fresh != "" {
			if err := setPassword(tx, row.ID, fresh); err != nil {
				return err
			}
		}
		if row.VerifiedAt == nil {
			return nil
		}
		act := "accounts.logged_in"
		if Role(row.Role).NeedsFactor() {
			act = "accounts.password_proved"
		}
		return audit.Write(tx, audit.Entry{Actor: row.ID, Organisation: row.OrganisationID, Act: act, Object: row.ID})
	})
	if err == nil && row.VerifiedAt == nil {
		err = ErrUnverified
	}
	return row.person(), err
}

// ConfirmPassword checks the password of somebody who is signed in, before an act that asks for it again. Faults:
// ErrLogIn, ErrTooMany, ErrBusy.
func (a *Accounts) ConfirmPassword(ctx context.Context, personID, password, ip string) error {
	key := a.throttleKey("confirm", personID)
	if err := a.slow(ctx, key); err != nil {
		return err
	}
	row, err := personByID(a.db.Reader(ctx), personID)
	if err != nil {
		return a.db.Fault(ctx, err)
	}
	ok, _, err := a.hasher.check(ctx, password, row.PasswordHash)
	if err != nil {
		return err
	}
	if !ok || row.DisabledAt != nil {
		a.log.LogAttrs(ctx, slog.LevelInfo, "password not confirmed", slog.String("person", row.ID), slog.String("ip", ip))
		return ErrLogIn.Saying("This is not your password. Try again, or reset it.")
	}
	return a.db.InTx(ctx, func(tx db.Tx) error { return clearTries(tx, key) })
}

// DeviceToken marks a browser as one that this person logged in with. It opens nothing.
func (a *Accounts) DeviceToken(personID string) secret.Text {
	name := secret.ID("dev")
	return secret.Text(name + "." + a.ring.MAC("device", name+"|"+personID))
}

// KnownDevice reports whether the token came from DeviceToken for this person.
func (a *Accounts) KnownDevice(token, personID string) bool {
	name, sum, _ := strings.Cut(token, ".")
	return strings.HasPrefix(name, "dev_") && len(token) < 200 && a.ring.CheckMAC("device", name+"|"+personID, sum)
}
