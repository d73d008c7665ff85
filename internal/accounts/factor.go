package accounts

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/totp"
)

// FactorLasts is how long a proof of the second factor lets a session decide without another one (ASVS 7.5.3).
const FactorLasts = 5 * time.Minute

const (
	enterCode = "Enter the six digits that your authenticator app shows, or one of your recovery codes."
	wrongCode = "This code is not right, or it was used already. Wait for the next one in your app, and let your phone set its clock by itself."
)

// The faults of the second factor. A wrong code, one that is too old and one that was used fail alike.
var (
	ErrFactor        = &fault.Error{Kind: fault.Invalid, Code: "factor_refused", Message: wrongCode, Fields: []fault.Field{{Name: "code", Message: wrongCode}}}
	ErrFactorMissing = fault.New(fault.Conflict, "factor_missing", "Your account has no second factor yet. Sign in again, and set one up when you are asked.")
	ErrFactorStale   = fault.New(fault.Forbidden, "factor_stale", "This asks for a code of your second factor that was entered within the last five minutes. Go back, enter one and try again.")
)

// Factor is what a person has besides the password.
type Factor struct {
	// Enrolled says that an authenticator app was set up.
	Enrolled bool
	Since    time.Time
	// CodesLeft is how many recovery codes were not used yet.
	CodesLeft int
}

// Few reports whether so few recovery codes are left that new ones should be made.
func (f Factor) Few() bool { return f.Enrolled && f.CodesLeft < 3 }

// Factor tells about the second factor of a person.
func (a *Accounts) Factor(ctx context.Context, personID string) (Factor, error) {
	reader := a.db.Reader(ctx)
	row, err := factorOf(reader, personID)
	if errors.Is(err, ErrFactorMissing) {
		return Factor{}, nil
	}
	if err != nil {
		return Factor{}, a.db.Fault(ctx, err)
	}
	left, err := codesLeft(reader, personID)
	if err != nil {
		return Factor{}, a.db.Fault(ctx, err)
	}
	return Factor{Enrolled: true, Since: row.CreatedAt.UTC(), CodesLeft: left}, nil
}

// Proof is a code that somebody enters to prove the second factor.
type Proof struct {
	// Session names the session that proves it: the session's ID, not its token.
	Session string
	// Code is what was typed: the six digits of the app, or a recovery code.
	Code string
	// IP is where the request comes from.
	IP string
	// Device is as in LogIn.
	Device string
}

// Proved is how the second factor was proved.
type Proved struct {
	Person Person
	// ByRecovery says that a recovery code was spent; CodesLeft is how many are left then.
	ByRecovery bool
	CodesLeft  int
}

// ProveFactor checks and spends a code, and notes with the session that its person proved the second factor now. A
// session that a password began is whole from then on; the caller gives it a new token (Sessions.Renew). Faults: a form
// fault at "code", ErrFactor, ErrFactorMissing, ErrTooMany, ErrSessionOver.
func (a *Accounts) ProveFactor(ctx context.Context, p Proof) (Proved, error) {
	typed, ok := readFactor(p.Code)
	if !ok {
		return Proved{}, fault.Form(fault.Field{Name: "code", Message: enterCode})
	}
	s, err := a.sessions.byID(ctx, p.Session)
	if err != nil {
		return Proved{}, err
	}
	t := a.factorTries(p, s.Person.ID)
	if err := a.count(ctx, t); err != nil {
		return Proved{}, err
	}
	proved := Proved{Person: *s.Person}
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		ok, err = a.spendFactor(tx, &proved, typed)
		if err != nil {
			return err
		}
		if !ok {
			return auditFactor(tx, "accounts.factor_refused", s.Person.ID, nil)
		}
		return errors.Join(a.proved(tx, s, t, proved), a.noteDevice(tx, s, p.Device, proved))
	})
	if err == nil && !ok {
		a.log.LogAttrs(ctx, slog.LevelInfo, "second factor refused", slog.String("person", s.Person.ID), slog.String("ip", p.IP))
		err = ErrFactor
	}
	if err != nil {
		return Proved{}, err
	}
	return proved, nil
}

// spendFactor spends a code by the statement that checks it; ok is false for a code that is not right or was used.
func (a *Accounts) spendFactor(tx db.Tx, p *Proved, c factorCode) (ok bool, err error) {
	row, err := factorOf(tx, p.Person.ID)
	if err != nil {
		return false, err
	}
	if c.recovery != "" {
		if ok, err = spendCode(tx, p.Person.ID, codeHash(p.Person.ID, c.recovery)); err != nil || !ok {
			return false, err
		}
		p.ByRecovery = true
		p.CodesLeft, err = codesLeft(tx, p.Person.ID)
		return true, err
	}
	key, err := a.ring.Open(sealedAt(row.ID), row.Sealed)
	if err != nil {
		return false, err
	}
	step, ok := totp.Match(key, c.digits, tx.Now)
	if !ok {
		return false, nil
	}
	return spendStep(tx, row.ID, step)
}

// proved notes the proof, in the transaction that spent the code.
func (a *Accounts) proved(tx db.Tx, s Session, t tries, p Proved) error {
	act, with := "accounts.factor_proved", "app"
	if s.Halfway() {
		act = "accounts.logged_in"
	}
	if p.ByRecovery {
		with = "recovery_code"
	}
	if err := errors.Join(markProved(tx, s.ID), a.uncount(tx, t), auditFactor(tx, act, p.Person.ID, map[string]string{"with": with})); err != nil {
		return err
	}
	if !p.ByRecovery {
		return nil
	}
	if err := a.queue.Tell(tx, RecoveryCodeUsed{ID: secret.ID("fact"), PersonID: p.Person.ID}); err != nil {
		return err
	}
	return auditFactor(tx, "accounts.recovery_code_used", p.Person.ID, map[string]string{"left": strconv.Itoa(p.CodesLeft)})
}

// noteDevice tells when somebody signs in from a device that she did not use before. Whoever stole password and app is
// noticed by the letter that follows; of a recovery code there is a letter anyhow.
func (a *Accounts) noteDevice(tx db.Tx, s Session, device string, p Proved) error {
	if !s.Halfway() || p.ByRecovery || !p.Person.Role.Staff() || a.KnownDevice(device, p.Person.ID) {
		return nil
	}
	return a.queue.Tell(tx, StaffEntered{ID: secret.ID("fact"), PersonID: s.Person.ID})
}

// Fresh reports whether the session proved the second factor within the last five minutes. Fault: ErrSessionOver.
func (a *Accounts) Fresh(ctx context.Context, sessionID string) (bool, error) {
	s, err := a.sessions.byID(ctx, sessionID)
	if err != nil {
		return false, err
	}
	return s.fresh(a.db.Now()), nil
}

// ConfirmFactor lets an act pass that asks for the second factor again: at once where the session is Fresh and comes from a
// browser that the person signed in with, else with the code of the proof. A session alone, wherever it was taken from, is
// not enough to decide with. Faults: those of ProveFactor. A face calls it before the act, and shows its faults at the field
// "code" of the act's own form, so that what was typed is not lost.
func (a *Accounts) ConfirmFactor(ctx context.Context, p Proof) error {
	s, err := a.sessions.byID(ctx, p.Session)
	if err != nil {
		return err
	}
	if s.fresh(a.db.Now()) && a.KnownDevice(p.Device, s.Person.ID) {
		return nil
	}
	_, err = a.ProveFactor(ctx, p)
	return err
}

// factorsPerAccount holds against guesses from many networks by somebody who knows the password. It does not count for
// a device that the person used before.
var factorsPerAccount = limit{"factor.account", 60, time.Hour}

// factorTries is how a code is counted, as log-ins are: one network's tries are slowed down, all together are limited,
// and a device that she used before has a delay of its own.
func (a *Accounts) factorTries(p Proof, personID string) tries {
	ip := network(p.IP)
	t := tries{spent: []spending{{a.failuresPerIP(), ip}}}
	if a.KnownDevice(p.Device, personID) {
		t.key = a.throttleKey("factor.device", p.Device)
		return t
	}
	t.spent = append(t.spent, spending{factorsPerAccount, personID})
	t.key = a.throttleKey("factor.account", ip+"|"+personID)
	return t
}

// factorCode is a typed code: one of its fields is set.
type factorCode struct {
	digits   string
	recovery secret.Text
}

// readFactor reads what was typed into the one field for both kinds. Blanks and dashes do not matter.
func readFactor(typed string) (c factorCode, ok bool) {
	if len(typed) > 64 {
		return c, false
	}
	plain := strings.NewReplacer(" ", "", "-", "").Replace(typed)
	if len(plain) == 6 && strings.Trim(plain, "0123456789") == "" {
		return factorCode{digits: plain}, true
	}
	c.recovery, ok = secret.ReadCode(typed)
	return c, ok
}

func auditFactor(tx db.Tx, act, personID string, detail map[string]string) error {
	return audit.Write(tx, audit.Entry{Actor: personID, Act: act, Object: personID, Detail: detail})
}
