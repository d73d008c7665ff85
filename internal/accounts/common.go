package accounts

import (
	_ "embed" // common.txt
	"strings"
	"sync"
)

//go:embed common.txt
var commonText string

type commonSet map[string]struct{}

func (s commonSet) has(folded string) bool {
	_, ok := s[folded]
	return ok
}

// commonPasswords expands common.txt once, each entry of eight characters or more folded and as it is.
var commonPasswords = sync.OnceValue(func() commonSet {
	lists := map[string][]string{}
	for line := range strings.Lines(commonText) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			lists[words[0]] = append(lists[words[0]], words[1:]...)
		}
	}
	set := commonSet{}
	add := func(entry string) {
		if len(entry) >= 8 {
			set[entry] = struct{}{}
			set[fold(entry)] = struct{}{}
		}
	}
	for _, list := range []string{"words", "whole"} {
		for _, word := range lists[list] {
			add(word)
			for _, ending := range lists["endings"] {
				add(word + ending)
			}
		}
	}
	for _, first := range lists["pairs-first"] {
		for _, second := range lists["pairs-second"] {
			add(first + second)
		}
	}
	return set
})
