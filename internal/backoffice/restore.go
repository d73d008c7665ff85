package backoffice

import (
	"github.com/gin-gonic/gin"

	"fairway/internal/enrolments"
	"fairway/internal/httpkit"
	"fairway/web/templates/ui"
)

func restorePath(id string) string { return reviewPath(id) + "/restore" }

func (f *Face) askRestoration(c *gin.Context) error { return f.showRestoration(c, sanctionForm{}, nil) }

// showRestoration asks before a suspended approval is given back.
func (f *Face) showRestoration(c *gin.Context, form sanctionForm, failed error) error {
	e, err := f.Enrolments.ForReview(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	if e.State != enrolments.Suspended && failed == nil {
		return httpkit.SeeOther(c, reviewPath(e.ID))
	}
	o, err := f.Accounts.Administered(c.Request.Context(), e.OrganisationID)
	if err != nil {
		return err
	}
	s := sanction{action: restorePath(e.ID), title: "Restore an approval", button: "Restore now", hint: reasonRead,
		lead: "Every source is asked again first, and what could not be approved now does not come back.",
		effects: []string{"Its certificates are accepted in Live again at once, with the roles that it had, less those that the register does not grant any more.",
			"Where the organisation is suspended, it comes back with the organisation."},
		facts: append(given(e), ui.KV{Key: "Suspended", Value: stamp(e.UpdatedAt) + ": " + shown(e.Reason)}),
	}
	return f.showSanction(c, o, s, form, failed)
}

// restoreApproval gives a suspended approval back.
func (f *Face) restoreApproval(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("id")

	var form sanctionForm
	err := httpkit.BindForm(c, &form)
	if err == nil {
		err = f.sanctioned(c, &form)
	}
	if err == nil {
		err = f.NCA.Restore(ctx, id, httpkit.Who(c).PersonID, form.Reason)
	}
	if err != nil {
		return f.showRestoration(c, form, err)
	}

	return goTo(c, reviewPath(id), ui.OK, "Restored. The organisation gets a letter.")
}
