package backoffice

import (
	"strconv"
	"strings"
	"time"

	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/workdays"
	"fairway/web/templates/ui"
)

func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// iso is an instant for machines.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stampOr is an instant, or a dash where there is none.
func stampOr(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return stamp(t)
}

// none stands where nothing is known.
const none = "–"

func or(text string) string {
	if text == "" {
		return none
	}
	return text
}

// many is a number with its noun: "1 day", "3 days".
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// maxText is how much of a stranger's text a page shows in one place.
const maxText = 4000

// shown is a stranger's text on one line.
func shown(text string) string { return qcert.DisplayText(text, 400) }

// paragraphs are a text as it was written, line by line.
func paragraphs(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, qcert.DisplayText(line, maxText))
		}
	}
	return out
}

// stateWords are the states in the order in which the queue offers them.
var stateWords = []struct {
	state enrolments.State
	name  string
	tone  ui.Tone
}{
	{enrolments.Submitted, "Waiting", ui.Note},
	{enrolments.Question, "Question asked", ui.Plain},
	{enrolments.Approved, "Approved", ui.OK},
	{enrolments.Rejected, "Rejected", ui.Bad},
	{enrolments.Suspended, "Suspended", ui.Warn},
	{enrolments.Replaced, "Replaced", ui.Plain},
	{enrolments.Withdrawn, "Withdrawn", ui.Plain},
}

func stateWord(s enrolments.State) (ui.Tone, string) {
	for _, w := range stateWords {
		if w.state == s {
			return w.tone, w.name
		}
	}
	return ui.Plain, "Draft" // which the queue never offers
}

// left says how many working days are left until an enrolment is due, as it stands now.
func (f *Face) left(e *enrolments.Enrolment) (ui.Tone, string) {
	switch e.State {
	case enrolments.Submitted:
	case enrolments.Question:
		return ui.Plain, "Paused"
	default:
		return ui.Plain, "Closed"
	}
	left, text := f.Days.Standing(f.Clock.Now(), e.DueAt, workdays.Decision)
	switch {
	case left < 0:
		return ui.Bad, text
	case left <= 1:
		return ui.Warn, text
	}
	return ui.OK, text
}
