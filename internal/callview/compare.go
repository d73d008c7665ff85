package callview

import (
	"slices"
	"strconv"
	"strings"

	"fairway/web/templates/ui"
)

// MostCompared is how many lines of a text are compared.
const MostCompared = 2000

// Compare finds out which lines of one text are not in the other, by the longest common subsequence. Of each text the first
// MostCompared lines are looked at; cut says that there were more. Texts that are the same have no line of a kind.
func Compare(a, b string) (lines []ui.DiffLine, cut bool) {
	x, cutX := firstLines(a)
	y, cutY := firstLines(b)
	before := common(x, y)
	after := min(commonEnd(x, y), len(x)-before, len(y)-before)
	for i := range before {
		lines = append(lines, plainLine("", i, x[i]))
	}
	lines = append(lines, middle(x[before:len(x)-after], y[before:len(y)-after], before)...)
	for i := len(y) - after; i < len(y); i++ {
		lines = append(lines, plainLine("", i, y[i]))
	}
	return lines, cutX || cutY
}

// Same reports whether no line differs.
func Same(lines []ui.DiffLine) bool {
	return !slices.ContainsFunc(lines, func(l ui.DiffLine) bool { return l.Kind != "" })
}

func firstLines(text string) ([]string, bool) {
	if text == "" {
		return nil, false
	}
	lines := visibleLines(text)
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "␊")
	}
	if len(lines) > MostCompared {
		return lines[:MostCompared], true
	}
	return lines, false
}

func common(x, y []string) int {
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	return n
}

func commonEnd(x, y []string) int {
	n := 0
	for n < min(len(x), len(y)) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// middle compares what lies between the same beginning and the same end. Lengths has the longest common subsequence of the
// rest of both from each pair of lines on.
func middle(x, y []string, from int) []ui.DiffLine {
	width := len(y) + 1
	lengths := make([]uint16, (len(x)+1)*width)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				lengths[i*width+j] = lengths[(i+1)*width+j+1] + 1
			} else {
				lengths[i*width+j] = max(lengths[(i+1)*width+j], lengths[i*width+j+1])
			}
		}
	}
	var out []ui.DiffLine
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			out = append(out, plainLine("", from+j, y[j]))
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && lengths[(i+1)*width+j] >= lengths[i*width+j+1]:
			out = append(out, plainLine("del", from+i, x[i]))
			i++
		default:
			out = append(out, plainLine("add", from+j, y[j]))
			j++
		}
	}
	return out
}

func plainLine(kind string, i int, text string) ui.DiffLine {
	return ui.DiffLine{Kind: kind, Number: strconv.Itoa(i + 1), Parts: []ui.DiffPart{{Text: text}}}
}
