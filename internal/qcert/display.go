package qcert

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one another; more of them paint over neighbouring lines.
const maxMarks = 3

// DisplayText makes a stranger's text safe to look at: control, direction and invisible characters, odd blanks and bytes
// that are no UTF-8 appear as [U+202E] or [0xFF], and more than limit characters are cut with an ellipsis.
// It does not escape for HTML, CSV or mail headers.
func DisplayText(s string, limit int) string {
	if limit <= 0 {
		return ""
	}
	var b strings.Builder
	written, marks := 0, 0
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		marks = countMarks(r, marks)
		piece := s[:size]
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf("[0x%02X]", s[0])
		case unseen(r) || marks > maxMarks:
			piece = fmt.Sprintf("[U+%04X]", r)
		}
		s = s[size:]

		width := utf8.RuneCountInString(piece)
		if written+width > limit || (written+width == limit && len(s) > 0) {
			b.WriteString("…")
			break
		}
		b.WriteString(piece)
		written += width
	}
	return b.String()
}

func countMarks(r rune, before int) int {
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
		return before + 1
	}
	return 0
}

// unseen tells whether a reader could not see the character for what it is.
func unseen(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800', utf8.RuneError: // blank letters, the blank Braille pattern, "could not be read"
		return true
	}
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// suspicious tells whether a name holds what DisplayText would have to show as an escape, letters that only look like
// plain ones, or a word that mixes scripts: the means of passing for another company.
func suspicious(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	marks := 0
	for _, r := range s {
		marks = countMarks(r, marks)
		if unseen(r) || marks > maxMarks || lookalike(r) {
			return true
		}
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if mixesScripts(word) {
			return true
		}
	}
	return false
}

// lookalike tells full-width forms and mathematical letters, which are plain letters in disguise.
func lookalike(r rune) bool {
	return r >= 0xff01 && r <= 0xff5e || r >= 0x1d400 && r <= 0x1d7ff
}

var confusable = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic}

func mixesScripts(word string) bool {
	first := -1
	for _, r := range word {
		for n, script := range confusable {
			if !unicode.Is(script, r) {
				continue
			}
			if first >= 0 && first != n {
				return true
			}
			first = n
		}
	}
	return false
}
