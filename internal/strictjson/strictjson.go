// Package strictjson reads JSON that strangers send: bounded, each name once and in its exact letters, nothing
// after the end. What is wrong is named with its path.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxDepth  = 32
	maxValues = 20_000
)

// Fault says what is wrong with a document and where: Path is like access.accounts[0].iban, empty for the whole.
type Fault struct {
	Path, Text string
}

// Error is the sentence.
func (f *Fault) Error() string { return f.Text }

// Object is a JSON object whose members were asked for by name. What is wrong is collected in the document's first
// fault; after it every accessor answers with zero values.
type Object struct {
	doc     *document
	path    string
	members map[string]any
}

type document struct {
	fault *Fault
}

// Parse reads one object, with every fault of form: not UTF-8, not JSON, a name twice, too deep, something after it.
func Parse(data []byte) (Object, error) {
	if !utf8.Valid(data) {
		return Object{}, &Fault{Text: "The body is not UTF-8. Send JSON in UTF-8."}
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return Object{}, &Fault{Text: "The body begins with a byte order mark (EF BB BF), which JSON must not have. Save the file as UTF-8 without BOM, and hash it again."}
	}
	if halfCharacter(data) {
		return Object{}, &Fault{Text: "The body holds half a character: an escape from \\ud800 to \\udfff without its other half. Send the whole character."}
	}
	r := &reader{dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	value, err := r.value("", 0)
	if err != nil {
		return Object{}, r.explain(err, len(data))
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return Object{}, &Fault{Text: fmt.Sprintf("The JSON ends at byte %d, but more follows. Send one object and nothing after it.", r.dec.InputOffset())}
	}
	members, ok := value.(map[string]any)
	if !ok {
		return Object{}, &Fault{Text: "The body is JSON, but not an object. Send an object in braces."}
	}
	return Object{doc: &document{}, members: members}, nil
}

// halfCharacter finds a surrogate without its pair. The decoder would read another character in its place, and texts that
// differ would become the same.
func halfCharacter(data []byte) bool {
	for i := 0; i+1 < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		i++
		unit, ok := escaped(data[i:])
		if !ok || !utf16.IsSurrogate(unit) {
			continue
		}
		low, ok := rune(0), i+6 < len(data) && data[i+5] == '\\'
		if ok {
			low, ok = escaped(data[i+6:])
		}
		if !ok || utf16.DecodeRune(unit, low) == utf8.RuneError {
			return true
		}
		i += 10
	}
	return false
}

// escaped reads the four digits behind a u.
func escaped(data []byte) (rune, bool) {
	if len(data) < 5 || data[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[1:5]), 16, 16)
	return rune(n), err == nil
}

type reader struct {
	dec    *json.Decoder
	values int
}

func (r *reader) explain(err error, size int) error {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	if size == 0 || errors.Is(err, io.EOF) {
		return &Fault{Text: "The body is empty or ends too early. Send a JSON object."}
	}
	return &Fault{Text: fmt.Sprintf("The body is not JSON: something is wrong near byte %d. Check quotes, commas and braces there.", r.dec.InputOffset())}
}

func (r *reader) value(path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, &Fault{Path: path, Text: fmt.Sprintf("The JSON is nested deeper than %d levels.", maxDepth)}
	}
	if r.values++; r.values > maxValues {
		return nil, &Fault{Text: fmt.Sprintf("The JSON holds more than %d values.", maxValues)}
	}
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.object(path, depth)
	case json.Delim('['):
		return r.array(path, depth)
	}
	return token, nil
}

func (r *reader) object(path string, depth int) (any, error) {
	members := map[string]any{}
	for r.dec.More() {
		token, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		at := join(path, name)
		if _, twice := members[name]; twice {
			return nil, &Fault{Path: at, Text: fmt.Sprintf("%s occurs twice. Send it once.", at)}
		}
		if members[name], err = r.value(at, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := r.dec.Token()
	return members, err
}

func (r *reader) array(path string, depth int) (any, error) {
	items := []any{}
	for r.dec.More() {
		item, err := r.value(path+"["+strconv.Itoa(len(items))+"]", depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.dec.Token()
	return items, err
}

func join(path, name string) string {
	name = clipTo(name, 60)
	if path == "" {
		return name
	}
	return path + "." + name
}

// Fault is the first thing that was wrong, or nil.
func (o Object) Fault() error {
	if o.doc == nil || o.doc.fault == nil {
		return nil
	}
	return o.doc.fault
}

func (o Object) refuse(name, text string) {
	if o.doc.fault == nil {
		at := join(o.path, name)
		o.doc.fault = &Fault{Path: at, Text: at + " " + text}
	}
}

// Has reports whether a member is there, null or not.
func (o Object) Has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// Only refuses members of other names than these.
func (o Object) Only(names ...string) {
	known := map[string]bool{}
	for _, n := range names {
		known[n] = true
	}
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !known[name] {
			o.refuse(name, "is not a member of this object. Names are written exactly as in the reference, in their letter case.")
		}
	}
}

// Bool reads a member that must be true or false.
func (o Object) Bool(name string) bool {
	v, ok := o.members[name]
	b, isBool := v.(bool)
	switch {
	case !ok:
		o.refuse(name, "is missing. Send true or false.")
	case !isBool:
		o.refuse(name, "is "+kind(v)+". Send true or false, without quotes.")
	}
	return b
}

// Int reads a member that must be a whole number.
func (o Object) Int(name string) int {
	v, ok := o.members[name]
	n, isNumber := v.(json.Number)
	if !ok {
		o.refuse(name, "is missing. Send a whole number.")
		return 0
	}
	i, err := strconv.ParseInt(n.String(), 10, 32)
	if !isNumber || err != nil {
		o.refuse(name, "is "+kind(v)+". Send a whole number, without quotes.")
	}
	return int(i)
}

// String reads a member that must be text.
func (o Object) String(name string) string {
	if !o.Has(name) {
		o.refuse(name, "is missing. Send text in quotes.")
		return ""
	}
	return o.Text(name)
}

// Text reads a member that may be left out and otherwise must be text.
func (o Object) Text(name string) string {
	v, ok := o.members[name]
	if !ok {
		return ""
	}
	s, isText := v.(string)
	if !isText {
		o.refuse(name, "is "+kind(v)+". Send text in quotes.")
	}
	return s
}

// Object reads a member that must be an object.
func (o Object) Object(name string) Object {
	v, ok := o.members[name]
	members, isObject := v.(map[string]any)
	switch {
	case !ok:
		o.refuse(name, "is missing. Send an object in braces.")
	case !isObject:
		o.refuse(name, "is "+kind(v)+". Send an object in braces.")
	}
	return Object{doc: o.doc, path: join(o.path, name), members: members}
}

// Objects reads a member that may be left out (nil) and otherwise must be a list of objects.
func (o Object) Objects(name string) []Object {
	v, ok := o.members[name]
	if !ok {
		return nil
	}
	items, isList := v.([]any)
	if !isList {
		o.refuse(name, "is "+kind(v)+". Send a list in brackets.")
		return nil
	}
	objects := make([]Object, 0, len(items))
	for i, item := range items {
		at := name + "[" + strconv.Itoa(i) + "]"
		members, isObject := item.(map[string]any)
		if !isObject {
			o.refuse(at, "is "+kind(item)+". Send an object in braces.")
		}
		objects = append(objects, Object{doc: o.doc, path: join(o.path, at), members: members})
	}
	return objects
}

func kind(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return "the number " + clip(x.String())
	case string:
		return "the text \"" + clip(x) + "\""
	case []any:
		return "a list"
	}
	return "an object"
}

func clip(s string) string { return clipTo(s, 40) }

// clipTo cuts between characters.
func clipTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
