package accounts

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/fault"
)

// The length of a password in characters. There is no rule about which characters (ASVS 6.2.1, 6.2.5).
const (
	MinPassword = 12
	MaxPassword = 128
)

// passwordField reports what is wrong with a new password. The context is what an attacker would try first: the
// address and the organisation that it belongs to.
func passwordField(password, email, organisation string) []fault.Field {
	message := ""
	switch n := utf8.RuneCountInString(password); {
	case password == "":
		message = "Enter a password."
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		message = "The password holds characters that cannot be read. Type it again."
	case n < MinPassword || n > MaxPassword:
		message = fmt.Sprintf("The password must have %d to %d characters. Yours has %d.", MinPassword, MaxPassword, n)
	case common(password):
		message = "This password is one of those that are tried first. Choose another: a few unrelated words work well."
	case madeOf(password, contextWords(email, organisation)):
		message = "This password is made of your address, your organisation or the name of this portal. Choose one that says nothing about you."
	default:
		return nil
	}
	return []fault.Field{{Name: "password", Message: message}}
}

// common reports whether the password is on the list, a run of the keyboard or the alphabet, or a short piece
// repeated.
func common(password string) bool {
	whole := fold(password)
	if commonPasswords().has(whole) || commonPasswords().has(strings.TrimRight(strings.ToLower(plain(password)), "0123456789")) {
		return true
	}
	return fewCharacters(whole) || running(strings.ToLower(password)) || repeated(whole)
}

// plain keeps letters and digits.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

var lookAlikes = strings.NewReplacer("@", "a", "$", "s", "!", "i", "0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t")

// fold makes one form of the ways to write the same password: lower case, look-alikes replaced, punctuation gone.
func fold(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return plain(lookAlikes.Replace(strings.ToLower(s)))
}

func fewCharacters(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) < 5
}

// running reports whether nearly every character is the neighbour of the one before: abcdefghijkl, 123456789012.
func running(s string) bool {
	runes := []rune(s)
	steps := 0
	for i := 1; i < len(runes); i++ {
		d := runes[i] - runes[i-1]
		if d == 1 || d == -1 || d == 0 || runes[i-1] == '9' && runes[i] == '0' || runes[i-1] == 'z' && runes[i] == 'a' {
			steps++
		}
	}
	return len(runes) > 1 && steps >= len(runes)-3
}

// repeated reports whether the text is one piece two times or more, and the piece is short or itself common.
func repeated(s string) bool {
	runes := []rune(s)
	for size := 1; size <= len(runes)/2; size++ {
		piece := string(runes[:size])
		if len(runes)%size == 0 && strings.Repeat(piece, len(runes)/size) == s {
			return size < 8 || commonPasswords().has(piece)
		}
	}
	return false
}

// contextWords are the words of the address, the organisation and this portal that are long enough to matter.
func contextWords(email, organisation string) []string {
	words := []string{"fairway", "portal", "sandbox"}
	local, domain, _ := strings.Cut(email, "@")
	for _, text := range []string{local, domain, organisation} {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(word) >= 4 {
				words = append(words, fold(word))
			}
		}
	}
	return append(words, fold(organisation), fold(local))
}

// madeOf reports whether little remains of the password once the words are taken out of it.
func madeOf(password string, words []string) bool {
	rest := fold(password)
	found := false
	for _, word := range words {
		if len(word) >= 4 && strings.Contains(rest, word) {
			found = true
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	return found && (utf8.RuneCountInString(rest) < 8 || commonPasswords().has(rest))
}
