package backoffice_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
)

// wide names a role that the register does not list for its organisation.
func wide() demo.Request { return demo.Request{Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}} }

// give sends the form of the screen with these roles and other changes.
func (c *colleague) give(a *applicant, roles []string, changes ...string) answer {
	c.t.Helper()
	form := c.mustGet(path(a)).form(changes...)
	form["roles"] = roles
	return c.send(http.MethodPost, path(a)+"/decide", form)
}

func TestWhatTheRegisterGrantsIsTickedAndNothingElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Revontuli Tilinakyma Oy", wide())
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	screen := admin.mustGet(path(a))
	none := admin.give(a, nil, "verdict", "approve", "reason", reason)
	got := admin.decide(a, "verdict", "approve", "reason", reason)

	if ticked := screen.ticked("roles"); !slices.Equal(ticked, []string{"PSP_AI"}) || !strings.Contains(screen.body, `value="PSP_PI"`) || !screen.says("does not list payment initiation") {
		t.Errorf("ticked are %v", ticked)
	}
	if none.status != http.StatusUnprocessableEntity || !none.says("Choose at least one role.") || len(none.ticked("roles")) != 0 {
		t.Errorf("without a role: %d", none.status)
	}
	if e := a.now(); got.status != http.StatusSeeOther || !slices.Equal(e.Rights, []qcert.Role{qcert.RoleAI}) {
		t.Errorf("%d, %s with %v", got.status, e.State, e.Rights)
	}
}

func TestARoleBesideTheRegisterIsSaidInTheLetterAndOnTheScreen(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Revontuli Tilinakyma Oy", wide())
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	roles := []string{"PSP_AI", "PSP_PI"}

	letter := admin.give(a, roles, "act", "preview", "verdict", "approve", "reason", reason)
	plain := admin.give(a, roles[:1], "act", "preview", "verdict", "approve", "reason", reason)
	admin.give(a, roles, "verdict", "approve", "reason", reason)
	screen := admin.mustGet(path(a))

	const beside = "The register of your authority that we hold does not list this for you: PSP_PI."
	if !letter.says(beside) || !letter.says("Roles: PSP_AI, PSP_PI") || plain.says(beside) || !plain.says("Roles: PSP_AI ") {
		t.Error("the letter does not say which role is beside the register")
	}
	if e := a.now(); !slices.Equal(e.Beside, []qcert.Role{qcert.RolePI}) || !screen.says("Beside the register") {
		t.Errorf("%s, beside the register %v", e.State, e.Beside)
	}
}

func TestTheSecondPersonSeesTheRolesOfTheFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{FourEyes: true})
	a := o.examined("Revontuli Tilinakyma Oy", wide())
	anna, bea := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("bea@fairway.example", accounts.Admin)
	both := []string{"PSP_AI", "PSP_PI"}

	anna.give(a, both, "verdict", "approve", "reason", reason)
	screen := bea.mustGet(path(a))
	differs := bea.give(a, both[:1], "verdict", "approve", "reason", reason)
	anew := bea.give(a, both[:1], "verdict", "approve", "reason", reason, "anew", "yes")
	between := a.now().State
	anna.decide(a, "verdict", "approve", "reason", reason)

	if !slices.Equal(screen.ticked("roles"), both) || differs.status != http.StatusUnprocessableEntity || !differs.says("The first approval gives other roles.") {
		t.Errorf("ticked %v; other roles: %d", screen.ticked("roles"), differs.status)
	}
	if e := a.now(); anew.status != http.StatusSeeOther || between != enrolments.Submitted || e.State != enrolments.Approved || !slices.Equal(e.Rights, []qcert.Role{qcert.RoleAI}) {
		t.Errorf("anew: %d, %s, then %s with %v", anew.status, between, e.State, e.Rights)
	}
}

func TestAnIssuerOnNoListCannotBeApproved(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{Flaw: "other-ca"})
	admin := o.colleague("anna@fairway.example", accounts.Admin)

	screen := admin.mustGet(path(a))
	got := admin.decide(a, "verdict", "approve", "reason", reason)

	if !strings.Contains(screen.body, `value="approve" disabled`) || got.status != http.StatusConflict || !got.says("is on no trusted list that is held") || a.now().State != enrolments.Submitted {
		t.Errorf("%d, %s", got.status, a.now().State)
	}
}

func TestSupportSeesThatAColleagueDecidedAndNotWho(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin, support := o.colleague("anna@fairway.example", accounts.Admin), o.colleague("sara@fairway.example", accounts.Support)
	admin.decide(a, "verdict", "approve", "reason", reason)

	got := support.mustGet(path(a))

	if !got.says("by a colleague") || got.says("anna@fairway.example") || !admin.mustGet(path(a)).says("by anna@fairway.example") {
		t.Error("support is told who decided, or administrators are not")
	}
}

func TestADoubtIsMarkedWhereverTheApprovalIsShown(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nca.Config{})
	a := o.examined("Budget Buddy Oy", demo.Request{})
	admin := o.colleague("anna@fairway.example", accounts.Admin)
	admin.decide(a, "verdict", "approve", "reason", reason)
	o.clock.Advance(1)
	o.publish(8, demo.Seals)
	if err := o.nca.Recheck(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}

	screen, queue := admin.mustGet(path(a)), admin.mustGet("/admin/reviews?state=approved")

	if !screen.says("In doubt") || !screen.says("the approval is suspended on 28 Nov 2026") || !queue.says("Approved, in doubt") {
		t.Error("the doubt is not shown")
	}
}
