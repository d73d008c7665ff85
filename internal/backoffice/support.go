package backoffice

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/audit"
	"fairway/internal/calls"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/mail"
)

// Letters tells what was sent to whom.
type Letters interface {
	// SentTo lists letters to an address, newest first, and never what was in them.
	SentTo(tx db.Tx, address string, most int) ([]mail.Sent, error)
}

// Desk is what the support desk reads, beside the accounts. It reads in transactions that cannot write.
type Desk struct {
	DB         *db.DB
	Clock      clock.Clock
	Apps       *apps.Apps
	Certs      *certs.Certs
	Calls      *calls.Log
	Consents   *consents.Consents
	Enrolments *enrolments.Enrolments
	Letters    Letters
}

const (
	deskPath          = "/support-desk"
	organisationsPath = deskPath + "/organisations"
	callsPath         = deskPath + "/requests"

	// longestSettle is how long a page waits for the requests of this moment.
	longestSettle = 200 * time.Millisecond
)

func (f *Face) mountSupport(m httpkit.Mounts) {
	m.Support.Get(deskPath, f.showSupportDesk)
	m.Support.Get(organisationsPath+"/:id", f.showOrganisation)
	m.Support.Get(organisationsPath+"/:id/people/:person", f.showPerson)
	m.Support.Post(organisationsPath+"/:id/people/:person/verification", f.sendVerification)
	m.Support.Post(organisationsPath+"/:id/people/:person/unlock", f.unlock)
	m.Support.Get(callsPath+"/:id", f.showCall)
}

func organisationPath(id string) string { return organisationsPath + "/" + id }
func personPath(organisationID, id string) string {
	return organisationPath(organisationID) + "/people/" + id
}
func callPath(id int64) string { return callsPath + "/" + calls.FormatID(id) }

// viewed puts on record that a colleague looked at something of an organisation, once an hour. Its transaction is not the
// one that read: without the row the page is not shown.
func (f *Face) viewed(c *gin.Context, organisationID, object string) error {
	ctx, now := c.Request.Context(), f.desk.Clock.Now()
	e := audit.Entry{Actor: httpkit.Who(c).PersonID, Organisation: organisationID, Act: "support.viewed", Object: object}
	return f.desk.DB.InTx(ctx, func(tx db.Tx) error {
		_, err := audit.WriteOnce(tx, e, now.UTC().Truncate(time.Hour))
		return err
	})
}

// settle waits a little for the requests of this moment; a page without the newest is better than none.
func (f *Face) settle(ctx context.Context) {
	waiting, cancel := context.WithTimeout(ctx, longestSettle)
	defer cancel()
	_ = f.desk.Calls.Flush(waiting) // late: the next look has it
}

// confirmed lets an act pass with a recent proof of the second factor.
func (f *Face) confirmed(c *gin.Context) error {
	var form struct {
		Code string `form:"code"`
	}
	if err := httpkit.BindForm(c, &form); err != nil {
		return err
	}
	return f.accounts.ConfirmFactor(c.Request.Context(), accounts.Proof{Session: httpkit.Who(c).Session, Code: form.Code, IP: c.ClientIP()})
}

// statuses are those of a page that is shown again, with what was wrong.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict, fault.TooMany: http.StatusTooManyRequests,
}

// shownAgain is the status of a page that tells a fault itself; other errors are the door's to write.
func shownAgain(c *gin.Context, err error) (int, error) {
	if err == nil {
		return http.StatusOK, nil
	}
	found := fault.Of(err)
	status, ok := statuses[found.Kind]
	if !ok {
		return 0, err
	}
	if found.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(found.RetryAfter.Seconds()))))
	}
	return status, nil
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
