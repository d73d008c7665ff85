package playground

import "fairway/web/templates/ui"

// CertificatesView is the page of the certificate set.
type CertificatesView struct {
	Problems []ui.FieldError
	Head     ui.HeadView
	Notice   *NoticeView
	Download *ui.PostView // at once; without it by way of the page that asks
	// Cards are the active set's certificates; without them Generate is there instead.
	Cards []CertificateView
	// Own tells about keys that the organisation keeps; nil where they are here.
	Own      *OwnKeysView
	Generate *GenerateView
	History  []FormerSet
}

// CertificateView is one certificate: what matters, and behind it all of it.
type CertificateView struct {
	Card  ui.CardView
	Facts []ui.KV
	All   []ui.KV
	PEM   ui.CodeView
}

// GenerateView is the form for a new set. Once names the set that it follows.
type GenerateView struct {
	FormView
	Once    string
	Roles   ui.ChoiceView
	KeyBits ui.ChoiceView
	Button  string
	Browser BrowserKeysView
}

// BrowserKeysView is what the script needs that makes keys in the browser: Subject is what its requests say, as JSON, and
// Order the address that takes them.
type BrowserKeysView struct {
	Subject, Order, Button string
	Look                   ui.Look
}

// OwnKeysView says where the keys of the set are, and which certificate the playground has instead.
type OwnKeysView struct {
	Title, Text string
	Playground  CertificateView
	Seal        SealKeyView
}

// FormerSet is a set that was replaced.
type FormerSet struct {
	MadeISO, Made, ReplacedISO, Replaced string
	QWAC, QSeal, Roles                   string
}

// RegenerateView asks before the set is replaced.
type RegenerateView struct {
	Head         ui.HeadView
	Stops, Stays []string
	Form         GenerateView
}

// DownloadView is the form that answers with the ZIP.
type DownloadView struct {
	FormView
	Head    ui.HeadView
	Apps    *ui.SelectView // where there is a choice
	Fields  []ui.Hidden
	Files   []ui.KV
	Confirm ConfirmView
	// WithoutSecrets says that client secret and API key cannot be in the archive: they were shown before.
	WithoutSecrets bool
}
