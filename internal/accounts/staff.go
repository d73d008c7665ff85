package accounts

import (
	"context"
	"errors"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// command is the actor of what the operator does on the command line.
const command = "command"

// ErrNotStaff is returned where staff is to be made of somebody who works for a TPP, or the other way round: nobody
// is both.
var ErrNotStaff = fault.New(fault.Conflict, "address_taken", "This address has an account of another kind already. Use another address.")

// ErrNoColleague is returned where somebody is meant who is no member of staff.
var ErrNoColleague = fault.New(fault.NotFound, "colleague_unknown", "No colleague has this address. Check it, or let them in with: portal staff add.")

// ErrColleague is returned where somebody is to be let in who is a colleague already.
var ErrColleague = fault.New(fault.Conflict, "colleague_known", "This address is a colleague's already.")

// AddStaff lets a colleague in and returns the last part of her one-time link, good for 24 hours. Faults: a form fault,
// ErrNotStaff, ErrColleague.
func (a *Accounts) AddStaff(ctx context.Context, typed string, role Role) (secret.Text, error) {
	email, fields := addressField(typed)
	if !role.Staff() {
		fields = append(fields, fault.Field{Name: "role", Message: "The role is support or admin."})
	}
	if len(fields) > 0 {
		return "", fault.Form(fields...)
	}
	linkID := secret.ID("lnk")
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		if err := a.oneAtATime(tx, email.key); err != nil {
			return err
		}
		row, err := personByKey(tx, email.key)
		switch {
		case err == nil && Role(row.Role).Staff():
			return ErrColleague
		case err == nil:
			return ErrNotStaff
		case !errors.Is(err, ErrUnknown):
			return err
		}
		row = personRow{ID: secret.ID("per"), Email: email.text, EmailKey: email.key, PasswordHash: unusable, Role: string(role)}
		if err := insertPerson(tx, row); err != nil {
			return err
		}
		if err := insertLink(tx, ForStaff, row.ID, linkID); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: command, Act: "accounts.staff_added", Object: row.ID, Detail: map[string]string{"role": string(role)}})
	})
	if err != nil {
		return "", err
	}
	return a.LinkToken(linkID), nil
}

// ChangeRole gives a colleague another role and returns the one before. She stays signed in: what she may do is looked up
// at every request. Faults: a form fault, ErrNoColleague.
func (a *Accounts) ChangeRole(ctx context.Context, typed string, role Role) (former Role, err error) {
	email, fields := addressField(typed)
	if !role.Staff() {
		fields = append(fields, fault.Field{Name: "role", Message: "The role is support or admin."})
	}
	if len(fields) > 0 {
		return "", fault.Form(fields...)
	}
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		if err := a.oneAtATime(tx, email.key); err != nil {
			return err
		}
		row, err := personByKey(tx, email.key)
		if errors.Is(err, ErrUnknown) || err == nil && !Role(row.Role).Staff() {
			return ErrNoColleague
		}
		if former = Role(row.Role); err != nil || former == role {
			return err
		}
		if err := setRole(tx, row.ID, role); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: command, Act: "accounts.role_changed", Object: row.ID, Detail: map[string]string{"from": string(former), "role": string(role)}})
	})
	return former, err
}

// ResetFactor takes the second factor from a colleague who lost it and returns the last part of a one-time link, good for
// 24 hours, where she chooses a new password and sets up another app. Until then nobody gets in: her password, her
// sessions and her other links end. Faults: a form fault, ErrNoColleague.
func (a *Accounts) ResetFactor(ctx context.Context, typed string) (secret.Text, error) {
	email, fields := addressField(typed)
	if len(fields) > 0 {
		return "", fault.Form(fields...)
	}
	linkID := secret.ID("lnk")
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		row, err := personByKey(tx, email.key)
		if errors.Is(err, ErrUnknown) || err == nil && !Role(row.Role).Staff() {
			return ErrNoColleague
		}
		if err != nil {
			return err
		}
		if err := tx.Lock(factorLock(row.ID)); err != nil {
			return err
		}
		_, err = deleteFactor(tx, row.ID)
		err = errors.Join(err, setPassword(tx, row.ID, unusable), deleteSessionsOf(tx, row.ID),
			useOthers(tx, ForStaff, row.ID), useOthers(tx, ForReset, row.ID), insertLink(tx, ForStaff, row.ID, linkID))
		if err != nil {
			return err
		}
		if err := a.queue.Tell(tx, FactorReset{ID: secret.ID("fact"), PersonID: row.ID}); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: command, Act: "accounts.factor_reset", Object: row.ID})
	})
	if err != nil {
		return "", err
	}
	return a.LinkToken(linkID), nil
}

// StaffWithRole lists the colleagues of a role who have accepted their link, for letters to all of them.
func (a *Accounts) StaffWithRole(ctx context.Context, role Role) ([]Person, error) {
	if !role.Staff() {
		return nil, nil
	}
	rows, err := staffWithRole(a.db.Reader(ctx), role)
	if err != nil {
		return nil, a.db.Fault(ctx, err)
	}
	return people(rows), nil
}

// AcceptStaff spends a colleague's link and sets her password; the second factor comes next. Faults: as Reset.
func (a *Accounts) AcceptStaff(ctx context.Context, token, password string) (Person, error) {
	return a.choosePassword(ctx, ForStaff, token, password)
}

// Provision makes sure that there is a confirmed person with this address and an organisation, without a letter: the
// operator vouches for her. She has no password until she resets it. An account that exists stays as it is, but
// for an unfinished sign-up, which gives way. Faults: a form fault, ErrNotStaff.
func (a *Accounts) Provision(ctx context.Context, typed, organisation, country string) (person Person, created bool, err error) {
	email, fields := addressField(typed)
	name, more := organisationName(organisation)
	fields = append(append(fields, more...), countryField(country)...)
	if len(fields) > 0 {
		return Person{}, false, fault.Form(fields...)
	}
	var row personRow
	err = a.db.InTx(ctx, func(tx db.Tx) error {
		if err := errors.Join(a.oneAtATime(tx, email.key), dropUnverified(tx, email.key)); err != nil {
			return err
		}
		row, err = personByKey(tx, email.key)
		created = errors.Is(err, ErrUnknown)
		switch {
		case err == nil && Role(row.Role).Staff():
			return ErrNotStaff
		case err == nil || !created:
			return err
		}
		row = personRow{
			ID: secret.ID("per"), Email: email.text, EmailKey: email.key, PasswordHash: unusable, Role: string(TPP), VerifiedAt: &tx.Now,
			CreatedAt: tx.Now, OrganisationID: secret.ID("org"), Organisation: name, Country: country,
		}
		if err := insertPerson(tx, row); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: command, Organisation: row.OrganisationID, Act: "accounts.provisioned", Object: row.ID})
	})
	return row.person(), created, err
}
