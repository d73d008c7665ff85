package messagecode

import "slices"

// Party is who can put right what a check list found.
type Party string

// The parties.
const (
	TPP       Party = "You"
	QTSP      Party = "Your QTSP"
	Authority Party = "Your authority"
	Provider  Party = "The service provider"
)

// Path is the page of a code in the documentation.
func Path(code string) string { return "/docs/errors/" + code }

// Checks lists the codes of check lists and of refused uploads and signatures, by name.
func Checks() []Record { return slices.Clone(checkCodes) }

// OfCheck reports whether the code stands in a check list, and not in an answer of an interface.
func (r Record) OfCheck() bool { return len(r.By) > 0 }

// Paragraphs that more than one code comes from.
const (
	ruleProvider   = "Regulation (EU) 910/2014, Annexes III and IV"
	ruleKey        = "TS 119 312"
	ruleType       = "EN 319 412-5 §4.2.3"
	ruleQualified  = "EN 319 412-5 §4.2.1"
	rulePSD2       = "TS 119 495 §5.1"
	ruleRoles      = "TS 119 495 §5.2.2"
	ruleAuthority  = "TS 119 495 §5.2.3"
	ruleSubject    = "EN 319 412-3 §4.2"
	ruleValidity   = "RFC 5280 §4.1.2.5"
	rulePlaces     = "EN 319 412-2 §4.3.11 and §4.4.1"
	ruleTLSUse     = "EN 319 412-2 §4.3.10"
	ruleLists      = "Regulation (EU) 910/2014, Article 22"
	ruleRevocation = "Regulation (EU) 910/2014, Article 24(4)"
	ruleRegister   = "Directive (EU) 2015/2366, Article 15"
	ruleSeals      = "Regulation (EU) 2018/389, Article 34"
	ruleText       = "RFC 7468"
	ruleRequest    = "RFC 2986 §4.1"
	ours           = "Fairway"
)

const seeLive = "/docs/live"
