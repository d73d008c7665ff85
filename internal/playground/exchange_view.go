package playground

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"fairway/internal/bankclient"
	"fairway/internal/callview"
	"fairway/internal/messagecode"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// maxShown is how much of a body a page shows.
const maxShown = 64 << 10

// exchangeView draws an exchange. Marks are the values that come from an earlier step or go on to a later one.
func exchangeView(id string, e bankclient.Exchange, marks []string) *page.ExchangeView {
	v := &page.ExchangeView{
		ID: id, Start: e.Method + " " + e.URL, Headers: headerRows(e, marks), AnswerHeaders: answerRows(e),
		Tone: exchangeTone(e), Status: exchangeStatus(e), AnswerFacts: answerFacts(e),
		Signing: signingView(id, e),
	}
	if e.Body != "" {
		v.Body = &ui.CodeView{ID: id + "-body", Title: "Body, byte for byte", Text: e.Body, Spans: callview.Spans(e.Body, marks), Wrap: true, Tall: true}
	}
	if e.AnswerBody != "" {
		text, cut := shown(callview.Indented(e.AnswerBody))
		v.Answer = &ui.CodeView{ID: id + "-answer-body", Title: "Body", Text: text, Spans: callview.Spans(text, marks), Wrap: true, Tall: true}
		v.AnswerNote = answerNote(e, text, cut)
	}
	return v
}

// shownHeader is a header's value; of the certificate, which is long and in the archive, the beginning is enough.
func shownHeader(h bankclient.Header) string {
	if h.Name == "TPP-Signature-Certificate" && len(h.Value) > 60 {
		return fmt.Sprintf("%s… (%s characters: qseal.pem without its BEGIN and END lines)", h.Value[:40], ui.Thousands(len(h.Value)))
	}
	return h.Value
}

// marked reports whether a value is one of the marks, behind a scheme or not.
func marked(value string, marks []string) bool {
	if _, rest, ok := strings.Cut(value, " "); ok && slices.Contains(marks, rest) {
		return true
	}
	return slices.Contains(marks, value)
}

func exchangeTone(e bankclient.Exchange) ui.Tone {
	if e.Failure != nil {
		return ui.Bad
	}
	return ui.StatusTone(e.Status)
}

func exchangeStatus(e bankclient.Exchange) string {
	if e.Status == 0 {
		return "No answer"
	}
	return callview.StatusText(e.Status)
}

func answerFacts(e bankclient.Exchange) []ui.KV {
	facts := []ui.KV{{Key: "Took", Value: callview.Duration(e.Duration)}, {Key: "Sent", Value: e.At.UTC().Format("2 Jan 2006, 15:04:05") + " UTC"}}
	if e.Status != 0 {
		facts = append(facts, ui.KV{Key: "Size", Value: many(len(e.AnswerBody), "byte")})
	}
	return append(facts, ui.KV{Key: "In the log", Value: e.RequestID, Href: logHref(e)})
}

// logHref leads to the call in the request log: to itself where its id is known, else to its X-Request-ID.
func logHref(e bankclient.Exchange) string {
	if e.CallID != "" {
		return requestsPath + "/" + e.CallID
	}
	return requestsPath + "?" + url.Values{"q": {e.RequestID}}.Encode()
}

func answerNote(e bankclient.Exchange, text string, cut bool) string {
	var notes []string
	if text != e.AnswerBody && !cut {
		notes = append(notes, "Indented for reading.")
	}
	if cut || e.Truncated {
		notes = append(notes, "Longer than what is shown.")
	}
	return strings.Join(notes, " ")
}

// shown cuts a body to what a page shows.
func shown(text string) (string, bool) {
	if len(text) <= maxShown {
		return text, false
	}
	return strings.ToValidUTF8(text[:maxShown], ""), true
}

// problemOf explains an exchange that did not go well, or is nil.
func problemOf(e bankclient.Exchange) *page.ProblemView {
	log := ui.LinkView{Text: "See it in the request log", Href: logHref(e), Icon: "scroll-text", Small: true}
	if e.Failure != nil {
		v := &page.ProblemView{Title: "No usable answer", Text: e.Failure.Text}
		if e.Status != 0 {
			v.Links = []ui.LinkView{log}
		}
		return v
	}
	if e.Status < 300 {
		return nil
	}
	r, ok := e.Refusal()
	if !ok {
		return &page.ProblemView{Title: callview.StatusText(e.Status), Text: "The answer carries no error in JSON. It is shown as it came.", Links: []ui.LinkView{log}}
	}
	return explained(callview.StatusText(e.Status)+" · "+r.Code, r.Code, r.Path, r.Text, e.CallID, log)
}

// explained is what the record of a code adds to what was said.
func explained(title, code, path, text, callID string, more ...ui.LinkView) *page.ProblemView {
	v := &page.ProblemView{Title: title, Path: path, Text: withoutLink(text)}
	record, known := messagecode.Find(code)
	if !known {
		v.Links = more
		return v
	}
	if v.Text == "" {
		v.Text = record.What
	}
	for i, cause := range record.Causes {
		v.Causes = append(v.Causes, page.CauseRow{Cause: cause, Fix: record.Fixes[i]})
	}
	href := "/docs/errors/" + url.PathEscape(code)
	if callID != "" {
		href += "?rid=" + callID
	}
	v.Links = append([]ui.LinkView{{Text: "Read about " + code, Href: href, Icon: "book-open", Small: true}}, more...)
	return v
}

// withoutLink drops the address at the end of a bank's sentence: the page has it as a link.
func withoutLink(text string) string {
	if i := strings.LastIndex(text, " http"); i > 0 && !strings.Contains(text[i+1:], " ") && strings.Contains(text[i:], "/docs/errors/") {
		return text[:i]
	}
	return text
}

// took says how long an exchange took, in a sentence. The request log counts less: only the time at the bank's door.
func took(e bankclient.Exchange) string {
	return "The bank answered in " + callview.Duration(e.Duration) + ", the way there and back included."
}
