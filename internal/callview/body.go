package callview

import (
	"net/http"
	"strconv"
	"strings"

	"fairway/internal/calls"
	"fairway/internal/httpsig"
)

// LostBody says why the body of a call is not in the log as it was sent, as the beginning of a sentence without its end; empty
// where it is there. A digest that fits proves that it is.
func LostBody(call calls.Call) string {
	body, header := call.Detail.RequestBody, http.Header{}
	for _, h := range call.Detail.RequestHeaders {
		header.Add(h[0], h[1])
	}
	if _, err := httpsig.CheckDigest(header, []byte(body)); err == nil {
		return ""
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	bodiless := call.Method == http.MethodGet || call.Method == http.MethodDelete
	switch {
	case body == "" && length == 0 && (err == nil || bodiless):
		return ""
	case call.Environment == "live":
		return "In Live no bodies are kept"
	case body == "":
		return "The call was refused before its body was read"
	case call.Detail.Truncated:
		return "The log keeps the first 16 KiB of a body"
	case strings.Contains(body, "**") || strings.ContainsAny(body, "…�") || length > 0 && length != len(body):
		return "The log masks card numbers and secrets in a body"
	}
	return ""
}
