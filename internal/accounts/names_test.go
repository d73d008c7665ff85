package accounts_test

import (
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
)

func TestNamesAreFoundForTheIDsThatThereAre(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		q, err := jobs.New(d, testkit.Log(t))
		if err != nil {
			t.Fatal(err)
		}
		a := accounts.New(d, q, testkit.Ring(t), testkit.Log(t))
		one, anna := testkit.Organisation(t, d, "Budget Buddy Oy")
		two, _ := testkit.Organisation(t, d, "Savings Oy")

		organisations, err := a.Organisations(t.Context(), []string{one, two, "org_nobody"})
		if err != nil || len(organisations) != 2 || organisations[one].Name != "Budget Buddy Oy" || organisations[two].Country == "" {
			t.Errorf("%+v, %v", organisations, err)
		}
		people, err := a.People(t.Context(), []string{anna, "system"})
		if err != nil || len(people) != 1 || people[anna].OrganisationID != one {
			t.Errorf("%+v, %v", people, err)
		}
		if none, err := a.Organisations(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("of no ids: %+v, %v", none, err)
		}
	})
}
