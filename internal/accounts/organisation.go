package accounts

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/fault"
)

// organisationName trims a name and asks for 2 to 100 characters that can be printed: no control, no direction
// mark, nothing invisible, since it is shown to people and to the bank's customers.
func organisationName(typed string) (string, []fault.Field) {
	name := strings.Trim(typed, " ")
	say := func(message string) (string, []fault.Field) {
		return name, []fault.Field{{Name: "organisation", Message: message}}
	}
	if name == "" {
		return say("Enter the name of your organisation.")
	}
	if n := utf8.RuneCountInString(name); n < 2 || n > 100 {
		return say("The name of the organisation must have 2 to 100 characters.")
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return say("The name of the organisation holds characters that cannot be shown. Type it again with plain letters and spaces.")
	}
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return say("The name of the organisation needs at least one letter or digit.")
	}
	return name, nil
}

func countryField(code string) []fault.Field {
	if _, ok := CountryName(code); ok {
		return nil
	}
	return []fault.Field{{Name: "country", Message: "Choose the country that your organisation is established in."}}
}

// OrganisationNames are the names of organisations by their ids, for staff; those that do not exist are left out.
func (a *Accounts) OrganisationNames(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := organisationsOf(a.db.Reader(ctx), ids)
	names := make(map[string]string, len(found))
	for id, o := range found {
		names[id] = o.Name
	}
	return names, a.db.Fault(ctx, err)
}
