package xades

import (
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
)

// children are the elements of a name directly below e; none where e is nil.
func children(e *etree.Element, namespace, tag string) []*etree.Element {
	if e == nil {
		return nil
	}
	var found []*etree.Element
	for _, c := range e.ChildElements() {
		if c.Tag == tag && c.NamespaceURI() == namespace {
			found = append(found, c)
		}
	}
	return found
}

// child is the first of children, nil where there is none.
func child(e *etree.Element, namespace, tag string) *etree.Element {
	if found := children(e, namespace, tag); len(found) > 0 {
		return found[0]
	}
	return nil
}

// below follows a path of elements of the list's own namespace and gives all that the last name fits.
func below(e *etree.Element, tags ...string) []*etree.Element {
	found := []*etree.Element{e}
	for _, tag := range tags {
		var next []*etree.Element
		for _, f := range found {
			next = append(next, children(f, nsList, tag)...)
		}
		found = next
	}
	return found
}

// first is the first of below, nil where there is none.
func first(e *etree.Element, tags ...string) *etree.Element {
	if found := below(e, tags...); len(found) > 0 {
		return found[0]
	}
	return nil
}

// each visits e and everything below it.
func each(e *etree.Element, visit func(*etree.Element)) {
	visit(e)
	for _, c := range e.ChildElements() {
		each(c, visit)
	}
}

func text(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text())
}

// english is the English one of several names, else the first (TS 119 612 §5.1.4).
func english(names []*etree.Element) string {
	for _, n := range names {
		if a := n.SelectAttr("xml:lang"); a != nil && strings.EqualFold(a.Value, "en") {
			return text(n)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return text(names[0])
}

// fromBase64 reads what may be broken into lines and indented.
func fromBase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
