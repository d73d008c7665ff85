package backoffice_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
)

// suspended is one of an organisation that was in Live.
func (o *office) suspended(admin *colleague, name string) *applicant {
	o.t.Helper()
	a := o.examined(name, demo.Request{})
	admin.decide(a, "verdict", "approve", "reason", reason)
	if err := o.db.InTx(o.t.Context(), func(tx db.Tx) error {
		_, err := o.enrols.Suspend(tx, a.now(), nca.System, "A source said so.")
		return err
	}); err != nil {
		o.t.Fatal(err)
	}
	return a
}

// restore opens the page that asks and sends its form.
func (c *colleague) restore(a *applicant, reason string) answer {
	c.t.Helper()
	page := c.mustGet(path(a) + "/restore")
	return c.send(http.MethodPost, path(a)+"/restore", url.Values{"_token": {page.field("_token")}, "reason": {reason}})
}

func TestASuspendedApprovalComesBackByADecision(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin, support := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("sara@fairway.example", accounts.Support)
	a := o.suspended(admin, "Budget Buddy Oy")

	offered, hidden := admin.mustGet(path(a)), support.get(path(a)+"/restore")
	short := admin.restore(a, "no")
	right := admin.restore(a, "The register was wrong, as the authority says.")

	if !offered.says("Restore") || hidden.status == http.StatusOK || short.status != http.StatusUnprocessableEntity {
		t.Errorf("support %d, without a reason %d", hidden.status, short.status)
	}
	if e := a.now(); right.status != http.StatusSeeOther || e.State != enrolments.Approved || a.deeds("enrolments.restored") != 1 {
		t.Errorf("%d, %s", right.status, e.State)
	}
	if again := admin.get(path(a) + "/restore"); again.status != http.StatusSeeOther {
		t.Errorf("a second return is asked for: %d", again.status)
	}
}

func TestWhatHasASuccessorIsNotRestoredAndThePageSaysWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	a := o.suspended(admin, "Budget Buddy Oy")
	o.clock.Advance(time.Minute)
	former := *a
	a.handIn(issued(o, demo.Request{}))
	a.examine()
	admin.decide(a, "verdict", "approve", "reason", reason)
	if _, err := o.db.Native().ExecContext(t.Context(), "UPDATE enrolments SET state = 'suspended' WHERE id = ?", former.ID); err != nil {
		t.Fatal(err)
	}

	got := admin.restore(&former, "The register was wrong, as the authority says.")

	if got.status != http.StatusConflict || !got.says("The organisation has other certificates in Live by now. Nothing was restored.") || former.now().State != enrolments.Suspended {
		t.Errorf("%d, %s", got.status, former.now().State)
	}
}
