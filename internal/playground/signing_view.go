package playground

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fairway/internal/bankclient"
	"fairway/internal/httpsig"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// lineRules say why a line is in the signing string, and in which form.
var lineRules = map[string]string{
	"digest":           "Every request signs it. The value is the whole value of the header, with SHA-256= in front.",
	"x-request-id":     "Every request signs it. The value is the one that is sent, in the same letter case.",
	"psu-id":           onlyIfSent,
	"psu-corporate-id": onlyIfSent,
	"tpp-redirect-uri": onlyIfSent,
}

const (
	onlyIfSent = "Signed because the request has this header. A request without it leaves the line, and its name in headers, out."
	unsigned   = "Does not belong in the signing string. Digest, X-Request-ID, PSU-ID, PSU-Corporate-ID and TPP-Redirect-URI are signed, nothing else."
	noHeader   = "This is no line of a header: a name, a colon, one blank and the value."
	noLine     = "A line feed that does not belong there: it stands between two lines and nowhere else."
)

// signingView takes the signing string of an exchange apart: line by line, the digest step by step, and byte by byte.
func signingView(id string, e bankclient.Exchange) *page.SigningView {
	if e.SigningString == "" {
		return nil
	}
	return &page.SigningView{
		Text:   ui.CodeView{ID: id + "-string", Title: "Signing string", Text: e.SigningString, Wrap: true},
		Facts:  signingFacts(e),
		Lines:  signedLines(e),
		Digest: digestSteps(e),
		Bytes:  ui.CodeView{ID: id + "-bytes", Title: "Eight to the line, in hex", Text: dump([]byte(e.SigningString)), Tall: true},
	}
}

// dump writes bytes much as xxd -g1 -c8 does: where they begin, the bytes in hex, and what can be read of them. Eight to the line
// find room beside a form and on a telephone.
func dump(data []byte) string {
	var b strings.Builder
	for i := 0; i < len(data); i += 8 {
		row := data[i:min(i+8, len(data))]
		readable := slices.Clone(row)
		for j, c := range readable {
			if c < ' ' || c > '~' {
				readable[j] = '.'
			}
		}
		fmt.Fprintf(&b, "%04x: %-23s  %s\n", i, fmt.Sprintf("% x", row), readable)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// signedLines are the lines of the signing string, each with the header that it was made from.
func signedLines(e bankclient.Exchange) []page.HeaderRow {
	rows := headerRows(e, nil)
	var lines []page.HeaderRow
	for i, line := range strings.Split(e.SigningString, "\n") {
		number := strconv.Itoa(i+1) + ". "
		name, value, named := strings.Cut(line, ":")
		switch {
		case line == "":
			lines = append(lines, page.HeaderRow{Number: number, Name: "nothing", Purpose: noLine})
			continue
		case !named:
			lines = append(lines, page.HeaderRow{Number: number, Name: "no name", Value: line, Purpose: noHeader})
			continue
		}
		row := page.HeaderRow{Number: number, Name: name, Value: seen(strings.TrimPrefix(value, " "))}
		for _, r := range rows {
			if strings.EqualFold(r.Name, strings.TrimSpace(name)) {
				row.By, row.Source, row.Href, row.Chapter = r.By, r.Source, r.Href, r.Chapter
			}
		}
		row.Purpose = cmp.Or(lineRules[strings.ToLower(strings.TrimSpace(name))], unsigned)
		lines = append(lines, row)
	}
	return lines
}

// digestSteps show how the value of Digest comes from the body, and what was sent where that is another.
func digestSteps(e bankclient.Exchange) []ui.KV {
	sum := sha256.Sum256([]byte(e.Body))
	right := httpsig.Digest("SHA-256", []byte(e.Body))
	body := ui.KV{Key: "Body", Value: many(len(e.Body), "byte") + ", hashed exactly as sent"}
	if e.Body == "" {
		body.Value = "None: the empty string is hashed, 0 bytes"
	}
	steps := []ui.KV{
		body,
		{Key: "SHA-256, 32 bytes in hex", Value: hex.EncodeToString(sum[:]), Mono: true},
		{Key: "The same 32 bytes in base64", Value: strings.TrimPrefix(right, "SHA-256="), Mono: true},
		{Key: "With the algorithm in front", Value: right, Mono: true},
	}
	if e.Digest != "" && e.Digest != right {
		steps = append(steps, ui.KV{Key: "What was sent instead", Value: e.Digest, Mono: true})
	}
	return steps
}

// seen writes a carriage return at the end so that it can be seen.
func seen(value string) string {
	if rest, ok := strings.CutSuffix(value, "\r"); ok {
		return rest + "␍"
	}
	return value
}

func signingFacts(e bankclient.Exchange) []ui.KV {
	return []ui.KV{
		{Key: "Rule", Value: "Lower-case names, one blank after the colon, a line feed between the lines and none at the end"},
		{Key: "Length", Value: many(len(e.SigningString), "byte")},
		{Key: "Signed with", Value: "the QC eSeal’s key: RSASSA-PKCS1-v1_5 with SHA-256"},
	}
}
