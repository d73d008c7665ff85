// Package letters owns the shape of our e-mail. A letter is written once, as data; its HTML and its plain text are
// drawn from the same words, so that they cannot differ.
package letters

import "strings"

// Letter is one e-mail. The subject says the outcome; there is at most one link.
type Letter struct {
	Subject   string
	Preview   string // the line that mail programs show beside the subject
	Greeting  string // "Hello Maija,"
	Parts     []Part
	Reference string // what to quote when asking about it
	Why       string // why this reader gets it
	Contact   string // where to ask
}

// Part is a piece of a letter. One of its fields is set.
type Part struct {
	Text    string   // a paragraph
	Heading string   // a heading between paragraphs
	List    []string // points
	Quote   []string // lines that somebody else wrote
	Facts   []Fact   // names and values
	Code    string   // a code to type, on its own line
	Link    Link     // the one thing to do
}

// Fact is one name with its value.
type Fact struct{ Name, Value string }

// Link is where the reader goes next. The text version spells the address out; so does the HTML, below the link.
type Link struct{ Text, Href string }

// Text is the plain version of the letter, with lines of any length: mail programs wrap them.
func Text(l Letter) string {
	var b strings.Builder
	paragraph := func(text string) {
		if text != "" {
			b.WriteString(text + "\n\n")
		}
	}
	paragraph(l.Greeting)
	for _, p := range l.Parts {
		paragraph(p.text())
	}
	paragraph(or(l.Reference != "", "Reference: "+l.Reference))
	b.WriteString("-- \n" + signature + "\n")
	for _, line := range []string{l.Contact, l.Why} {
		if line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// ask says whom to ask.
func ask(support string) string { return "Questions? Write to " + support + "." }

// askQuoting is ask for a letter with a reference.
func askQuoting(support string) string {
	return "Questions? Write to " + support + " and quote the reference above."
}

const signature = "Fairway"

func (p Part) text() string {
	switch {
	case p.Heading != "":
		return strings.ToUpper(p.Heading)
	case p.Code != "":
		return "    " + p.Code
	case p.Link.Href != "":
		return p.Link.Text + ":\n" + p.Link.Href
	case len(p.List) > 0:
		return "- " + strings.Join(p.List, "\n- ")
	case len(p.Quote) > 0:
		return "> " + strings.Join(p.Quote, "\n> ")
	case len(p.Facts) > 0:
		lines := make([]string, len(p.Facts))
		for i, f := range p.Facts {
			lines[i] = f.Name + ": " + f.Value
		}
		return strings.Join(lines, "\n")
	}
	return p.Text
}

func or(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}
