package accounts

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
	"fairway/internal/totp"
)

// recoveryCodes is how many a person gets.
const recoveryCodes = 10

// issuer is the name that authenticator apps show beside a code.
const issuer = "Fairway"

// Enrolment is what an authenticator app has to know. Nothing of it is stored before a code proves that the app knows it.
type Enrolment struct {
	// Key is what people type into the app: 32 letters and digits.
	Key secret.Text
	// URL carries the same to the app by a link or a QR code.
	URL secret.Text
}

// OfferFactor makes the key of a new authenticator app. It is the same for a session until a factor is enrolled, so
// that looking changes nothing. Who has a factor already proves it first. Faults: ErrSessionOver, ErrFactorStale.
func (a *Accounts) OfferFactor(ctx context.Context, sessionID string) (Enrolment, error) {
	s, err := a.sessions.byID(ctx, sessionID)
	if err != nil {
		return Enrolment{}, err
	}
	reader := a.db.Reader(ctx)
	key, err := a.offered(reader, s)
	if err != nil {
		return Enrolment{}, a.db.Fault(ctx, err)
	}
	return Enrolment{Key: secret.Text(totp.Text(key)), URL: secret.Text(totp.URL(key, issuer, s.Person.Email))}, nil
}

// offered is the key that this session may enrol. It is made from the session, whose token is random, and from the
// factor that it would replace, under a key of the ring: nobody can tell it who has the database alone.
func (a *Accounts) offered(q db.Tx, s Session) ([]byte, error) {
	current, err := factorOf(q, s.Person.ID)
	switch {
	case errors.Is(err, ErrFactorMissing):
	case err != nil:
		return nil, err
	case !s.fresh(q.Now):
		return nil, ErrFactorStale
	}
	sum, err := base64.RawURLEncoding.DecodeString(a.ring.MAC("second factor", s.ID+"|"+current.ID))
	if err != nil || len(sum) < totp.KeyBytes {
		return nil, fmt.Errorf("make the key of an authenticator app: %d bytes, %w", len(sum), err)
	}
	return sum[:totp.KeyBytes], nil
}

// EnrolFactor makes the offered app the person's second factor once a code proves that it works, and returns new recovery
// codes, which are shown this once. A former app and its recovery codes end, and so do her other sessions; this one has
// proved the factor. Faults: a form fault at "code", ErrFactor, ErrFactorStale, ErrSessionOver.
func (a *Accounts) EnrolFactor(ctx context.Context, sessionID, code string) ([]secret.Text, error) {
	typed, ok := readFactor(code)
	if !ok || typed.digits == "" {
		return nil, fault.Form(fault.Field{Name: "code", Message: "Enter the six digits that your authenticator app shows."})
	}
	s, err := a.sessions.byID(ctx, sessionID)
	if err != nil {
		return nil, err
	}
	var codes []secret.Text
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		if err := tx.Lock(factorLock(s.Person.ID)); err != nil {
			return err
		}
		if s, err = liveSession(tx, sessionID); err != nil {
			return err
		}
		codes, err = a.enrol(tx, s, typed.digits)
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func (a *Accounts) enrol(tx db.Tx, s Session, digits string) ([]secret.Text, error) {
	key, err := a.offered(tx, s)
	if err != nil {
		return nil, err
	}
	step, ok := totp.Match(key, digits, tx.Now)
	if !ok {
		return nil, ErrFactor
	}
	row := factorRow{ID: secret.ID("fac"), PersonID: s.Person.ID, LastStep: step}
	if row.Sealed, err = a.ring.Seal(sealedAt(row.ID), key); err != nil {
		return nil, err
	}
	replaced, err := deleteFactor(tx, s.Person.ID)
	if err != nil {
		return nil, err
	}
	err = errors.Join(insertFactor(tx, row), deleteOtherSessions(tx, s.Person.ID, s.ID), markProved(tx, s.ID))
	if err != nil {
		return nil, err
	}
	if err := a.queue.Tell(tx, FactorEnrolled{ID: secret.ID("fact"), PersonID: s.Person.ID}); err != nil {
		return nil, err
	}
	act := "accounts.factor_enrolled"
	if replaced {
		act = "accounts.factor_replaced"
	}
	if err := auditFactor(tx, act, s.Person.ID, nil); err != nil {
		return nil, err
	}
	return newCodes(tx, s.Person.ID)
}

// ReplaceRecoveryCodes ends the person's recovery codes and returns new ones, which are shown this once. Faults:
// ErrFactorStale, ErrFactorMissing, ErrSessionOver.
func (a *Accounts) ReplaceRecoveryCodes(ctx context.Context, sessionID string) ([]secret.Text, error) {
	var codes []secret.Text
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		s, err := liveSession(tx, sessionID)
		if err != nil {
			return err
		}
		if !s.fresh(tx.Now) {
			return ErrFactorStale
		}
		if err := tx.Lock(factorLock(s.Person.ID)); err != nil {
			return err
		}
		if _, err := factorOf(tx, s.Person.ID); err != nil {
			return err
		}
		if err := a.queue.Tell(tx, RecoveryCodesReplaced{ID: secret.ID("fact"), PersonID: s.Person.ID}); err != nil {
			return err
		}
		if err := auditFactor(tx, "accounts.recovery_codes_replaced", s.Person.ID, nil); err != nil {
			return err
		}
		codes, err = newCodes(tx, s.Person.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// newCodes puts new recovery codes in the place of the old ones.
func newCodes(tx db.Tx, personID string) ([]secret.Text, error) {
	codes, hashes := make([]secret.Text, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = secret.Code()
		hashes[i] = codeHash(personID, codes[i])
	}
	return codes, replaceCodes(tx, personID, hashes)
}

// codeHash is what is stored instead of a recovery code. Its 80 random bits need no slow hash.
func codeHash(personID string, code secret.Text) string {
	return secret.Hash(secret.Text(personID + "|" + code.Reveal()))
}

// factorLock names what makes changes of one person's factor wait for one another.
func factorLock(personID string) string { return "second factor|" + personID }

// sealedAt is the place of an app's key, which cannot be opened anywhere else.
func sealedAt(factorID string) string { return "second_factors|" + factorID + "|sealed" }
