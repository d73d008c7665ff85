package callview

import (
	"strconv"

	"fairway/internal/calls"
	"fairway/web/templates/ui"
)

// checks draws the checks in their order, each beside the part of the time that it took, and says where the request stopped.
// The handshake stands first: it was made once for all requests of the connection, so no part of this one's time is its.
func checks(d calls.Detail) (rows []ui.CheckRow, note string) {
	note = "All of them passed."
	if len(d.Steps) == 0 {
		return nil, "Not kept step by step: the token endpoint answers in one."
	}
	if d.TLSVersion != "" {
		rows = append(rows, ui.CheckRow{Name: "TLS", Text: d.TLSVersion, Took: "–", Tone: ui.OK, Status: "Passed"})
	}
	var whole, before int64
	for _, s := range d.Steps {
		whole += s.Micros
	}
	for _, s := range d.Steps {
		r := ui.CheckRow{Name: s.Name, Text: grouped(s), Took: micros(s.Micros), Tone: ui.OK, Status: "Passed", From: part(before, whole), Width: part(s.Micros, whole)}
		switch s.Verdict {
		case calls.Failed:
			r.Tone, r.Status = ui.Bad, "Failed"
			note = "It stopped at “" + s.Name + "”; what comes after was not looked at."
		case calls.Skipped:
			r.Tone, r.Status, r.Took, r.Width = ui.Plain, "Not checked", "–", ""
		}
		before += s.Micros
		rows = append(rows, r)
	}
	return rows, note
}

// grouped is the text of a step. The quota of former versions was written without commas.
func grouped(s calls.Step) string {
	if s.Name != "Quota" {
		return s.Text
	}
	return bareNumber.ReplaceAllStringFunc(s.Text, thousands)
}

// part is a share of the time in thousandths, as the drawing wants it; empty where nothing was measured.
func part(micros, whole int64) string {
	if whole == 0 {
		return ""
	}
	return strconv.FormatInt(micros*1000/whole, 10)
}
