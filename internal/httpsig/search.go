package httpsig

import (
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// The bounds of one search. A text of two lines has 150 bytes, so the second one
// counts only for requests with very long values.
const (
	maxTried  = 5_000
	maxHashed = 8 << 20
)

// search tries texts against an uncovered block.
type search struct {
	block    *block
	lines    []line // as listed
	expected string
	request  Request
	fields   *fields
	forms    int // how many letter cases are worth trying: asSent only where a name is spelt oddly

	text   []byte // the text tried last
	tried  int
	hashed int
}

// finding is the text that was signed and how it differs from ours.
type finding struct {
	deviations []deviation
	signed     string
}

func newSearch(r Request, f *fields, list []string, b *block) *search {
	s := &search{block: b, request: r, fields: f, expected: f.signingString(f.shouldSign(list)), forms: asSent}
	look := requestLookUp(r.Method, r.Target, r.Host, r.Header)
	for _, name := range list {
		if value, ok := look(name); ok {
			l := newLine(name, value, spelt(r.Header, name))
			if l.oddly() {
				s.forms = allForms
			}
			s.lines = append(s.lines, l)
		}
	}

	return s
}

// run goes from the likeliest texts to the strangest and stops at the first that
// fits, or returns nil.
func (s *search) run() *finding {
	if s.block.hash == 0 && s.block.scheme != bare || len(s.lines) == 0 {
		return nil
	}
	for _, stage := range []func() *finding{s.layouts, s.spellings, s.twice, s.otherTexts, s.values, s.orders, s.omissions, s.draftOrder, s.extras} {
		if found := stage(); found != nil {
			return found
		}
	}

	return nil
}

// room counts a text and says whether it may still be tried.
func (s *search) room(size int) bool {
	if s.tried >= maxTried || s.hashed+size > maxHashed {
		return false
	}
	s.tried++
	s.hashed += size

	return true
}

// try renders lines and compares. The caller says what is special about the
// lines; the layout speaks for itself.
func (s *search) try(lines []line, l layout, special ...deviation) *finding {
	s.text = l.render(s.text[:0], lines)
	if !s.room(len(s.text)) || !s.block.of(s.text) {
		return nil
	}

	return &finding{signed: string(s.text), deviations: append(slices.Clone(special), l.deviations(lines)...)}
}

// trySingles tries lines in the right layout and in every one with a single fault.
func (s *search) trySingles(lines []line, special ...deviation) *finding {
	for _, l := range singles {
		if l.form >= s.forms {
			continue
		}
		if found := s.try(lines, l, special...); found != nil {
			return found
		}
	}

	return nil
}

// layouts: the listed lines in every layout, single faults first.
func (s *search) layouts() *finding {
	if found := s.trySingles(s.lines); found != nil {
		return found
	}
	for form := range s.forms {
		for separator := range separators {
			for join := range joins {
				for end := range ends {
					if found := s.try(s.lines, layout{form, separator, join, end}); found != nil {
						return found
					}
				}
			}
		}
	}

	return nil
}

// spellings: each line in a letter case of its own, as when one name was written
// by hand and the other by a library.
func (s *search) spellings() *finding {
	if len(s.lines) <= 3 {
		return s.mixes(s.forms, s.trySingles)
	}
	if len(s.lines) == 4 {
		if found := s.mixes(s.forms, func(lines []line, _ ...deviation) *finding { return s.try(lines, layout{}) }); found != nil {
			return found
		}
	}

	return s.mixes(asSpelt+1, s.trySingles)
}

// mixes tries every mix of the first letter cases.
func (s *search) mixes(forms int, try func([]line, ...deviation) *finding) *finding {
	total := 1
	for range min(len(s.lines), 8) {
		total *= forms
	}
	lines := slices.Clone(s.lines)
	for mix := 1; mix < total; mix++ {
		for i, rest := 0, mix; i < len(lines); i++ {
			lines[i].form = rest % forms
			rest /= forms
		}
		if found := try(lines); found != nil {
			return found
		}
	}

	return nil
}

// values: one value, or all of them, signed in another form than sent.
func (s *search) values() *finding {
	lines := slices.Clone(s.lines)
	for i := range lines {
		lines[i].value = `"` + lines[i].value + `"`
	}
	if found := s.trySingles(lines, deviation{CauseValue, "You signed the values in quotation marks.", "Sign them as they are sent."}); found != nil {
		return found
	}
	for i := range s.lines {
		for _, v := range s.variants(s.lines[i]) {
			lines = slices.Clone(s.lines)
			lines[i].value = v.value
			if found := s.trySingles(lines, v.deviation); found != nil {
				return found
			}
		}
	}

	return nil
}

// orders: the listed lines in every other order, for lists of up to five.
func (s *search) orders() *finding {
	if len(s.lines) > signable {
		return nil
	}
	for order := range permutations(s.lines) {
		if found := s.trySingles(order, s.inOrder(order)); found != nil {
			return found
		}
	}

	return nil
}

// inOrder says in which order lines were signed.
func (s *search) inOrder(lines []line) deviation {
	return deviation{CauseOrder, "You signed the lines in the order " + shown(listOf(lines), 80) + ", but headers lists " + shown(listOf(s.lines), 80) + ".",
		"Sign in the order of the list."}
}

func listOf(lines []line) string {
	names := make([]string, len(lines))
	for i := range lines {
		names[i] = lines[i].names[lowerCase]
	}

	return strings.Join(names, " ")
}

// omissions: some of the listed lines only, in any order.
func (s *search) omissions() *finding {
	if len(s.lines) > signable {
		return nil
	}
	for mask := 1<<len(s.lines) - 2; mask > 0; mask-- {
		var kept []line
		var left []string
		for i := range s.lines {
			if mask>>i&1 == 1 {
				kept = append(kept, s.lines[i])
			} else {
				left = append(left, s.lines[i].names[lowerCase])
			}
		}
		omitted := deviation{CauseMissingHeader, "You did not sign " + strings.Join(left, " and ") + ", which headers lists.", "Sign every listed line."}
		if found := s.trySingles(kept, omitted); found != nil {
			return found
		}
		for order := range permutations(kept) {
			if found := s.try(order, layout{}, omitted); found != nil {
				return found
			}
		}
	}

	return nil
}

// extras: one or two further headers in front of, between or behind the listed lines.
func (s *search) extras() *finding {
	more := s.unlisted()
	for _, extra := range more {
		special := alsoSigned(extra)
		for at := range len(s.lines) + 1 {
			if found := s.trySingles(slices.Insert(slices.Clone(s.lines), at, extra), special); found != nil {
				return found
			}
		}
	}
	for i, first := range more {
		for j, second := range more {
			if i == j {
				continue
			}
			two := []line{first, second}
			for _, lines := range [][]line{slices.Concat(two, s.lines), slices.Concat(s.lines, two), slices.Concat(two[:1], s.lines, two[1:])} {
				if found := s.try(lines, layout{}, alsoSigned(two...)); found != nil {
					return found
				}
			}
		}
	}

	return nil
}

// draftOrder is what libraries made for the draft sign: target, host, date, the rest.
func (s *search) draftOrder() *finding {
	more := s.unlisted()
	for _, names := range [][]string{
		{"(request-target)", "host", "date"}, {"date", "(request-target)", "host"},
		{"(request-target)", "host", "date", "content-type"}, {"(request-target)", "host", "date", "content-type", "content-length"},
	} {
		var front []line
		for _, name := range names {
			if i := slices.IndexFunc(more, func(l line) bool { return l.names[lowerCase] == name }); i >= 0 {
				front = append(front, more[i])
			}
		}
		if len(front) == 0 {
			continue
		}
		if found := s.trySingles(slices.Concat(front, s.lines), alsoSigned(front...)); found != nil {
			return found
		}
	}

	return nil
}

func alsoSigned(lines ...line) deviation {
	return deviation{CauseExtraHeader, "You signed " + strings.ReplaceAll(listOf(lines), " ", " and ") + " too, which headers does not list and this interface does not sign.",
		"Leave it out."}
}

// unlisted are the headers that other interfaces sign, as far as the request has
// them. Tokens and API keys are not among them: a text that was found is shown.
func (s *search) unlisted() []line {
	look := requestLookUp(s.request.Method, s.request.Target, s.request.Host, s.request.Header)
	var more []line
	for _, name := range []string{
		"date", "(request-target)", "host", "consent-id", "content-type", "content-length", "psu-ip-address",
		"psu-id", "psu-corporate-id", "tpp-redirect-uri", "tpp-nok-redirect-uri", "psu-id-type",
	} {
		value, ok := look(name)
		if name == "content-length" && !ok {
			value, ok = strconv.Itoa(len(s.request.Body)), true
		}
		if ok && !slices.ContainsFunc(s.lines, func(l line) bool { return l.names[lowerCase] == name }) {
			more = append(more, newLine(name, value, spelt(s.request.Header, name)))
		}
	}

	return more
}

// twice: the hash of the hash, or of its text, as when a tool that hashes by
// itself is given a hash.
func (s *search) twice() *finding {
	const fix = "Give the signing string itself to the function that signs; it hashes once."
	for _, l := range singles {
		text := l.render(nil, s.lines)
		for _, in := range innerTexts(text) {
			if !s.room(len(in.text)) || !s.block.of([]byte(in.text)) {
				continue
			}
			if in.encoded {
				return &finding{signed: in.text, deviations: []deviation{
					{CauseOtherText, "You signed " + in.what + " of the signing string.", "Sign the string itself."}}}
			}
			hashedAgain := deviation{CauseDoubleHash, "You signed " + in.what + " of the signing string, which was then hashed again.", fix}

			return &finding{signed: string(text), deviations: append([]deviation{hashedAgain}, l.deviations(s.lines)...)}
		}
	}

	return nil
}

// innerText is what people make of a text before they sign it.
type innerText struct {
	text, what string
	encoded    bool // the text itself, not its hash
}

func innerTexts(text []byte) []innerText {
	all := []innerText{
		{base64.StdEncoding.EncodeToString(text), "the base64", true},
		{hex.EncodeToString(text), "the hexadecimal text", true},
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		s := sum(hash, text)
		low := hex.EncodeToString(s.bytes())
		all = append(all,
			innerText{string(s.bytes()), "the hash", false},
			innerText{low, "the hexadecimal text of the hash", false},
			innerText{strings.ToUpper(low), "the hexadecimal text of the hash", false},
			innerText{base64.StdEncoding.EncodeToString(s.bytes()), "the base64 of the hash", false})
	}

	return all
}

// otherTexts: the body, or values without names.
func (s *search) otherTexts() *finding {
	var values []string
	for i := range s.lines {
		values = append(values, s.lines[i].value)
	}
	type other struct{ text, what string }
	texts := []other{{string(s.request.Body), "the body"}, {s.fields.value(fieldDigest), "the value of Digest alone"}}
	if _, hash, ok := strings.Cut(s.fields.value(fieldDigest), "="); ok {
		texts = append(texts, other{hash, "the digest alone"})
		if raw, err := strict.DecodeString(hash); err == nil {
			texts = append(texts, other{string(raw), "the hash of the body"})
		}
	}
	for _, j := range joins {
		texts = append(texts, other{strings.Join(values, j.text), "the values without the names of the headers"})
	}
	for _, t := range texts {
		if s.room(len(t.text)) && s.block.of([]byte(t.text)) {
			return &finding{signed: t.text, deviations: []deviation{{CauseOtherText, "You signed " + t.what + ".",
				"Sign one line for each listed header: name, colon, blank, value."}}}
		}
	}

	return nil
}
