package callview

import (
	"strings"

	"fairway/internal/calls"
	"fairway/internal/qcert"
)

// Visible is a call in whose texts nothing is unseen: what would turn the direction of a line or not show at all appears
// as [U+202E].
func Visible(call calls.Call) calls.Call {
	d := call.Detail
	for _, text := range []*string{&call.Path, &call.RequestID, &call.Code, &call.Method, &d.RequestBody, &d.ResponseBody, &d.SigningString, &d.Reason, &d.ErrorPath, &d.Subject} {
		*text = visible(*text)
	}
	steps := make([]calls.Step, 0, len(d.Steps))
	for _, s := range d.Steps {
		s.Text = visible(s.Text)
		steps = append(steps, s)
	}
	d.Steps, d.RequestHeaders, d.ResponseHeaders = steps, visibleHeaders(d.RequestHeaders), visibleHeaders(d.ResponseHeaders)
	call.Detail = d
	return call
}

func visibleHeaders(kept [][2]string) [][2]string {
	out := make([][2]string, 0, len(kept))
	for _, h := range kept {
		out = append(out, [2]string{visible(h[0]), visible(h[1])})
	}
	return out
}

// visible keeps lines and tabs, which are part of what was sent.
func visible(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' && r != '\t' }) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j, part := range parts {
			parts[j] = qcert.DisplayText(part, longestMark*len(part)+1)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// longestMark is how much longer a byte gets at most by being made visible: "[0xFF]".
const longestMark = len("[0xFF]")
