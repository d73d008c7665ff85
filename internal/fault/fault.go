// Package fault owns the errors that may reach a person or a client: a kind that each door turns into a
// status, a stable code, a sentence that says what happened, why and what to do, and a private cause.
package fault

import (
	"errors"
	"time"
)

// Kind is the family of a fault. Each door has one table from kinds to its own statuses.
type Kind int

// The kinds. The zero value is Internal, so that a fault that forgot its kind says nothing to anybody.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	TooMany
	Unavailable
)

// String names the kind for logs.
func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "too_many", "unavailable"}
	if k >= 0 && int(k) < len(names) {
		return names[k]
	}
	return "internal"
}

// Field is what is wrong with one input of a form, header or body.
type Field struct {
	// Name is the input's name as the sender wrote it.
	Name string
	// Message is a sentence that tells what to enter instead.
	Message string
}

// Error is a fault. Message is written for whoever sent the request; the cause is for the log alone.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	// Path points to the header, field or parameter that is at fault, as tppMessages want it.
	Path string
	// Fields are the findings of a form, all at once.
	Fields []Field
	// RetryAfter is how long the sender should wait; zero where waiting does not help.
	RetryAfter time.Duration
	cause      error
}

// Error is the text for logs: code, sentence and cause.
func (e *Error) Error() string {
	s := e.Code + ": " + e.Message
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap gives the private cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is a fault of the same code, so that sentinels compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Code != ""
}

// New makes a fault of the given kind, code and sentence.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// With returns a copy that carries a private cause for the log.
func (e *Error) With(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// At returns a copy that points to the header, field or parameter at fault.
func (e *Error) At(path string) *Error {
	c := *e
	c.Path = path
	return &c
}

// Saying returns a copy with another sentence and the same code.
func (e *Error) Saying(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// After returns a copy that asks the sender to wait.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Form is an Invalid fault that lists every field at fault.
func Form(fields ...Field) *Error {
	return &Error{Kind: Invalid, Code: "form_invalid", Message: "Some answers need another look.", Fields: fields}
}

// Of finds the fault in err. What is not a fault comes back as Internal with the code "internal".
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Message: "Something failed on our side.", cause: err}
}

// Is reports whether err carries a fault of this kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
