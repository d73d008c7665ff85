package certs_test

import (
	"fmt"
	"testing"
	"time"

	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestASetIsListedFromItsLastDaysUntilItEndsOrIsReplaced(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Acme")
		former, _ := p.generate(t, org, "")
		set, _ := p.generate(t, org, "")
		end := set.QWAC.X509.NotAfter
		for _, c := range []struct {
			name         string
			after, until time.Time
			want         int
		}{
			{"long before", end.AddDate(0, 0, -120), end.Add(-time.Second), 0},
			{"in time", end.AddDate(0, 0, -60), end, 1},
			{"a moment before", end.Add(-time.Second), end.AddDate(0, 0, 60), 1},
			{"at the end", end, end.AddDate(0, 0, 60), 0},
		} {
			list, err := p.Ending(t.Context(), c.after, c.until)

			if err != nil || len(list) != c.want {
				t.Errorf("%s: %+v, %v", c.name, list, err)
			}
			for _, e := range list {
				if e.SetID != set.ID || e.SetID == former.ID || !e.EndsAt.Equal(end) {
					t.Errorf("%s: %+v", c.name, e)
				}
			}
		}
	})
}

func TestMoreThanAPageOfSetsIsListed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		first, _ := p.generate(t, newOrganisation(t, d, "Acme"), "")
		const many = 1001
		for n := range many - 1 {
			copySet(t, d, first.ID, fmt.Sprintf("copy%04d", n))
		}

		list, err := p.Ending(t.Context(), d.Now(), d.Now().AddDate(1, 0, 0))

		seen := map[string]bool{}
		for _, e := range list {
			seen[e.SetID] = true
		}
		if err != nil || len(list) != many || len(seen) != many {
			t.Errorf("%d, %d different, %v", len(list), len(seen), err)
		}
	})
}

func TestANoticeSaysHowTheSetStands(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Acme")
		former, _ := p.generate(t, org, "")
		set, _ := p.generate(t, org, "")

		old, oldErr := p.Notice(t.Context(), former.ID)
		now, nowErr := p.Notice(t.Context(), set.ID)
		_, unknown := p.Notice(t.Context(), "set_nobody")

		if oldErr != nil || old.Status != certs.Replaced {
			t.Errorf("%+v, %v", old, oldErr)
		}
		if nowErr != nil || now.Status != certs.Active || !now.EndsAt.Equal(set.QSeal.X509.NotAfter) || now.QWACSerial != set.QWAC.Serial || now.OrganisationID != org.ID {
			t.Errorf("%+v, %v", now, nowErr)
		}
		wantFault(t, unknown, fault.NotFound, "no_certificates")
	})
}
