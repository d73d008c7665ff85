package enrolments_test

import (
	"fmt"
	"testing"
	"time"

	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

// approve hands a pair in for a new organisation and accepts it.
func approve(t *testing.T, d *db.DB, s *enrolments.Enrolments, who enrolments.Who, ends enrolmentstest.Ends) *enrolments.Enrolment {
	t.Helper()
	e := enrolmentstest.Submit(t, d, s, who, ends, d.Now().AddDate(0, 0, 3))
	err := d.InTx(t.Context(), func(tx db.Tx) error {
		return s.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: e.Roles(), By: "per_reviewer", Reason: "Every check passed."})
	})
	if err != nil {
		t.Fatal(err)
	}
	return enrolmentstest.Now(t, s, e)
}

func newService(t *testing.T, d *db.DB) *enrolments.Enrolments {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	return enrolments.New(d, q, enrolments.Config{Audience: "portal.example"})
}

func newMember(t *testing.T, d *db.DB, name string) enrolments.Who {
	t.Helper()
	organisation, person := testkit.Organisation(t, d, name)
	return enrolments.Who{OrganisationID: organisation, PersonID: person}
}

func TestApprovedCertificatesEndWithTheFirstOfTheTwo(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d)
		soon, late := d.Now().AddDate(0, 0, 30), d.Now().AddDate(1, 0, 0)
		want := map[string]time.Time{}
		for n, ends := range []enrolmentstest.Ends{{QWAC: soon, QSeal: late}, {QWAC: late, QSeal: soon.Add(time.Hour)}, enrolmentstest.Both(soon)} {
			e := approve(t, d, s, newMember(t, d, fmt.Sprint("Acme ", n)), ends)
			want[e.ID] = e.EndsAt()
		}

		list, err := s.Ending(t.Context(), d.Now(), d.Now().AddDate(0, 0, 60))

		if err != nil || len(list) != 3 {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, e := range list {
			if !e.EndsAt.Equal(want[e.EnrolmentID]) || e.EndsAt.Sub(soon) > time.Hour {
				t.Errorf("%s ends on %s, want %s", e.EnrolmentID, e.EndsAt, want[e.EnrolmentID])
			}
		}
	})
}

func TestOnlyWhatIsAcceptedAndEndsInTimeIsListed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d)
		now := d.Now()
		soon, until := now.AddDate(0, 0, 30), now.AddDate(0, 0, 60)
		approve(t, d, s, newMember(t, d, "Long gone"), enrolmentstest.Both(now.AddDate(0, 0, -1)))
		approve(t, d, s, newMember(t, d, "Ends now"), enrolmentstest.Both(now))
		approve(t, d, s, newMember(t, d, "Much later"), enrolmentstest.Both(until.Add(time.Second)))
		enrolmentstest.Submit(t, d, s, newMember(t, d, "Not decided"), enrolmentstest.Both(soon), now)
		renewed := newMember(t, d, "Renewed")
		approve(t, d, s, renewed, enrolmentstest.Both(soon))
		approve(t, d, s, renewed, enrolmentstest.Both(now.AddDate(1, 0, 0)))
		last := approve(t, d, s, newMember(t, d, "On the last day"), enrolmentstest.Both(until))

		list, err := s.Ending(t.Context(), now, until)

		if err != nil || len(list) != 1 || list[0].EnrolmentID != last.ID {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestMoreThanAPageOfEndsIsListed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d)
		const many = 401
		first := approve(t, d, s, newMember(t, d, "Acme"), enrolmentstest.Both(d.Now().AddDate(0, 0, 7)))
		multiply(t, d, first, many-1)

		list, err := s.Ending(t.Context(), d.Now(), d.Now().AddDate(0, 0, 60))

		seen := map[string]bool{}
		for _, e := range list {
			seen[e.EnrolmentID] = true
		}
		if err != nil || len(list) != many || len(seen) != many {
			t.Errorf("%d, %d different, %v", len(list), len(seen), err)
		}
	})
}
