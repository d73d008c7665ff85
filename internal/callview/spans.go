package callview

import (
	"slices"
	"strings"

	"fairway/web/templates/ui"
)

// Spans colours JSON: names, texts, numbers and words, and marks the texts that are among marks. What is no JSON is
// only marked.
func Spans(text string, marks []string) []ui.Span {
	if t := strings.TrimLeft(text, " \t\r\n"); !strings.HasPrefix(t, "{") && !strings.HasPrefix(t, "[") {
		return markedSpans(text, marks)
	}
	var out []ui.Span
	plain := 0
	flush := func(to int) {
		if to > plain {
			out = append(out, ui.Span{Text: text[plain:to]})
		}
	}
	for i := 0; i < len(text); {
		end, kind := i+1, ""
		switch c := text[i]; {
		case c == '"':
			end = stringEnd(text, i)
			kind = stringKind(text, i, end, marks)
		case c == '-' || c >= '0' && c <= '9':
			end, kind = run(text, i, "+-.eE0123456789"), "n"
		case c >= 'a' && c <= 'z':
			end, kind = run(text, i, "abcdefghijklmnopqrstuvwxyz"), "k"
		}
		if kind != "" {
			flush(i)
			out = append(out, ui.Span{Kind: kind, Text: text[i:end]})
			plain = end
		}
		i = end
	}
	flush(len(text))
	return out
}

func stringEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func stringKind(text string, start, end int, marks []string) string {
	if rest := strings.TrimLeft(text[end:], " \t\r\n"); strings.HasPrefix(rest, ":") {
		return "p"
	}
	if slices.Contains(marks, strings.Trim(text[start:end], `"`)) {
		return "m"
	}
	return "s"
}

func run(text string, start int, of string) int {
	end := start
	for end < len(text) && strings.IndexByte(of, text[end]) >= 0 {
		end++
	}
	return max(end, start+1)
}

// markedSpans marks values inside any text, such as a form body.
func markedSpans(text string, marks []string) []ui.Span {
	var out []ui.Span
	for text != "" {
		at, found := len(text), ""
		for _, m := range marks {
			if i := strings.Index(text, m); m != "" && i >= 0 && i < at {
				at, found = i, m
			}
		}
		if at > 0 {
			out = append(out, ui.Span{Text: text[:at]})
		}
		if found != "" {
			out = append(out, ui.Span{Kind: "m", Text: found})
		}
		text = text[at+len(found):]
	}
	return out
}
