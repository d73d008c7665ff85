// Package callview owns how a call of the request log is shown: the same on the TPP's page and on the support's.
package callview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fairway/internal/calls"
	"fairway/web/templates/ui"
)

// Names are what ids of a call stand for, in the caller's words.
type Names struct {
	// App is the whole fact: which app sent the call.
	App ui.KV
	// Brand is the brand's name; empty shows its id.
	Brand string
	// Shared says that the call was cut down by Shared: what is not there was left out.
	Shared bool
}

// Of draws a call with all that was kept of it.
func Of(call calls.Call, names Names) ui.CallView {
	call = Visible(call)
	d := call.Detail
	v := ui.CallView{
		Facts: facts(call, names), Start: call.Method + " " + call.Path, Status: Title(call),
		Request: headers(d.RequestHeaders), Answer: headers(d.ResponseHeaders),
		BodyNote: "Authorization and X-API-Key are reduced to their beginnings, card numbers are masked.",
	}
	v.Steps, v.StepsNote = checks(d)
	if d.SigningString != "" {
		v.Signing = &ui.CodeView{ID: "signing-string", Title: "Signing string, as we computed it", Text: d.SigningString, Wrap: true}
	}
	if d.RequestBody != "" {
		v.Body = &ui.CodeView{ID: "request-body", Title: "Body", Text: d.RequestBody, Spans: Spans(d.RequestBody, nil), Wrap: true, Tall: true}
	}
	if d.ResponseBody != "" {
		text := Indented(d.ResponseBody)
		v.AnswerTo = &ui.CodeView{ID: "answer-body", Title: "Body", Text: text, Spans: Spans(text, nil), Wrap: true, Tall: true}
	}
	if call.Environment == "live" {
		v.BodyNote = "Authorization and X-API-Key are reduced to their beginnings. In Live no bodies are kept: they are customers' data."
	}
	if d.Truncated {
		v.BodyNote += " A body was longer than 16 KiB; its beginning is kept."
	}
	return v
}

// Title is the status and the code of a call, as they stand beside its name: "401 Unauthorized TOKEN_EXPIRED".
func Title(call calls.Call) string {
	return strings.TrimSpace(StatusText(call.Status) + " " + call.Code)
}

// Name is the method and the path of a call without its query, cut for a heading.
func Name(call calls.Call) string {
	path, _, _ := strings.Cut(visible(call.Path), "?")
	if len(path) > longestPath {
		path = strings.ToValidUTF8(path[:longestPath], "")
	}
	return call.Method + " " + path
}

const longestPath = 80

// StatusText is a status as it stands in a status line: "200 OK".
func StatusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// or is the first text that says something.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// environment is where a call went, as people read it.
func environment(call calls.Call) string {
	switch call.Environment {
	case "live":
		return "Live"
	case "sandbox":
		return "Sandbox"
	}
	return "–"
}

// leftOut stands for what a shared call has lost on purpose.
const leftOut = "left out of what is shared"

func facts(call calls.Call, names Names) []ui.KV {
	d := call.Detail
	list := []ui.KV{
		{Key: "Time", Value: call.At.UTC().Format("2 Jan 2006, 15:04:05.000") + " UTC"},
		{Key: "Took", Value: Duration(call.Duration)},
		names.App,
		{Key: "Environment", Value: environment(call)},
		{Key: "Brand", Value: or(names.Brand, or(call.Brand, "–"))},
		{Key: "Operation", Value: or(call.Operation, "–"), Mono: true},
		{Key: "X-Request-ID", Value: or(call.RequestID, "none"), Mono: true},
	}
	if d.Repeated {
		list = append(list, ui.KV{Key: "Repeated", Value: "This X-Request-ID was seen before. Make a new one for every request."})
	}
	list = append(list, ui.KV{Key: "Connection", Value: or(d.TLSVersion, "without TLS")})
	if names.Shared {
		return append(list, ui.KV{Key: "Certificate", Value: leftOut}, ui.KV{Key: "From", Value: leftOut})
	}
	if d.Thumbprint != "" {
		list = append(list, ui.KV{Key: "Certificate", Value: d.Subject}, ui.KV{Key: "SHA-256", Value: d.Thumbprint, Mono: true})
	} else {
		list = append(list, ui.KV{Key: "Certificate", Value: "none that is known"})
	}
	return append(list, ui.KV{Key: "From", Value: or(d.RemoteIP, "–"), Mono: true})
}

func headers(kept [][2]string) []ui.HTTPHeader {
	rows := make([]ui.HTTPHeader, 0, len(kept))
	for _, h := range kept {
		name := h[0]
		if name == "X-Api-Key" {
			name = "X-API-Key"
		}
		rows = append(rows, ui.HTTPHeader{Name: name, Value: h[1]})
	}
	return rows
}

func micros(n int64) string {
	if n < 1 {
		return "< 1 µs"
	}
	return thousands(strconv.FormatInt(n, 10)) + " µs"
}

var bareNumber = regexp.MustCompile(`\b[0-9]{4,12}\b`)

// thousands puts commas into a number.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Duration is how long an exchange took: "1,234 µs" below ten milliseconds, "12 ms" above.
func Duration(d time.Duration) string {
	if d < 10*time.Millisecond {
		return micros(d.Microseconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// Indented writes JSON for reading; anything else stays as it is.
func Indented(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		return text
	}
	return strings.TrimRight(b.String(), "\n")
}
