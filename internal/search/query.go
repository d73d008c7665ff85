package search

import (
	"regexp"
	"strings"
	"unicode"
)

// What a query may be. What is longer is cut.
const (
	MaxQuery = 100 // characters
	MaxWords = 8
	// maxPasted is how much of a pasted answer is looked at for its code, in bytes.
	maxPasted = 8 << 10
	maxTerms  = 16
)

// pastedCode is the code in an error answer of the bank APIs or of the token endpoint.
var pastedCode = regexp.MustCompile(`"(?:code|error)"\s*:\s*"([A-Za-z0-9_]{3,60})"`)

// Clean is a query as it is looked up and shown again: on one line, at most MaxQuery characters and MaxWords words. Of a
// pasted error answer it is the code.
func Clean(text string) string {
	if len(text) > maxPasted {
		text = text[:maxPasted]
	}
	text = strings.ToValidUTF8(text, "")
	if m := pastedCode.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if r := []rune(text); len(r) > MaxQuery {
		text = string(r[:MaxQuery])
	}
	words := strings.Fields(text)
	return strings.Join(words[:min(len(words), MaxWords)], " ")
}

// query is what is looked for.
type query struct {
	// terms are all to be found; the last one may be the beginning of a word where open is set.
	terms []string
	open  bool
	// whole is the query as one word, single are its names, each as one word.
	whole  string
	single []string
}

// common words say nothing where another word is there.
var common = map[string]bool{"a": true, "an": true, "and": true, "the": true, "of": true, "to": true, "in": true, "is": true, "i": true, "for": true,
	"how": true, "do": true, "on": true, "what": true, "with": true, "my": true, "are": true, "can": true, "why": true, "it": true, "or": true, "doe": true}

func parse(text string) query {
	text = Clean(text)
	q := query{whole: squashed(text)}
	list := names(text)
	var spare []string
	for _, n := range list {
		q.single = append(q.single, squashed(text[n.start:n.end]))
		terms := n.terms
		if len(terms) > 1 {
			terms = terms[:len(terms)-1] // the parts; the whole is for the index
		}
		for _, t := range terms {
			if common[t] {
				spare = append(spare, t)
			} else if len(q.terms) < maxTerms {
				q.terms = append(q.terms, t)
				q.open = n.end == len(text)
			}
		}
	}
	if len(q.terms) == 0 {
		q.terms, q.open = spare[:min(len(spare), maxTerms)], true
	}
	return q
}
