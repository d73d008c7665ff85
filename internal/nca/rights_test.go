package nca_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
)

// norrsken is registered for both roles in the sample register.
func norrsken() demo.Request {
	return demo.Request{Organisation: "Norrsken Betalkonto AB", Country: "SE", Number: "990000-0036", NCAID: "SE-FINA",
		NCAName: "Swedish Financial Supervision Authority", Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}}
}

// revontuli is registered for account information alone, and its certificates name more.
func revontuli() demo.Request { return demo.Request{Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}} }

const norrskenInFinland = `{"FI":["PS_070","PS_080"]},{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260102000000000"`

func both() []qcert.Role { return []qcert.Role{qcert.RoleAI, qcert.RolePI} }

func TestAnApprovalGivesTheRolesThatWereChosenAndNoOthers(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		registered := w.approved(norrsken())
		w.who = w.organisation("Norrsken Betalkonto AB")
		fewer := w.approved(norrsken(), qcert.RolePI)
		w.who = w.organisation("Revontuli Oy of the register")
		strict := w.approved(revontuli())
		w.who = w.organisation("Revontuli Oy by hand")
		beside := w.approved(revontuli(), qcert.RoleAI, qcert.RolePI, qcert.RoleIC)

		for name, c := range map[string]struct {
			e              *enrolments.Enrolment
			rights, beside []qcert.Role
			said           map[string]string
		}{
			"what the register grants":         {registered, both(), nil, map[string]string{"rights": "PSP_AI PSP_PI"}},
			"fewer than the register grants":   {fewer, []qcert.Role{qcert.RolePI}, nil, map[string]string{"rights": "PSP_PI"}},
			"no choice, one is not registered": {strict, []qcert.Role{qcert.RoleAI}, nil, map[string]string{"rights": "PSP_AI"}},
			"what the register does not, and a role that no certificate names": {beside, both(), []qcert.Role{qcert.RolePI},
				map[string]string{"rights": "PSP_AI PSP_PI", "beside_register": "PSP_PI"}},
		} {
			detail := w.detail(c.e.ID, "enrolments.approved")
			if !slices.Equal(c.e.Rights, c.rights) || !slices.Equal(c.e.Beside, c.beside) || detail["rights"] != c.said["rights"] || detail["beside_register"] != c.said["beside_register"] {
				t.Errorf("%s: %v, beside the register %v, on record %v", name, c.e.Rights, c.e.Beside, detail)
			}
		}
	})
}

func TestAnApprovalWithoutARoleIsAFaultOfTheForm(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.submitted(norrsken())
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		none, foreign := w.decision(e.ID, nca.Approve, "per_admin"), w.decision(e.ID, nca.Approve, "per_admin")
		none.Roles, foreign.Roles = []qcert.Role{}, []qcert.Role{qcert.RoleIC}

		_, unchosen := w.Decide(t.Context(), none)
		_, unnamed := w.Decide(t.Context(), foreign)

		if fields := fault.Of(unchosen).Fields; len(fields) != 1 || fields[0].Name != "roles" || !errors.Is(unnamed, enrolments.ErrNoRights) || w.state(e) != enrolments.Submitted {
			t.Errorf("%v, %v, %s", unchosen, unnamed, w.state(e))
		}
	})
}

func TestTheSecondPersonConfirmsTheSameRolesOrBeginsAnew(t *testing.T) {
	each(t, nca.Config{FourEyes: true}, func(t *testing.T, w *world) {
		e := w.submitted(norrsken())
		must(t, w.Refresh(t.Context(), "per_one", e.ID))
		choose := func(by string, anew bool, roles ...qcert.Role) (bool, error) {
			d := w.decision(e.ID, nca.Approve, by)
			d.Roles, d.Anew = roles, anew
			return w.Decide(t.Context(), d)
		}

		first, err := choose("per_one", false, qcert.RoleAI)
		must(t, err)
		_, differs := choose("per_two", false, both()...)
		kept, err := w.Case(t.Context(), e.ID)
		must(t, err)
		anew, err := choose("per_two", true, both()...)
		must(t, err)
		turned, err := w.Case(t.Context(), e.ID)
		must(t, err)
		between := w.state(e)
		still, err := choose("per_one", false, both()...)
		must(t, err)

		if !first || !errors.Is(differs, nca.ErrOtherRoles) || kept.FirstBy != "per_one" || !slices.Equal(kept.FirstRoles, []qcert.Role{qcert.RoleAI}) {
			t.Errorf("pending %v, other roles %v, then %q with %v", first, differs, kept.FirstBy, kept.FirstRoles)
		}
		if !anew || turned.FirstBy != "per_two" || between != enrolments.Submitted || still || !slices.Equal(w.now(e).Rights, both()) {
			t.Errorf("anew: pending %v by %q, %s; then pending %v with %v", anew, turned.FirstBy, between, still, w.now(e).Rights)
		}
	})
}

func TestARenewalGetsTheRightsOfTheFormerAndNoMore(t *testing.T) {
	each(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		w.approved(norrsken(), qcert.RoleAI)
		testkit.Run(t, w.queue.Run)

		renewal := w.submitted(norrsken())

		testkit.Eventually(t, "the renewal", func() bool { return w.state(renewal) == enrolments.Approved })
		if got := w.now(renewal).Rights; !slices.Equal(got, []qcert.Role{qcert.RoleAI}) {
			t.Errorf("it gives %v", got)
		}
	})
}

func TestWhatTheRegisterTakesBackLeavesTheApproval(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(norrsken())
		w.registered(norrskenInFinland, `{"FI":"PS_080"},{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260103000000000"`)

		must(t, w.Recheck(t.Context(), e.ID))

		narrowed := w.now(e)
		if narrowed.State != enrolments.Approved || !slices.Equal(narrowed.Rights, []qcert.Role{qcert.RoleAI}) || w.detail(e.ID, "enrolments.narrowed")["rights"] != "PSP_AI" {
			t.Errorf("%s with %v", narrowed.State, narrowed.Rights)
		}
		w.registered(norrskenInFinland, `{"FI":["PS_070","PS_080"]},{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260104000000000"`)
		must(t, w.Recheck(t.Context(), e.ID))
		if got := w.now(e).Rights; !slices.Equal(got, []qcert.Role{qcert.RoleAI}) {
			t.Errorf("the register alone widened it to %v", got)
		}
	})
}

func TestWhereTheRegisterTakesBackTheLastRoleTheApprovalIsSuspended(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(norrsken())
		w.registered(norrskenInFinland, `{"SE":["PS_03C","PS_070","PS_080"]}],"__EBA_EntityVersion":"20260103000000000"`)

		must(t, w.Recheck(t.Context(), e.ID))

		if got := w.now(e); got.State != enrolments.Suspended || !slices.Equal(got.Rights, both()) {
			t.Errorf("%s with %v", got.State, got.Rights)
		}
	})
}

func TestTheRegisterTakesNothingBackThatAPersonGave(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		e := w.approved(revontuli(), both()...)
		w.clock.Advance(time.Hour)

		must(t, w.Recheck(t.Context(), e.ID))

		if got := w.now(e); got.State != enrolments.Approved || !slices.Equal(got.Rights, both()) {
			t.Errorf("%s with %v", got.State, got.Rights)
		}
	})
}

func TestNobodyApprovesWhatNoListOrNoIssuerVouchesFor(t *testing.T) {
	each(t, nca.Config{}, func(t *testing.T, w *world) {
		unknown := w.submitted(demo.Request{Flaw: "other-ca"})
		must(t, w.Refresh(t.Context(), "per_admin", unknown.ID))
		_, issuer := w.Decide(t.Context(), w.decision(unknown.ID, nca.Approve, "per_admin"))
		w.who = w.organisation("Nowhere To Ask Oy")
		w.outside.set(revocation.NoPointer)
		silent := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", silent.ID))

		_, revoked := w.Decide(t.Context(), w.decision(silent.ID, nca.Approve, "per_admin"))

		if !errors.Is(issuer, nca.ErrNoIssuer) || !errors.Is(revoked, nca.ErrUnasked) || w.state(unknown) != enrolments.Submitted || w.state(silent) != enrolments.Submitted {
			t.Errorf("issuer on no list: %v, %s; nobody to ask: %v, %s", issuer, w.state(unknown), revoked, w.state(silent))
		}
	})
}

func TestADemonstrationCountsForNothingUnlessItIsAllowed(t *testing.T) {
	eachAs(t, nca.Config{Automatic: true}, func(t *testing.T, w *world) {
		e := w.submitted(demo.Request{})
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))

		_, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin"))

		if !errors.Is(err, nca.ErrStands) || w.state(e) != enrolments.Submitted {
			t.Errorf("%v, %s", err, w.state(e))
		}
		w.clock.Advance(time.Minute)
		w.publish(time.Hour, demo.Websites, demo.Seals)
		must(t, w.Refresh(t.Context(), "per_admin", e.ID))
		if _, err := w.Decide(t.Context(), w.decision(e.ID, nca.Approve, "per_admin")); err != nil {
			t.Errorf("on a list that is none of a demonstration: %v", err)
		}
	})
}
