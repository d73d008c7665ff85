package backoffice_test

import (
	"crypto/x509"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/db"
)

func revokedOn(t *testing.T, der []byte, cert *x509.Certificate, reason int) bool {
	t.Helper()
	list := must(x509.ParseRevocationList(der))(t)
	return slices.ContainsFunc(list.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool {
		return e.SerialNumber.Cmp(cert.SerialNumber) == 0 && e.ReasonCode == reason
	})
}

// deed writes a line.
func (o *bureau) deed(e audit.Entry) {
	o.t.Helper()
	if err := o.db.InTx(o.t.Context(), func(tx db.Tx) error { return audit.Write(tx, e) }); err != nil {
		o.t.Fatal(err)
	}
}

func TestTheTrailIsFilteredByWhatPeopleKnow(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")
		o.organisation("Budget Bank Oy")
		email := must(o.accounts.ByID(t.Context(), person))(t).Email
		o.deed(audit.Entry{Actor: person, Organisation: org, Act: "apps.created", Object: "app_first", Detail: map[string]string{"app": "First"}})
		o.deed(audit.Entry{Actor: "system", Act: "certs.expired", Object: "set_x"})
		o.clock.Advance(48 * time.Hour)
		admin := o.admin()
		o.deed(audit.Entry{Actor: "command", Act: "apps.provisioned", Object: "app_second"})
		day, next := o.clock.Now().Add(-48*time.Hour).Format(time.DateOnly), o.clock.Now().Format(time.DateOnly)

		for query, want := range map[string][]string{
			"actor=" + email: {"app_first"}, "actor=" + strings.ToUpper(email): {"app_first"}, "actor=" + person: {"app_first"}, "actor=command&act=apps.": {"app_second"}, "actor=system": {"set_x"},
			"act=apps.": {"app_second", "app_first"}, "act=apps.created": {"app_first"}, "organisation=" + org: {"app_first"}, "organisation=Budget+Bu": {"app_first"}, "organisation=budget+buddy+oy": {"app_first"},
			"object=app_second": {"app_second"}, "act=apps.&from=" + next: {"app_second"}, "act=apps.&to=" + day: {"app_first"}, "act=apps.&from=" + day + "&to=" + next: {"app_second", "app_first"}, "object=nothing": nil,
		} {
			a := admin.mustGet("/admin/audit?" + query)
			for _, object := range []string{"app_first", "app_second", "set_x"} {
				if strings.Contains(a.body, "<code>"+object+"</code>") != slices.Contains(want, object) {
					t.Errorf("%s: %s is wrong", query, object)
				}
			}
		}
		a := admin.mustGet("/admin/audit?object=app_first")
		for _, text := range []string{email, "Budget Buddy Oy", "app: First", "apps.created"} {
			if !a.says(text) {
				t.Errorf("the line lacks %q", text)
			}
		}
	})
}

func TestAFilterThatCannotBeRightSaysSo(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		o.organisation("Budget Buddy Oy")
		o.organisation("Budget Bank Oy")
		admin := o.admin()
		for query, text := range map[string]string{
			"actor=nobody@tpp.example": "Nobody has this e-mail address.", "organisation=Nowhere": "No organisation has this id", "organisation=Budget": "Several organisations",
			"from=yesterday": "This is no day.", "to=2026-13-01": "This is no day.", "from=2026-02-02&to=2026-02-01": "The end is not after the beginning.", "object=" + strings.Repeat("x", 300): "No line contains this.",
		} {
			a := admin.get("/admin/audit?" + query)
			if a.status != http.StatusUnprocessableEntity || !a.says(text) || !strings.Contains(a.body, `role="alert"`) {
				t.Errorf("%.60s: %d", query, a.status)
			}
		}
		for _, query := range []string{"before=x", "before=-1", "actor=%00", "act=%ff%25", "from=", "object=%27%3B--"} {
			if a := admin.get("/admin/audit?" + query); a.status != http.StatusOK && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", query, a.status)
			}
		}
	})
}

func TestEveryLineIsOnOnePageOfTheTrail(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	admin := o.admin()
	for i := range 120 {
		o.deed(audit.Entry{Actor: "system", Act: "test.line", Object: fmt.Sprintf("line_%03d", i)})
	}
	seen, path := "", "/admin/audit?act=test.line"

	for pages := 0; path != ""; pages++ {
		a := admin.mustGet(path)
		seen += a.body
		path = ""
		if _, rest, ok := strings.Cut(a.body, `href="/admin/audit?act=test.line&amp;before=`); ok {
			before, _, _ := strings.Cut(rest, `"`)
			path = "/admin/audit?act=test.line&before=" + before
		}
		if pages > 3 {
			t.Fatal("the trail has no end")
		}
	}

	for i := range 120 {
		if n := strings.Count(seen, fmt.Sprintf("<code>line_%03d</code>", i)); n != 1 {
			t.Errorf("line %d is there %d times", i, n)
		}
	}
}

func TestTheExportIsTheFilterAndStandsInTheTrail(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		admin := o.admin()
		o.deed(audit.Entry{Actor: "system", Act: "test.line", Object: "one", Detail: map[string]string{"name": `=cmd|"x"` + "\r\nnext"}})
		o.deed(audit.Entry{Actor: "system", Act: "other.line", Object: "two"})
		admin.mustGet("/admin/audit?act=test.")

		a := admin.post("/admin/audit/export", "act", "test.")

		records, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		if err != nil || a.status != http.StatusOK || len(records) != 2 || records[1][6] != "one" {
			t.Errorf("%d, %v: %s", a.status, err, a.body)
		}
		if h := a.header; !strings.HasPrefix(h.Get("Content-Disposition"), `attachment; filename="audit-`) || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("headers: %v", h)
		}
		lines := must(o.trail.List(t.Context(), audit.Filter{Act: "audit.exported"}))(t).Lines
		if len(lines) != 1 || lines[0].Actor != admin.Person.ID || lines[0].Detail["act"] != "test." {
			t.Errorf("the trail says %v", lines)
		}
		if bad := admin.post("/admin/audit/export", "from", "nonsense"); bad.status != http.StatusUnprocessableEntity || strings.Contains(bad.header.Get("Content-Type"), "csv") {
			t.Errorf("a filter that cannot be right: %d", bad.status)
		}
	})
}

func TestTheChainIsVerifiedFromThePage(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	admin := o.admin()
	kept := must(o.trail.Head(t.Context()))(t)
	whole := admin.mustGet("/admin/audit/verify?kept=" + url.QueryEscape(kept.String()))
	wrong := admin.get("/admin/audit/verify?kept=head")
	other := admin.mustGet("/admin/audit/verify?kept=" + url.QueryEscape("1:"+strings.Repeat("ab", 32)))
	for _, statement := range []string{"DROP TRIGGER audit_log_no_update", "UPDATE audit_log SET object = 'somebody else' WHERE seq = 2"} {
		if _, err := o.db.Native().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}

	broken := admin.mustGet("/admin/audit/verify")

	if !whole.says("The trail is whole") || !other.says("The trail does not fit") || !other.says("the trail was written anew") {
		t.Errorf("a whole trail:\n%s", whole.body)
	}
	if wrong.status != http.StatusUnprocessableEntity || !wrong.says("as “portal audit head” prints it") {
		t.Errorf("a head that is none: %d", wrong.status)
	}
	if !broken.says("The trail does not fit") || !broken.says("row 2 (id 2) was changed") {
		t.Errorf("a trail that was changed:\n%s", broken.body)
	}
}

func TestSourcesThatAreMissingSayWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		a := o.admin().mustGet("/admin/sources")

		for _, text := range []string{"No trusted list was imported", "portal trustlist import", "No register was imported", "portal register import"} {
			if !a.says(text) {
				t.Errorf("the page lacks %q", text)
			}
		}
	})
}

func TestThesePagesAreNotForSupport(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, _ := o.organisation("Budget Buddy Oy")
	support := o.staff("sue@fairway.example", accounts.Support)

	for _, path := range []string{"/admin/audit", "/admin/audit/verify", "/admin/sources", "/admin/organisations", "/admin/organisations/" + org, "/admin/organisations/" + org + "/suspend"} {
		if a := support.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestTheSourcesPageSaysHowEachComesInAndWhatWasWrongLast(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	before := o.admin().mustGet("/admin/sources")
	if err := o.refresh.FetchRegister(t.Context()); err != nil {
		t.Fatal(err)
	}

	after := o.staff("bea@fairway.example", accounts.Admin).mustGet("/admin/sources")

	if !before.says("by command alone") || !before.says("https://eba.example/register.zip") || before.says("The last fetch failed") {
		t.Error("the page does not say how the sources come in")
	}
	if !after.says("The last fetch failed") || !after.says("Tried on 21 Nov 2026, 09:00 UTC: The register could not be fetched from its publisher.") || after.says("nobody answers") {
		t.Error("the page does not say what was wrong")
	}
}
