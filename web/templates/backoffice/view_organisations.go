package backoffice

import "fairway/web/templates/ui"

// OrganisationsView is the list of organisations.
type OrganisationsView struct {
	Head   ui.HeadView
	Search ui.FieldView
	State  ui.SelectView
	Clear  string // where all filters are off; empty where none is set
	Rows   []OrganisationRow
	Empty  ui.EmptyView
	Pager  ui.PagerView
}

// OrganisationRow is one organisation of the list.
type OrganisationRow struct {
	Name, Href, ID, Country, Members string
	SinceISO, Since                  string
	Tone                             ui.Tone
	State                            string
}

// AdministeredView is one organisation and what can be done about it.
type AdministeredView struct {
	Head         ui.HeadView
	Act, Audit   ui.LinkView
	Work         ui.LinkView // its apps and requests, at the support desk
	Suspended    string      // since when and by whom, or ""
	Reason       string      // why
	Facts        []ui.KV
	Members      []MemberRow
	Certificates []CertificateRow
	Enrolments   []EnrolmentRow
	Limits       ui.SectionView
	LimitRows    []LimitRow
}

// MemberRow is one of its people.
type MemberRow struct{ Email, ID, Since string }

// CertificateRow is one of its certificates.
type CertificateRow struct {
	Kind, Environment, Serial, Identifier, Until string
	Tone                                         ui.Tone
	State                                        string
	Revoke                                       string // the page that asks before, or ""
}

// EnrolmentRow is one of its ways to Live.
type EnrolmentRow struct {
	ID, Identifier, Changed, Reason string
	Href                            string // its review screen, or ""
	Roles                           string // that it gives
	Tone                            ui.Tone
	State                           string
}

// SanctionView asks before an act on an organisation, or on its limit.
type SanctionView struct {
	Head       ui.HeadView
	Problems   []ui.FieldError
	Action     string
	Facts      []ui.KV
	Effects    []string
	Hidden     []ui.Hidden
	HasCauses  bool
	Causes     ui.ChoiceView
	Reason     ui.FieldView
	Factor     ui.FactorView
	Button     ui.ButtonView
	CancelHref string
}
