package debugger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"fairway/internal/callview"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/messagecode"
	page "fairway/web/templates/debugger"
	"fairway/web/templates/ui"
)

// view is the page while it is put together.
type view struct{ page.View }

func newView(sent form) view {
	v := view{page.View{
		Head:      ui.HeadView{Title: "Signature debugger", Lead: "Paste a request as you sent it. Each step of its signature is looked at by itself, down to the byte that is wrong."},
		FormTitle: "Paste a request",
		Request: ui.FieldView{Name: "request", Label: "Request", Value: sent.Request, Rows: 14, Mono: true,
			Hint: "Headers, an empty line, the body. Or all that curl -v prints, with the body behind it."},
		Certificate: ui.FieldView{Name: "certificate", Label: "QC eSeal certificate", Value: sent.Certificate, Rows: 6, Mono: true, Optional: true,
			Hint: "PEM. Without it, the one in the request’s TPP-Signature-Certificate is taken."},
		Second: ui.FieldView{Name: "second", Label: "Another certificate of yours", Value: sent.Second, Rows: 6, Mono: true, Optional: true,
			Hint: "PEM of your QWAC, or of an older eSeal: then a signature made with its key is recognised."},
		SecondOpen:   sent.Second != "",
		ExamplesLead: "One that is right, and the mistakes that people make most. The keys are nobody’s.",
	}}
	for n, b := range breakages {
		l := ui.LinkView{Text: b.label, Href: Path + "?example=" + b.name, Small: true}
		if n == 0 {
			l.Icon = "circle-check"
		}
		v.Examples = append(v.Examples, l)
	}
	return v
}

// refuse shows what is wrong with the form, each sentence at its field.
func (v *view) refuse(found httpkit.Problems) {
	v.Problems = found.Summary()
	for _, field := range []*ui.FieldView{&v.Request, &v.Certificate, &v.Second} {
		field.Error = found.At(field.Name)
	}
	v.SecondOpen = v.SecondOpen || v.Second.Error != ""
}

// from says which request of the log this is.
func (v *view) from(l logged) {
	const log = "/playground/requests"
	v.Head.Crumbs = []ui.Crumb{{Text: "Requests", Href: log}, {Text: l.id, Href: log + "/" + l.id}, {Text: "Debugger"}}
}

// result draws what was found out.
func (v *view) result(e *examination) {
	v.FormTitle = "Change it and check again"
	if len(e.request.Dropped) > 0 {
		v.Dropped = "Nothing of them was kept, and the form below is without them: " + e.dropped() + "."
	}
	d := &e.diagnosis
	r := page.ResultView{}
	r.Tone, r.Title, r.Text = headline(e)
	for _, s := range d.Steps {
		r.Steps = append(r.Steps, stepView(s))
	}
	if d.SigningString != "" {
		r.Expected = &ui.CodeView{ID: "expected", Title: "Signing string", Text: d.SigningString, Wrap: true}
		r.Fix, r.FixLead = fix(e), fixLead(e)
	}
	if d.SignedInstead != "" {
		r.Signed = &ui.CodeView{ID: "signed", Title: "What was signed", Text: printable(d.SignedInstead), Wrap: true}
		r.Diff = &ui.DiffView{ID: "diff", Caption: "What was signed, and what to sign", Lines: callview.Diff(printable(d.SignedInstead), d.SigningString)}
		r.Where = where(d.SignedInstead, d.SigningString, d.FirstDiff) + " " + tried(d.Tried)
	}
	for _, f := range e.findings {
		r.Findings = append(r.Findings, findingView(f))
	}
	r.JSON = ui.CodeView{ID: "json", Title: "Answer of POST " + APIPath, Text: asJSON(e.verdict()), Wrap: true, Tall: true}
	r.JSON.Spans = callview.Spans(r.JSON.Text, nil)
	v.Result = &r
}

// headline says in one sentence how it stands, and what to do first.
func headline(e *examination) (tone ui.Tone, title, text string) {
	d := &e.diagnosis
	signature := d.Step(httpsig.StepSignature)
	failed := firstFailed(d)
	switch {
	case d.Valid && severe(e.findings):
		return ui.Warn, "The signature is right, and yet a bank refuses the request", "All six steps passed. See what stands beside the verdict."
	case d.Valid:
		return ui.OK, "The signature is right", "All six steps passed. A bank that has this certificate on file accepts the signature."
	case signature.Verdict == httpsig.Failed && d.SignedInstead != "":
		return ui.Bad, "You signed this, send that", signature.Text + alsoWrong(d)
	case signature.Verdict == httpsig.Failed:
		return ui.Bad, "The signature does not match", signature.Text + alsoWrong(d)
	case failed.Verdict == httpsig.Failed && signature.Verdict == httpsig.Passed:
		return ui.Bad, "The signature fits, but the " + stepTitles[failed.ID] + " is wrong", failed.Text
	case failed.Verdict == httpsig.Failed:
		return ui.Bad, "The " + stepTitles[failed.ID] + " is wrong", failed.Text
	}
	if incomplete(d) {
		return ui.Warn, "The body is not here as it was sent", d.Step(httpsig.StepDigest).Text
	}
	return ui.Note, "Not everything can be told", "What could be looked at is right. The steps below say what is missing."
}

// alsoWrong names the steps before the signature that failed.
func alsoWrong(d *httpsig.Diagnosis) string {
	var names []string
	for _, s := range d.Steps {
		if s.Verdict == httpsig.Failed && s.ID != httpsig.StepSignature {
			names = append(names, "the "+stepTitles[s.ID])
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " Also wrong: " + strings.Join(names, ", ") + "; see the steps."
}

func firstFailed(d *httpsig.Diagnosis) httpsig.Step {
	for _, s := range d.Steps {
		if s.Verdict == httpsig.Failed {
			return s
		}
	}
	return httpsig.Step{}
}

// incomplete reports whether the digest cannot be judged since the body has another length than was sent.
func incomplete(d *httpsig.Diagnosis) bool {
	return d.Step(httpsig.StepDigest).Verdict == httpsig.Undecided && slices.ContainsFunc(d.Findings, func(f httpsig.Finding) bool { return f.Code == httpsig.BodyLength })
}

func severe(list []httpsig.Finding) bool {
	for _, f := range list {
		if f.Severity == httpsig.SeverityError {
			return true
		}
	}
	return false
}

var stepTitles = map[string]string{
	httpsig.StepParse: "Signature header", httpsig.StepDigest: "digest", httpsig.StepHeaders: "list of headers", httpsig.StepKeyID: "keyId",
	httpsig.StepCertificate: "certificate", httpsig.StepSignature: "signature",
}

func stepView(s httpsig.Step) page.StepView {
	title := stepTitles[s.ID]
	v := page.StepView{Title: strings.ToUpper(title[:1]) + title[1:], Text: s.Text, Verdict: "not decided"}
	if s.ID == httpsig.StepKeyID {
		v.Title = title
	}
	switch s.Verdict {
	case httpsig.Passed:
		v.Tone, v.Verdict = ui.OK, "passed"
	case httpsig.Failed:
		v.Tone, v.Verdict = ui.Bad, "failed"
		v.Sent, v.Right = short(s.Sent), short(s.Expected)
		if s.Sent == "" {
			v.Sent = "nothing"
		}
	case httpsig.Undecided:
	}
	return v
}

func findingView(f httpsig.Finding) page.FindingView {
	v := page.FindingView{Tone: ui.Note, Kind: "Note: ", Text: f.Text, Path: f.Path, Code: f.Code}
	switch f.Severity {
	case httpsig.SeverityError:
		v.Tone, v.Kind = ui.Bad, "Error: "
	case httpsig.SeverityWarning:
		v.Tone, v.Kind = ui.Warn, "Warning: "
	}
	if _, ok := messagecode.Find(f.Code); ok {
		v.Href = messagecode.Path(f.Code)
	}
	return v
}

// where names the first byte that differs: its place, and what stands there on both sides.
func where(signed, expected string, at int) string {
	if at < 0 {
		return ""
	}
	before := expected[:min(at, len(expected))]
	line, column := strings.Count(before, "\n")+1, at-strings.LastIndex(before, "\n")
	return fmt.Sprintf("They differ from byte %d on (line %d, byte %d): %s where %s is expected.", at+1, line, column, byteAt(signed, at), byteAt(expected, at))
}

// byteAt names what stands at a place of a text.
func byteAt(text string, at int) string {
	if at >= len(text) {
		return "the end"
	}
	switch c := text[at]; {
	case c == '\n':
		return "a line feed"
	case c == '\r':
		return "a carriage return"
	case c == ' ':
		return "a blank"
	case c == '\t':
		return "a tab"
	case c < ' ' || c >= 0x7f:
		return fmt.Sprintf("the byte %02X", c)
	default:
		return "“" + string(c) + "”"
	}
}

func tried(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Found by trying %d texts that people sign by mistake.", n)
}

// printable is a text that was signed, with bytes that are no text written out.
func printable(text string) string {
	if utf8.ValidString(text) && !strings.Contains(text, "\x00") {
		return text
	}
	return fmt.Sprintf("%x", text)
}

const longestValue = 400

// short cuts a value for a line.
func short(value string) string {
	if len(value) <= longestValue {
		return strings.ToValidUTF8(value, "�")
	}
	return strings.ToValidUTF8(value[:longestValue], "") + "…"
}

func asJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return "" // texts and truths only: cannot fail
	}
	return strings.TrimRight(b.String(), "\n")
}
