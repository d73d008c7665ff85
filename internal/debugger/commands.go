package debugger

import (
	"fmt"
	"slices"
	"strings"

	"fairway/internal/httpsig"
	"fairway/web/templates/ui"
)

// longestBody is how long a body may be that is written into a command.
const longestBody = 2000

func fixLead(e *examination) string {
	if e.diagnosis.Valid {
		return "These commands make the same digest and signature with openssl and the key of your QC eSeal."
	}
	return "These commands make the right digest and signature for this request, with openssl and the key of your QC eSeal."
}

// fix are the commands for this very request.
func fix(e *examination) *ui.CodeView {
	d := &e.diagnosis
	hash := strings.ToLower(strings.ReplaceAll(d.DigestAlgorithm, "-", ""))
	var b strings.Builder
	switch {
	case e.unknown:
		b.WriteString("# body.json: the file that you send with --data-binary @body.json\n")
	case len(e.body) == 0:
		b.WriteString("# there is no body: hash the empty string\n: >body.json\n")
	case len(e.body) > longestBody || !plainText(string(e.body)):
		b.WriteString("# body.json: the bytes that you send, with --data-binary @body.json\n")
	default:
		fmt.Fprintf(&b, "# the body, byte for byte; send it with --data-binary @body.json\nprintf '%%s' %s >body.json\n", quoted(string(e.body)))
	}
	fmt.Fprintf(&b, "digest=\"%s=$(openssl dgst -%s -binary body.json | openssl base64 -A)\"\n\n", d.DigestAlgorithm, hash)
	names, format, values := lines(e)
	if !slices.Contains(d.Order, requestID) {
		b.WriteString("request_id=$(uuidgen | tr A-F a-f)\n")
	}
	fmt.Fprintf(&b, "# the signing string: no line end behind the last line\nprintf '%s'%s >string.txt\n", format, values)
	fmt.Fprintf(&b, "signature=$(openssl dgst -%s -sign qseal.key string.txt | openssl base64 -A)\n\n", strings.TrimPrefix(d.Algorithm, "rsa-"))
	fmt.Fprintf(&b, "printf 'Digest: %%s\\n' \"$digest\"\nprintf 'Signature: keyId=\"%%s\",algorithm=\"%s\",headers=\"%s\",signature=\"%%s\"\\n' %s \"$signature\"\n",
		d.Algorithm, strings.Join(names, " "), quoted(keyID(d)))
	b.WriteString("printf 'TPP-Signature-Certificate: %s\\n' \"$(openssl x509 -in qseal.pem -outform DER | openssl base64 -A)\"")
	return &ui.CodeView{ID: "commands", Title: "Shell", Text: b.String(), Wrap: true}
}

const requestID = "x-request-id"

// lines are the names to sign, the format of the signing string for printf, and its values as arguments. What must be signed
// and is not in the request is added.
func lines(e *examination) (names []string, format, values string) {
	for n, line := range strings.Split(e.diagnosis.SigningString, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		if n > 0 {
			format += `\n`
		}
		names, format = append(names, name), format+name+": %s"
		if name == "digest" {
			values += ` "$digest"`
		} else {
			values += " " + quoted(value)
		}
	}
	for _, must := range [][2]string{{"digest", ` "$digest"`}, {requestID, ` "$request_id"`}} {
		if !slices.Contains(names, must[0]) {
			names, format, values = append(names, must[0]), format+`\n`+must[0]+": %s", values+must[1]
		}
	}
	return names, format, values
}

// keyID is what names the certificate: as it was sent where it is right.
func keyID(d *httpsig.Diagnosis) string {
	if d.KeyID == "" {
		return "SN=…,CA=…"
	}
	return d.KeyID
}

// quoted is a word of the shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// plainText reports whether a text can stand in a command as it is.
func plainText(text string) bool {
	for _, r := range text {
		if r < ' ' && r != '\n' || r == 0x7f || r == '\ufffd' {
			return false
		}
	}
	return true
}
