package playground

import "fairway/web/templates/ui"

// LiveStartView is the page before anything was handed in.
type LiveStartView struct {
	Head  ui.HeadView
	Needs []ui.CheckItem
	After []string
}

// LiveUploadView is the first step of the way to Live.
type LiveUploadView struct {
	Head                ui.HeadView
	Steps               []ui.StepView
	Problems            []ui.FieldError
	Version             string
	QWAC, QSeal         ui.FieldView
	QWACFile, QSealFile ui.FieldView
	// HasQWAC and HasQSeal name what is in the draft already; empty where nothing is.
	HasQWAC, HasQSeal string
}

// LiveChecksView is the second step: what was read and how it stands.
type LiveChecksView struct {
	Head     ui.HeadView
	Steps    []ui.StepView
	Problems []ui.FieldError
	Repairs  []string
	Swap     *ui.PostView // where each lies in the other's place
	Tone     ui.Tone
	Verdict  string
	Advice   string
	Apart    *NoticeView // where the certificates name another company
	Cards    []LiveCardView
	Sections []LiveSectionView
	Next     *ui.LinkView // nil while something stands against going on
}

// LiveCardView is one certificate with its check list.
type LiveCardView struct {
	Card  ui.CardView
	Facts []ui.KV
	Rules *ui.RulesView
	All   []ui.KV
	PEM   ui.CodeView
}

// LiveSectionView is a check list that concerns both certificates.
type LiveSectionView struct {
	Card  ui.CardView
	Rules ui.RulesView
}

// LiveChallengeView is the third step: the seal's key signs a text.
type LiveChallengeView struct {
	Head          ui.HeadView
	Steps         []ui.StepView
	Problems      []ui.FieldError
	Version       string
	Proved        string       // how it was proved already, or ""
	Text          *ui.CodeView // nil where there is no open challenge
	Ends, Tries   string
	Commands      []ui.CodeView // the usual way
	Others        []ui.CodeView // the other ways
	Signature     ui.FieldView
	SignatureFile ui.FieldView
	New           ui.PostView
}

// LiveSubmitView is the last look before it is handed in.
type LiveSubmitView struct {
	Head     ui.HeadView
	Steps    []ui.StepView
	Problems []ui.FieldError
	Version  string
	Facts    []ui.KV
	Apart    *NoticeView       // as on the checks
	Open     []LiveSectionView // what a person will have to look at
	Next     []string
}

// LiveStatusView is where a matter stands that was handed in.
type LiveStatusView struct {
	Head     ui.HeadView
	Problems []ui.FieldError
	Poll     ui.PollView // without an address nothing is fetched again
	Checking bool        // the automatic checks are not through
	News     string      // what is read out when the page changes by itself
	Notice   *NoticeView
	Standing string // that an earlier approval still counts
	Next     *LiveNextView
	Overlaps []LiveOverlapView
	Events   []ui.EventView
	Token    string // of the page's forms
	Version  string
	Question string
	Answer   *ui.FieldView
	Cards    []LiveCardView
	Sections []LiveSectionView
	Again    *ui.PostView
	Upload   *ui.LinkView
	Withdraw bool
	History  []LiveFormerView
}

// LiveNextView is what an approval opens.
type LiveNextView struct {
	Facts []ui.KV
	Tasks []StepView
}

// LiveOverlapView is a former pair that goes on for a while.
type LiveOverlapView struct {
	Text string
	End  ui.LinkView
}

// LiveWorkView is Live on the dashboard.
type LiveWorkView struct {
	Facts []ui.KV
	Next  ui.LinkView
}

// LiveFormerView is an earlier submission.
type LiveFormerView struct {
	DateISO, Date string
	State         string
	Tone          ui.Tone
	QWAC, QSeal   string
	Reason        string
}
