package backoffice

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/calls"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

const (
	deskPath  = "/support-desk"
	tppsPath  = deskPath + "/organisations"
	callsPath = deskPath + "/requests"

	// longestSettle is how long a page waits for the requests of this moment.
	longestSettle = 200 * time.Millisecond
)

func (f *Face) mountSupport(m httpkit.Mounts) {
	m.Support.Get(deskPath, f.showSupportDesk)
	m.Support.Get(tppsPath+"/:id", f.showOrganisation)
	m.Support.Get(tppsPath+"/:id/people/:person", f.showPerson)
	m.Support.Post(tppsPath+"/:id/people/:person/verification", f.sendVerification)
	m.Support.Post(tppsPath+"/:id/people/:person/unlock", f.unlock)
	m.Support.Get(callsPath+"/:id", f.showCall)
}

func organisationPath(id string) string { return tppsPath + "/" + id }
func personPath(organisationID, id string) string {
	return organisationPath(organisationID) + "/people/" + id
}
func callPath(id int64) string { return callsPath + "/" + calls.FormatID(id) }

// viewed puts on record that a colleague looked at something of an organisation, once an hour. Its transaction is not the
// one that read: without the row the page is not shown.
func (f *Face) viewed(c *gin.Context, organisationID, object string) error {
	ctx, now := c.Request.Context(), f.Clock.Now()
	e := audit.Entry{Actor: httpkit.Who(c).PersonID, Organisation: organisationID, Act: "support.viewed", Object: object}
	return f.DB.InTx(ctx, func(tx db.Tx) error {
		_, err := audit.WriteOnce(tx, e, now.UTC().Truncate(time.Hour))
		return err
	})
}

// settle waits a little for the requests of this moment; a page without the newest is better than none.
func (f *Face) settle(ctx context.Context) {
	waiting, cancel := context.WithTimeout(ctx, longestSettle)
	defer cancel()
	_ = f.Calls.Flush(waiting) // late: the next look has it
}

// confirmed lets an act pass with a recent proof of the second factor.
func (f *Face) confirmed(c *gin.Context) error {
	var form struct {
		Code string `form:"code"`
	}
	if err := httpkit.BindForm(c, &form); err != nil {
		return err
	}
	return f.Accounts.ConfirmFactor(c.Request.Context(), proof(c, form.Code))
}

// param is an id of the address. What no id can be is nobody's.
func param(c *gin.Context, name string) (string, bool) {
	id := c.Param(name)
	return id, id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

func isUnknown(err error) bool {
	return errors.Is(err, accounts.ErrUnknown) || fault.Is(err, fault.NotFound)
}
