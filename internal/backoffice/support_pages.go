package backoffice

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
)

var errNoCall = fault.New(fault.NotFound, "call_unknown", "There is no such request in the log. Requests are kept for 30 days.")

// showOrganisation is all that support sees of a TPP.
func (f *Face) showOrganisation(c *gin.Context) error {
	ctx := c.Request.Context()
	id, ok := param(c, "id")
	if !ok {
		return accounts.ErrNoOrganisation
	}

	f.settle(ctx)
	var d *tppFile
	err := f.DB.Read(ctx, func(tx db.Tx) (err error) {
		d, err = f.read(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := f.viewed(c, id, id); err != nil {
		return err
	}

	v := organisationView(d)
	frame := httpkit.Frame(c, v.Head.Title)
	frame.Wide = true
	return httpkit.Page(c, http.StatusOK, page.Organisation(frame, v))
}

// showCall is one request as its TPP sees it.
func (f *Face) showCall(c *gin.Context) error {
	ctx := c.Request.Context()
	id, ok := calls.ParseID(c.Param("id"))
	if !ok {
		return errNoCall
	}

	f.settle(ctx)
	var call calls.Call
	var organisation, app string
	err := f.DB.Read(ctx, func(tx db.Tx) (err error) {
		if call, err = f.Calls.AnyByID(tx, id); err != nil {
			return err
		}
		organisation, app, err = f.sender(tx, call)
		return err
	})
	if err != nil {
		return err
	}
	if err := f.viewed(c, call.OrganisationID, calls.FormatID(call.ID)); err != nil {
		return err
	}

	brand, err := f.Catalog.Brand(ctx, call.Brand)
	if err != nil && !isUnknown(err) {
		return err
	}
	v := callPage(call, organisation, app, brand.Name)
	frame := httpkit.Frame(c, v.Head.Title)
	frame.Wide = true
	return httpkit.Page(c, http.StatusOK, page.Call(frame, v))
}

// sender names the organisation and the app of a call. Either may be gone since.
func (f *Face) sender(tx db.Tx, call calls.Call) (organisation, app string, err error) {
	o, err := f.Accounts.OrganisationIn(tx, call.OrganisationID)
	if isUnknown(err) {
		return "An organisation that is gone", "", nil
	}
	if err != nil {
		return "", "", err
	}
	list, err := f.Apps.ListIn(tx, o.ID, catalog.Environment(call.Environment))
	return o.Name, appName(list, call.AppID), err
}
