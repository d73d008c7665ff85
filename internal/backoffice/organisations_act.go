package backoffice

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/nca"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// sanctionForm is the form of every act on an organisation.
type sanctionForm struct {
	Reason string `form:"reason"`
	Cause  string `form:"cause"` // of a revocation: its code in RFC 5280
	Code   string `form:"code"`
}

// sanctioned asks for the second factor again, after what else is wrong with the form was said.
func (f *Face) sanctioned(c *gin.Context, form *sanctionForm) (err error) {
	if form.Reason, err = accounts.CheckReason(form.Reason); err != nil {
		return err
	}
	return f.proved(c, form.Code)
}

// proved asks for the second factor of an act where the last proof is old.
func (f *Face) proved(c *gin.Context, code string) error {
	return f.Accounts.ConfirmFactor(c.Request.Context(), proof(c, code))
}

// What a reason is for.
const (
	reasonRead = "At least ten characters. The organisation reads it, and it stands in the audit trail."
	reasonKept = "At least ten characters. It stands in the audit trail."
)

// sanction is an act that a page asks about before it is done.
type sanction struct {
	path    string // below the organisation's
	action  string // where the form goes instead, or ""
	title   string
	lead    string
	effects []string
	button  string
	hint    string // what the reason is for
	danger  bool
	facts   []ui.KV
	causes  *ui.ChoiceView
}

func (f *Face) askSuspension(c *gin.Context) error { return f.showSuspension(c, sanctionForm{}, nil) }

func (f *Face) showSuspension(c *gin.Context, form sanctionForm, failed error) error {
	o, err := f.Accounts.Administered(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	if o.Suspension != nil && failed == nil {
		return httpkit.SeeOther(c, administeredPath(o.ID))
	}
	return f.showSanction(c, o, sanction{path: "/suspend", title: "Suspend", button: "Suspend now", danger: true, hint: reasonRead,
		lead: "It takes effect at once, and can be taken back.",
		effects: []string{"Calls of its apps are refused: with SERVICE_BLOCKED in the sandbox, with CERTIFICATE_BLOCKED in Live; no tokens are given, and no customer can authorise.",
			"Its people can still sign in and read. They see the reason, and cannot make certificates or apps or hand anything in.",
			"What it has in Live is suspended with it, and comes back with it."},
	}, form, failed)
}

// suspend stops the organisation and what it has in Live, in one deed.
func (f *Face) suspend(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	var form sanctionForm
	err := httpkit.BindForm(c, &form)
	if err == nil {
		err = f.sanctioned(c, &form)
	}
	if err != nil {
		return f.showSuspension(c, form, err)
	}

	id := c.Param("id")
	err = f.DB.InTx(ctx, func(tx db.Tx) error {
		if err := f.Accounts.Suspend(tx, accounts.Sanction{OrganisationID: id, By: who.PersonID, Reason: form.Reason}); err != nil {
			return err
		}
		return f.Enrolments.SuspendWith(tx, id, who.PersonID, form.Reason)
	})
	if err != nil {
		return f.showSuspension(c, form, err)
	}

	return goTo(c, administeredPath(id), ui.OK, "Suspended. Its calls are refused from now on.")
}

func (f *Face) askReturn(c *gin.Context) error { return f.showReturn(c, sanctionForm{}, nil) }

func (f *Face) showReturn(c *gin.Context, form sanctionForm, failed error) error {
	o, err := f.Accounts.Administered(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	if o.Suspension == nil && failed == nil {
		return httpkit.SeeOther(c, administeredPath(o.ID))
	}
	return f.showSanction(c, o, sanction{path: "/restore", title: "Restore", button: "Restore now", hint: reasonKept,
		lead: "Its apps work again at once, with the credentials and certificates that they have.",
		effects: []string{"What was suspended in Live with the organisation comes back. What was suspended for a reason of its own stays suspended.",
			"Certificates that were revoked stay revoked."},
	}, form, failed)
}

// restore lets the organisation go on.
func (f *Face) restore(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	var form sanctionForm
	err := httpkit.BindForm(c, &form)
	if err == nil {
		err = f.sanctioned(c, &form)
	}
	if err != nil {
		return f.showReturn(c, form, err)
	}

	id := c.Param("id")
	err = f.DB.InTx(ctx, func(tx db.Tx) error {
		if err := f.Accounts.Restore(tx, accounts.Sanction{OrganisationID: id, By: who.PersonID, Reason: form.Reason}); err != nil {
			return err
		}
		return f.Enrolments.RestoreWith(tx, id, who.PersonID, form.Reason)
	})
	if err != nil {
		return f.showReturn(c, form, err)
	}

	return goTo(c, administeredPath(id), ui.OK, "Restored. Its apps work again.")
}

func (f *Face) askRevocation(c *gin.Context) error { return f.showRevocation(c, sanctionForm{}, nil) }

func (f *Face) showRevocation(c *gin.Context, form sanctionForm, failed error) error {
	o, err := f.file(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	cert, ok := o.certificate(c.Param("cid"))
	if !ok {
		return certs.ErrUnknownCertificate
	}
	if cert.RevokedAt != nil && failed == nil {
		return httpkit.SeeOther(c, administeredPath(o.ID))
	}
	causes := ui.ChoiceView{Name: "cause", Legend: "Why, as the revocation list says it", Value: form.Cause, Options: []ui.Option{
		{Value: strconv.Itoa(int(certs.KeyCompromise)), Text: "The key is in other hands (keyCompromise)"},
		{Value: strconv.Itoa(int(certs.PrivilegeWithdrawn)), Text: "It may not be used any more (privilegeWithdrawn)"},
		{Value: strconv.Itoa(int(certs.Unspecified)), Text: "Another reason (unspecified)"},
	}}
	return f.showSanction(c, o.Administered, sanction{path: "/certificates/" + cert.ID + "/revoke", title: "Revoke the " + kindName(cert), button: "Revoke now", danger: true, hint: reasonKept,
		lead: "There is no way back: the organisation has to make a new set.",
		effects: []string{"Calls with this certificate are refused with CERTIFICATE_REVOKED at once, and the revocation list carries it.",
			"The organisation’s other certificates stay as they are."}, causes: &causes,
		facts: []ui.KV{{Key: "Serial", Value: cert.Serial, Mono: true}, {Key: "Identifier", Value: cert.Info.OrganizationIdentifier}, {Key: "Ends", Value: stamp(cert.X509.NotAfter)}},
	}, form, failed)
}

// revoke ends one certificate.
func (f *Face) revoke(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	var form sanctionForm
	err := httpkit.BindForm(c, &form)
	cause := certs.Reason(-1)
	if n, numberErr := strconv.Atoi(form.Cause); numberErr == nil {
		cause = certs.Reason(n)
	}
	if err == nil && cause < 0 {
		err = certs.ErrNoReason
	}
	if err == nil {
		err = f.sanctioned(c, &form)
	}
	if err != nil {
		return f.showRevocation(c, form, err)
	}

	id := c.Param("id")
	err = f.DB.InTx(ctx, func(tx db.Tx) error {
		return f.Certs.Revoke(ctx, tx, certs.Revocation{OrganisationID: id, CertificateID: c.Param("cid"), By: who.PersonID, Reason: cause, Why: form.Reason})
	})
	if err != nil {
		return f.showRevocation(c, form, err)
	}

	return goTo(c, administeredPath(id), ui.OK, "Revoked. The certificate is refused from now on.")
}

// showSanction asks before an act, with its reason and, where the last proof is old, a code.
func (f *Face) showSanction(c *gin.Context, o accounts.Administered, s sanction, form sanctionForm, failed error) error {
	found, err := problemsOf(c, own(failed))
	if err != nil {
		return err
	}
	v := page.SanctionView{
		Head:     ui.HeadView{Title: s.title + ": " + o.Name, Lead: s.lead, Crumbs: crumbs(o, s.title)},
		Problems: found.summary(), Action: cmp.Or(s.action, administeredPath(o.ID)+s.path), Facts: s.facts, Effects: s.effects,
		Reason: ui.FieldView{Name: "reason", Label: "Reason", Value: form.Reason, Error: found.at("reason"), Rows: 4, Hint: s.hint},
		Factor: httpkit.FactorField(c, f.Clock.Now(), failed),
		Button: ui.ButtonView{Text: s.button, Look: ui.Primary}, CancelHref: administeredPath(o.ID),
	}
	if s.danger {
		v.Button.Look = ui.Danger
	}
	if s.causes != nil {
		v.Causes = *s.causes
		v.HasCauses, v.Causes.Error = true, found.at("cause")
	}
	return httpkit.Page(c, found.status, page.Sanction(staffFrame(c, v.Head.Title, c.Request.URL.Path, found), v))
}

// own shows who may not decide about her own organisation the form again, with the sentence that says so.
func own(failed error) error {
	if errors.Is(failed, accounts.ErrOwnOrganisation) || errors.Is(failed, nca.ErrOwn) {
		f := fault.Of(failed)
		return fault.New(fault.Conflict, f.Code, f.Message)
	}
	return failed
}
