package accounts

import (
	"context"
	"errors"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// RequestReset has a link for a new password sent to the address, if it has an account. The answer and the work
// are the same if it has none. Faults: a form fault, ErrTooMany.
func (a *Accounts) RequestReset(ctx context.Context, typed, ip string) error {
	email, fields := addressField(typed)
	if len(fields) > 0 {
		return fault.Form(fields...)
	}
	for _, s := range []spending{
		{a.resetsPerIP(), network(ip)}, {a.resetsPerAddress(), email.key}, {a.lettersPerAddress(), email.key},
	} {
		if err := a.spend(ctx, s.limit, s.subject); err != nil {
			return err
		}
	}
	return a.db.InTx(ctx, func(tx db.Tx) error {
		row, err := a.resettable(tx, email.key)
		if errors.Is(err, ErrUnknown) {
			row.ID = secret.ID("per") // nobody: the fact is told all the same, and nothing follows
		} else if err != nil {
			return err
		}
		fact := ResetRequested{ID: secret.ID("fact"), PersonID: row.ID, LinkID: secret.ID("lnk")}
		if err := a.queue.Tell(tx, fact); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: anonymous, Organisation: row.OrganisationID, Act: "accounts.reset_requested", Object: row.ID})
	})
}

// resettable finds who may have a new password by a letter. A colleague without a second factor may not: her way in is
// the one-time link, or whoever reads her letters could set up a factor in her place.
func (a *Accounts) resettable(tx db.Tx, key string) (personRow, error) {
	row, err := personByKey(tx, key)
	if err != nil || !Role(row.Role).NeedsFactor() {
		return row, err
	}
	if _, err := factorOf(tx, row.ID); errors.Is(err, ErrFactorMissing) {
		return personRow{}, ErrUnknown
	} else if err != nil {
		return personRow{}, err
	}
	return row, nil
}

// Reset spends the link, sets the new password and ends every session of the person. The letter proved the
// address, so it counts as confirmed. A second factor stays as it is. Faults: a form fault, ErrLinkUnknown, ErrLinkUsed, ErrLinkOver, ErrBusy.
func (a *Accounts) Reset(ctx context.Context, token, password string) (Person, error) {
	return a.choosePassword(ctx, ForReset, token, password)
}

// choosePassword is the end of every letter that lets somebody set a password.
func (a *Accounts) choosePassword(ctx context.Context, purpose Purpose, token, password string) (Person, error) {
	holder, err := a.Holder(ctx, purpose, token)
	if err != nil {
		return Person{}, err
	}
	if fields := passwordField(password, holder.Email, holder.OrganisationName); len(fields) > 0 {
		return Person{}, fault.Form(fields...)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return Person{}, err
	}
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		row, err := a.spendLink(tx, purpose, token)
		if err != nil {
			return err
		}
		return a.replacePassword(tx, purpose, row, hash)
	})
	holder.Verified = true
	return holder, err
}

func (a *Accounts) replacePassword(tx db.Tx, purpose Purpose, row personRow, hash string) error {
	err := errors.Join(
		setPassword(tx, row.ID, hash), markVerified(tx, row.ID),
		useOthers(tx, ForVerify, row.ID), useOthers(tx, ForReset, row.ID), useOthers(tx, ForStaff, row.ID),
		deleteSessionsOf(tx, row.ID),
	)
	if err != nil {
		return err
	}
	act := "accounts.password_reset"
	if purpose == ForStaff {
		act = "accounts.staff_accepted"
	} else if err := a.queue.Tell(tx, PasswordChanged{ID: secret.ID("fact"), PersonID: row.ID}); err != nil {
		return err
	}
	return audit.Write(tx, audit.Entry{Actor: row.ID, Organisation: row.OrganisationID, Act: act, Object: row.ID})
}
