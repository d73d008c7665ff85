package ui

import "strconv"

// RulesView is a check list with both sides of each comparison: what needs somebody first, what passed behind one line.
type RulesView struct {
	ID           string
	Open, Passed []RuleView
}

// RuleView is one rule and how something stood against it.
type RuleView struct {
	ID              string
	Tone            Tone
	Title           string
	Rule            string // the paragraph that asks for it
	Expected, Found string
	Notes           []RuleNote
}

// RuleNote is one thing that is wrong, with what to do about it. Href is the page of its code.
type RuleNote struct{ Code, Href, Text string }

func (v RulesView) passed() string {
	if len(v.Passed) == 1 {
		return "1 check passed"
	}
	return strconv.Itoa(len(v.Passed)) + " checks passed"
}

func (v RuleView) spoken() string { return CheckItem{Tone: v.Tone}.spoken() }
