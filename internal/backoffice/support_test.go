package backoffice_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/secret"
)

// everything is the content of every table but those that each request may touch, a line a row.
func (h house) everything(except ...string) []string {
	h.t.Helper()
	names := map[db.Dialect]string{db.SQLite: "SELECT name FROM sqlite_master WHERE type = 'table'", db.Postgres: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"}
	var lines []string
	for _, table := range h.rows(names[h.db.Dialect()]) {
		table = strings.Trim(table, "[]")
		if strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "river_") || slices.Contains(except, table) {
			continue
		}
		for _, row := range h.rows("SELECT * FROM " + table) {
			lines = append(lines, table+" "+row)
		}
	}
	slices.Sort(lines)
	return lines
}

func (h house) rows(query string) []string {
	h.t.Helper()
	rows, err := h.db.Native().QueryContext(h.t.Context(), query)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			h.t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(values))
	}
	return lines
}

func (h house) views() []string {
	h.t.Helper()
	return h.rows("SELECT actor, organisation_id, object FROM audit_log WHERE act = 'support.viewed' ORDER BY seq")
}

func TestTheDeskShowsWhatATPPHasAndNoneOfItsSecrets(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		one, other := h.tpp("ada@buddy.example", "Budget Buddy Oy"), h.tpp("bob@other.example", "Other Oy")
		h.handIn(one.person)
		org := one.person.OrganisationID
		for range 3 {
			h.called(org, secret.UUID(), 401, "SIGNATURE_INVALID")
		}
		h.called(org, secret.UUID(), 429, "RATE_LIMIT_EXCEEDED")
		h.called(other.person.OrganisationID, secret.UUID(), 403, "SERVICE_BLOCKED")

		a := h.colleague(accounts.Support).get("/support-desk/organisations/" + org)

		for _, want := range []string{
			"Budget Buddy Oy", org, "Finland", "ada@buddy.example", "owner", "Confirmed", one.set.QWAC.Serial, one.set.QSeal.Thumbprint, one.app.ClientID,
			"client secret …", "API key …", "rocker", "card-account", "SIGNATURE_INVALID", "Draft",
			"Step 5 of 6: Send your first signed request.", "No consent was asked for.",
		} {
			if !a.holds(want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if a.holds("Other Oy") || a.holds("SERVICE_BLOCKED") || a.holds("bob@") {
			t.Error("the page shows another organisation")
		}
		if i, j := strings.Index(a.body, "<code>SIGNATURE_INVALID"), strings.Index(a.body, "<code>RATE_LIMIT_EXCEEDED"); i < 0 || j < i {
			t.Error("errors are not grouped, the most frequent first")
		}
		for _, hidden := range []string{one.issued.ClientSecret.Reveal(), one.issued.APIKey.Reveal(), secret.Hash(one.issued.APIKey), one.keys.QWAC().Reveal()[40:80], "PRIVATE KEY", "lnk_"} {
			if a.holds(hidden) {
				t.Errorf("the page shows %q", hidden[:4])
			}
		}
	})
}

func TestLookingChangesNothingButTheAuditAndThatOnceAnHour(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h house) {
		one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
		org := one.person.OrganisationID
		call := h.called(org, secret.UUID(), 401, "TOKEN_EXPIRED")
		support := h.colleague(accounts.Support)
		admin := h.colleague(accounts.Admin)
		paths := []string{"/support-desk", "/support-desk?q=budget", "/support-desk/organisations/" + org, "/support-desk/organisations/" + org + "/people/" + one.person.ID, "/support-desk/requests/" + call}
		free := []string{"audit_log", "audit_head", "sessions", "changes"}
		before := h.everything(free...)

		for range 3 {
			for _, path := range paths {
				if a := support.get(path); a.status != http.StatusOK {
					t.Fatalf("%s: %d", path, a.status)
				}
			}
		}
		first := h.views()
		admin.get(paths[2])
		h.clock.Advance(10 * time.Minute)
		support.get(paths[2])
		second := h.views()

		if after := h.everything(free...); !slices.Equal(before, after) {
			t.Errorf("looking changed something:\n%s\n%s", before, after)
		}
		if want := []string{fmt.Sprintf("[%s %s %s]", support.person, org, org), fmt.Sprintf("[%s %s %s]", support.person, org, call)}; !slices.Equal(first, want) {
			t.Errorf("on record is %v, want %v", first, want)
		}
		if len(second) != 3 {
			t.Errorf("%d views are on record in the first hour", len(second))
		}
	})
}

func TestTheNextHourIsAnotherView(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
	path := "/support-desk/organisations/" + one.person.OrganisationID
	support := h.colleague(accounts.Support)
	support.get(path)
	h.clock.Advance(14 * time.Minute)

	h.clock.Advance(45 * time.Minute)
	token := must(h.accounts.Sessions().Create(t.Context(), support.person, nil, "127.0.0.1", "test"))(t)
	again := accounts.Proof{Session: secret.Hash(token), Code: support.app.Code(h.clock.Now()), IP: "127.0.0.1"}
	if _, err := h.accounts.ProveFactor(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	support.cookie = token.Reveal()
	same := support.get(path)
	n := len(h.views())
	h.clock.Advance(2 * time.Minute)
	support.get(path)

	if same.status != http.StatusOK || n != 1 || len(h.views()) != 2 {
		t.Errorf("%d; %d views in the hour, %d with the next", same.status, n, len(h.views()))
	}
}

func TestWithoutItsRowThereIsNoView(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
	support := h.colleague(accounts.Support)
	if _, err := h.db.Native().ExecContext(t.Context(), "CREATE TRIGGER broken BEFORE INSERT ON audit_log WHEN NEW.act = 'support.viewed' BEGIN SELECT RAISE(ABORT, 'broken'); END"); err != nil {
		t.Fatal(err)
	}

	a := support.get("/support-desk/organisations/" + one.person.OrganisationID)

	if a.status < 400 || a.holds("ada@buddy.example") {
		t.Errorf("%d", a.status)
	}
}

func TestAFailingRequestIsOneSearchAndOneClickAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
	id := secret.UUID()
	h.called(one.person.OrganisationID, id, 401, "TOKEN_EXPIRED")
	support := h.colleague(accounts.Support)

	a := support.get(support.find(id).to())

	for _, want := range []string{"401 Unauthorized TOKEN_EXPIRED", "Why it was so.", "/docs/errors/TOKEN_EXPIRED", id, "Budget Buddy Oy", "/support-desk/organisations/" + one.person.OrganisationID, "Certificate"} {
		if !a.holds(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestNamesOfStrangersAreText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const hostile = `<script>alert(1)</script>"'&`
	one := h.tpp("ada@buddy.example", hostile)
	call := h.called(one.person.OrganisationID, `<img src=x>`, 400, `<b>X</b>`)
	support := h.colleague(accounts.Support)

	for _, path := range []string{"/support-desk?q=%3Cscript", "/support-desk/organisations/" + one.person.OrganisationID, "/support-desk/organisations/" + one.person.OrganisationID + "/people/" + one.person.ID, "/support-desk/requests/" + call} {
		a := support.get(path)
		if a.status != http.StatusOK || !a.holds(hostile) || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x>") || strings.Contains(a.body, "<b>X</b>") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestTheDeskIsForStaffAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.tpp("ada@buddy.example", "Budget Buddy Oy")
	stranger := visitor{house: h}
	member, _ := h.member("ada@buddy.example", "Budget Buddy Oy")
	call := h.called(one.person.OrganisationID, secret.UUID(), 401, "TOKEN_EXPIRED")
	org := "/support-desk/organisations/" + one.person.OrganisationID
	person := org + "/people/" + one.person.ID
	staff := map[accounts.Role]visitor{accounts.Support: h.colleague(accounts.Support), accounts.Admin: h.colleague(accounts.Admin)}

	for _, path := range []string{"/support-desk", org, person, "/support-desk/requests/" + call} {
		if a := member.get(path); a.status != http.StatusNotFound || a.holds("TOKEN_EXPIRED") {
			t.Errorf("%s by a TPP: %d", path, a.status)
		}
		if a := stranger.get(path); a.status != http.StatusSeeOther {
			t.Errorf("%s by a stranger: %d", path, a.status)
		}
		for role, colleague := range staff {
			if a := colleague.get(path); a.status != http.StatusOK {
				t.Errorf("%s by %s: %d", path, role, a.status)
			}
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if a := staff[accounts.Admin].send(method, org, nil); a.status < 400 {
			t.Errorf("%s: %d", method, a.status)
		}
	}
	for _, path := range []string{"/support-desk/organisations/org_nobody", "/support-desk/organisations/" + strings.Repeat("a", 500), "/support-desk/organisations/%00", org + "/people/per_nobody", "/support-desk/requests/zzzzzzzz", "/support-desk/requests/-1"} {
		if a := staff[accounts.Admin].get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
