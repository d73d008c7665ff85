// Package consents owns what a payment service user allowed, to whom, until when and how often: the consents of
// the NextGenPSD2 framework (Implementation Guidelines, chapter 6.3) with their states.
package consents

import (
	"time"

	"fairway/internal/catalog"
)

// Status is a consentStatus of the Implementation Guidelines, 14.14.
type Status string

// The states. Received is not authorised yet; the last four are final.
//
//	POST ──> received ──approved──> valid ──validUntil, one-off window──> expired
//	            │                     ├──DELETE, superseded by a new recurring consent──> terminatedByTpp
//	            │                     └──withdrawn at the bank──> revokedByPsu
//	            ├──denied, not authorised within a day──> rejected
//	            └──DELETE──> terminatedByTpp
const (
	Received            Status = "received"
	Rejected            Status = "rejected"
	PartiallyAuthorised Status = "partiallyAuthorised"
	Valid               Status = "valid"
	RevokedByPSU        Status = "revokedByPsu"
	Expired             Status = "expired"
	TerminatedByTPP     Status = "terminatedByTpp"
)

const (
	// authoriseWithin is how long a consent waits for its authorisation.
	authoriseWithin = 24 * time.Hour
	// oneOffWindow is how long a one-off consent can be read after its authorisation.
	oneOffWindow = 20 * time.Minute
)

// Owner is whose consent it must be: resources are open to the TPP that made them alone (4.11).
type Owner struct {
	OrganisationID string
	Environment    catalog.Environment
	Brand          string
}

// Consent is one consent. It is shared between requests and never changed after it was loaded.
type Consent struct {
	ID string
	Owner
	AppID           string
	Access          Access
	Granted         []Grant
	Recurring       bool
	CombinedService bool
	FrequencyPerDay int
	// ValidUntil is the last day, in the bank's time zone, as YYYY-MM-DD; already lowered to what the bank allows.
	ValidUntil   string
	PSU          string
	RedirectURI  string
	CreatedAt    time.Time
	AuthorisedAt time.Time
	// StatusAt is when the status last changed (lastActionDate).
	StatusAt     time.Time
	SupersededBy string

	stored        Status
	requestDigest string
	// ends is EndsAt, worked out when the consent was loaded; zero in one that was not.
	ends time.Time
}

// Grant is what was allowed on one account; its details are always open.
type Grant struct {
	ResourceID   string `json:"resource_id"`
	MaskedPAN    string `json:"masked_pan"`
	Currency     string `json:"currency"`
	Balances     bool   `json:"balances"`
	Transactions bool   `json:"transactions"`
}

// Status is the state at an instant: the stored one, moved on by the time that passed since.
func (c *Consent) Status(now time.Time) Status {
	switch c.stored {
	case Received, PartiallyAuthorised:
		if now.Sub(c.CreatedAt) >= authoriseWithin {
			return Rejected
		}
	case Valid:
		ends := c.ends
		if ends.IsZero() {
			ends = c.EndsAt()
		}
		if !now.Before(ends) {
			return Expired
		}
	}
	return c.stored
}

// EndsAt is the first instant at which a consent that is valid will have expired: the end of its last day at the bank,
// or of the window of a one-off consent.
func (c *Consent) EndsAt() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, c.ValidUntil, bankZone)
	if err != nil {
		return time.Time{}
	}
	end := day.AddDate(0, 0, 1).UTC()
	if window := c.AuthorisedAt.Add(oneOffWindow); !c.Recurring && window.Before(end) {
		return window
	}
	return end
}

// Final reports whether no later state is possible.
func (s Status) Final() bool {
	return s == Rejected || s == RevokedByPSU || s == Expired || s == TerminatedByTPP
}

// Granting finds what was allowed on an account.
func (c *Consent) Granting(resourceID string) (Grant, bool) {
	for _, g := range c.Granted {
		if g.ResourceID == resourceID {
			return g, true
		}
	}
	return Grant{}, false
}

// Allowed is the access as it was granted, in the lists that were asked for.
func (c *Consent) Allowed() Access {
	a := Access{}
	balances, transactions := c.Access.Asks()
	for _, g := range c.Granted {
		r := Reference{MaskedPAN: g.MaskedPAN, Currency: g.Currency}
		a.Accounts = append(a.Accounts, r)
		if balances && g.Balances {
			a.Balances = append(a.Balances, r)
		}
		if transactions && g.Transactions {
			a.Transactions = append(a.Transactions, r)
		}
	}
	a.AllPSD2 = c.Access.AllPSD2
	return a
}

// bankZone is the time zone of the banks: a consent ends with the day there.
var bankZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return time.FixedZone("EET", 2*60*60)
	}
	return zone
}()

// today is the date in the bank's time zone.
func today(now time.Time) string { return now.In(bankZone).Format(time.DateOnly) }
