package playground

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // working days are those of a place

	"fairway/internal/clock"
	"fairway/internal/enrolments"
	"fairway/internal/workdays"
)

func TestTheWizardPromisesWhatTheCalendarSays(t *testing.T) {
	t.Parallel()
	days, err := workdays.Named("finland")
	if err != nil {
		t.Fatal(err)
	}
	morning, evening := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		at        time.Time
		automatic bool
		says      []string
		not       string
	}{
		"in the morning":   {morning, false, []string{"Handed in now, it is decided by the end of Thursday 26 November 2026, Helsinki time: three working days."}, "counts as handed in"},
		"after four":       {evening, false, []string{"by the end of Friday 27 November 2026", "here, Tuesday 24 November 2026"}, "minutes"},
		"where it decides": {morning, true, []string{"within minutes, where every check passes; otherwise a person decides by the end of Thursday"}, "counts as handed in"},
	} {
		p := &Playground{Deps: Deps{Clock: clock.NewManual(c.at), LiveDays: days, Automatic: c.automatic}}

		got := p.decision("Handed in now, it is decided")

		for _, words := range c.says {
			if !strings.Contains(got, words) {
				t.Errorf("%s: %q lacks %q", name, got, words)
			}
		}
		if strings.Contains(got, c.not) {
			t.Errorf("%s: %q says %q", name, got, c.not)
		}
		start, handed := p.liveStartView(), p.hearBy(&enrolments.Enrolment{DueAt: days.Deadline(c.at, workdays.Decision)})
		if strings.Contains(start.Head.Lead, "minutes") != c.automatic || strings.Contains(start.After[1], "minutes") != c.automatic || strings.Contains(handed, "minutes") != c.automatic {
			t.Errorf("%s: %q, %q, %q", name, start.Head.Lead, start.After[1], handed)
		}
		if line := p.dueBy(&enrolments.Enrolment{DueAt: c.at}); strings.HasPrefix(line, "Within minutes") != c.automatic || !strings.Contains(line, "y the end of ") {
			t.Errorf("%s: %q", name, line)
		}
		if !strings.Contains(handed, "by the end of ") {
			t.Errorf("%s: %q", name, handed)
		}
	}
}
