package accounts

import (
	"context"
	"errors"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// SignUp is what a stranger enters to get an account.
type SignUp struct {
	Email, Password, Organisation, Country string
	// IP is where the request comes from.
	IP string
}

// Pending is a sign-up that waits for its address to be confirmed. Whether the address had an account before
// cannot be told from it: the person may not exist.
type Pending struct {
	PersonID string
	Email    string
}

// anonymous is the actor of what a stranger does.
const anonymous = "anonymous"

// SignUp starts an account. The answer, the work and its time are the same whether or not the address has one;
// only the letter differs. An unfinished sign-up of the same address is replaced, so that nobody can leave a
// password of his own on an address that is not his. Faults: a form fault with every field, ErrTooMany, ErrBusy.
func (a *Accounts) SignUp(ctx context.Context, s SignUp) (Pending, error) {
	email, fields := addressField(s.Email)
	name, more := organisationName(s.Organisation)
	fields = append(append(fields, more...), countryField(s.Country)...)
	fields = append(fields, passwordField(s.Password, s.Email, s.Organisation)...)
	if len(fields) > 0 {
		return Pending{}, fault.Form(fields...)
	}
	if err := a.spend(ctx, a.signUpsPerIP(), network(s.IP)); err != nil {
		return Pending{}, err
	}
	if err := a.spend(ctx, a.lettersPerAddress(), email.key); err != nil {
		return Pending{}, err
	}
	hash, err := a.hasher.hash(ctx, s.Password)
	if err != nil {
		return Pending{}, err
	}
	row := personRow{
		ID: secret.ID("per"), Email: email.text, EmailKey: email.key, PasswordHash: hash, Role: string(TPP),
		OrganisationID: secret.ID("org"), Organisation: name, Country: s.Country,
	}
	err = a.db.InTx(ctx, func(tx db.Tx) error { return a.signUp(tx, row) })
	return Pending{PersonID: row.ID, Email: email.text}, err
}

// errDecoy undoes the rows of a sign-up that must not come to anything.
var errDecoy = errors.New("the address has an account")

func (a *Accounts) signUp(tx db.Tx, row personRow) error {
	if err := a.oneAtATime(tx, row.EmailKey); err != nil {
		return err
	}
	if err := dropUnverified(tx, row.EmailKey); err != nil {
		return err
	}
	known, err := personByKey(tx, row.EmailKey)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	taken := err == nil
	if taken {
		row.EmailKey = row.ID // the same rows are written, and taken back
	}
	err = tx.Try(func(tx db.Tx) error {
		if err := insertPerson(tx, row); err != nil || !taken {
			return err
		}
		return errDecoy
	})
	if err != nil && !errors.Is(err, errDecoy) {
		return err
	}
	entry := audit.Entry{Actor: row.ID, Organisation: row.OrganisationID, Act: "accounts.signed_up", Object: row.ID}
	if taken {
		entry = audit.Entry{Actor: anonymous, Organisation: known.OrganisationID, Act: "accounts.signed_up_again", Object: known.ID}
		err = a.queue.Tell(tx, SignedUpAgain{ID: secret.ID("fact"), PersonID: known.ID})
	} else {
		err = a.queue.Tell(tx, SignedUp{ID: secret.ID("fact"), PersonID: row.ID, LinkID: secret.ID("lnk")})
	}
	if err != nil {
		return err
	}
	return audit.Write(tx, entry)
}

// oneAtATime lets one account of an address be made at a time, also where there is no row yet that could be locked.
func (a *Accounts) oneAtATime(tx db.Tx, emailKey string) error {
	_, _, err := lockTries(tx, a.throttleKey("account", emailKey))
	return err
}

// ResendVerification sends the letter with the link again, at most once a minute. Nothing tells whether there is
// such a sign-up. Fault: ErrTooMany.
func (a *Accounts) ResendVerification(ctx context.Context, p Pending) error {
	if err := a.spend(ctx, resendEvery, p.PersonID); err != nil {
		return err
	}
	email, ok := parseAddress(p.Email)
	if !ok {
		return ErrUnknown
	}
	if err := a.spend(ctx, a.lettersPerAddress(), email.key); err != nil {
		return err
	}
	return a.db.InTx(ctx, func(tx db.Tx) error {
		fact := SignedUp{ID: secret.ID("fact"), PersonID: p.PersonID, LinkID: secret.ID("lnk")}
		if err := a.queue.Tell(tx, fact); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: anonymous, Act: "accounts.letter_asked_again", Object: p.PersonID})
	})
}

// Verify spends the link and confirms its person's address. Faults: ErrLinkUnknown, ErrLinkUsed, ErrLinkOver.
func (a *Accounts) Verify(ctx context.Context, token string) (Person, error) {
	var row personRow
	err := a.db.InTx(ctx, func(tx db.Tx) error {
		var err error
		if row, err = a.spendLink(tx, ForVerify, token); err != nil {
			return err
		}
		if err := errors.Join(markVerified(tx, row.ID), useOthers(tx, ForVerify, row.ID)); err != nil {
			return err
		}
		return audit.Write(tx, audit.Entry{Actor: row.ID, Organisation: row.OrganisationID, Act: "accounts.verified", Object: row.ID})
	})
	if err != nil {
		return Person{}, err
	}
	p := row.person()
	p.Verified = true
	return p, nil
}

// Waiting reports whether the sign-up still waits for its address to be confirmed.
func (a *Accounts) Waiting(ctx context.Context, p Pending) (bool, error) {
	person, err := a.ByID(ctx, p.PersonID)
	if errors.Is(err, ErrUnknown) {
		return true, nil
	}
	return !person.Verified, err
}
