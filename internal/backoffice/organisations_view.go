package backoffice

import (
	"net/url"
	"strconv"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/certview"
	"fairway/internal/enrolments"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

func organisationsView(typed string, suspended bool, after string, list accounts.OrganisationPage) page.OrganisationsView {
	v := page.OrganisationsView{
		Head:   ui.HeadView{Title: "Organisations", Lead: "Every third-party provider with an account here, by name."},
		Search: ui.FieldView{Name: "q", Label: "Search", Value: typed, Hint: "Beginning of the name, identifier as in PSDFI-FINFSA-1234567-8, or id"},
		State: ui.SelectView{Name: "state", Label: "State", Hint: "All, or those that staff stopped", Options: []ui.Option{
			{Value: "", Text: "All"}, {Value: "suspended", Text: "Suspended", Selected: suspended}}},
		Empty: ui.EmptyView{Icon: "search", Title: "No organisation fits", Text: "Names are compared from their beginning; an identifier has to be whole."},
		Pager: ui.PagerView{Label: "Pages of organisations", Text: "50 a page"},
	}
	if typed != "" || suspended {
		v.Clear = organisationsPath
	}
	for _, o := range list.Organisations {
		r := page.OrganisationRow{Name: o.Name, Href: administeredPath(o.ID), ID: o.ID, Country: o.Country, Members: strconv.Itoa(o.Members),
			SinceISO: o.CreatedAt.Format(time.RFC3339), Since: date(o.CreatedAt)}
		r.Tone, r.State = state(o)
		v.Rows = append(v.Rows, r)
	}
	if after != "" {
		v.Pager.Newer = listAddress(typed, suspended, "")
	}
	if list.Next != "" {
		v.Pager.Older = listAddress(typed, suspended, list.Next)
	}
	return v
}

func listAddress(typed string, suspended bool, after string) string {
	values := url.Values{}
	if typed != "" {
		values.Set("q", typed)
	}
	if suspended {
		values.Set("state", "suspended")
	}
	if after != "" {
		values.Set("after", after)
	}
	if len(values) == 0 {
		return organisationsPath
	}
	return organisationsPath + "?" + values.Encode()
}

func state(o accounts.Administered) (ui.Tone, string) {
	if o.Suspension != nil {
		return ui.Bad, "Suspended"
	}
	return ui.OK, "Active"
}

func administeredView(o file, now time.Time) page.AdministeredView {
	v := page.AdministeredView{Head: ui.HeadView{Title: o.Name, Crumbs: []ui.Crumb{{Text: "Organisations", Href: organisationsPath}, {Text: o.Name}}}}
	v.Head.Tone, v.Head.Status = state(o.Administered)
	country, known := accounts.CountryName(o.Country)
	if !known {
		country = o.Country
	}
	v.Facts = []ui.KV{{Key: "Id", Value: o.ID, Copy: "organisation-id"}, {Key: "Country", Value: country}, {Key: "Account since", Value: stamp(o.CreatedAt)}}
	v.Act = ui.LinkView{Text: "Suspend", Icon: "ban", Look: ui.Danger, Href: administeredPath(o.ID) + "/suspend"}
	if o.Suspension != nil {
		v.Act = ui.LinkView{Text: "Restore", Icon: "rotate-ccw", Href: administeredPath(o.ID) + "/restore"}
		v.Suspended = "Suspended on " + stamp(o.Suspension.At) + " by " + o.by
		v.Reason = o.Suspension.Reason
	}
	v.Work = ui.LinkView{Text: "Its apps and requests", Icon: "search", Href: organisationPath(o.ID)}
	v.Audit = ui.LinkView{Text: "Its audit trail", Icon: "scroll-text", Href: auditQuery{organisation: o.ID}.address(0)}
	for _, m := range o.members {
		v.Members = append(v.Members, page.MemberRow{Email: m.Email, ID: m.ID, Since: date(m.CreatedAt)})
	}
	for _, s := range o.sets {
		v.Certificates = append(v.Certificates, certificateRow(o.ID, s.QWAC, now), certificateRow(o.ID, s.QSeal, now))
	}
	v.Limits = ui.SectionView{ID: "limits", Title: "Limits of its own", LinkText: "Set a limit", LinkHref: limitPath("/new", string(catalog.Sandbox), o.ID)}
	for _, l := range o.limits {
		v.LimitRows = append(v.LimitRows, limitRow(l, names{}, now))
	}
	for _, e := range o.enrolments {
		v.Enrolments = append(v.Enrolments, enrolmentRow(e, o.doubts[e.ID]))
	}
	return v
}

func kindName(cert certs.Certificate) string {
	if cert.Kind == qcert.QWAC {
		return "QWAC"
	}
	return "QC eSeal"
}

func certificateRow(organisationID string, cert certs.Certificate, now time.Time) page.CertificateRow {
	r := page.CertificateRow{Kind: kindName(cert), Environment: "Sandbox", Serial: cert.Serial, Identifier: cert.Info.OrganizationIdentifier, Until: day(cert.X509.NotAfter), Tone: ui.OK, State: "In use"}
	if cert.Environment == catalog.Live {
		r.Environment = "Live"
	}
	switch {
	case cert.RevokedAt != nil:
		r.Tone, r.State = ui.Bad, "Revoked on "+stamp(*cert.RevokedAt)
	case now.After(cert.X509.NotAfter):
		r.Tone, r.State = ui.Warn, "Expired"
	default:
		r.Revoke = administeredPath(organisationID) + "/certificates/" + cert.ID + "/revoke"
	}
	return r
}

func enrolmentRow(e *enrolments.Enrolment, doubts []nca.Doubt) page.EnrolmentRow {
	tone, state := stateWord(e.State)
	r := page.EnrolmentRow{ID: e.ID, Href: reviewPath(e.ID), Tone: tone, State: state, Changed: stamp(e.UpdatedAt), Reason: e.Reason}
	if e.State == enrolments.Draft {
		r.Href = "" // what was not handed in is nobody's business
	}
	if e.State == enrolments.Approved {
		r.Roles = certview.Roles(e.Rights)
		if len(doubts) > 0 {
			r.Tone, r.State = ui.Warn, "Approved, in doubt"
		}
	}
	if e.QWAC != nil {
		r.Identifier = e.QWAC.Info.OrganizationIdentifier
	}
	return r
}
