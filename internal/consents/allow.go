package consents

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
)

// Class is a kind of read that is counted by itself.
type Class string

// The classes: xs2a.md calls them endpoint classes.
const (
	List         Class = "list"
	Details      Class = "details"
	Balances     Class = "balances"
	Transactions Class = "transactions"
)

// Read is one read of account data.
type Read struct {
	Class Class
	// ResourceID is the account; empty for List.
	ResourceID string
	// Attended says that the customer asked for it just now (PSU-IP-Address present).
	Attended bool
	// Continued says that it is a further page of a read that was counted.
	Continued bool
}

// Allow checks that a consent opens what is to be read: state, account, right. Faults: CONSENT_UNKNOWN,
// CONSENT_INVALID, CONSENT_EXPIRED (4.12, 6.3).
func (c *Consents) Allow(ctx context.Context, owner Owner, id string, r Read) (*Consent, error) {
	consent, err := c.Usable(ctx, owner, id)
	if err != nil {
		return nil, err
	}
	return consent, consent.opens(r)
}

// Usable finds a consent that is valid now.
func (c *Consents) Usable(ctx context.Context, owner Owner, id string) (*Consent, error) {
	consent, err := c.ByID(ctx, owner, id)
	now := c.db.Now()
	if err == nil && !consent.Status(now).Final() && consent.Status(now) != Valid {
		consent, err = c.Latest(ctx, owner, id) // another process may just have heard the customer's yes
	}
	if errors.Is(err, ErrUnknown) {
		return nil, fault.New(fault.Invalid, "CONSENT_UNKNOWN", ErrUnknown.Message).At("Consent-ID").With(err)
	}
	if err != nil {
		return nil, err
	}
	switch status := consent.Status(now); status {
	case Valid:
		return consent, nil
	case Expired:
		return nil, consent.expired()
	case Received, PartiallyAuthorised:
		return nil, invalid("The consent is still %s: the customer has not authorised it yet. Send the customer to the authorisation endpoint first.", status)
	case TerminatedByTPP:
		if consent.SupersededBy != "" {
			return nil, invalid("The consent ended on %s because the customer authorised your newer recurring consent %s. Use that one.", day(consent.StatusAt), consent.SupersededBy)
		}
		return nil, invalid("The consent was ended by you (DELETE) on %s. Create a new consent and send the customer to authorise it.", day(consent.StatusAt))
	default:
		return nil, invalid("The consent is %s and cannot be used. Create a new consent and send the customer to authorise it.", status)
	}
}

func (c *Consent) expired() *fault.Error {
	text := fmt.Sprintf("The consent was valid until %s. Create a new consent and send the customer to authorise it; tokens of this one no longer work.", c.ValidUntil)
	if !c.Recurring {
		text = fmt.Sprintf("A one-off consent can be read for %d minutes after the customer authorised it. Create a new consent, recurring if you read more often.", int(oneOffWindow.Minutes()))
	}
	return fault.New(fault.Unauthenticated, "CONSENT_EXPIRED", text).At("Consent-ID")
}

func (c *Consent) opens(r Read) error {
	if r.Class == List {
		return nil
	}
	grant, ok := c.Granting(r.ResourceID)
	switch {
	case !ok:
		return invalid("The consent does not open this account. GET /consent/v1/consents/{consentId} shows the accounts that it opens.")
	case c.Access.Model() == Available:
		return invalid("A consent on available accounts opens the list of accounts alone. Ask for accounts, balances or transactions to read one account.")
	case r.Class == Balances && !grant.Balances:
		return invalid("The consent does not open the balances of this account. Ask for access.balances in a new consent.")
	case r.Class == Transactions && !grant.Transactions:
		return invalid("The consent does not open the transactions of this account. Ask for access.transactions in a new consent.")
	}
	return nil
}

func invalid(text string, args ...any) *fault.Error {
	return fault.New(fault.Unauthenticated, "CONSENT_INVALID", fmt.Sprintf(text, args...)).At("Consent-ID")
}

func day(t time.Time) string { return t.In(bankZone).Format("2 Jan 2006") }

// Charge counts a read that passed every other check. Attended reads of a recurring consent are free; others
// count by consent, account and class, to frequencyPerDay in a day of the bank (ACCESS_EXCEEDED, RTS Article
// 36(5)(b)). A one-off consent reads each thing once (CONSENT_EXPIRED).
func (c *Consents) Charge(ctx context.Context, consent *Consent, r Read) error {
	if r.Continued || (consent.Recurring && r.Attended) {
		return nil
	}
	now := c.db.Now()
	period, most := today(now), consent.FrequencyPerDay
	if !consent.Recurring {
		period, most = "once", 1
	}
	counted := false
	err := c.db.InTx(ctx, func(tx db.Tx) (err error) {
		counted, err = count(tx, consent.ID, period, r.ResourceID, r.Class, most)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("count a read: %w", err)
	case counted:
		return nil
	case !consent.Recurring:
		return fault.New(fault.Unauthenticated, "CONSENT_EXPIRED",
			"A one-off consent reads each account and kind of data once, and this was read before. Create a new consent, recurring if you read more often.").At("Consent-ID")
	}
	return fault.New(fault.TooMany, "ACCESS_EXCEEDED", fmt.Sprintf(
		"This consent allows %d read(s) a day without the customer present (frequencyPerDay) for each account and kind of data; they are used. "+
			"Read again tomorrow, or send PSU-IP-Address when the customer asked for it.", most)).After(UntilCountedAnew(now))
}

// UntilCountedAnew is how long reads without the customer stay counted: to the end of the day of the bank.
func UntilCountedAnew(now time.Time) time.Duration {
	local := now.In(bankZone)
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, bankZone).Sub(now)
}
