package backoffice

import (
	"maps"
	"slices"
	"strings"

	"fairway/internal/qcert"
	page "fairway/web/templates/backoffice"
)

// longestDetail is how many characters of a detail stand in the trail: fingerprints stand whole above.
const longestDetail = 32

// alikeRows are other organisations' enrolments that have something of this one.
func alikeRows(d dossier) []page.AlikeRow {
	var rows []page.AlikeRow
	for _, a := range d.alike() {
		var same []string
		for _, what := range []struct {
			is   bool
			name string
		}{{a.Certificate, "certificate"}, {a.Key, "key"}, {a.Identifier, "organisation identifier"}} {
			if what.is {
				same = append(same, what.name)
			}
		}
		_, state := stateWord(a.State)
		rows = append(rows, page.AlikeRow{Href: reviewPath(a.EnrolmentID), Organisation: or(d.elsewhere[a.OrganisationID].Name), Alike: strings.Join(same, ", "), State: state})
	}
	return rows
}

func earlierRows(d dossier) []page.EarlierRow {
	var rows []page.EarlierRow
	for _, e := range d.earlier {
		r := page.EarlierRow{Href: reviewPath(e.ID), When: stamp(e.SubmittedAt), By: d.name(e.DecidedBy), Reason: paragraphs(e.Reason)}
		r.StateTone, r.State = stateWord(e.State)
		rows = append(rows, r)
	}
	return rows
}

// latestDeeds is how many rows of the trail are open: a long one would bury the page.
const latestDeeds = 10

func trailView(d dossier) page.TrailView {
	rows := trailRows(d)
	v := page.TrailView{Latest: rows[:min(latestDeeds, len(rows))]}
	if older := len(rows) - latestDeeds; older > 0 {
		v.Older, v.Fold = rows[latestDeeds:], many(older, "earlier row")
		if len(rows) == mostDeeds {
			v.Fold += ", and those before them under Audit"
		}
	}
	return v
}

func trailRows(d dossier) []page.TrailRow {
	var rows []page.TrailRow
	for _, line := range d.deeds {
		var detail []string
		for _, key := range slices.Sorted(maps.Keys(line.Detail)) {
			detail = append(detail, key+": "+qcert.DisplayText(line.Detail[key], longestDetail))
		}
		rows = append(rows, page.TrailRow{ISO: iso(line.At), Time: stamp(line.At), Who: d.name(line.Actor), Act: line.Act, Detail: or(strings.Join(detail, ", "))})
	}
	return rows
}
