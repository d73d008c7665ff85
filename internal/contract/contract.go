// Package contract owns the OpenAPI 3.1 documents of the interface: what may be sent, what is answered, and by which rule. The
// reference, the downloads, the collections and the tests of the whole program read these same documents.
package contract

import (
	"embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed documents/*.yaml
var files embed.FS

// names are the documents in the order in which a TPP meets them: API and version.
var names = [][2]string{{"oauth", "v1"}, {"consent", "v1"}, {"card-account", "v1"}, {"rehearsals", "v1"}}

// Document is one version of one API. It is shared and must not be changed.
type Document struct {
	// API and Version name it in addresses, as in card-account and v1.
	API, Version string
	Title        string
	// Summary is a sentence, Description a few.
	Summary, Description string
	Operations           []Operation

	root *yaml.Node
}

// Operation is one call.
type Operation struct {
	// ID is its name in the catalogue of operations, as in consents.create; what belongs to no bank API has a name of its own.
	ID           string
	Method, Path string
	Summary      string
	Description  string
	// Role is the PSD2 role that the certificate needs; empty where none is asked for.
	Role string
	// Access are the ways to be let in, each a list of names of Schemes. An empty list means that anybody may call.
	Access [][]string
	// Schemes are what Access names.
	Schemes []Scheme
	Params  []Param
	// Body is nil where none is sent.
	Body    *Body
	Answers []Answer
}

// Scheme is one proof of who calls.
type Scheme struct {
	// Name is its name in the document.
	Name string
	// Type is the OpenAPI type: mutualTLS, apiKey, oauth2 or http.
	Type        string
	Header      string
	Description string
}

// Param is a parameter of a request, or a header of an answer.
type Param struct {
	Name string
	// In is path, query or header.
	In          string
	Description string
	Required    bool
	// Unless names the parameter that takes the place of this one, which is required otherwise.
	Unless string
	// Type is the type and format in words, Limits what else the value must keep to.
	Type   string
	Limits []string
	// Enum are the values that are possible, where they are counted.
	Enum    []string
	Example string
}

// Body is what is sent.
type Body struct {
	Description string
	// Media is the Content-Type.
	Media    string
	Fields   []Field
	Examples []Example
}

// Answer is what comes back with one status.
type Answer struct {
	Status      int
	Description string
	// Codes are the message codes that come with it, the first to be checked first.
	Codes   []string
	Headers []Param
	// Media is the Content-Type; empty where the answer has no body.
	Media    string
	Fields   []Field
	Examples []Example
}

// Field is one member of a JSON object or of a form, at any depth.
type Field struct {
	// Path is where it is: access.accounts[].maskedPan.
	Path string
	// Depth is how many objects it lies in.
	Depth       int
	Type        string
	Limits      []string
	Enum        []string
	Description string
	// Required says that the object that holds it must have it.
	Required bool
	// As is the path of a field before it whose members are the same; they are not listed again.
	As string
}

// Example is a body that is right.
type Example struct {
	// Name is its name in the document, Summary what it shows; both may be empty.
	Name, Summary string
	// Text is the body as it is sent.
	Text string
}

// all reads the documents once, when the first of them is asked for: few processes show them.
var all = sync.OnceValues(readAll)

func readAll() ([]Document, error) {
	common, err := readFile("common")
	if err != nil {
		return nil, err
	}
	out := make([]Document, 0, len(names))
	for _, n := range names {
		d, err := read(n[0], n[1], common)
		if err != nil {
			return nil, fmt.Errorf("read the document %s-%s: %w", n[0], n[1], err)
		}
		out = append(out, d)
	}
	return out, nil
}

// Documents lists all documents in the order in which a TPP meets them. They are part of the program: an error is a fault of
// the build, which the tests find.
func Documents() ([]Document, error) {
	list, err := all()
	return slices.Clone(list), err
}

// Find is the document of a version of an API.
func Find(api, version string) (Document, bool) {
	list, err := all()
	i := slices.IndexFunc(list, func(d Document) bool { return d.API == api && d.Version == version })
	if err != nil || i < 0 {
		return Document{}, false
	}
	return list[i], true
}

// Operation finds an operation by its id.
func (d Document) Operation(id string) (Operation, bool) {
	i := slices.IndexFunc(d.Operations, func(o Operation) bool { return o.ID == id })
	if i < 0 {
		return Operation{}, false
	}
	return d.Operations[i], true
}

// Param finds a parameter of the request.
func (o Operation) Param(in, name string) (Param, bool) {
	i := slices.IndexFunc(o.Params, func(p Param) bool { return p.In == in && p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return o.Params[i], true
}

// Answer finds what comes back with a status.
func (o Operation) Answer(status int) (Answer, bool) {
	i := slices.IndexFunc(o.Answers, func(a Answer) bool { return a.Status == status })
	if i < 0 {
		return Answer{}, false
	}
	return o.Answers[i], true
}

// Success is the good answer.
func (o Operation) Success() Answer {
	for _, a := range o.Answers {
		if a.Status < 300 {
			return a
		}
	}
	return Answer{}
}

// Takes reports whether a way in needs a scheme.
func (o Operation) Takes(scheme string) bool {
	return slices.ContainsFunc(o.Access, func(way []string) bool { return slices.Contains(way, scheme) })
}
