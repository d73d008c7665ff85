package certview

import (
	"strings"

	"fairway/web/templates/ui"
)

// maxCompared is how many characters of each text are compared one by one; of longer ones all between the common beginning
// and the common end is marked.
const maxCompared = 200

// Marked shows two texts with the characters marked that only one of them has, also where they look alike. Put together,
// the spans of each are the text as it was.
func Marked(a, b string) (left, right []ui.Span) {
	x, y := []rune(a), []rune(b)
	begin := 0
	for begin < min(len(x), len(y)) && x[begin] == y[begin] {
		begin++
	}
	end := 0
	for end < min(len(x), len(y))-begin && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	keptX, keptY := make([]bool, len(x)), make([]bool, len(y))
	for i := range x {
		keptX[i] = i < begin || i >= len(x)-end
	}
	for i := range y {
		keptY[i] = i < begin || i >= len(y)-end
	}
	align(x[begin:len(x)-end], y[begin:len(y)-end], keptX[begin:], keptY[begin:])
	return spans(x, keptX), spans(y, keptY)
}

// align keeps a longest common subsequence of both.
func align(x, y []rune, keptX, keptY []bool) {
	if len(x) > maxCompared || len(y) > maxCompared {
		return
	}
	longest := make([][]int, len(x)+1)
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if x[i] == y[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			keptX[i], keptY[j] = true, true
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// spans joins neighbours of a kind.
func spans(text []rune, kept []bool) []ui.Span {
	var out []ui.Span
	var b strings.Builder
	for i, r := range text {
		b.WriteRune(r)
		if i+1 < len(text) && kept[i+1] == kept[i] {
			continue
		}
		kind := "m"
		if kept[i] {
			kind = ""
		}
		out = append(out, ui.Span{Kind: kind, Text: b.String()})
		b.Reset()
	}
	return out
}
