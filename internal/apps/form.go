package apps

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/catalog"
	"fairway/internal/fault"
)

// The names of the form's fields, as findings carry them.
const (
	FieldName         = "name"
	FieldRedirectURIs = "redirect_uris"
)

// form is a checked name with its redirect URIs.
type form struct {
	name string
	uris []string
}

// check reads name and lines and answers one Form fault with everything that is wrong.
func (a *Apps) check(env catalog.Environment, name string, lines []string) (form, error) {
	f := form{name: strings.TrimSpace(name)}
	var found []fault.Field
	if problem := checkName(f.name); problem != "" {
		found = append(found, fault.Field{Name: FieldName, Message: problem})
	}
	uris, problems := a.checkLines(env, lines)
	if found = append(found, problems...); len(found) > 0 {
		return form{}, fault.Form(found...)
	}
	f.uris = uris
	return f, nil
}

func checkName(name string) string {
	n := utf8.RuneCountInString(name)
	switch {
	case n == 0:
		return "Enter a name for the app. Your colleagues see it, and so do customers at the bank."
	case n > MaxName:
		return fmt.Sprintf("A name has at most %d characters; this one has %d.", MaxName, n)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "Use letters, digits, punctuation and plain spaces only."
	}
	return ""
}

// checkLines answers the URIs of the lines that are not empty, and a finding for each line that breaks a rule.
func (a *Apps) checkLines(env catalog.Environment, lines []string) (uris []string, found []fault.Field) {
	at := map[string]int{}
	for i, line := range lines {
		uri := strings.Trim(line, " \t\r\n")
		if uri == "" {
			continue
		}
		problem := CheckRedirectURI(env, uri)
		switch first, repeated := at[uri]; {
		case problem != "":
		case uri == a.config.PlaygroundCallback:
			problem = "This is the playground's own address. It is added for you; leave it out."
		case repeated:
			problem = fmt.Sprintf("This is the same as line %d. Enter it once.", first)
		default:
			at[uri] = i + 1
			uris = append(uris, uri)
		}
		if problem != "" {
			found = append(found, fault.Field{Name: FieldRedirectURIs, Message: fmt.Sprintf("Line %d: %s", i+1, problem)})
		}
	}
	if len(uris) > MaxRedirectURIs {
		found = append(found, tooManyURIs(len(uris)))
	}
	return uris, found
}

func tooManyURIs(n int) fault.Field {
	return fault.Field{Name: FieldRedirectURIs, Message: fmt.Sprintf("An app has at most %d redirect URIs; these are %d.", MaxRedirectURIs, n)}
}

// withPlayground adds our own address behind the TPP's, in the sandbox; the playground does not work in Live.
func (a *Apps) withPlayground(env catalog.Environment, uris []string) []RedirectURI {
	var out []RedirectURI
	for _, uri := range uris {
		out = append(out, RedirectURI{URI: uri})
	}
	if env == catalog.Sandbox && a.config.PlaygroundCallback != "" {
		out = append(out, RedirectURI{URI: a.config.PlaygroundCallback, Playground: true})
	}
	return out
}

// nameTaken is the finding for a name that another app has, in whatever case.
func nameTaken(name string) error {
	return fault.Form(fault.Field{Name: FieldName, Message: "You have an app called " + name + " here already; capital and small letters count as the same. Choose another name."})
}

// nameKey folds a name so that names which people read as the same are the same.
func nameKey(name string) string {
	return strings.ToLower(strings.ToUpper(strings.Join(strings.Fields(name), " ")))
}

// own are the URIs that the TPP entered.
func own(list []RedirectURI) []string {
	var out []string
	for _, r := range list {
		if !r.Playground {
			out = append(out, r.URI)
		}
	}
	return slices.Clip(out)
}
