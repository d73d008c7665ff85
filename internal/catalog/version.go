package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/fault"
)

// State is where a version stands in its life.
//
//	             released              successor released          six months later
//	Upcoming ──────────────▶ Current ────────────────────▶ Deprecated ─────────────▶ Removed
//	in the sandbox ≥ 3 months
type State string

// The states of a version.
const (
	Upcoming   State = "upcoming"
	Current    State = "current"
	Deprecated State = "deprecated"
	Removed    State = "removed"
)

// What we promise about every API, in calendar months.
const (
	// SandboxMonths is how long a coming version is in the sandbox before its release, at least.
	SandboxMonths = 3
	// OverlapMonths is how long the previous version stays after the release of the next.
	OverlapMonths = 6
)

// Name is the state as people read it.
func (s State) Name() string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// Version is one version of an API at a brand. A date that is not fixed is nil.
type Version struct {
	API     string
	Brand   string
	Version string // as in the URL: "v1"
	// SandboxFrom is when it opens in the sandbox.
	SandboxFrom time.Time
	// ReleasedAt is when it opens in Live and becomes the current version.
	ReleasedAt *time.Time
	// DeprecatedAt is when a newer version took its place; from then on it is only kept.
	DeprecatedAt *time.Time
	// RemovedAt is when it closes everywhere.
	RemovedAt *time.Time
}

// At is the state at an instant. A date takes effect at its very instant.
func (v Version) At(now time.Time) State {
	switch {
	case reached(v.RemovedAt, now):
		return Removed
	case reached(v.DeprecatedAt, now):
		return Deprecated
	case reached(v.ReleasedAt, now):
		return Current
	}
	return Upcoming
}

// OpenIn reports whether the version can be called in an environment at an instant: in the sandbox from its first
// day there, in Live from its release, in both until it is removed.
func (v Version) OpenIn(env Environment, now time.Time) bool {
	if reached(v.RemovedAt, now) {
		return false
	}
	if env == Live {
		return reached(v.ReleasedAt, now)
	}
	return !now.Before(v.SandboxFrom)
}

// EarliestRelease is the first instant at which a version that opens in the sandbox at sandboxFrom may be released.
func EarliestRelease(sandboxFrom time.Time) time.Time { return addMonths(sandboxFrom, SandboxMonths) }

// EarliestRemoval is the first instant at which a version may be removed whose successor was released at released.
func EarliestRemoval(released time.Time) time.Time { return addMonths(released, OverlapMonths) }

// CheckDates holds a version against the promises and against the version before it, which may be nil. It answers
// a Form fault that names released_at, deprecated_at and removed_at of v, and previous_removed_at of the one before.
func CheckDates(v Version, previous *Version) error {
	var found []fault.Field
	add := func(name, message string) { found = append(found, fault.Field{Name: name, Message: message}) }
	if v.ReleasedAt != nil {
		if first := EarliestRelease(v.SandboxFrom); v.ReleasedAt.Before(first) {
			add("released_at", "A version is in the sandbox for three months before its release. Release it on "+day(first)+" or later.")
		}
	}
	if v.DeprecatedAt != nil && (v.ReleasedAt == nil || v.DeprecatedAt.Before(*v.ReleasedAt)) {
		add("deprecated_at", "A version is deprecated after its release. Enter a later day.")
	}
	if v.RemovedAt != nil {
		if v.DeprecatedAt == nil {
			add("removed_at", "A version is deprecated before it is removed. Enter when its successor is released.")
		} else if first := EarliestRemoval(*v.DeprecatedAt); v.RemovedAt.Before(first) {
			add("removed_at", "A deprecated version stays for six months. Remove it on "+day(first)+" or later.")
		}
	}
	if previous != nil && previous.RemovedAt != nil {
		switch {
		case v.ReleasedAt == nil:
			add("previous_removed_at", "The version before this one cannot be removed while the release of this one is open.")
		case previous.RemovedAt.Before(EarliestRemoval(*v.ReleasedAt)):
			add("previous_removed_at", "The version before this one stays for six months after the release. Remove it on "+
				day(EarliestRemoval(*v.ReleasedAt))+" or later.")
		}
	}
	if len(found) > 0 {
		return fault.Form(found...)
	}
	return nil
}

// Timeline orders the versions of one API at one brand from the oldest to the newest, and works out the dates that
// nobody entered: a version is deprecated when the next one is released, and removed six months after that.
func Timeline(versions []Version) []Version {
	out := slices.Clone(versions)
	slices.SortFunc(out, older)
	for i := range len(out) - 1 {
		v, next := &out[i], out[i+1]
		if v.DeprecatedAt == nil && next.ReleasedAt != nil {
			v.DeprecatedAt = next.ReleasedAt
		}
		if v.RemovedAt == nil && v.DeprecatedAt != nil {
			removal := EarliestRemoval(*v.DeprecatedAt)
			v.RemovedAt = &removal
		}
	}
	return out
}

func older(a, b Version) int {
	return cmp.Or(a.SandboxFrom.Compare(b.SandboxFrom), cmp.Compare(number(a.Version), number(b.Version)))
}

// addMonths keeps the day of the month, or takes the month's last day where it has no such day: six months from
// 31 August end on 28 February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func reached(date *time.Time, now time.Time) bool { return date != nil && !now.Before(*date) }

func number(version string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(version, "v"))
	return n
}

func day(t time.Time) string { return t.Format("2 Jan 2006") }
