// Package ui owns the parts that every page is made of: buttons, fields, tables, alerts and the rest of the design
// system, as templ components with small structs of what the eye sees.
package ui

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"fairway/web/static"
)

// Tone is what a colour means. It is always shown beside a word and, where it reports a state, an icon.
type Tone string

// The tones. Sandbox marks the environment and is never a status.
const (
	Plain   Tone = ""
	OK      Tone = "ok"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Note    Tone = "note"
	Sandbox Tone = "env"
)

// Look is how loud a button is. A page has one Primary button.
type Look string

// The looks of buttons.
const (
	Default Look = ""
	Primary Look = "primary"
	Ghost   Look = "ghost"
	Danger  Look = "danger"
)

// State is how far a step has come.
type State string

// The states of steps, tasks and events.
const (
	Done   State = "done"
	Todo   State = "todo" // can be begun
	Now    State = "now"
	Locked State = "locked"
	Failed State = "failed"
)

// StatusTone is the tone of an HTTP status.
func StatusTone(status int) Tone {
	switch {
	case status == 429:
		return Warn
	case status >= 400:
		return Bad
	case status >= 300:
		return Note
	case status >= 200:
		return OK
	}
	return Plain
}

func toneIcon(t Tone) string {
	switch t {
	case OK:
		return "circle-check"
	case Warn:
		return "triangle-alert"
	case Bad:
		return "circle-x"
	case Sandbox:
		return "flask-conical"
	}
	return "info"
}

func methodTone(method string) Tone {
	switch strings.ToUpper(method) {
	case "GET", "HEAD":
		return Note
	case "POST":
		return OK
	case "PUT", "PATCH":
		return Warn
	case "DELETE":
		return Bad
	}
	return Plain
}

func sprite(name string) string { return static.URL("icons.svg") + "#" + name }

// or is the first of its arguments that says something.
func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// join lists class names or ids, leaving out those that are empty.
func join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}

// when gives the text only if the condition holds.
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

func number(n int) string { return strconv.Itoa(n) }

func attribute(name, value string) templ.Attributes {
	if value == "" {
		return nil
	}
	return templ.Attributes{name: value}
}

// Thousands writes a number as people read it: 1,000.
func Thousands[N int | int64](n N) string { return grouped(strconv.FormatInt(int64(n), 10)) }

// grouped puts commas into digits.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
