package ui

import "github.com/a-h/templ"

// ButtonView is a button in a form. It submits unless Type says otherwise.
type ButtonView struct {
	Text  string
	For   string // read out after the text and not shown: "Copy" + "client secret"
	Icon  string // of the sprite, before the text
	Look  Look
	Small bool
	Wide  bool // as wide as what surrounds it

	Type        string // "submit" when empty
	Name, Value string
	FormAction  string // another address for the same form
	Autofocus   bool
	Attrs       templ.Attributes
}

// LinkView is a link that looks like a button, for going somewhere; what changes something is a Button.
type LinkView struct {
	Text   string
	For    string
	Href   string
	Icon   string
	After  string // an icon after the text: "arrow-right"
	Look   Look
	Small  bool
	Wide   bool
	Dialog string // id of the Dialog that a script shows instead of following the link
	File   bool   // the link saves a file
	Attrs  templ.Attributes
}

// PostView is a form of one button: an act on one row or card.
type PostView struct {
	ID     string
	Action string
	Token  string
	Fields []Hidden
	Button ButtonView
	File   bool // the answer is a file to save, so the page stays
}

// Hidden is a form value that is not shown.
type Hidden struct{ Name, Value string }

func (v ButtonView) class() string {
	return join("btn", string(v.Look), when(v.Small, "sm"), when(v.Wide, "wide"))
}

func (v ButtonView) attributes() templ.Attributes {
	return merged(v.Attrs, attribute("name", v.Name), attribute("value", v.Value), attribute("formaction", v.FormAction))
}

func (v LinkView) class() string {
	return join("btn", string(v.Look), when(v.Small, "sm"), when(v.Wide, "wide"))
}

func (v LinkView) attributes() templ.Attributes {
	return merged(v.Attrs, attribute("data-dialog", when(v.Dialog != "", "#"+v.Dialog)))
}

func (v PostView) attributes() templ.Attributes {
	return merged(attribute("id", v.ID), templ.Attributes{"data-once": when(v.File, "download")})
}

// merged puts sets of attributes together; the later one wins.
func merged(sets ...templ.Attributes) templ.Attributes {
	out := templ.Attributes{}
	for _, set := range sets {
		for name, value := range set {
			out[name] = value
		}
	}
	return out
}
