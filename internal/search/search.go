// Package search owns the index of what can be read here: sections of the documentation, terms, codes, header names,
// operations and changes, found by their words. It is pure: an index is made from entries and never changes.
package search

import (
	"math"
	"slices"
	"sort"
)

// Entry is one place that can be found.
type Entry struct {
	// Group is the heading under which it is listed, as in "Codes".
	Group string
	// Title is the page or the thing, Section the part of the page; empty where it is the page itself.
	Title, Section string
	// Href is its address on the portal.
	Href string
	// Names are what it is called exactly: a code, a header, a field. Who types one finds it first.
	Names []string
	// Also are words and phrases with which people ask for it and that its text does not use.
	Also []string
	// Body is its text without markup.
	Body string
}

// How much a word counts by where it stands. In the body the first occurrence counts most.
const (
	inName    = 40
	inTitle   = 14
	inSection = 12
	inBody    = 2
	maxInBody = 6

	wholeName  = 1e6 // the whole query is the name
	oneName    = 1e5 // a word of the query is the name
	wholeTitle = 1e3
)

// Index is what New made of entries. It is safe for concurrent use.
type Index struct {
	entries []Entry
	words   []string    // all terms, sorted
	found   [][]posting // by the place in words
	names   map[string][]int32
	titles  map[string][]int32
}

type posting struct {
	entry  int32
	weight float32
}

// New makes an index. Of entries that match equally well the earlier one is listed first.
func New(entries []Entry) *Index {
	x := &Index{entries: slices.Clone(entries), names: map[string][]int32{}, titles: map[string][]int32{}}
	all := map[string][]posting{}
	for i, e := range x.entries {
		at := int32(i)
		for t, w := range weights(e) {
			all[t] = append(all[t], posting{at, w})
		}
		for _, n := range e.Names {
			x.names[squashed(n)] = append(x.names[squashed(n)], at)
		}
		for _, phrase := range e.Also {
			x.titles[squashed(phrase)] = append(x.titles[squashed(phrase)], at)
		}
		x.titles[squashed(e.Title+e.Section)] = append(x.titles[squashed(e.Title+e.Section)], at)
		if e.Section != "" {
			x.titles[squashed(e.Section)] = append(x.titles[squashed(e.Section)], at)
		}
	}
	for t := range all {
		x.words = append(x.words, t)
	}
	sort.Strings(x.words)
	for _, t := range x.words {
		list := all[t]
		rare := float32(math.Log1p(float64(len(entries)) / float64(len(list))))
		for i := range list {
			list[i].weight *= rare
		}
		x.found = append(x.found, list)
	}
	return x
}

// weights are the terms of an entry and how much each counts.
func weights(e Entry) map[string]float32 {
	out := map[string]float32{}
	atLeast := func(text string, w float32) {
		for _, n := range names(text) {
			for _, t := range n.terms {
				out[t] = max(out[t], w)
			}
		}
	}
	for _, n := range names(e.Body) {
		for _, t := range n.terms {
			out[t] = min(out[t]+inBody, maxInBody)
		}
	}
	atLeast(e.Section, inSection)
	if e.Section == "" {
		atLeast(e.Title, inTitle)
	} else {
		atLeast(e.Title, inBody)
	}
	for _, phrase := range e.Also {
		atLeast(phrase, inSection)
	}
	for _, n := range e.Names {
		atLeast(n, inName)
	}
	return out
}

// Len is how many entries there are.
func (x *Index) Len() int { return len(x.entries) }
