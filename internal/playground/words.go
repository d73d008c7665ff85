package playground

import (
	"fmt"
	"strings"
	"time"

	"fairway/web/templates/ui"
)

// iso is an instant for machines.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// instant and day are an instant for people.
func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04") + " UTC" }
func day(t time.Time) string     { return t.UTC().Format("2 Jan 2006") }

// many is a number with its noun: "1 app", "3 apps".
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Thousands(n) + " " + noun + "s"
}

// span is a short duration in words: "2 min 41 s".
func span(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// list joins names as a sentence does: "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
