package callview

import (
	"strconv"
	"strings"

	"fairway/web/templates/ui"
)

// Diff compares a text that was signed with the one that is verified, line by line. What cannot be seen is drawn: ␊ for
// a line feed, ␍ for a carriage return, ␉ for a tab, and · for a blank where it differs or ends a line.
func Diff(signed, expected string) []ui.DiffLine {
	a, b := visibleLines(signed), visibleLines(expected)
	var lines []ui.DiffLine
	for i := range max(len(a), len(b)) {
		number := strconv.Itoa(i + 1)
		switch {
		case i >= len(a):
			lines = append(lines, ui.DiffLine{Kind: "add", Number: number, Parts: []ui.DiffPart{{Text: b[i], Changed: true}}})
		case i >= len(b):
			lines = append(lines, ui.DiffLine{Kind: "del", Number: number, Parts: []ui.DiffPart{{Text: a[i], Changed: true}}})
		case a[i] == b[i]:
			lines = append(lines, ui.DiffLine{Number: number, Parts: []ui.DiffPart{{Text: a[i]}}})
		default:
			del, add := changedParts(a[i], b[i])
			lines = append(lines, ui.DiffLine{Kind: "del", Number: number, Parts: del}, ui.DiffLine{Kind: "add", Number: number, Parts: add})
		}
	}
	return lines
}

// visibleLines splits a text behind its line feeds. What follows the last one is a line only where it is something.
func visibleLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if last := len(lines) - 1; last > 0 && lines[last] == "" {
		lines = lines[:last]
	}
	for i, line := range lines {
		line = strings.NewReplacer("\n", "␊", "\r", "␍", "\t", "␉").Replace(line)
		end := strings.TrimRight(line, "␊␍")
		bare := strings.TrimRight(end, " ")
		lines[i] = bare + strings.Repeat("·", len(end)-len(bare)) + line[len(end):]
	}
	return lines
}

// changedParts marks what differs between beginnings and ends that are the same.
func changedParts(a, b string) (del, add []ui.DiffPart) {
	x, y := []rune(a), []rune(b)
	n, m := 0, 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	for m < min(len(x), len(y))-n && x[len(x)-1-m] == y[len(y)-1-m] {
		m++
	}
	parts := func(r []rune) []ui.DiffPart {
		changed := strings.ReplaceAll(string(r[n:len(r)-m]), " ", "·")
		return []ui.DiffPart{{Text: string(r[:n])}, {Text: changed, Changed: changed != ""}, {Text: string(r[len(r)-m:])}}
	}
	return parts(x), parts(y)
}
