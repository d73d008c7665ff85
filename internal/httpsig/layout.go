package httpsig

import (
	"net/http"
	"slices"
	"strings"
)

// line is one line of a signing string: a name in its spellings, a value.
type line struct {
	names [allForms]string // by the forms below
	value string
	form  int // how this line alone is spelt, while its layout says lowerCase
}

// The letter cases in which people sign a name.
const (
	lowerCase = iota
	asSpelt   // X-Request-ID
	canonical // X-Request-Id
	upperCase
	asSent // as the request spells it, where that is none of the above
	allForms
)

func newLine(name, value, sent string) line {
	return line{value: value, names: [allForms]string{name, spelling(name), http.CanonicalHeaderKey(name), strings.ToUpper(name), sent}}
}

// oddly says whether the request spells the name in none of the usual ways.
func (n *line) oddly() bool { return !slices.Contains(n.names[:asSent], n.names[asSent]) }

// layout is how lines become a text. Its zero value is the right one.
type layout struct{ form, separator, join, end int }

// The ways that are tried, the right one first, each with what to say about it.
var (
	separators = [...]struct{ text, what string }{
		{": ", ""}, {":", "no blank after the colon"}, {" : ", "a blank before the colon"},
		{"=", `"=" instead of a colon and a blank`}, {":  ", "two blanks after the colon"},
	}
	joins = [...]struct{ text, what, fix string }{
		{"\n", "", ""},
		{"\r\n", "CR LF", "Join them with LF (\\n) alone."},
		{", ", "a comma and a blank", "Join them with a line feed."},
		{" ", "a blank", "Join them with a line feed."},
		{"", "nothing", "Join them with a line feed."},
		{`\n`, `the two characters \n`, `Join them with a real line feed: in a shell use printf, not quotation marks.`},
		{",", "a comma", "Join them with a line feed."},
	}
	ends = [...]struct{ text, what string }{
		{"", ""}, {"\n", "a line feed"}, {"\r\n", "CR LF"}, {`\n`, `the two characters \n`},
	}
)

// singles are the right layout and every layout with one thing wrong.
var singles = func() []layout {
	all := []layout{{}}
	for i := 1; i < allForms; i++ {
		all = append(all, layout{form: i})
	}
	for i := 1; i < len(separators); i++ {
		all = append(all, layout{separator: i})
	}
	for i := 1; i < len(joins); i++ {
		all = append(all, layout{join: i})
	}
	for i := 1; i < len(ends); i++ {
		all = append(all, layout{end: i})
	}

	return all
}()

// render appends the text that these lines make in this layout.
func (l layout) render(b []byte, lines []line) []byte {
	for i := range lines {
		if i > 0 {
			b = append(b, joins[l.join].text...)
		}
		b = append(b, lines[i].spelt(l.form)...)
		b = append(b, separators[l.separator].text...)
		b = append(b, lines[i].value...)
	}

	return append(b, ends[l.end].text...)
}

func (n *line) spelt(form int) string {
	if form == lowerCase {
		form = n.form
	}

	return n.names[form]
}

// deviation is one thing that was done differently: its cause, what happened,
// what to do.
type deviation struct{ cause, what, fix string }

// deviations puts a layout into words, the most telling first.
func (l layout) deviations(lines []line) []deviation {
	var all []deviation
	if d, ok := l.capitals(lines); ok {
		all = append(all, d)
	}
	if l.separator > 0 {
		all = append(all, deviation{CauseSeparator, "You signed " + separators[l.separator].what + ".",
			`Write each line as the name, a colon, one blank and the value.`})
	}
	if l.join > 0 && len(lines) > 1 {
		all = append(all, deviation{CauseLineEnd, "You joined the lines with " + joins[l.join].what + ".", joins[l.join].fix})
	}
	if l.end > 0 {
		all = append(all, deviation{CauseTrailingNewline, "You signed " + ends[l.end].what + " after the last line.",
			"The string ends with the last value: use printf '%s' rather than echo."})
	}

	return all
}

// capitals names one header that was not signed in lower case, X-Request-ID if it is among them.
func (l layout) capitals(lines []line) (deviation, bool) {
	var name, lower string
	for i := range lines {
		spelt := lines[i].spelt(l.form)
		if spelt != lines[i].names[lowerCase] && (name == "" || lines[i].names[lowerCase] == "x-request-id") {
			name, lower = spelt, lines[i].names[lowerCase]
		}
	}

	return deviation{CauseCase, "You signed " + shown(name, 40) + " with capital letters; header names must be lower case.",
		"Change it to " + shown(lower, 40) + " and sign again."}, name != ""
}
