package backoffice

import "fairway/web/templates/ui"

// AuditView is the audit trail.
type AuditView struct {
	Head     ui.HeadView
	Problems []ui.FieldError
	Fields   []ui.FieldView
	Clear    string // where all filters are off; empty where none is set
	Export   ui.PostView
	Caption  string
	Rows     []AuditRow
	Empty    ui.EmptyView
	Pager    ui.PagerView
}

// AuditRow is one line of the trail.
type AuditRow struct {
	Seq                            string
	TimeISO, Time                  string
	Who, Act, Object               string
	Organisation, OrganisationHref string
	Detail                         string // a line each
}

// VerifyView is what a look at the whole chain saw.
type VerifyView struct {
	Head          ui.HeadView
	Problems      []ui.FieldError
	Kept          ui.FieldView
	Done          bool
	Tone          ui.Tone
	Status        string
	Verdict, Text string
	Facts         []ui.KV
}

// SourcesView is what decisions about Live rest on.
type SourcesView struct {
	Head     ui.HeadView
	Lists    SourceView
	Rows     []ListRow
	Missing  string // territories of which no list is held, or ""
	Register SourceView
	Facts    []ui.KV
}

// SourceView is how one source stands, and the command that mends it.
type SourceView struct {
	Card    ui.CardView
	Problem string // what is missing or old, or ""
	Advice  string
	Command ui.CodeView
	// Fetch says how it comes in, FetchFault what was wrong at the last try, or "".
	Fetch      []ui.KV
	FetchFault string
}

// ListRow is one trusted list that is held.
type ListRow struct {
	Territory, Operator, Number, Issued, Next string
	Tone                                      ui.Tone
	Status                                    string
	Services, Signer, Imported, By            string
}
