package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// tppMessages is variant A of the Implementation Guidelines, 14.11.3, with nothing beside it.
type tppMessages struct {
	Messages []struct {
		Category string `json:"category"`
		Code     string `json:"code"`
		Path     string `json:"path"`
		Text     string `json:"text"`
	} `json:"tppMessages"`
}

// judgeXS2A holds an answer of the bank's interface against what all of them promise.
func (sv *server) judgeXS2A(r *http.Request, res *http.Response, body string) []string {
	var problems []string
	if id := r.Header.Get("X-Request-ID"); id != "" && printable(id) && res.Header.Get("X-Request-ID") != id {
		problems = append(problems, fmt.Sprintf("X-Request-ID %q came back as %q", id, res.Header.Get("X-Request-ID")))
	}
	if body != "" {
		if ct := res.Header.Get("Content-Type"); ct != "application/json" {
			problems = append(problems, "Content-Type is "+ct)
		}
		if cc := res.Header.Get("Cache-Control"); cc != "no-store" {
			problems = append(problems, "Cache-Control is "+cc)
		}
	}
	if res.StatusCode >= 400 && body != "" {
		problems = append(problems, sv.judgeMessages(res, body)...)
	}
	if problem := checkAgainstSchema(sv.below(r), r.Method, res, body); problem != "" {
		problems = append(problems, "against the published schema: "+problem+"\n"+body)
	}
	return problems
}

// below is the path of a request below the bank's address.
func (sv *server) below(r *http.Request) string {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/sandbox/"), "/", 2)
	if len(parts) < 2 {
		return "/"
	}
	return "/" + parts[1]
}

func (sv *server) judgeMessages(res *http.Response, body string) []string {
	m, err := readMessages(body)
	if err != nil {
		return []string{"it is no tppMessages: " + err.Error() + ": " + body}
	}
	var problems []string
	for _, msg := range m.Messages {
		if msg.Category != "ERROR" || msg.Code == "" || msg.Text == "" {
			problems = append(problems, fmt.Sprintf("a message lacks something: %+v", msg))
		}
		if n := utf8.RuneCountInString(msg.Text); n > 500 {
			problems = append(problems, fmt.Sprintf("the text has %d characters", n))
		}
		link := sv.portal + "/docs/errors/" + msg.Code + "?rid="
		at := strings.LastIndex(msg.Text, " "+link)
		if at < 0 || strings.Contains(msg.Text[at+1+len(link):], " ") || len(msg.Text[at+1:]) == len(link) {
			problems = append(problems, "the text does not end with the page of the code and this request: "+msg.Text)
			continue
		}
		page := msg.Text[at+1:]
		if got, want := res.Header.Get("Link"), "<"+page+`>; rel="help"`; got != want {
			problems = append(problems, fmt.Sprintf("Link is %q, want %q", got, want))
		}
		sv.book.mu.Lock()
		sv.book.pages[page[:strings.IndexByte(page, '?')]] = true
		sv.book.mu.Unlock()
	}
	return problems
}

func readMessages(body string) (tppMessages, error) {
	var m tppMessages
	d := json.NewDecoder(bytes.NewReader([]byte(body)))
	d.DisallowUnknownFields()
	err := d.Decode(&m)
	if err == nil && len(m.Messages) == 0 {
		err = fmt.Errorf("no message")
	}
	return m, err
}

// code is the message code of an answer, "" where it has none.
func (a answer) code() string {
	m, err := readMessages(a.body)
	if err != nil {
		return ""
	}
	return m.Messages[0].Code
}

func (a answer) path() string {
	m, err := readMessages(a.body)
	if err != nil {
		return ""
	}
	return m.Messages[0].Path
}

// text is what the answer says, without the link.
func (a answer) text() string {
	m, err := readMessages(a.body)
	if err != nil {
		return ""
	}
	before, _, _ := strings.Cut(m.Messages[0].Text, " http")
	return before
}

func printable(s string) bool {
	if len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
