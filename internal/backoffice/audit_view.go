package backoffice

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairway/internal/audit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func headText(head audit.Head) string {
	if head.Seq == 0 {
		return "Nothing is written yet."
	}
	return "Who did what to which object. The chain’s head is row " + strconv.FormatInt(head.Seq, 10) + " of " + stamp(head.At) + ", with the hash " + head.Hash[:16] + "…"
}

func auditView(q auditQuery, lines audit.Page, n names, found problems) page.AuditView {
	v := page.AuditView{Head: ui.HeadView{Title: "Audit"}, Problems: found.summary(),
		Caption: "Lines of the audit trail, newest first", Pager: ui.PagerView{Label: "Pages of the audit trail", Text: "50 lines a page, UTC"}}
	v.Fields = []ui.FieldView{
		{Name: "actor", Label: "Who", Value: q.actor, Hint: "E-mail or id, system or command"},
		{Name: "act", Label: "Act", Value: q.act, Hint: "Its beginning: certs. or apps.created"},
		{Name: "organisation", Label: "Organisation", Value: q.organisation, Hint: "Name or id"},
		{Name: "object", Label: "Object", Value: q.object, Hint: "The whole id"},
		{Name: "from", Label: "From day", Value: q.from, Type: "date"},
		{Name: "to", Label: "To day", Value: q.to, Type: "date"},
	}
	for i := range v.Fields {
		v.Fields[i].Error = found.at(v.Fields[i].Name)
	}
	if q.filtered() {
		v.Clear = auditPath
	}
	v.Export = ui.PostView{Action: exportPath, File: true, Button: ui.ButtonView{Text: "Export CSV", Icon: "download"}}
	for _, field := range q.fields() {
		v.Export.Fields = append(v.Export.Fields, ui.Hidden{Name: field[0], Value: field[1]})
	}
	for _, l := range lines.Lines {
		v.Rows = append(v.Rows, auditRow(l, n))
	}
	v.Empty = ui.EmptyView{Icon: "search", Title: "No line fits", Text: "Widen the filter, or clear it."}
	if found.any() {
		v.Empty.Text = "The filter cannot be right. Mend it above, then filter again."
	}
	if q.before != "" {
		v.Pager.Newer = q.address(0)
	}
	if lines.Next > 0 {
		v.Pager.Older = q.address(lines.Next)
	}
	return v
}

func auditRow(l audit.Line, n names) page.AuditRow {
	r := page.AuditRow{Seq: strconv.FormatInt(l.Seq, 10), TimeISO: l.At.Format(time.RFC3339), Time: l.At.Format("2 Jan 2006, 15:04:05"), Who: l.Actor, Act: l.Act, Object: l.Object}
	if address, known := n.people[l.Actor]; known {
		r.Who = address
	}
	if l.Organisation != "" {
		r.Organisation = l.Organisation
		if name, known := n.organisations[l.Organisation]; known {
			r.Organisation, r.OrganisationHref = name, administeredPath(l.Organisation)
		}
	}
	var detail []string
	for _, key := range slices.Sorted(maps.Keys(l.Detail)) {
		detail = append(detail, key+": "+l.Detail[key])
	}
	r.Detail = strings.Join(detail, "\n")
	return r
}

func verifyView(typed string, report audit.Report, found problems) page.VerifyView {
	v := page.VerifyView{Problems: found.summary(), Head: ui.HeadView{Title: "The chain of the audit trail",
		Lead:   "Every row is held against its hash, the row before and the head. Nothing is changed.",
		Crumbs: []ui.Crumb{{Text: "Audit", Href: auditPath}, {Text: "Verify"}}}}
	v.Kept = ui.FieldView{Name: "kept", Label: "A head that was kept elsewhere", Optional: true, Mono: true, Value: typed, Error: found.at("kept"),
		Hint: "Number, colon and hash, as “portal audit head” prints it. Who could write all rows anew cannot change that one."}
	if found.any() {
		return v
	}
	v.Done, v.Tone, v.Status, v.Verdict = true, ui.OK, "Whole", "The trail is whole"
	v.Text = "All " + ui.Thousands(report.Rows) + " rows fit."
	if report.Broken != nil {
		v.Tone, v.Status, v.Verdict = ui.Bad, "Broken", "The trail does not fit"
		v.Text = "The first finding: " + report.Broken.String() + ". Up to there " + ui.Thousands(report.Rows) + " rows fit. Keep a copy of the database as it is, and find out who could write to it."
	}
	v.Facts = []ui.KV{{Key: "Rows that fit", Value: ui.Thousands(report.Rows)}, {Key: "Last row that fits", Value: report.Head.String(), Copy: "head"}}
	if !report.Head.At.IsZero() {
		v.Facts = append(v.Facts, ui.KV{Key: "Written", Value: stamp(report.Head.At)})
	}
	return v
}
