package playground

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fairway/internal/calls"
	"fairway/internal/certs"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/rehearsals"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// explain looks for the text that was signed instead of ours. It searches wider than the door, and so it runs when
// somebody looks; only what the log keeps whole can be searched.
func (p *Playground) explain(ctx context.Context, v httpkit.Visitor, call calls.Call) (*page.ExplainedView, error) {
	d := call.Detail
	if slices.ContainsFunc(d.Steps, func(s calls.Step) bool { return s.Name == rehearsals.Step }) {
		return nil, nil // the signature was right
	}
	if call.Code != "SIGNATURE_INVALID" || d.ErrorPath != "Signature" || d.Truncated || call.Environment != string(env) {
		return nil, nil
	}
	end, err := p.turns.take(ctx, v.OrganisationID)
	if err != nil {
		return nil, nil // crowded: the page is complete without it
	}
	defer end()
	sets, err := p.Certs.History(ctx, v.OrganisationID, env)
	if err != nil {
		return nil, err
	}
	set, found := setAt(sets, call.At)
	header, whole := sentHeader(d.RequestHeaders, set.QSeal.Header)
	if !found || !whole {
		return nil, nil
	}
	if _, err := httpsig.CheckDigest(header, []byte(d.RequestBody)); err != nil {
		return nil, nil // the log masked a part of the body
	}
	return explainedView(httpsig.Explain(header, []byte(d.RequestBody), set.QSeal.X509, set.QWAC.X509)), nil
}

// setAt is the set that was active at an instant.
func setAt(sets []certs.Set, at time.Time) (certs.Set, bool) {
	for _, s := range sets {
		if !at.Before(s.CreatedAt) && (s.ReplacedAt == nil || at.Before(*s.ReplacedAt)) {
			return s, true
		}
	}
	return certs.Set{}, false
}

// sentHeader puts the request's headers together again. The log names the registered seal instead of repeating it; of
// another certificate it keeps too little.
func sentHeader(kept [][2]string, seal string) (http.Header, bool) {
	header := http.Header{}
	for _, h := range kept {
		value := h[1]
		if strings.EqualFold(h[0], "TPP-Signature-Certificate") {
			if !strings.HasPrefix(value, "(the registered seal") {
				return nil, false
			}
			value = seal
		}
		header.Add(h[0], value)
	}
	return header, true
}

func explainedView(e httpsig.Explanation) *page.ExplainedView {
	if e.Cause == httpsig.CauseNone || e.Text == "" {
		return nil
	}
	v := &page.ExplainedView{Text: e.Text}
	if e.Tried > 0 {
		v.Note = "Compared with " + many(e.Tried, "text") + " that people sign by mistake."
	}
	if e.FirstDiff < 0 {
		return v
	}
	v.Diff = &ui.DiffView{ID: "difference", Caption: "What was signed, and what we verify", Lines: diffLines(e.Signed, e.Expected)}
	v.Note = fmt.Sprintf("They differ from byte %d on. %s", e.FirstDiff+1, v.Note)
	return v
}

// diffLines compares two texts line by line; line ends that matter are written out.
func diffLines(signed, expected string) []ui.DiffLine {
	a, b := visibleLines(signed), visibleLines(expected)
	var lines []ui.DiffLine
	for i := range max(len(a), len(b)) {
		number := fmt.Sprint(i + 1)
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

// visibleLines splits a text and shows carriage returns and a line end after the last line.
func visibleLines(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, "\r", "␍"), "\n")
	if last := len(lines) - 1; last > 0 && lines[last] == "" {
		lines[last] = "␊ (a line end after the last line)"
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
		return []ui.DiffPart{{Text: string(r[:n])}, {Text: string(r[n : len(r)-m]), Changed: n < len(r)-m}, {Text: string(r[len(r)-m:])}}
	}
	return parts(x), parts(y)
}
