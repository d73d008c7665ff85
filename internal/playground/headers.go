package playground

import (
	"net/http"
	"strings"

	"fairway/internal/bankclient"
	"fairway/internal/catalog"
	"fairway/internal/contract"
	page "fairway/web/templates/playground"
)

const (
	referencePath = "/reference"
	signingPath   = "/docs/signing"
	// grantOperation is the token endpoint in the contract.
	grantOperation = "oauth.token"
)

// sources say where a value comes from that the caller did not choose.
var sources = map[string]string{
	"Authorization":             "Taken from the token that was got before.",
	"X-API-Key":                 "The key that the playground has for this app.",
	"X-Request-ID":              "Made at random for this call.",
	"Digest":                    "Computed from the bytes of the body.",
	"Signature":                 "Computed from the signing string, with the key of the QC eSeal.",
	"TPP-Signature-Certificate": "Taken from the active set of certificates.",
	"Host":                      "Taken from the address; the TLS handshake names the same host.",
	"Content-Length":            "Counted by the HTTP client.",
	"User-Agent":                "Named by the HTTP client.",
}

// purposes say what those headers are for that the contract does not list: they belong to HTTP.
var purposes = map[string]string{
	"Host":           "Names the server that is meant, and with it environment and brand (RFC 9110 §7.2).",
	"Content-Length": "Tells where the body ends (RFC 9110 §8.6).",
	"Content-Type":   "Says how the body is written (RFC 9110 §8.3).",
	"Accept":         "Says which form of answer is understood (RFC 9110 §12.5.1).",
	"User-Agent":     "Says which program calls. Nothing depends on it (RFC 9110 §10.1.5).",
	"Date":           "The time of the request. It belongs to HTTP and must not be signed here.",
}

// chapters are where the signing of a header is explained step by step.
var chapters = map[string]string{"Digest": "#digest", "Signature": "#signature", "TPP-Signature-Certificate": "#certificate"}

// setBy names who set a header.
var setBy = map[string]string{bankclient.ByYou: "you", bankclient.ByPlayground: "the playground for you", bankclient.ByConnection: "the connection"}

// contracted is an operation with the address of its page in the reference.
type contracted struct {
	contract.Operation
	path string
}

// contractOf finds what the contract says about the operation of an exchange; ok is false where it says nothing.
func contractOf(e bankclient.Exchange) (found contracted, ok bool) {
	documents, err := contract.Documents()
	if err != nil {
		return contracted{}, false // the tests of the contract find it; the headers are shown without their purpose
	}
	id := operationOf(e)
	for _, d := range documents {
		if o, ok := d.Operation(id); ok {
			return contracted{o, referencePath + "/" + d.API + "/" + d.Version + "/" + o.ID}, true
		}
	}
	return contracted{}, false
}

// operationOf is the name of the operation that an exchange called. What is none of the banks' is the token endpoint.
func operationOf(e bankclient.Exchange) string {
	path, _, _ := strings.Cut(e.Target, "?")
	for _, o := range catalog.Operations() {
		if o.Method == e.Method && endsIn(path, o.Pattern) {
			return o.ID
		}
	}
	return grantOperation
}

// endsIn reports whether the last segments of a path are those of a pattern.
func endsIn(path, pattern string) bool {
	have, want := strings.Split(path, "/"), strings.Split(pattern, "/")[1:]
	if len(have) <= len(want) {
		return false
	}
	have = have[len(have)-len(want):]
	for i, part := range want {
		if part != have[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// headerRows explain the headers of a request: who set each, from what, what it is for, and where it is described.
func headerRows(e bankclient.Exchange, marks []string) []page.HeaderRow {
	o, known := contractOf(e)
	var rows []page.HeaderRow
	for _, h := range e.Headers {
		row := page.HeaderRow{Name: h.Name, Value: shownHeader(h), By: setBy[h.By], Purpose: purposes[h.Name], Marked: marked(h.Value, marks)}
		if h.By != bankclient.ByYou {
			row.Source = sources[h.Name]
		}
		if known {
			o.explain(&row)
		}
		if chapter := chapters[h.Name]; chapter != "" {
			row.Chapter = signingPath + chapter
		}
		rows = append(rows, row)
	}
	return rows
}

// explain adds the contract's own words to a header.
func (o contracted) explain(row *page.HeaderRow) {
	if p, ok := o.Param("header", row.Name); ok {
		row.Purpose, row.Href = p.Description, o.path+"#header-"+p.Name
		return
	}
	for _, s := range o.Schemes {
		own := s.Name != "customerToken" || !o.Takes("ownToken")
		if s.Header == row.Name || row.Name == "Authorization" && (s.Type == "oauth2" || s.Type == "http") && own {
			row.Purpose, row.Href = s.Description, o.path+"#access-"+s.Name
			return
		}
	}
}

// answerRows explain the headers of an answer as far as the contract lists them.
func answerRows(e bankclient.Exchange) []page.HeaderRow {
	o, known := contractOf(e)
	var rows []page.HeaderRow
	for _, h := range e.AnswerHeaders {
		row := page.HeaderRow{Name: h.Name, Value: shownHeader(h)}
		if a, ok := o.Answer(e.Status); known && ok {
			for _, p := range a.Headers {
				if http.CanonicalHeaderKey(p.Name) == http.CanonicalHeaderKey(h.Name) {
					row.Purpose, row.Href = p.Description, o.path+"#answer-headers-"+p.Name
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}
