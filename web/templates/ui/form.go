package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// FormView is a form. It posts unless Get is set; then it has no token and its values are in the address.
type FormView struct {
	ID     string
	Action string
	Token  string
	Get    bool
	Files  bool   // it carries files
	File   bool   // the answer is a file to save, so the page stays
	Class  string // "filters" lays the fields out in a row, "narrow" keeps a log-in form readable
	Attrs  templ.Attributes
}

// FieldView is one line, or with TextArea many lines, to be typed. ID defaults to Name.
type FieldView struct {
	ID, Name, Label string
	Hint, Error     string
	Value           string
	Type            string // "text" when empty
	Autocomplete    string
	InputMode       string
	Rows            int  // of a TextArea
	Mono            bool // keys, hashes, addresses
	Short           bool // codes of a few characters
	Optional        bool // says so beside the label
	Accept          string
	Attrs           templ.Attributes
}

// Option is one choice.
type Option struct {
	Value, Text string
	Hint        string // Radios and Checkboxes only
	Selected    bool
	Disabled    bool
	Attrs       templ.Attributes // Radios and Checkboxes only
}

// SelectView is a list to choose one from. The option equal to Value is selected, or the one that says so.
type SelectView struct {
	ID, Name, Label string
	Hint, Error     string
	Value           string
	Options         []Option
	Attrs           templ.Attributes
}

// CheckView is one box to tick.
type CheckView struct {
	ID, Name, Value, Label string
	Hint, Error            string
	Checked                bool
	Attrs                  templ.Attributes
}

// ChoiceView is a group of Radios or Checkboxes under one question. Value selects a radio.
type ChoiceView struct {
	ID, Name, Legend string
	Hint, Error      string
	Value            string
	Options          []Option
	Inline           bool
}

// FactorView asks for a code of the second factor in a form whose act needs a recent one. The field's name is "code".
type FactorView struct {
	Ask   bool
	Error string
	// Value is what was typed, where something else in the form was wrong.
	Value string
}

func (v FactorView) field() FieldView {
	return FieldView{Name: "code", Label: "Code of your authenticator app", Autocomplete: "one-time-code", InputMode: "numeric", Short: true,
		Value: v.Value, Error: v.Error, Hint: "Asked again after five minutes, before anything is decided or changed."}
}

// FieldError is what is wrong with a form. Field is the id of the field, or empty where no field is to blame.
type FieldError struct{ Field, Text string }

func (v FormView) method() string {
	if v.Get {
		return "get"
	}
	return "post"
}

func (v FormView) attributes() templ.Attributes {
	a := merged(v.Attrs, attribute("id", v.ID), attribute("class", join("form", v.Class)))
	if v.Files {
		a["enctype"] = "multipart/form-data"
	}
	if !v.Get {
		a["data-once"] = when(v.File, "download")
	}
	return a
}

func (v FieldView) id() string  { return or(v.ID, v.Name) }
func (v SelectView) id() string { return or(v.ID, v.Name) }
func (v CheckView) id() string  { return or(v.ID, v.Name) }
func (v ChoiceView) id() string { return or(v.ID, v.Name) }

func (v FieldView) attributes() templ.Attributes {
	return merged(described(v.id(), v.Hint, v.Error),
		attribute("class", join("input", when(v.Mono, "mono"), when(v.Short, "short"))),
		attribute("autocomplete", v.Autocomplete), attribute("inputmode", v.InputMode), attribute("accept", v.Accept),
		plainTyping(v), v.Attrs)
}

// plainTyping keeps browsers from correcting keys and hashes.
func plainTyping(v FieldView) templ.Attributes {
	if !v.Mono {
		return nil
	}
	return templ.Attributes{"spellcheck": "false", "autocapitalize": "none"}
}

func (v FieldView) rows() string {
	if v.Rows == 0 {
		return "6"
	}
	return strconv.Itoa(v.Rows)
}

func (v SelectView) attributes() templ.Attributes {
	return merged(described(v.id(), v.Hint, v.Error), v.Attrs)
}

func (v SelectView) selected(o Option) bool { return o.Selected || v.Value != "" && v.Value == o.Value }

func (v CheckView) attributes() templ.Attributes {
	return merged(described(v.id(), v.Hint, v.Error), v.Attrs)
}

func (v ChoiceView) attributes() templ.Attributes { return described(v.id(), v.Hint, v.Error) }

func (v ChoiceView) selected(o Option) bool { return o.Selected || v.Value != "" && v.Value == o.Value }

// optionID is the group's own id for the first option, so that the error summary can lead to it.
func (v ChoiceView) optionID(i int) string {
	if i == 0 {
		return v.id()
	}
	return v.id() + "-" + strconv.Itoa(i+1)
}

func (v ChoiceView) optionHint(i int, o Option) templ.Attributes {
	return merged(o.Attrs, attribute("aria-describedby", when(o.Hint != "", v.optionID(i)+"-hint")))
}

// described ties a field to its hint and its error.
func described(id, hint, fault string) templ.Attributes {
	a := attribute("aria-describedby", join(when(hint != "", id+"-hint"), when(fault != "", id+"-error")))
	if fault != "" {
		a = merged(a, templ.Attributes{"aria-invalid": "true"})
	}
	return a
}

func fieldClass(fault string) string { return join("field", when(fault != "", "invalid")) }
