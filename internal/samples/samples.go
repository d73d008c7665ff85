// Package samples writes one request as a program in six languages: what a developer copies, saves beside the files of her
// ZIP archive and runs.
//
// It sends nothing and knows no secret. What is secret stands in every program as a variable of env.sh.
package samples

import (
	"errors"
	"slices"
)

// ErrUnwritable is what Write answers where a request holds what no program text or no request can carry: bytes that are no
// text, an address that is none, a header of several lines.
var ErrUnwritable = errors.New("the request cannot be written as a program")

// Usual is the language of somebody who never chose one.
const Usual = "curl"

// Language is one that programs are written in.
type Language struct {
	// ID is its name in addresses and in the cookie.
	ID string
	// Name is what people call it, Lexer what the colourer does.
	Name, Lexer string
	// Needs is what has to be installed, Pitfalls what usually goes wrong with signatures there: sentences for people.
	Needs    string
	Pitfalls []string
}

// Known reports whether a language is one of the six.
func Known(id string) bool {
	return slices.ContainsFunc(Languages(), func(l Language) bool { return l.ID == id })
}

// Value is a text of a program: written out, or read from an environment variable where it is secret or known to the reader
// alone.
type Value struct {
	Text string
	// Variable is the name of the environment variable; Text is then not looked at.
	Variable string
}

// Field is a header or a form parameter.
type Field struct {
	Name  string
	Value Value
}

// Text is a Field whose value is written out.
func Text(name, value string) Field { return Field{name, Value{Text: value}} }

// Variable is a Field whose value the program reads from the environment.
func Variable(name, variable string) Field { return Field{name, Value{Variable: variable}} }

// Token says which access token a request carries.
type Token int

// The tokens of a request.
const (
	// NoToken leaves Authorization out.
	NoToken Token = iota
	// OwnToken is the app's own; the program gets it first, with client credentials.
	OwnToken
	// CustomerToken is the variable ACCESS_TOKEN: only a customer can give it.
	CustomerToken
)

// Request is what a program sends, over mutual TLS with the files of the archive.
type Request struct {
	// Name is that of the program's file, without an ending; empty is "request".
	Name string
	// Method is in capital letters, URL an absolute https address.
	Method, URL string
	// Headers are sent in this order. Those that every program makes anew may be among them and are left out: Authorization,
	// X-API-Key, X-Request-ID, the four of the signature, and what belongs to the connection.
	Headers []Field
	// Body is sent byte for byte; empty is no body.
	Body string
	// Signed adds Digest, Signature and TPP-Signature-Certificate; APIKey adds X-API-Key.
	Signed, APIKey bool
	Token          Token
	// TokenURL is where OwnToken comes from.
	TokenURL string
	// Form makes it a request to a token endpoint: these parameters are the body, and the client proves itself by ClientID and
	// its secret. Method, Headers, Body, Signed, APIKey and Token are not looked at.
	Form []Field
	// ClientID is the app's; the zero value is the variable of env.sh.
	ClientID Value
}

// Program is a request in one language.
type Program struct {
	Language Language
	// File is the name to save it under, Run the line that runs it in the folder of the unpacked archive.
	File, Run string
	Text      string
}
