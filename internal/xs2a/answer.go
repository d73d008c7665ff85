package xs2a

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
)

const maxText = 500

type tppMessages struct {
	TPPMessages []tppMessage `json:"tppMessages"`
}

type tppMessage struct {
	Category string `json:"category"`
	Code     string `json:"code"`
	Path     string `json:"path,omitempty"`
	Text     string `json:"text,omitempty"`
}

type link struct {
	Href string `json:"href"`
}

type links map[string]link

// respond writes a JSON answer whole.
func respond(c *gin.Context, status int, body any) error {
	data, err := encode(body)
	if err != nil {
		return err
	}
	send(c, status, data)
	return nil
}

// encode writes JSON as people read it, without escapes for browsers: no browser shows these answers.
func encode(body any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

func send(c *gin.Context, status int, data []byte) {
	h := c.Writer.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(data))}
	h["Cache-Control"] = noStore
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(data) // the caller left: nobody to tell
}

var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
)

// WriteError answers with tppMessages (variant A of 14.11.3); Status and Code are those of a fault. Help is the page of the
// code, with this very request; it stands at the end of the text and in a Link header, beside those that are there. Where the
// standard has no code, there is no body (14.11.1), and the page is that of the status, where there is one.
func WriteError(c *gin.Context, status int, code string, f *fault.Error, help func(code string) string) {
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	if code == "" {
		if page := help(strconv.Itoa(status)); page != "" {
			linkHelp(c, page)
		}
		c.Header("Content-Length", "0")
		c.Status(status)
		c.Writer.WriteHeaderNow()
		return
	}
	page := help(code)
	linkHelp(c, page)
	message := tppMessage{Category: "ERROR", Code: code, Path: f.Path, Text: withHelp(f.Message, page)}
	data, encodeErr := encode(tppMessages{TPPMessages: []tppMessage{message}})
	if encodeErr != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	send(c, status, data)
}

// linkHelp names the page in the headers (RFC 8288).
func linkHelp(c *gin.Context, page string) {
	c.Writer.Header().Add("Link", "<"+page+`>; rel="help"`)
}

// withHelp puts the address behind the sentence and keeps both within the standard's 500 characters.
func withHelp(text, page string) string {
	room := maxText - utf8.RuneCountInString(page) - 1
	if len(text) > room { // in bytes, of which there are as many as characters at least
		if runes := []rune(text); len(runes) > room {
			text = strings.TrimSpace(string(runes[:max(0, room-1)])) + "…"
		}
	}
	return text + " " + page
}

// NoPath is the fault of a path that the interface does not have. Hint says which one may have been meant, or is empty.
func NoPath(hint string) *fault.Error {
	if hint == "" {
		hint = "The operations are below /consent/v1/consents and /card-account/v1/card-accounts."
	}
	return fault.New(fault.NotFound, "RESOURCE_UNKNOWN", "This bank has no such path. "+hint)
}

// NoMethod is the fault of a method that a path does not take; it names those that it takes.
func NoMethod(taken []string, sent string) *fault.Error {
	return fault.New(fault.Invalid, "SERVICE_INVALID", "This path takes "+strings.Join(taken, " and ")+", not "+sent+".")
}

func formatError(path, text string) *fault.Error {
	return fault.New(fault.Invalid, "FORMAT_ERROR", text).At(path)
}
