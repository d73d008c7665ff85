package notebook_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/notebook"
	"fairway/internal/testkit"
)

// desk is a notebook with two people of two organisations.
type desk struct {
	*notebook.Notebook
	t           *testing.T
	clock       *clock.Manual
	mine, other notebook.Owner
}

func each(t *testing.T, test func(t *testing.T, d desk)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			d := open(t, clk)
			k := desk{Notebook: notebook.New(d), t: t, clock: clk}
			k.mine, k.other = owner(t, d, "Budget Buddy Oy"), owner(t, d, "Other Oy")
			test(t, k)
		})
	}
}

func owner(t *testing.T, d *db.DB, name string) notebook.Owner {
	t.Helper()
	org, person := testkit.Organisation(t, d, name)
	return notebook.Owner{OrganisationID: org, Environment: catalog.Sandbox, PersonID: person}
}

// colleague is another person of the same organisation.
func (d desk) colleague() notebook.Owner {
	o := d.mine
	o.PersonID = "colleague"
	return o
}

func (d desk) send(o notebook.Owner, operation string) {
	d.t.Helper()
	d.clock.Advance(time.Second)
	_, err := d.Record(d.t.Context(), o, notebook.Sent{CallID: 7, RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Brand: "rocker", Operation: operation,
		Form: url.Values{"operation": {operation}, "body": {"{}"}}, Status: 401, Code: "SIGNATURE_INVALID", Duration: 1234 * time.Microsecond})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) history(o notebook.Owner) []notebook.Sent {
	d.t.Helper()
	list, err := d.History(d.t.Context(), o)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d desk) save(o notebook.Owner, name string) (notebook.Saved, error) {
	d.t.Helper()
	return d.Save(d.t.Context(), o, notebook.Saved{Label: notebook.Label{Name: name, Note: " a note "}, Brand: "rocker", Operation: "card-accounts.list",
		Form: url.Values{"query-dateFrom": {"2026-11-01"}}})
}

func TestWhatAPersonSentComesBackNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.send(d.mine, "first")
		d.send(d.mine, "second")

		list := d.history(d.mine)

		if len(list) != 2 || list[0].Operation != "second" || list[1].Operation != "first" {
			t.Fatalf("%+v", list)
		}
		s, err := d.SentByID(t.Context(), d.mine, list[0].ID)
		if err != nil || s.CallID != 7 || s.Status != 401 || s.Code != "SIGNATURE_INVALID" || s.Duration != 1234*time.Microsecond || !s.At.Equal(d.clock.Now()) ||
			s.Form.Get("body") != "{}" || s.Brand != "rocker" || s.RequestID != "99391c7e-ad88-49ec-a2ad-99ddcb1f7756" {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestARequestIsUnderWayUntilItsAnswerIsThere(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		begin := func() string {
			id, err := d.Record(t.Context(), d.mine, notebook.Sent{Operation: "card-accounts.list"})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		answered, withdrawn := begin(), begin()
		if s := d.history(d.mine)[0]; !s.UnderWay(d.clock.Now()) || s.UnderWay(d.clock.Now().Add(time.Hour)) {
			t.Errorf("%+v", s)
		}

		for _, o := range []notebook.Owner{d.other, d.colleague(), d.mine} {
			if s, err := d.SentByID(t.Context(), d.mine, answered); err != nil || !s.UnderWay(d.clock.Now()) {
				t.Errorf("another has finished it: %+v, %v", s, err)
			}
			if err := d.Finish(t.Context(), o, answered, notebook.Sent{CallID: 7, RequestID: "r", Status: 200, Duration: time.Second}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Withdraw(t.Context(), d.other, withdrawn); err != nil || len(d.history(d.mine)) != 2 {
			t.Errorf("another took a request back: %v", err)
		}
		if err := d.Withdraw(t.Context(), d.mine, withdrawn); err != nil {
			t.Fatal(err)
		}

		list := d.history(d.mine)
		if len(list) != 1 || list[0].ID != answered || list[0].CallID != 7 || list[0].RequestID != "r" || list[0].Status != 200 || list[0].UnderWay(d.clock.Now()) {
			t.Errorf("%+v", list)
		}
	})
}

func TestNobodyElseSeesWhatWasSent(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.send(d.mine, "first")
		id := d.history(d.mine)[0].ID

		for _, o := range []notebook.Owner{d.other, d.colleague()} {
			if n := len(d.history(o)); n != 0 {
				t.Errorf("another person sees %d requests", n)
			}
			if _, err := d.SentByID(t.Context(), o, id); !errors.Is(err, notebook.ErrUnknown) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestTheNewestHundredOfThirtyDaysAreKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		d.send(d.other, "other")
		for i := range notebook.KeepMost + 3 {
			d.send(d.mine, fmt.Sprint(i))
		}

		list := d.history(d.mine)

		if len(list) != notebook.KeepMost || list[len(list)-1].Operation != "3" || len(d.history(d.other)) != 1 {
			t.Fatalf("%d requests, the oldest is %s", len(list), list[len(list)-1].Operation)
		}
		d.clock.Advance(notebook.KeepFor + time.Minute)
		if _, err := d.SentByID(t.Context(), d.mine, list[0].ID); !errors.Is(err, notebook.ErrUnknown) || len(d.history(d.mine)) != 0 {
			t.Errorf("what is too old is shown: %v", err)
		}
		if err := d.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOfALargeFormTheBodyIsLeftOut(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		_, err := d.Record(t.Context(), d.mine, notebook.Sent{Form: url.Values{"app": {"a"}, "body": {strings.Repeat("x", 64<<10)}}})
		if err != nil {
			t.Fatal(err)
		}

		if form := d.history(d.mine)[0].Form; form.Get("app") != "a" || form.Has("body") {
			t.Errorf("%d fields", len(form))
		}
	})
}

func TestASavedRequestIsTheOrganisations(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		s, err := d.save(d.mine, " Cards of Rocker ")
		if err != nil {
			t.Fatal(err)
		}

		list, err := d.Saved(t.Context(), d.colleague())

		if err != nil || len(list) != 1 || list[0].Name != "Cards of Rocker" || list[0].Note != "a note" || list[0].By != d.mine.PersonID || list[0].Form.Get("query-dateFrom") != "2026-11-01" {
			t.Fatalf("%+v, %v", list, err)
		}
		if list, err := d.Saved(t.Context(), d.other); err != nil || len(list) != 0 {
			t.Errorf("another organisation sees %d, %v", len(list), err)
		}
		for _, err := range []error{second(d.SavedByID(t.Context(), d.other, s.ID)), d.Rename(t.Context(), d.other, s.ID, notebook.Label{Name: "x"}), d.Delete(t.Context(), d.other, s.ID)} {
			if !errors.Is(err, notebook.ErrNotSaved) {
				t.Errorf("another organisation: %v", err)
			}
		}
		if err := d.Rename(t.Context(), d.colleague(), s.ID, notebook.Label{Name: "Cards"}); err != nil {
			t.Fatal(err)
		}
		if got, err := d.SavedByID(t.Context(), d.mine, s.ID); err != nil || got.Name != "Cards" || got.Note != "" || got.By != "colleague" {
			t.Errorf("%+v, %v", got, err)
		}
		if err := d.Delete(t.Context(), d.colleague(), s.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(t.Context(), d.colleague(), s.ID); !errors.Is(err, notebook.ErrNotSaved) {
			t.Errorf("twice: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestANameIsUniqueInItsOrganisation(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		first, err := d.save(d.mine, "Cards")
		if err != nil {
			t.Fatal(err)
		}
		other, err := d.save(d.mine, "Balances")
		if err != nil {
			t.Fatal(err)
		}

		_, taken := d.save(d.colleague(), "CARDS")
		renamed := d.Rename(t.Context(), d.mine, other.ID, notebook.Label{Name: "cards"})
		same := d.Rename(t.Context(), d.mine, first.ID, notebook.Label{Name: "CARDS"})
		_, elsewhere := d.save(d.other, "Cards")

		for _, err := range []error{taken, renamed} {
			if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "name" {
				t.Errorf("a name that is taken: %v", err)
			}
		}
		if same != nil || elsewhere != nil {
			t.Errorf("%v, %v", same, elsewhere)
		}
	})
}

func TestNamesAndNotesAreChecked(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]notebook.Label{"no name": {}, "blank": {Name: "  "}, "long": {Name: strings.Repeat("ä", 81)}, "two lines": {Name: "a\nb"}, "turned round": {Name: "a\u202eb"},
		"no text": {Name: "\xff"}, "long note": {Name: "a", Note: strings.Repeat("x", 501)}, "a bell": {Name: "a", Note: "\a"}} {
		if _, err := l.Checked(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l, err := (notebook.Label{Name: strings.Repeat("ä", 80), Note: "a\r\nb"}).Checked(); err != nil || l.Note != "a\nb" {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestAnOrganisationSavesSoManyAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for i := range notebook.MostSaved {
			if _, err := d.save(d.mine, fmt.Sprint("Request ", i)); err != nil {
				t.Fatal(err)
			}
		}

		_, full := d.save(d.mine, "One more")
		_, large := d.Save(t.Context(), d.other, notebook.Saved{Label: notebook.Label{Name: "Large"}, Form: url.Values{"body": {strings.Repeat("x", 97<<10)}}})

		for err, want := range map[error]string{full: "has saved 200 requests", large: "larger than 96 kB"} {
			if f := fault.Of(err); len(f.Fields) != 1 || !strings.Contains(f.Fields[0].Message, want) {
				t.Errorf("not %q but %v", want, err)
			}
		}
	})
}
