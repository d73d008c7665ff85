package catalog

import (
	"regexp"
	"slices"
	"time"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
)

// ErrUnknownVersion is the fault of a version that an API does not have at a brand.
var ErrUnknownVersion = fault.New(fault.NotFound, "version_unknown",
	"The brand has no such version of this API. The APIs page lists the versions that there are.")

var versionForm = regexp.MustCompile(`^v[1-9][0-9]{0,2}$`)

// AddVersion announces a version of an API at a brand, in the caller's transaction. Faults: ErrUnknownAPI, ErrUnknownBrand,
// and that of a form at version, sandbox_from, released_at, deprecated_at and removed_at.
func AddVersion(tx db.Tx, v Version, by string) error {
	stored, err := lockLine(tx, v)
	if err != nil {
		return err
	}
	if err := CheckNew(stored, v, tx.Now); err != nil {
		return err
	}
	return settle(tx, stored, v, by, "catalog.version_added")
}

// ChangeVersion changes the dates of a version, in the caller's transaction. Faults: ErrUnknownVersion, and those of
// AddVersion.
func ChangeVersion(tx db.Tx, v Version, by string) error {
	stored, err := lockLine(tx, v)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(stored, v.same) {
		return ErrUnknownVersion
	}
	if err := CheckChange(stored, v, tx.Now); err != nil {
		return err
	}
	return settle(tx, stored, v, by, "catalog.version_changed")
}

func lockLine(tx db.Tx, v Version) ([]Version, error) {
	if _, err := lockBrand(tx, v.Brand); err != nil {
		return nil, err
	}
	if _, err := lockAPI(tx, v.API); err != nil {
		return nil, err
	}
	return enteredVersions(tx, line{v.API, v.Brand})
}

func settle(tx db.Tx, stored []Version, v Version, by, act string) error {
	if err := writeVersion(tx, v); err != nil {
		return err
	}
	var before map[string]string
	if i := slices.IndexFunc(stored, v.same); i >= 0 {
		before = stored[i].facts()
	}
	return changed(tx, audit.Entry{Actor: by, Act: act, Object: v.API + "/" + v.Brand + "/" + v.Version}, before, v.facts())
}

// CheckNew is CheckChange for a version that is added: its number is higher than that of every other. The fault is that of a
// form, also at version.
func CheckNew(stored []Version, v Version, now time.Time) error {
	if problem := checkName(v.Version, stored); problem != "" {
		return fault.Form(fault.Field{Name: "version", Message: problem})
	}
	return CheckChange(stored, v, now)
}

// CheckChange holds a version that is added or changed against what was promised for its API at its brand: a day that came
// stays, a new day is today or later, and CheckDates is kept by every version, also by those before and after. Stored are the
// versions as they were entered. The fault is that of a form at sandbox_from, released_at, deprecated_at and removed_at.
func CheckChange(stored []Version, v Version, now time.Time) error {
	i := slices.IndexFunc(stored, v.same)
	var former *Version
	after := slices.Clone(stored)
	if i >= 0 {
		former, after[i] = &stored[i], v
	} else {
		after = append(after, v)
	}
	found := slices.Concat(newDays(former, v, now), inOrder(after, v), kept(Timeline(stored), Timeline(after), v, now))
	if len(found) == 0 { // dates that cannot be are no ground to judge the others by
		found = promised(Timeline(after), v)
	}
	if len(found) > 0 {
		return fault.Form(found...)
	}
	return nil
}

// dated is one of the four dates of a version, by its name in forms.
type dated struct {
	name string
	at   *time.Time
}

func (v Version) dates() []dated {
	return []dated{{"sandbox_from", &v.SandboxFrom}, {"released_at", v.ReleasedAt}, {"deprecated_at", v.DeprecatedAt}, {"removed_at", v.RemovedAt}}
}

func (v Version) same(other Version) bool { return v.Version == other.Version }

func (v Version) facts() map[string]string {
	facts := map[string]string{}
	for _, d := range v.dates() {
		facts[d.name] = "none"
		if d.at != nil {
			facts[d.name] = d.at.UTC().Format(time.RFC3339)
		}
	}
	return facts
}

func equal(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// newDays refuses days of the past that were not there before.
func newDays(former *Version, v Version, now time.Time) (found []fault.Field) {
	today := now.UTC().Truncate(24 * time.Hour)
	for i, d := range v.dates() {
		if former != nil && (equal(former.dates()[i].at, d.at) || reached(former.dates()[i].at, now)) {
			continue // as it was; or it came to pass, and kept says so
		}
		if d.at != nil && d.at.Before(today) {
			found = append(found, fault.Field{Name: d.name, Message: "This day is over. Enter today or a later day."})
		}
	}
	return found
}

// inOrder: a version with a higher number opens in the sandbox on the same day as the one before, or later.
func inOrder(all []Version, v Version) []fault.Field {
	for _, other := range all {
		if number(other.Version) < number(v.Version) && v.SandboxFrom.Before(other.SandboxFrom) {
			return []fault.Field{{Name: "sandbox_from", Message: other.Version + " opens in the sandbox on " + day(other.SandboxFrom) + ". Enter that day or a later one."}}
		}
		if number(other.Version) > number(v.Version) && other.SandboxFrom.Before(v.SandboxFrom) {
			return []fault.Field{{Name: "sandbox_from", Message: other.Version + " opens in the sandbox on " + day(other.SandboxFrom) + ". Enter that day or an earlier one."}}
		}
	}
	return nil
}

// kept refuses to move what has come to pass, of this version and of the others.
func kept(before, after []Version, v Version, now time.Time) (found []fault.Field) {
	for _, was := range before {
		is := after[slices.IndexFunc(after, was.same)]
		for i, d := range was.dates() {
			if !reached(d.at, now) || equal(d.at, is.dates()[i].at) {
				continue
			}
			if was.same(v) {
				found = append(found, fault.Field{Name: d.name, Message: "This day, " + day(*d.at) + ", has passed and stays. TPPs rely on it."})
			} else {
				found = append(found, fault.Field{Name: "released_at", Message: "This would change a day of " + was.Version + " that has passed: " + day(*d.at) + "."})
			}
		}
	}
	return found
}

// promised is CheckDates for a whole timeline, in the words of the version that is being changed: one finding a field, since
// the same day may break the promise of two versions.
func promised(timeline []Version, v Version) (found []fault.Field) {
	for i := range timeline {
		var previous *Version
		if i > 0 {
			previous = &timeline[i-1]
		}
		err := CheckDates(timeline[i], previous)
		if err == nil {
			continue
		}
		for _, f := range fault.Of(err).Fields {
			f = addressed(f, timeline[i], v)
			if !slices.ContainsFunc(found, func(other fault.Field) bool { return other.Name == f.Name }) {
				found = append(found, f)
			}
		}
	}
	return found
}

// addressed puts a finding about any version of a timeline at the field of the version that is being changed.
func addressed(f fault.Field, about, v Version) fault.Field {
	switch earlier := number(about.Version) < number(v.Version); {
	case about.same(v) && f.Name != "previous_removed_at":
	case about.same(v), earlier:
		f.Name = "released_at"
	default:
		f.Name = "removed_at"
	}
	if !about.same(v) {
		f.Message = about.Version + ": " + f.Message
	}
	return f
}

func checkName(name string, stored []Version) string {
	if !versionForm.MatchString(name) {
		return "Enter the version as in its address: v2."
	}
	for _, v := range stored {
		if number(name) <= number(v.Version) {
			return "There is " + v.Version + " already. Enter a higher number."
		}
	}
	return ""
}
