package bankclient

import (
	"encoding/json"
	"strings"
	"time"
)

// Who set a header of a request.
const (
	ByYou        = "you"
	ByPlayground = "playground"
	ByConnection = "connection"
)

// Header is one header as it may be shown: credentials are reduced to a prefix.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// By says who set it: ByYou, ByPlayground or ByConnection. It is empty in answers.
	By string `json:"by,omitempty"`
}

// Exchange is one request with its answer, as both may be shown. It holds no secret.
type Exchange struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	URL    string    `json:"url"`
	// Target is the path and query of URL.
	Target  string   `json:"target"`
	Headers []Header `json:"headers"`
	Body    string   `json:"body,omitempty"`
	// SigningString is what was signed, Digest the value of that header; both are empty where nothing was signed.
	SigningString string `json:"signing_string,omitempty"`
	Digest        string `json:"digest,omitempty"`
	RequestID     string `json:"request_id,omitempty"`

	// Status is zero where no answer came; then Failure says why.
	Status        int           `json:"status,omitempty"`
	AnswerHeaders []Header      `json:"answer_headers,omitempty"`
	AnswerBody    string        `json:"answer_body,omitempty"`
	Truncated     bool          `json:"truncated,omitempty"`
	Duration      time.Duration `json:"duration"`
	// CallID names the call in the request log, where the answer says so.
	CallID  string   `json:"call_id,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}

// Failure is why a call has no usable answer.
type Failure struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Refusal is what a bank said where it refused.
type Refusal struct{ Code, Path, Text string }

// Refusal reads the error of an answer: tppMessages of the bank APIs (14.11.3), or error and error_description of the
// token endpoint (RFC 6749 §5.2). ok is false where the answer is none of these.
func (e Exchange) Refusal() (r Refusal, ok bool) {
	if e.Status < 400 {
		return Refusal{}, false
	}
	var body struct {
		TPPMessages []struct{ Code, Path, Text string } `json:"tppMessages"`
		Error       string                              `json:"error"`
		Description string                              `json:"error_description"`
	}
	if err := json.Unmarshal([]byte(e.AnswerBody), &body); err != nil {
		return Refusal{}, false
	}
	if len(body.TPPMessages) > 0 && body.TPPMessages[0].Code != "" {
		m := body.TPPMessages[0]
		return Refusal{Code: short(m.Code, 60), Path: short(m.Path, 200), Text: short(m.Text, 1000)}, true
	}
	if body.Error != "" {
		return Refusal{Code: short(body.Error, 60), Text: short(body.Description, 1000)}, true
	}
	return Refusal{}, false
}

// OK reports whether the call was answered with the given status.
func (e Exchange) OK(status int) bool { return e.Failure == nil && e.Status == status }

// short cuts what a server sent to a length that fits a page.
func short(s string, most int) string {
	s = strings.ToValidUTF8(s, "�")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
