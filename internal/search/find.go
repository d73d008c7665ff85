package search

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

const (
	// mostWords is how many words of the index one word of a query may stand for.
	mostWords = 64
	// typoFrom is how many letters a word has whose wrong letter is forgiven.
	typoFrom = 5

	begun = 0.6 // how much a word counts that was typed in part
	typo  = 0.4 // or with a wrong letter
)

// Result is an entry that was found.
type Result struct {
	Entry
	// Snippet is the part of its body where the words stand, or its beginning.
	Snippet []Span
}

// Span is a piece of text; Hit marks what was looked for.
type Span struct {
	Text string
	Hit  bool
}

// standing is how well one entry matches.
type standing struct {
	entry int32
	mask  uint16 // which terms it has
	score float32
}

// Find lists what matches a query, the best first, at most so many. An entry that is called what was typed comes first. Where no
// entry has all of the words, those with the most of them are listed.
func (x *Index) Find(text string, most int) []Result {
	q := parse(text)
	list, hits := x.match(q)
	list = x.called(list, q)
	full := 0
	for _, s := range list {
		full = max(full, bits.OnesCount16(s.mask))
	}
	list = slices.DeleteFunc(list, func(s standing) bool { return s.score < oneName && bits.OnesCount16(s.mask) < full })
	slices.SortFunc(list, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry))
	})
	out := make([]Result, 0, min(len(list), most))
	for _, s := range list[:min(len(list), most)] {
		e := x.entries[s.entry]
		out = append(out, Result{Entry: e, Snippet: snippet(e.Body, hits)})
	}
	return out
}

// match looks up each term. Of the words that a term stands for, an entry is credited with the best.
func (x *Index) match(q query) ([]standing, map[string]bool) {
	all, hits := make([]standing, len(x.entries)), map[string]bool{}
	best := make([]float32, len(x.entries))
	for n, t := range q.terms {
		clear(best)
		for _, m := range x.standsFor(t, q.open && n == len(q.terms)-1) {
			hits[x.words[m.word]] = true
			for _, p := range x.found[m.word] {
				best[p.entry] = max(best[p.entry], p.weight*m.factor)
			}
		}
		for i, w := range best {
			if w > 0 {
				all[i].mask |= 1 << n
				all[i].score += w
			}
		}
	}
	found := all[:0]
	for i, s := range all {
		if s.mask != 0 {
			s.entry = int32(i)
			found = append(found, s)
		}
	}
	return found, hits
}

// called lifts the entries whose name or title was typed.
func (x *Index) called(list []standing, q query) []standing {
	lift := func(entries []int32, by float32) {
		for _, e := range entries {
			if i, ok := slices.BinarySearchFunc(list, e, func(s standing, e int32) int { return cmp.Compare(s.entry, e) }); ok {
				list[i].score += by
			}
		}
	}
	lift(x.names[q.whole], wholeName)
	lift(x.titles[q.whole], wholeTitle)
	for _, single := range q.single {
		lift(x.names[single], oneName)
	}
	return list
}

type meaning struct {
	word   int
	factor float32
}

// standsFor are the words of the index that a term may mean: itself, what it begins, or else what it was meant to be.
func (x *Index) standsFor(t string, open bool) []meaning {
	var out []meaning
	at := sort.SearchStrings(x.words, t)
	if at < len(x.words) && x.words[at] == t {
		out = append(out, meaning{at, 1})
		at++
	}
	for ; open && at < len(x.words) && len(out) < mostWords && strings.HasPrefix(x.words[at], t); at++ {
		out = append(out, meaning{at, begun})
	}
	if len(out) > 0 || utf8.RuneCountInString(t) < typoFrom {
		return out
	}
	for i, w := range x.words {
		if len(out) < mostWords && near(t, w) {
			out = append(out, meaning{i, typo})
		}
	}
	return out
}
