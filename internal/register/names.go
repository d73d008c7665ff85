package register

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// forms are company forms as they read after folding, with the form that they stand for. Only spellings of one form are
// the same: a limited company and a public one of the same name are two companies.
var forms = map[string]string{
	"limited": "ltd", "ltd": "ltd", "public limited company": "plc", "plc": "plc", "designated activity company": "dac", "dac": "dac",
	"unlimited company": "uc", "uc": "uc", "llc": "llc", "llp": "llp", "lp": "lp", "inc": "inc",
	"gmbh": "gmbh", "gesellschaft mit beschrankter haftung": "gmbh", "ag": "ag", "aktiengesellschaft": "ag", "kg": "kg", "se": "se",
	"oy": "oy", "osakeyhtio": "oy", "oyj": "oyj", "ab": "ab", "aktiebolag": "ab", "ab publ": "ab", "abp": "abp",
	"as": "as", "aksjeselskap": "as", "aktieselskab": "as", "asa": "asa", "aps": "aps", "anpartsselskab": "aps", "ehf": "ehf", "hf": "hf",
	"ou": "ou", "osauhing": "ou", "aktsiaselts": "as", "uab": "uab", "sia": "sia",
	"bv": "bv", "besloten vennootschap": "bv", "nv": "nv", "bvba": "bvba", "srl": "srl", "sprl": "sprl",
	"sa": "sa", "societe anonyme": "sa", "sociedad anonima": "sa", "sas": "sas", "sarl": "sarl", "sl": "sl", "slu": "sl", "sau": "sa", "spa": "spa", "lda": "lda",
	"sp zoo": "spzoo", "sp z oo": "spzoo", "sro": "sro", "kft": "kft", "zrt": "zrt", "nyrt": "nyrt", "doo": "doo", "dd": "dd",
	"ad": "ad", "ead": "ad", "ood": "ood", "eood": "ood", "ae": "ae",
}

// longestForm is how many words a form has at most.
const longestForm = 4

// letters are Latin ones that do not come apart into a letter and an accent.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ħ", "h", "ı", "i", "ŋ", "n")

// SameName tells whether a certificate's organizationName is one of the entry's names or trade names, apart from case,
// accents, punctuation and the spelling of its company form. It is for a warning: it decides nothing.
func SameName(organization string, e Entity) bool {
	asked := nameOf(organization)
	return asked.core != "" && slices.ContainsFunc(slices.Concat(e.Names, e.TradeNames), func(name string) bool {
		return asked.same(nameOf(name))
	})
}

// SameCompany tells whether two names are one, read as SameName reads them.
func SameCompany(a, b string) bool {
	one := nameOf(a)
	return one.core != "" && one.same(nameOf(b))
}

// companyName is a folded name without its company forms.
type companyName struct {
	core  string
	forms []string
}

// same compares names. A form that one of them leaves out is no difference.
func (c companyName) same(other companyName) bool {
	shared := func(form string) bool { return slices.Contains(other.forms, form) }
	return c.core == other.core && (len(c.forms) == 0 || len(other.forms) == 0 || slices.ContainsFunc(c.forms, shared))
}

// nameOf takes the forms from the end and from the beginning, where some countries write them, and leaves one word at
// least.
func nameOf(text string) companyName {
	words := fold(text)
	var c companyName
	for n := longestForm; n >= 1; n-- {
		if len(words) <= n {
			continue
		}
		if form, ok := forms[strings.Join(words[len(words)-n:], " ")]; ok {
			c.forms, words = append(c.forms, form), words[:len(words)-n]
			break
		}
	}
	if len(words) > 1 {
		if form, ok := forms[words[0]]; ok {
			c.forms, words = append(c.forms, form), words[1:]
		}
	}
	c.core = strings.Join(words, " ")
	return c
}

// fold gives the words of a name in small letters without accents. Dots, apostrophes and slashes join, as in B.V. and A/S;
// all other signs part.
func fold(text string) []string {
	text = letters.Replace(strings.ToLower(clip(text, maxShown)))
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), strings.ContainsRune("./'’", r):
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return r
		}
		return ' '
	}, norm.NFKD.String(text))
	return strings.Fields(kept)
}
