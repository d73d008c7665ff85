// Package messagecode owns what each code means that this interface answers with or that a check list shows: when it comes,
// what usually causes it and how to put it right. The documentation, the answers' links, the check lists and the portal's
// panels all read these records.
package messagecode

import (
	"cmp"
	"slices"
	"strings"
)

// Record explains one code.
type Record struct {
	// Code is the code as it is sent: SIGNATURE_INVALID, invalid_grant, 503.
	Code string
	// HTTP are the statuses that it comes with. It is empty where the code travels in a redirect only or is of a check list.
	HTTP []int
	// Title says in a few words what happened.
	Title string
	// What says in a sentence or two what was checked and found.
	What string
	// Causes are the usual reasons, the most frequent first; Fixes[i] says what to do about Causes[i],
	// with commands between backticks.
	Causes, Fixes []string
	// Try says what to do in the sandbox to see the code for real; empty where nothing that a TPP does brings it about.
	Try string
	// Rule is the paragraph that a check list holds against, and By are those who can put it right, the likeliest first. Both
	// belong to codes of check lists only.
	Rule string
	By   []Party
	// Standard reports whether the code is of a standard (NextGenPSD2, RFC 6749, RFC 9110) and not our own.
	Standard bool
	// See are paths of the documentation that explain the rule behind the code.
	See []string
}

// Chapters of the documentation that records point to.
const (
	seeStart        = "/docs/start"
	seeFlow         = "/docs/flow"
	seeEnvironments = "/docs/environments"
	seeAuth         = "/docs/auth"
	seeSigning      = "/docs/signing"
	seeContact      = "/docs/contact"
)

// All lists the codes of tppMessages, of the Berlin Group and our own, by name.
func All() []Record { return slices.Clone(interfaceCodes) }

// OAuth lists the codes of the token and the authorisation endpoint (RFC 6749 §4.1.2.1 and §5.2), by name.
func OAuth() []Record { return slices.Clone(oauthCodes) }

// Everything lists all records, by code.
func Everything() []Record { return slices.Clone(everything) }

// Statuses lists the HTTP statuses that come without a code of their own.
func Statuses() []Record { return slices.Clone(statusCodes) }

// Find is the record of a code of any of the four lists. Codes differ by letter case, as they do on the wire.
func Find(code string) (Record, bool) {
	i, ok := slices.BinarySearchFunc(everything, code, func(r Record, code string) int { return cmp.Compare(r.Code, code) })
	if !ok {
		return Record{}, false
	}
	return everything[i], true
}

var (
	interfaceCodes = sorted(certificateCodes, signatureCodes, accessCodes, consentCodes, requestCodes, bankCodes)
	oauthCodes     = sorted(grantCodes, redirectCodes)
	statusCodes    = sorted(plainStatuses)
	checkCodes     = sorted(certificateChecks, statementChecks, uploadChecks, sourceChecks, requestChecks)
	everything     = sorted(interfaceCodes, oauthCodes, statusCodes, checkCodes)
)

func sorted(lists ...[]Record) []Record {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b Record) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Plain is a text of a record without its backticks, for answers and lists.
func Plain(text string) string { return strings.ReplaceAll(text, "`", "") }
