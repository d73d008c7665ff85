package search

import (
	"strings"
	"unicode/utf8"
)

// How much of a body is shown, in bytes: what stands before the first hit, and all of it.
const (
	snippetBefore = 50
	snippetLength = 190
	// maxScanned is how far a body is looked through for a hit.
	maxScanned = 16 << 10
)

// snippet cuts the part around the first hit out of a body, at blanks, and marks the hits in it.
func snippet(body string, hits map[string]bool) []Span {
	body = strings.ToValidUTF8(body[:min(len(body), maxScanned)], "")
	list := names(body)
	first := 0
	for _, n := range list {
		if isHit(n, hits) {
			first = n.start
			break
		}
	}
	from := backToBlank(body, max(0, first-snippetBefore))
	to := forthToBlank(body, min(len(body), max(from+snippetLength, first+snippetBefore)))
	var out []Span
	add := func(text string, hit bool) {
		if text != "" {
			out = append(out, Span{Text: text, Hit: hit})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	at := from
	for _, n := range list {
		if n.start >= from && n.end <= to && isHit(n, hits) {
			add(body[at:n.start], false)
			add(body[n.start:n.end], true)
			at = n.end
		}
	}
	add(body[at:to], false)
	if to < len(body) {
		add(" …", false)
	}
	return out
}

func isHit(n name, hits map[string]bool) bool {
	for _, t := range n.terms {
		if hits[t] {
			return true
		}
	}
	return false
}

// backToBlank moves a cut to the begin of the word that it falls into; of a word without end it cuts between letters.
func backToBlank(s string, at int) int {
	for i := at; i > 0 && at-i < snippetBefore; i-- {
		if s[i-1] == ' ' || s[i-1] == '\n' {
			return i
		}
	}
	return toRune(s, at)
}

// forthToBlank moves a cut back to the end of the word before it.
func forthToBlank(s string, at int) int {
	for i := at; at < len(s) && i > 0 && at-i < snippetBefore; i-- {
		if s[i] == ' ' || s[i] == '\n' {
			return i
		}
	}
	return toRune(s, at)
}

func toRune(s string, at int) int {
	for at > 0 && at < len(s) && !utf8.RuneStart(s[at]) {
		at--
	}
	return at
}
