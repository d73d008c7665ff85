package backoffice

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairway/internal/certview"
	"fairway/internal/qcert"
	"fairway/internal/register"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// mostEntities is how many entries of the register stand beside the certificate.
const mostEntities = 5

// entities are the register's entries that the examination found, each once.
func entities(d dossier) []register.Entity {
	if d.Examination == nil {
		return nil
	}
	var all []register.Entity
	for _, a := range d.Examination.Register.Answers {
		for _, e := range a.Entities {
			known := func(other register.Entity) bool { return other.Owner == e.Owner && other.Code == e.Code }
			if len(all) < mostEntities && !slices.ContainsFunc(all, known) {
				all = append(all, e)
			}
		}
	}
	return all
}

// comparisons put the certificate beside each entry under its number.
func comparisons(d dossier) []page.ComparedView {
	if d.Enrolment.QSeal == nil {
		return nil
	}
	var list []page.ComparedView
	found := entities(d)
	for n, e := range found {
		v := page.ComparedView{ID: "register-" + strconv.Itoa(n+1), Caption: "Certificate and register", Rows: comparedRows(d.Enrolment.QSeal.Info, e, authorityOf(d))}
		if len(found) > 1 {
			v.Caption = "Certificate and register, entry " + strconv.Itoa(n+1) + " of " + strconv.Itoa(len(found))
		}
		v.Links = []ui.LinkView{leading("This entry at the EBA", e.Page())}
		if home := authorityOf(d).Register; home != "" {
			v.Links = append(v.Links, leading("The authority’s register", home))
		}
		list = append(list, v)
	}
	return list
}

// authorityOf is the authority that the certificate names; empty where nobody knows it.
func authorityOf(d dossier) register.Authority {
	if d.Examination != nil {
		for _, a := range d.Examination.Register.Answers {
			if a.Authority.ID != "" {
				return a.Authority
			}
		}
	}
	if d.Enrolment.QSeal == nil {
		return register.Authority{}
	}
	known, _ := register.AuthorityByID(d.Enrolment.QSeal.Info.NCAID)
	return known
}

func comparedRows(i qcert.Info, e register.Entity, a register.Authority) []page.ComparedRow {
	return []page.ComparedRow{
		compared("Name", or(i.Organization), closestName(i.Organization, e)),
		comparedNumber(i.AuthorisationNumber, e.Reference),
		compared("Country", or(i.Country), or(shown(e.Country))),
		compared("Authority", or(i.NCAName), or(a.Name)),
		beside("Roles and services", or(certview.Roles(i.Roles)), serviceList(e.Services)),
		beside("Kind of entry", none, shown(e.Type.String())),
		beside("Authorised, withdrawn, …", none, or(shown(strings.Join(e.Dates, ", ")))),
	}
}

// comparedNumber marks nothing where the two write one number with other signs in between.
func comparedNumber(certificate, entry string) page.ComparedRow {
	if register.SameNumber(certificate, entry) {
		return beside("Number", certificate, shown(entry))
	}
	return compared("Number", or(certificate), or(shown(entry)))
}

func compared(fact, certificate, entry string) page.ComparedRow {
	left, right := certview.Marked(certificate, entry)
	return page.ComparedRow{Fact: fact, Certificate: left, Register: right}
}

// beside is a fact whose sides speak different languages, so that no character is compared.
func beside(fact, certificate, entry string) page.ComparedRow {
	return page.ComparedRow{Fact: fact, Certificate: []ui.Span{{Text: certificate}}, Register: []ui.Span{{Text: entry}}}
}

// closestName is the entry's name that is most like the certificate's.
func closestName(organisation string, e register.Entity) string {
	best, fewest := or(shown(e.Name())), -1
	for _, name := range slices.Concat(e.Names, e.TradeNames) {
		name = shown(name)
		left, right := certview.Marked(organisation, name)
		if n := markedIn(left) + markedIn(right); fewest < 0 || n < fewest {
			best, fewest = name, n
		}
	}
	return best
}

func markedIn(spans []ui.Span) int {
	n := 0
	for _, s := range spans {
		if s.Kind == "m" {
			n += len([]rune(s.Text))
		}
	}
	return n
}

// serviceList is what an entry may offer: in words, and countries with the same services together.
func serviceList(services map[string][]string) string {
	countries := map[string][]string{}
	var order []string
	for _, country := range slices.Sorted(maps.Keys(services)) {
		offered := make([]string, 0, len(services[country]))
		for _, code := range slices.Sorted(slices.Values(services[country])) {
			offered = append(offered, register.ServiceText(code))
		}
		text := or(strings.Join(offered, ", "))
		if countries[text] == nil {
			order = append(order, text)
		}
		countries[text] = append(countries[text], country)
	}
	list := make([]string, 0, len(order))
	for _, text := range order {
		list = append(list, strings.Join(countries[text], ", ")+": "+text)
	}
	return or(qcert.DisplayText(strings.Join(list, "; "), maxText))
}

// byHand says where to look when the register has nothing under the number.
func byHand(d dossier) *page.ByHandView {
	if d.Examination == nil || len(entities(d)) > 0 || d.Enrolment.QSeal == nil {
		return nil
	}
	i := d.Enrolment.QSeal.Info
	v := &page.ByHandView{Text: "The copy of the EBA’s register has no entry under " + or(i.AuthorisationNumber) +
		". Search the authority’s own register for the number, then for the name " + or(i.Organization) + ", and write what you found into the reason, with the address of the page."}
	if a := authorityOf(d); a.Register != "" {
		v.Links = append(v.Links, leading(a.Name, a.Register))
	}
	v.Links = append(v.Links, leading("The EBA’s register", "https://euclid.eba.europa.eu/register/pir/search"))
	return v
}
