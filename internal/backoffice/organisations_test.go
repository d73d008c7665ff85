package backoffice_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/certs"
	"fairway/internal/db"
)

const why = "They asked us to, after a break-in."

func TestAnOrganisationIsSuspendedAndRestoredWithAReason(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")
		admin := o.admin()
		at := "/admin/organisations/" + org
		admin.mustGet(at + "/suspend")

		after := admin.mustPost(at+"/suspend", "reason", why)

		if !after.says("Suspended on") || !after.says("by ada@fairway.example") || !after.says(why) || !after.says("Its calls are refused from now on.") {
			t.Errorf("the page does not say it:\n%s", after.body)
		}
		if p := must(o.accounts.ByID(t.Context(), person))(t); p.Suspension == nil || p.Suspension.Reason != why || p.Suspension.By != admin.Person.ID {
			t.Errorf("its member sees %+v", p.Suspension)
		}
		if a := admin.get(at + "/suspend"); a.status != http.StatusSeeOther {
			t.Errorf("a second suspension is asked for: %d", a.status)
		}
		admin.mustGet(at + "/restore")
		if after := admin.mustPost(at+"/restore", "reason", "All keys were replaced."); after.says("Suspended on") || !after.says("Restored. Its apps work again.") {
			t.Errorf("after the return:\n%s", after.body)
		}
		if got := o.acts(audit.Filter{Object: org}); !slices.Equal(got, []string{"accounts.organisation_suspended", "accounts.organisation_restored"}) {
			t.Errorf("the trail says %v", got)
		}
	})
}

func TestADecisionNeedsAReasonAndARecentCode(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, _ := o.organisation("Budget Buddy Oy")
	admin := o.admin()
	at := "/admin/organisations/" + org + "/suspend"
	admin.mustGet(at)

	short := admin.post(at, "reason", "  no \r\n ")
	long := admin.post(at, "reason", strings.Repeat("ä", 2001))
	o.clock.Advance(accounts.FactorLasts)
	old := admin.post(at, "reason", why)
	wrong := admin.post(at, "reason", why, "code", "000000")
	right := admin.post(at, "reason", why, "code", admin.App.Code(o.clock.Now()))

	for name, c := range map[string]struct {
		reply reply
		text  string
	}{
		"a short reason": {short, "at least ten characters"}, "a long one": {long, "longer than 2,000"}, "no code": {old, "Enter the six digits"}, "a wrong code": {wrong, "This code is not right"},
	} {
		if c.reply.status != http.StatusUnprocessableEntity || !c.reply.says(c.text) {
			t.Errorf("%s: %d", name, c.reply.status)
		}
	}
	if !old.says(why) {
		t.Error("the reason that was typed is lost")
	}
	if right.status != http.StatusSeeOther {
		t.Errorf("with all of it: %d\n%s", right.status, right.body)
	}
	if got := o.acts(audit.Filter{Object: org}); len(got) != 1 {
		t.Errorf("the trail says %v", got)
	}
}

func TestNobodySuspendsHerOwnOrganisation(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")

		err := o.db.InTx(t.Context(), func(tx db.Tx) error {
			return o.accounts.Suspend(tx, accounts.Sanction{OrganisationID: org, By: person, Reason: why})
		})

		if !errors.Is(err, accounts.ErrOwnOrganisation) || len(o.acts(audit.Filter{Object: org})) != 0 {
			t.Error(err)
		}
	})
}

func TestTheSecondOfTwoColleaguesIsToldSo(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, _ := o.organisation("Budget Buddy Oy")
		ada, ben := o.admin(), o.staff("ben@fairway.example", accounts.Admin)
		at := "/admin/organisations/" + org + "/suspend"
		ada.mustGet(at)
		ben.mustGet(at)

		replies := make(chan reply, 2)
		for _, c := range []*clerk{ada, ben} {
			go func() { replies <- c.post(at, "reason", why) }()
		}

		got := []int{(<-replies).status, (<-replies).status}
		if slices.Sort(got); !slices.Equal(got, []int{http.StatusSeeOther, http.StatusConflict}) || len(o.acts(audit.Filter{Object: org})) != 1 {
			t.Errorf("the replies were %v", got)
		}
	})
}

func TestASuspendedOrganisationMakesNoCertificates(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")
		admin := o.admin()
		keys := must(o.certs.Prepare(t.Context(), certs.Request{OrganisationID: org, Roles: certs.OfferedRoles()[:1], KeyBits: certs.DefaultKeyBits}))(t)
		admin.mustGet("/admin/organisations/" + org + "/suspend")
		admin.mustPost("/admin/organisations/"+org+"/suspend", "reason", why)

		err := o.db.InTx(t.Context(), func(tx db.Tx) error {
			_, _, err := o.certs.Generate(t.Context(), tx, certs.Organisation{ID: org, Name: "Budget Buddy Oy", Country: "FI"}, person, keys, "")
			return err
		})

		if !errors.Is(err, accounts.ErrSuspended) {
			t.Error(err)
		}
	})
}

func TestOrganisationsAreFoundByNameIdentifierAndID(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")
		other, _ := o.organisation("Revontuli 100% Oy")
		identifier := o.set(org, person, "Budget Buddy Oy").QWAC.Info.OrganizationIdentifier
		admin := o.admin()

		for typed, want := range map[string][]string{
			"": {org, other}, "budget": {org}, "BUDGET BUDDY": {org}, "Buddy": nil, "revontuli 100%25": {other}, "%25": nil, "_": nil, org: {org}, "org_none": nil,
			identifier: {org}, strings.ToLower(identifier): {org}, "PSDXX-NONE-1": nil, strings.Repeat("a", 500): nil, "%00%ff": nil,
		} {
			a := admin.mustGet("/admin/organisations?q=" + strings.ReplaceAll(typed, " ", "+"))
			for _, id := range []string{org, other} {
				if strings.Contains(a.body, `href="/admin/organisations/`+id+`"`) != slices.Contains(want, id) {
					t.Errorf("%.40q: %s is wrong", typed, id)
				}
			}
		}
		if a := admin.mustGet("/admin/organisations?state=suspended"); !a.says("No organisation fits") {
			t.Error("one is suspended")
		}
	})
}

func TestALongListOfOrganisationsGoesOnWhereItEnded(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		seen := map[string]int{}
		for i := range 120 {
			org, _ := o.organisation(strings.Repeat("Same ", i%3) + "name")
			seen[org] = 0
		}

		for after, pages := "", 0; pages == 0 || after != ""; pages++ {
			page := must(o.accounts.Search(t.Context(), accounts.OrganisationSearch{After: after}))(t)
			for _, found := range page.Organisations {
				seen[found.ID]++
			}
			if after = page.Next; pages > 3 {
				t.Fatal("the list has no end")
			}
		}

		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was listed %d times", id, n)
			}
		}
	})
}

func TestACertificateIsRevokedNow(t *testing.T) {
	each(t, func(t *testing.T, o *bureau) {
		org, person := o.organisation("Budget Buddy Oy")
		set := o.set(org, person, "Budget Buddy Oy")
		admin := o.admin()
		at := "/admin/organisations/" + org + "/certificates/" + set.QWAC.ID + "/revoke"
		if _, verdict := o.certs.Identify(t.Context(), set.QWAC.X509, o.clock.Now()); !verdict.Passed() {
			t.Fatal(verdict.Text)
		}
		before := must(o.certs.CRL(t.Context(), certs.TPP))(t)
		admin.mustGet(at)

		none := admin.post(at, "reason", why)
		after := admin.mustPost(at, "reason", why, "cause", "1")

		if none.status != http.StatusUnprocessableEntity || !none.says("Choose why the certificate is revoked.") {
			t.Errorf("without a cause: %d", none.status)
		}
		if _, verdict := o.certs.Identify(t.Context(), set.QWAC.X509, o.clock.Now()); verdict.Fault == nil || verdict.Fault.Code != "CERTIFICATE_REVOKED" {
			t.Errorf("the door says %v", verdict)
		}
		if !revokedOn(t, must(o.certs.CRL(t.Context(), certs.TPP))(t), set.QWAC.X509, 1) || revokedOn(t, before, set.QWAC.X509, 1) {
			t.Error("the revocation list does not carry it")
		}
		if !after.says("Revoked on") || strings.Contains(after.body, at) || !strings.Contains(after.body, set.QSeal.ID+"/revoke") {
			t.Errorf("the page:\n%s", after.body)
		}
		if got := o.acts(audit.Filter{Object: set.QWAC.ID}); !slices.Equal(got, []string{"certs.revoked"}) {
			t.Errorf("the trail says %v", got)
		}
		if active := o.active(org); active.ID != set.ID || active.QWAC.RevokedAt == nil || active.QSeal.RevokedAt != nil {
			t.Error("the set is another one")
		}
	})
}

func TestACertificateOfAnotherOrganisationIsUnknown(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, person := o.organisation("Budget Buddy Oy")
	other, _ := o.organisation("Other Oy")
	set := o.set(org, person, "Budget Buddy Oy")
	admin := o.admin()
	admin.mustGet("/admin/organisations/" + other + "/suspend")

	for _, path := range []string{"/admin/organisations/" + other + "/certificates/" + set.QWAC.ID + "/revoke", "/admin/organisations/org_none", "/admin/organisations/org_none/suspend"} {
		if a := admin.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	err := o.db.InTx(t.Context(), func(tx db.Tx) error {
		return o.certs.Revoke(t.Context(), tx, certs.Revocation{OrganisationID: other, CertificateID: set.QWAC.ID, By: "per_x", Why: why})
	})
	if !errors.Is(err, certs.ErrUnknownCertificate) || o.active(org).QWAC.RevokedAt != nil {
		t.Error(err)
	}
}

func TestHostileNamesAndReasonsAreText(t *testing.T) {
	t.Parallel()
	o := newBureau(t)
	org, _ := o.organisation(`<script>alert(1)</script> "Oy" ` + "\u202e")
	admin := o.admin()
	admin.mustGet("/admin/organisations/" + org + "/suspend")
	admin.mustPost("/admin/organisations/"+org+"/suspend", "reason", `<img src=x onerror=alert(2)>`+"\r\n=1+1")

	for _, path := range []string{"/admin/organisations", "/admin/organisations/" + org, "/admin/organisations/" + org + "/restore", "/admin/audit"} {
		if a := admin.mustGet(path); strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") || !a.says("<script>alert(1)</script>") {
			t.Errorf("%s draws it", path)
		}
	}
}
