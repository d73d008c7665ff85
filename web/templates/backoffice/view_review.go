package backoffice

import "fairway/web/templates/ui"

// ReviewView is one enrolment with all the evidence about it, and the form that decides.
type ReviewView struct {
	Head     ui.HeadView
	Problems []ui.FieldError
	Refresh  *ui.PostView // asks the sources anew; nil where nobody may, or need
	Decide   *ui.LinkView // leads to the form below
	Notices  []NoticeView
	Poll     *ui.PollView // set while the sources are asked for the first time
	About    []ui.KV

	Compared     []ComparedView
	ByHand       *ByHandView
	Checks       []ChecksView
	Certificates []CertificateView
	Issuers      []IssuerView
	Revocations  []RevocationView
	Proof        []ui.CheckItem
	Alike        []AlikeRow
	Talk         []SaidView
	Decision     *DecisionView
	Earlier      []EarlierRow
	Trail        TrailView
}

// ComparedView is a certificate beside one entry of the register.
type ComparedView struct {
	ID, Caption string
	Rows        []ComparedRow
	Links       []ui.LinkView
}

// ComparedRow is one fact on both sides; what differs is marked.
type ComparedRow struct {
	Fact                  string
	Certificate, Register []ui.Span
}

// ByHandView says how to search where the register knows nothing.
type ByHandView struct {
	Text  string
	Links []ui.LinkView
}

// ChecksView is one check list of the examination.
type ChecksView struct {
	Card  ui.CardView
	Rules ui.RulesView
}

// CertificateView is a certificate as it was handed in.
type CertificateView struct {
	Card    ui.CardView
	Facts   []ui.KV
	All     []ui.KV
	Chain   []ui.KV
	Repairs []string
	PEM     ui.CodeView
}

// IssuerView is what the trusted lists say about an issuer, and the way from the certificate to the list.
type IssuerView struct {
	Card  ui.CardView
	Facts []ui.KV
	Path  []string
}

// RevocationView is what the issuer says about a certificate.
type RevocationView struct {
	Card  ui.CardView
	Facts []ui.KV
	Notes []string
}

// AlikeRow is another organisation's enrolment that has something of this one.
type AlikeRow struct {
	Href, Organisation string
	Alike, State       string
}

// SaidView is a question, an answer or a reason as it was written.
type SaidView struct {
	Title      string
	ISO, Time  string
	Paragraphs []string
}

// DecisionView is the form that decides. What it carries unseen is what was shown.
type DecisionView struct {
	Action   string
	Notice   *NoticeView
	Fields   []ui.Hidden
	Verdict  ui.ChoiceView
	Roles    *ui.ChoiceView // nil where the certificates name none in common
	Anew     *ui.CheckView  // for the second of two people
	Template ui.SelectView
	Reason   ui.FieldView
	Factor   ui.FactorView
	Letter   *LetterView
	// Preview is where the form goes that asks for the letter only.
	Preview string
}

// LetterView is the letter that a decision would send.
type LetterView struct{ Subject, Text string }

// EarlierRow is an earlier enrolment of the organisation.
type EarlierRow struct {
	Href, When string
	StateTone  ui.Tone
	State      string
	By         string
	Reason     []string
}

// TrailView is the audit trail of a submission. Fold says how much of it lies behind one line; empty where nothing does.
type TrailView struct {
	Latest []TrailRow
	Fold   string
	Older  []TrailRow
}

// TrailRow is one deed of the audit trail.
type TrailRow struct {
	ISO, Time string
	Who, Act  string
	Detail    string
}
