package playground

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"fairway/internal/calls"
	"fairway/internal/callview"
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
	set, found := certs.ActiveAt(sets, call.At)
	header, whole := sentHeader(d.RequestHeaders, set.QSeal.Header)
	if !found || !whole {
		return nil, nil
	}
	if _, err := httpsig.CheckDigest(header, []byte(d.RequestBody)); err != nil {
		return nil, nil // the log masked a part of the body
	}
	return explainedView(httpsig.Explain(header, []byte(d.RequestBody), set.QSeal.X509, set.QWAC.X509)), nil
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
	v.Diff = &ui.DiffView{ID: "difference", Caption: "What was signed, and what we verify", Lines: callview.Diff(e.Signed, e.Expected)}
	v.Note = fmt.Sprintf("They differ from byte %d on. %s", e.FirstDiff+1, v.Note)
	return v
}
