package backoffice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/audit"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
)

const (
	auditPath  = "/admin/audit"
	verifyPath = auditPath + "/verify"
	exportPath = auditPath + "/export"
	// verifyFor is how long one look at the whole chain may take; 100,000 rows take half a second.
	verifyFor = 20 * time.Second
)

var (
	errVerifying = fault.New(fault.TooMany, "audit_verifying", "A colleague has the chain verified at this moment. Wait a few seconds and ask again.").After(3 * time.Second)
	errTooLong   = fault.New(fault.Unavailable, "audit_too_long", "The trail is too long to be verified within 20 seconds here. Run “portal audit verify” on the server: it takes the time that it needs.")
)

func (f *Face) mountAudit(m httpkit.Mounts) {
	m.Admin.Get(auditPath, f.showAudit)
	m.Admin.Get(verifyPath, f.verifyAudit)
	m.Admin.Post(exportPath, f.exportAudit)
}

// showAudit lists the trail, newest first.
func (f *Face) showAudit(c *gin.Context) error {
	ctx := c.Request.Context()

	q := readAuditQuery(c.Query)
	filter, err := f.filter(ctx, q)
	var lines audit.Page
	if err == nil {
		lines, err = f.Trail.List(ctx, filter)
	}
	found, err := problemsOf(c, err)
	if err != nil {
		return err
	}

	head, err := f.Trail.Head(ctx)
	if err != nil {
		return err
	}
	names, err := f.named(ctx, lines.Lines)
	if err != nil {
		return err
	}

	view := auditView(q, lines, names, found)
	view.Head.Lead = headText(head)
	frame := wideFrame(c, view.Head.Title, auditPath, found)
	view.Export.Token = frame.Token
	return httpkit.Page(c, found.status, page.Audit(frame, view))
}

// names are those of what lines of the trail mention, by id.
type names struct{ people, organisations map[string]string }

func (f *Face) named(ctx context.Context, lines []audit.Line) (names, error) {
	var people, organisations []string
	for _, l := range lines {
		people, organisations = append(people, l.Actor), append(organisations, l.Organisation)
	}
	addresses, err := f.Accounts.Addresses(ctx, people)
	if err != nil {
		return names{}, err
	}
	known, err := f.Accounts.OrganisationNames(ctx, organisations)
	return names{addresses, known}, err
}

// verifyAudit looks at the whole chain and says what it saw.
func (f *Face) verifyAudit(c *gin.Context) error {
	ctx := c.Request.Context()

	typed := clip(c.Query("kept"))
	kept, err := keptHead(typed)
	var report audit.Report
	if err == nil {
		report, err = f.verify(ctx, kept)
	}
	found, err := problemsOf(c, err)
	if err != nil {
		return err
	}

	view := verifyView(typed, report, found)
	return httpkit.Page(c, found.status, page.AuditVerified(staffFrame(c, view.Head.Title, auditPath, found), view))
}

// keptHead reads a head that was kept elsewhere; none is fine.
func keptHead(typed string) ([]audit.Head, error) {
	if typed == "" {
		return nil, nil
	}
	head, err := audit.ParseHead(typed)
	if err != nil {
		return nil, fault.Form(fault.Field{Name: "kept", Message: fault.Of(err).Message})
	}
	return []audit.Head{head}, nil
}

// verify lets one look at the chain run at a time, and ends it when it takes too long.
func (f *Face) verify(ctx context.Context, kept []audit.Head) (audit.Report, error) {
	select {
	case f.verifying <- struct{}{}:
		defer func() { <-f.verifying }()
	default:
		return audit.Report{}, errVerifying
	}
	bounded, cancel := context.WithTimeout(ctx, verifyFor)
	defer cancel()
	report, err := f.Trail.Verify(bounded, kept...)
	if err != nil && errors.Is(bounded.Err(), context.DeadlineExceeded) {
		return audit.Report{}, errTooLong.With(err)
	}
	return report, err
}

// exportAudit sends what the filter lets through as a file. That somebody took it along stands in the trail before the
// first byte leaves.
func (f *Face) exportAudit(c *gin.Context) error {
	ctx, who := c.Request.Context(), httpkit.Who(c)

	q := readAuditQuery(c.PostForm)
	q.before = ""
	filter, err := f.filter(ctx, q)
	if err == nil {
		err = filter.Check()
	}
	if err != nil {
		return err
	}

	err = f.DB.InTx(ctx, func(tx db.Tx) error {
		return audit.Write(tx, audit.Entry{Actor: who.PersonID, Organisation: filter.Organisation, Act: "audit.exported", Object: "audit", Detail: q.detail()})
	})
	if err != nil {
		return err
	}

	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="audit-`+f.Clock.Now().UTC().Format("2006-01-02-150405")+`.csv"`)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Content-Type", "text/csv; charset=utf-8; header=present")
	c.Status(http.StatusOK)
	done, err := f.Trail.Export(ctx, c.Writer, filter)
	if err != nil && c.Writer.Written() {
		// The reader of half a file has to see that it is half a file.
		_, _ = fmt.Fprintf(c.Writer, "\"Broken off after %d lines. Export again.\"\r\n", done.Lines) // the asker left: nobody to tell
	}
	return err
}
