package quota

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fairway/internal/audit"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
)

// Topic is what a change of limits is told under; the key does not matter.
const Topic = "limits"

const (
	// MaxPerDay is the highest limit of a day that staff can set.
	MaxPerDay = 100_000_000
	maxReason = 2000
	// remembered is how many pairs of environment and organisation are held in memory.
	remembered = 8192
	// mostListed is how many limits a page of staff shows.
	mostListed = 500
)

// ErrNoLimit is the end of a limit that does not hold.
var ErrNoLimit = fault.New(fault.Conflict, "limit_over", "This limit does not hold any more. The list shows what holds now.")

// Limit is what staff set for an environment, or in it for one organisation, in place of the configured limits.
type Limit struct {
	Environment string
	// OrganisationID is empty where the limit is everybody's.
	OrganisationID string
	Limits
	// EndsAt is from when on it does not hold; nil where no end is fixed, which is for environments alone.
	EndsAt *time.Time
	Reason string
	// By is the person who set it, At when.
	By string
	At time.Time
}

// Holds reports whether the limit is in force at an instant.
func (l Limit) Holds(now time.Time) bool { return l.EndsAt == nil || now.Before(*l.EndsAt) }

// scope is whom a limit is for.
type scope struct{ environment, organisation string }

// rules are the limits that were set for a scope: the organisation's own, and everybody's in the environment.
type rules struct{ own, everybody *Limit }

// For are the limits that apply to an organisation in an environment now: its own while they last, else the environment's,
// else the configured ones. Without an organisation they are those of everybody. It asks the database once after a change.
func (q *Quota) For(ctx context.Context, environment, organisation string) (Limits, error) {
	r, err := q.rules.Find(ctx, scope{environment, organisation})
	if err != nil {
		return Limits{}, err
	}
	now := q.clock.Now()
	for _, l := range [...]*Limit{r.own, r.everybody} {
		if l != nil && l.Holds(now) {
			return l.Limits, nil
		}
	}
	return q.limits, nil
}

func (q *Quota) load(ctx context.Context, s scope) (rules, error) {
	rows, err := limitsFor(q.db.Reader(ctx), s)
	if err != nil {
		return rules{}, fmt.Errorf("read the limits of an organisation: %w", q.db.Fault(ctx, err))
	}
	var r rules
	for _, row := range rows {
		l := row.limit()
		if l.OrganisationID == "" {
			r.everybody = &l
		} else {
			r.own = &l
		}
	}
	return r, nil
}

// List are the limits that staff set, those of environments first, then the newest: 500 at most. One that ended is listed
// for a week.
func (q *Quota) List(ctx context.Context) ([]Limit, error) {
	rows, err := allLimits(q.db.Reader(ctx), mostListed)
	return limitsOf(rows), q.db.Fault(ctx, err)
}

// Of are the limits that staff set for one organisation, in the caller's transaction.
func Of(tx db.Tx, organisation string) ([]Limit, error) {
	rows, err := ownLimits(tx, organisation)
	return limitsOf(rows), err
}

// Set puts a limit in force in the caller's transaction, in place of what was set for the same environment and organisation.
// Whether the organisation exists is the caller's to know. The fault is that of a form, at environment, per_second, per_day,
// ends_at and reason.
func Set(tx db.Tx, l Limit) error {
	l.At = tx.Now
	if err := l.Check(tx.Now); err != nil {
		return err
	}
	before, found, err := held(tx, scope{l.Environment, l.OrganisationID})
	if err != nil {
		return err
	}
	if err := writeLimit(tx, l); err != nil {
		return err
	}
	detail := l.detail("")
	if found && before.Holds(tx.Now) {
		for name, value := range before.detail("former_") {
			detail[name] = value
		}
	}
	detail["reason"] = l.Reason
	return told(tx, "quota.limit_set", l, l.By, detail)
}

// End ends a limit now, in the caller's transaction. Fault: ErrNoLimit.
func End(tx db.Tx, environment, organisation, by, reason string) error {
	l, found, err := held(tx, scope{environment, organisation})
	if err != nil {
		return err
	}
	if !found || !l.Holds(tx.Now) {
		return ErrNoLimit
	}
	if err := endLimit(tx, l); err != nil {
		return err
	}
	detail := l.detail("former_")
	detail["reason"] = reason
	return told(tx, "quota.limit_ended", l, by, detail)
}

// held is what was set for a scope, which nobody changes until the transaction ends.
func held(tx db.Tx, s scope) (Limit, bool, error) {
	if err := tx.Lock("quota_limits"); err != nil {
		return Limit{}, false, err
	}
	row, found, err := limitOf(tx, s)
	return row.limit(), found, err
}

// told puts the deed on record and has every process drop what it remembers.
func told(tx db.Tx, act string, l Limit, by string, detail map[string]string) error {
	object := l.Environment
	if l.OrganisationID != "" {
		object += "/" + l.OrganisationID
	}
	if err := audit.Write(tx, audit.Entry{Actor: by, Organisation: l.OrganisationID, Act: act, Object: object, Detail: detail}); err != nil {
		return err
	}
	return tx.Tell(Topic, l.OrganisationID)
}

func (l Limit) detail(prefix string) map[string]string {
	ends := "none"
	if l.EndsAt != nil {
		ends = l.EndsAt.UTC().Format(time.RFC3339)
	}
	return map[string]string{prefix + "per_second": strconv.Itoa(l.PerSecond), prefix + "per_day": strconv.Itoa(l.PerDay), prefix + "ends_at": ends}
}

// Check is what Set refuses at an instant, for who asks before the deed.
func (l Limit) Check(now time.Time) error {
	var wrong []fault.Field
	add := func(is bool, name, text string) {
		if is {
			wrong = append(wrong, fault.Field{Name: name, Message: text})
		}
	}
	_, known := catalog.ParseEnvironment(l.Environment)
	add(!known, "environment", "Choose Sandbox or Live.")
	add(l.PerSecond < 1 || l.PerSecond > MaxShared, "per_second", "Enter a whole number from 1 to 1,000.")
	add(l.PerDay < 1 || l.PerDay > MaxPerDay, "per_day", "Enter a whole number from 1 to 100,000,000.")
	add(l.EndsAt == nil && l.OrganisationID != "", "ends_at", "A limit of one organisation has an end. Enter the day on which it ends.")
	add(l.EndsAt != nil && !l.Holds(now), "ends_at", "This day has begun already. Enter a later one.")
	add(strings.TrimSpace(l.Reason) == "", "reason", "Write why. It stands in the audit trail.")
	add(utf8.RuneCountInString(l.Reason) > maxReason, "reason", "The reason is longer than 2,000 characters. Shorten it.")
	if len(wrong) > 0 {
		return fault.Form(wrong...)
	}
	return nil
}
