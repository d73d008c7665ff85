package qcert

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// LevelPassed is the level of a check that found nothing.
const LevelPassed = "passed"

// Check is one line of a check list: what is asked for and by which rule, what the certificate says, and how it stands.
// Its texts are safe to look at as Info's are.
type Check struct {
	// ID is stable: stored reports and pages refer to it.
	ID    string
	Title string
	// Rule is the paragraph that asks for it.
	Rule string
	// Expected and Found are the two sides that were compared.
	Expected, Found string
	// Level is LevelPassed, LevelNote, LevelWarning or LevelError.
	Level string
	// Findings say what is wrong and what to do; none where the check passed.
	Findings []Finding
}

// rule is a line of the check list before a certificate is held against it.
type rule struct {
	id, title, paragraph string
	codes                []string
	fields               []string // of a code that several rules share; nil is any
	only                 Kind     // the kind that it concerns; empty is both
	expected             func(Kind) string
	found                func(Info, *x509.Certificate) string
}

// Rule is one rule as the documentation lists it: what is asked of each kind, by which paragraph, and the codes of what
// breaks it.
type Rule struct {
	Title, Paragraph string
	// QWAC and QSealC are what is asked of each kind; "–" where the rule does not concern it.
	QWAC, QSealC string
	Codes        []string
}

// Rules lists the rules of one certificate's check list, in its order.
func Rules() []Rule {
	list := make([]Rule, 0, len(profileRules))
	for _, r := range profileRules {
		rule := Rule{Title: r.title, Paragraph: r.paragraph, QWAC: "–", QSealC: "–", Codes: slices.Clone(r.codes)}
		if r.only != QSealC {
			rule.QWAC = r.expected(QWAC)
		}
		if r.only != QWAC {
			rule.QSealC = r.expected(QSealC)
		}
		list = append(list, rule)
	}
	return list
}

// Checklist holds a certificate against every rule that concerns its kind, those that it keeps included. What CheckProfile
// finds stands in exactly one line. Kind and levels are as CheckProfile takes and gives them.
func Checklist(i Info, cert *x509.Certificate, kind Kind, now time.Time) []Check {
	if cert == nil {
		return nil
	}
	if kind != QWAC && kind != QSealC {
		kind = i.Kind
	}
	return arrange(CheckProfile(i, cert, kind, now), profileRules, kind, i, cert)
}

// PairChecklist is the check list of a QWAC and an eSeal that are handed in together.
func PairChecklist(qwac, seal Info) []Check {
	found := CheckPair(qwac, seal)
	lines := []Check{
		{ID: "two-keys", Title: "Two certificates with two keys", Rule: "Fairway", Expected: "different keys", Found: "QWAC " + short(qwac.KeySHA256) + ", eSeal " + short(seal.KeySHA256)},
		{ID: "one-organisation", Title: "One organisation", Rule: "Regulation (EU) 2018/389, Article 34", Expected: "the same organizationIdentifier in both",
			Found: orNone(qwac.OrganizationIdentifier) + " and " + orNone(seal.OrganizationIdentifier)},
		{ID: "right-places", Title: "Each in its own place", Rule: "EN 319 412-5 §4.2.3", Expected: "a QWAC and an eSeal", Found: qwac.Kind.plain() + " and " + seal.Kind.plain()},
	}
	for n, code := range []string{CertSameKey, CertDifferentOrg, CertSwapped} {
		lines[n].take(found, func(f Finding) bool { return f.Code == code })
	}
	return lines
}

func short(hash string) string { return hash[:min(16, len(hash))] + "…" }

// plain is the kind as the certificate declares it, in a sentence.
func (k Kind) plain() string {
	switch k {
	case QWAC:
		return "a QWAC"
	case QSealC:
		return "an eSeal"
	}
	return "neither QWAC nor eSeal"
}

// arrange gives each rule what was found under it.
func arrange(found []Finding, rules []rule, kind Kind, i Info, cert *x509.Certificate) []Check {
	var lines []Check
	for _, r := range rules {
		if r.only != "" && kind != r.only && kind != Unknown {
			continue
		}
		line := Check{ID: r.id, Title: r.title, Rule: r.paragraph, Expected: r.expected(kind), Found: r.found(i, cert)}
		line.take(found, r.concerns)
		if r.only != "" && kind == Unknown && len(line.Findings) == 0 {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

func (r rule) concerns(f Finding) bool {
	return slices.Contains(r.codes, f.Code) && (r.fields == nil || slices.Contains(r.fields, f.Field))
}

// gravity orders the levels.
var gravity = map[string]int{LevelPassed: 0, LevelNote: 1, LevelWarning: 2, LevelError: 3}

// take moves what concerns the line into it and sets its level.
func (c *Check) take(found []Finding, concerns func(Finding) bool) {
	c.Level = LevelPassed
	for _, f := range found {
		if !concerns(f) {
			continue
		}
		c.Findings = append(c.Findings, f)
		if gravity[f.Level] > gravity[c.Level] {
			c.Level = f.Level
		}
	}
}

// Worst is the gravest level of a check list.
func Worst(lists ...[]Check) string {
	worst := LevelPassed
	for _, list := range lists {
		for _, c := range list {
			if c.Level == LevelError {
				return LevelError
			}
			if c.Level == LevelWarning {
				worst = LevelWarning
			}
		}
	}
	return worst
}

func always(text string) func(Kind) string { return func(Kind) string { return text } }

// orNothing is what a line shows where the certificate says nothing.
func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func period(i Info, _ *x509.Certificate) string {
	return fmt.Sprintf("%s to %s", i.NotBefore.Format(day+" 15:04"), i.NotAfter.Format(day+" 15:04 UTC"))
}
