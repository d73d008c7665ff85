package consents

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/memo"
	"fairway/internal/secret"
)

// topic is the name under which changes of consents are told.
const topic = "consents"

// Config are the bank's rules.
type Config struct {
	// MaxDays is the longest life of a consent in days, the first included (RTS Article 10a: 180).
	MaxDays int
}

// Consents keeps the consents.
type Consents struct {
	db     *db.DB
	config Config
	cache  *memo.Cache[string, *Consent]
}

// New makes the keeper of consents. At most 50,000 are held in memory.
func New(d *db.DB, config Config) *Consents {
	c := &Consents{db: d, config: config}
	c.cache = memo.New(50_000, func(ctx context.Context, id string) (*Consent, error) {
		found, err := byID(d.Reader(ctx), id)
		return found, d.Fault(ctx, err)
	})
	d.OnChange(topic, func(id string) {
		if id == "" {
			c.cache.ForgetAll()
			return
		}
		c.cache.Forget(id)
	})
	return c
}

// Request is what a TPP asks for.
type Request struct {
	Owner
	AppID           string
	Access          Access
	Recurring       bool
	ValidUntil      string
	FrequencyPerDay int
	CombinedService bool
	PSU             string
	RedirectURI     string
	// RequestID and RequestDigest make a repeat of the same POST the same consent.
	RequestID, RequestDigest string
}

// ErrUnknown is returned for a consent that does not exist, or not for this TPP, environment and brand.
var ErrUnknown = fault.New(fault.Forbidden, "CONSENT_UNKNOWN",
	"No consent of yours has this id at this bank. Check the id, the brand and the environment of the address.").At("consentId")

// Create makes a consent in the state received. The same request id with the same digest gives the first one
// again (repeated is true); with another body it is refused. Faults: FORMAT_ERROR, SESSIONS_NOT_SUPPORTED.
func (c *Consents) Create(ctx context.Context, r Request) (consent *Consent, repeated bool, err error) {
	now := c.db.Now()
	if err := c.check(r, now); err != nil {
		return nil, false, err
	}
	made := &Consent{
		ID: secret.UUID(), Owner: r.Owner, AppID: r.AppID, Access: r.Access, Recurring: r.Recurring, CombinedService: r.CombinedService,
		FrequencyPerDay: r.FrequencyPerDay, ValidUntil: c.lastDay(r.ValidUntil, now), PSU: r.PSU, RedirectURI: r.RedirectURI,
		CreatedAt: now, StatusAt: now, stored: Received, requestDigest: r.RequestDigest,
	}
	err = c.db.InTx(ctx, func(tx db.Tx) error { return insert(tx, made, r.RequestID) })
	if db.Duplicate(err, "consents_app_id_request_id") {
		return c.repeat(ctx, r)
	}
	if err != nil {
		return nil, false, fmt.Errorf("create consent: %w", err)
	}
	return made, false, nil
}

func (c *Consents) repeat(ctx context.Context, r Request) (*Consent, bool, error) {
	first, err := byRequest(c.db.Reader(ctx), r.Owner, r.AppID, r.RequestID)
	if err != nil {
		return nil, false, c.db.Fault(ctx, err)
	}
	if first.requestDigest != r.RequestDigest || first.Environment != r.Environment || first.Brand != r.Brand {
		return nil, false, formatError("X-Request-ID",
			"This X-Request-ID was used before with another body. Repeat the very same request after a time-out; for anything else make a new UUID.")
	}
	return first, true, nil
}

func (c *Consents) check(r Request, now time.Time) error {
	if err := r.Access.Check(); err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, r.ValidUntil)
	switch {
	case err != nil || day.Format(time.DateOnly) != r.ValidUntil:
		return formatError("validUntil", fmt.Sprintf("validUntil is %q; it is a date such as %s.", clip(r.ValidUntil), c.lastDay("9999-12-31", now)))
	case r.ValidUntil < today(now):
		return formatError("validUntil", fmt.Sprintf("validUntil is %s and lies in the past; today is %s at the bank. Send a later date, or 9999-12-31 for the longest possible.", r.ValidUntil, today(now)))
	case r.FrequencyPerDay < 1 || r.FrequencyPerDay > 1<<30:
		return formatError("frequencyPerDay", "frequencyPerDay is a number from 1: how often a day you read without the customer present.")
	case !r.Recurring && r.FrequencyPerDay > 1:
		return formatError("frequencyPerDay", "A one-off consent (recurringIndicator false) has frequencyPerDay 1.")
	case r.Recurring && r.FrequencyPerDay > 4:
		return formatError("frequencyPerDay", fmt.Sprintf("frequencyPerDay is %d; without an agreement at most 4 reads a day are possible (RTS Article 36).", r.FrequencyPerDay))
	case r.CombinedService:
		return fault.New(fault.Invalid, "SESSIONS_NOT_SUPPORTED",
			"combinedServiceIndicator is true, but this bank does not combine account information with payments. Send false.").At("combinedServiceIndicator")
	}
	return nil
}

// lastDay lowers a date to what the bank allows; the day of creation counts.
func (c *Consents) lastDay(wanted string, now time.Time) string {
	most := now.In(bankZone).AddDate(0, 0, c.config.MaxDays-1).Format(time.DateOnly)
	return min(wanted, most)
}

// ByID finds a consent of this owner.
func (c *Consents) ByID(ctx context.Context, owner Owner, id string) (*Consent, error) {
	found, err := c.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if found.Owner != owner {
		return nil, ErrUnknown
	}
	return found, nil
}

// ForBank finds a consent for the bank's own pages, whoever asked for it.
func (c *Consents) ForBank(ctx context.Context, id string) (*Consent, error) { return c.find(ctx, id) }

func (c *Consents) find(ctx context.Context, id string) (*Consent, error) {
	id, ok := storedID(id)
	if !ok {
		return nil, ErrUnknown
	}
	found, err := c.cache.Find(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("load consent: %w", err)
	}
	return found, nil
}

// storedID is an id as rows keep it, and whether it can be one: nothing else reaches a query.
func storedID(id string) (string, bool) {
	parsed, err := uuid.Parse(id)
	return parsed.String(), err == nil && len(id) == len(uuid.Nil.String())
}

// Terminate ends a consent for its TPP. A consent that has ended already stays as it is: asking again is no fault.
func (c *Consents) Terminate(ctx context.Context, owner Owner, id string) error {
	found, err := c.ByID(ctx, owner, id)
	if err != nil {
		return err
	}
	return c.db.InTx(ctx, func(tx db.Tx) error {
		if found.Status(tx.Now).Final() {
			return nil
		}
		return c.end(tx, found, TerminatedByTPP, "")
	})
}

// end moves an open consent to a final state; it does nothing where another request was first.
func (c *Consents) end(tx db.Tx, consent *Consent, status Status, supersededBy string) error {
	return c.endBy(tx, consent, status, supersededBy, "app:"+consent.AppID)
}

func (c *Consents) endBy(tx db.Tx, consent *Consent, status Status, supersededBy, actor string) error {
	changed, err := move(tx, consent.ID, status, supersededBy)
	if err != nil || !changed {
		return err
	}
	if err := tx.Tell(topic, consent.ID); err != nil {
		return err
	}
	return audit.Write(tx, audit.Entry{Actor: actor, Organisation: consent.OrganisationID,
		Act: "consents." + string(status), Object: consent.ID, Detail: map[string]string{"superseded_by": supersededBy}})
}

// ErrNotOpen is returned for an authorisation of a consent that is no longer waiting for one.
var ErrNotOpen = fault.New(fault.Conflict, "STATUS_INVALID",
	"This consent is not waiting for an authorisation any more. Create a new consent and send the customer to authorise that one.")

// Approve makes a consent valid for this customer with these grants. A former recurring consent of the same TPP
// for the same customer ends in the same transaction (6.3.1.1), and its id is returned.
func (c *Consents) Approve(tx db.Tx, consent *Consent, psu string, grants []Grant) (superseded []string, err error) {
	if len(grants) == 0 {
		return nil, fault.New(fault.Invalid, "no_accounts", "A consent opens at least one account.")
	}
	if consent.Status(tx.Now) != Received {
		return nil, ErrNotOpen
	}
	if err := tx.Lock("consents|" + consent.OrganisationID + "|" + psu); err != nil {
		return nil, err
	}
	changed, err := approve(tx, consent.ID, psu, grants)
	if err != nil {
		return nil, err
	}
	if !changed {
		return nil, ErrNotOpen
	}
	if consent.Recurring {
		if superseded, err = c.supersede(tx, consent, psu); err != nil {
			return nil, err
		}
	}
	if err := tx.Tell(topic, consent.ID); err != nil {
		return nil, err
	}
	return superseded, audit.Write(tx, audit.Entry{Actor: "psu:" + psu, Organisation: consent.OrganisationID, Act: "consents.valid", Object: consent.ID})
}

func (c *Consents) supersede(tx db.Tx, consent *Consent, psu string) ([]string, error) {
	former, err := recurringOf(tx, consent.Owner, psu, consent.ID)
	if err != nil {
		return nil, err
	}
	var ended []string
	for _, f := range stillValid(former, tx.Now) {
		if err := c.end(tx, f, TerminatedByTPP, consent.ID); err != nil {
			return nil, err
		}
		ended = append(ended, f.ID)
	}
	return ended, nil
}

// Supersedes lists the valid recurring consents of the same TPP and customer that approving this one would end.
func (c *Consents) Supersedes(ctx context.Context, consent *Consent, psu string) ([]*Consent, error) {
	if !consent.Recurring {
		return nil, nil
	}
	former, err := recurringOf(c.db.Reader(ctx), consent.Owner, psu, consent.ID)
	return stillValid(former, c.db.Now()), c.db.Fault(ctx, err)
}

// stillValid leaves out what time has ended though nobody wrote it down yet: a final state stays.
func stillValid(stored []*Consent, now time.Time) []*Consent {
	return slices.DeleteFunc(stored, func(f *Consent) bool { return f.Status(now) != Valid })
}

// Reject ends a consent that the customer declined or could not confirm.
func (c *Consents) Reject(tx db.Tx, consent *Consent) error {
	if consent.Status(tx.Now) != Received {
		return nil
	}
	return c.end(tx, consent, Rejected, "")
}

// Settle stores what time has done to open consents, for lists and statistics. Every answer computes it anyway.
func (c *Consents) Settle(ctx context.Context) error {
	return c.db.InTx(ctx, func(tx db.Tx) error { return settle(tx, today(tx.Now)) })
}
