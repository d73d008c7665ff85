package playground

import (
	"context"
	"crypto/x509"
	"net/http"
	"strconv"
	"sync"

	"fairway/internal/bankclient"
	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// mostAtOnce is how many requests are sent in one second to meet a limit.
const mostAtOnce = 30

var errWide = fault.Form(fault.Field{Name: "mistake", Message: "Your limit is higher than the 30 requests that the playground sends in one second, so it cannot be met here."})

// choose takes a mistake that the operation can have; any other is none.
func (f *requestForm) choose(id string) {
	if wrong, ok := bankclient.MistakeOf(id); ok && f.canHave(wrong.ID) {
		f.mistake = wrong
	}
}

// canHave reports whether an operation has what a mistake gets wrong.
func (f *requestForm) canHave(m bankclient.Mistake) bool {
	if f.operation.ID == grantOperation {
		return false
	}
	switch m {
	case bankclient.BodyChanged:
		return f.operation.HasBody
	case bankclient.NoConsentID, bankclient.ForeignConsent:
		return f.operation.NeedsConsent
	case bankclient.NoDateFrom:
		return f.has("query-dateFrom")
	case bankclient.OtherToken:
		return f.operation.Token == catalog.UserToken || f.operation.Token == catalog.ClientToken && f.run != nil
	case bankclient.SixAtOnce:
		return f.operation.Method == http.MethodGet
	}
	return true
}

// mistakeView offers what can be done wrong; nil where that is nothing.
func mistakeView(f requestForm, found problems) *ui.SelectView {
	v := &ui.SelectView{Name: "mistake", Label: "Break it on purpose", Value: string(f.mistake.ID), Error: found.at("mistake"),
		Hint: "One thing is done wrong, all else is right. The answer says how the bank sees it.", Options: []ui.Option{{Text: "Nothing: send it as it should be"}}}
	for _, m := range bankclient.Mistakes() {
		if f.canHave(m.ID) {
			v.Options = append(v.Options, ui.Option{Value: string(m.ID), Text: m.Title})
		}
	}
	if len(v.Options) == 1 {
		return nil
	}
	return v
}

// outcome is an exchange with what the debugger's engine finds out about its signature, where the bank refused it.
func outcome(id bankclient.Identity, e bankclient.Exchange, token *bankclient.Exchange) *sent {
	s := &sent{exchange: e, token: token}
	if r, _ := e.Refusal(); r.Code != "SIGNATURE_INVALID" {
		return s
	}
	header := http.Header{}
	for _, h := range e.Headers {
		header.Set(h.Name, h.Value)
	}
	if header.Get("Signature") == "" {
		return s
	}
	var others []*x509.Certificate
	for _, der := range id.QWAC.Certificate {
		if cert, err := x509.ParseCertificate(der); err == nil { // ours: it was parsed when it was issued
			others = append(others, cert)
		}
	}
	request := httpsig.Request{Method: e.Method, Target: e.Target, Host: header.Get("Host"), Header: header, Body: []byte(e.Body)}
	s.explained = explainedView(request.Explain(id.Seal, others...))
	return s
}

// sendMany sends one request more than the limit of a second allows, all at once, and gives back one that was too many. The
// first round opens the connections, which takes its time; then the second one is quick enough.
func (p *Playground) sendMany(ctx context.Context, v httpkit.Visitor, id bankclient.Identity, r bankclient.Request) (last bankclient.Exchange, err error) {
	limits, err := p.Quota.For(ctx, string(env), v.OrganisationID)
	if err != nil {
		return last, err
	}
	if limits.PerSecond >= mostAtOnce {
		return last, errWide
	}
	for range 2 {
		all, err := p.sendAtOnce(ctx, id, r, limits.PerSecond+1)
		if err != nil {
			return last, err
		}
		for _, e := range all {
			if last = e; e.Status == http.StatusTooManyRequests {
				return last, nil
			}
		}
	}
	return last, nil
}

func (p *Playground) sendAtOnce(ctx context.Context, id bankclient.Identity, r bankclient.Request, n int) ([]bankclient.Exchange, error) {
	all, failed := make([]bankclient.Exchange, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { all[i], failed[i] = p.client.Send(ctx, id, r) })
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// brokenView says which mistake was made and whether the answer is the documented one; nil where none was made.
func (p *Playground) brokenView(f requestForm, got sent) *page.BrokenView {
	if f.mistake.ID == "" || got.exchange.Status == 0 {
		return nil
	}
	e, wrong := got.exchange, f.mistake
	want := callview.StatusText(wrong.Status) + " with " + wrong.Code
	v := &page.BrokenView{Tone: ui.OK, Title: "Broken on purpose: " + wrong.Title, Text: "The interface documents " + want + " for it, and that came. All else was right."}
	if r, _ := e.Refusal(); e.Status != wrong.Status || r.Code != wrong.Code {
		v.Tone, v.Text = ui.Note, "The interface documents "+want+" for it. Another answer came, because something before it was decided differently: read it below."
	}
	if id, ok := calls.ParseID(e.CallID); ok && p.Debugger != "" && e.SigningString != "" {
		v.Links = append(v.Links, ui.LinkView{Text: "Open in the debugger", Href: p.Debugger + "?request=" + calls.FormatID(id), Icon: "signature", Small: true})
	}
	return v
}

// waitView says when to send again after an answer that was one too many.
func waitView(e bankclient.Exchange) *page.WaitView {
	if e.Status != http.StatusTooManyRequests {
		return nil
	}
	for _, h := range e.AnswerHeaders {
		if n, err := strconv.Atoi(h.Value); h.Name == "Retry-After" && err == nil && n >= 0 {
			return &page.WaitView{Seconds: strconv.Itoa(n), Text: "Retry-After: wait " + many(n, "second") + " before you send again."}
		}
	}
	return nil
}
