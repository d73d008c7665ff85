package backoffice

import (
	"strings"

	"fairway/internal/nca"
	"fairway/web/templates/ui"
)

// readyReason is a reason that is needed again and again.
type readyReason struct {
	id      string
	verdict nca.Verdict
	title   string
	text    string
}

var readyReasons = []readyReason{
	{"approve-agrees", nca.Approve, "everything agrees", "Your certificates, the trusted lists and the register of your authority agree."},
	{"approve-by-hand", nca.Approve, "found in the authority’s own register", "We found your authorisation in the register of your authority itself. Everything else agrees."},
	{"reject-register", nca.Reject, "not in the register", "The register of your authority does not list an authorisation under the number in your certificates. Ask your authority, or have certificates issued with the right number, and hand them in again."},
	{"reject-role", nca.Reject, "role not authorised", "Your certificates name a role that the register of your authority does not list for you. Hand in certificates with the roles that you are authorised for."},
	{"reject-name", nca.Reject, "another organisation", "The certificates name another organisation than the register of your authority does under this number. Hand in certificates of the authorised organisation."},
	{"reject-issuer", nca.Reject, "issuer not qualified", "The issuer of your certificates is not granted for this kind of certificate on the EU trusted lists. Ask your trust service provider for certificates of an issuer that is."},
	{"reject-revoked", nca.Reject, "revoked", "Your trust service provider has revoked one of the certificates. Ask for a new one and hand in the pair again."},
	{"ask-name", nca.Ask, "the names differ", "The name in your certificates differs from the one in the register of your authority. Which of the two is current, and since when?"},
	{"ask-register", nca.Ask, "where is the authorisation", "We do not find your authorisation under the number in your certificates. Send us the address of your entry in the register of your authority."},
	{"ask-alike", nca.Ask, "used by somebody else", "Another organisation of this portal has handed in the same certificate, key or authorisation number. How do the two of you belong together?"},
}

// verdictTitles begin the texts in the list, so that it can be searched by typing.
var verdictTitles = map[nca.Verdict]string{nca.Approve: "Approve", nca.Reject: "Reject", nca.Ask: "Ask"}

func reasonByID(id string) (readyReason, bool) {
	for _, r := range readyReasons {
		if r.id == id {
			return r, true
		}
	}
	return readyReason{}, false
}

// reasonByText finds the ready text that somebody's text is, word for word.
func reasonByText(text string) (readyReason, bool) {
	words := strings.Join(strings.Fields(text), " ")
	for _, r := range readyReasons {
		if r.text == words {
			return r, true
		}
	}
	return readyReason{}, false
}

func reasonOptions() []ui.Option {
	options := []ui.Option{{Text: "None, I write my own"}}
	for _, r := range readyReasons {
		options = append(options, ui.Option{Value: r.id, Text: verdictTitles[r.verdict] + ": " + r.title})
	}
	return options
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }
