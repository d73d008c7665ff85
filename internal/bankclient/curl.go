package bankclient

import (
	"regexp"
	"strings"
)

// The scripts run as they are in the folder that the set's archive unpacks to, in any POSIX shell. Secrets are
// variables of env.sh; what a former step gave is a variable that the script asks for.

const newUUID = `openssl rand -hex 16 | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)$/\1-\2-4\3-8\4-\5/'`

// tokenScript writes the request for a token.
func tokenScript(m *message, g Grant, tokenURL string) string {
	var b strings.Builder
	b.WriteString(". ./env.sh\n")
	switch g.Type {
	case "authorization_code":
		b.WriteString(": \"${CODE:?Set CODE to the code of the redirect}\" \"${CODE_VERIFIER:?Set CODE_VERIFIER to the verifier behind the code_challenge}\"\n")
	case "refresh_token":
		b.WriteString(": \"${REFRESH_TOKEN:?Set REFRESH_TOKEN to the refresh_token of the last answer}\"\n")
	}
	b.WriteString("curl" + m.trusting() + " --cert qwac.pem --key qwac.key \\\n")
	b.WriteString("  --user \"$FAIRWAY_CLIENT_ID:$FAIRWAY_CLIENT_SECRET\" \\\n")
	variables := map[string]string{"code": "CODE", "code_verifier": "CODE_VERIFIER", "refresh_token": "REFRESH_TOKEN"}
	for _, f := range g.fields() {
		if name := variables[f.name]; name != "" {
			b.WriteString("  --data-urlencode \"" + f.name + "=$" + name + "\" \\\n")
		} else {
			b.WriteString("  --data-urlencode " + quoted(f.name+"="+f.value) + " \\\n")
		}
	}
	b.WriteString("  " + quoted(tokenURL) + "\n")
	return b.String()
}

// trusting names the root that a client needs, unless the server has a public certificate.
func (m *message) trusting() string {
	if m.exchange.Status != 0 && !m.ownRoot {
		return ""
	}
	return " --cacert ca.pem"
}

var signedList = regexp.MustCompile(`headers="([^"]*)"`)

// bankScript writes a call of a bank API with its signature.
func bankScript(m *message, r Request, tokenURL string) string {
	var b strings.Builder
	b.WriteString(". ./env.sh\n")
	b.WriteString(tokenLines(m, r, tokenURL))
	b.WriteString("REQUEST_ID=$(" + newUUID + ")\n")
	if r.Body != "" {
		b.WriteString("printf '%s' " + quoted(r.Body) + " > body.json\n")
	}
	if !r.Unsigned {
		b.WriteString(signLines(m, r))
	}
	b.WriteString("curl --include" + m.trusting() + " --cert qwac.pem --key qwac.key \\\n")
	if r.Method != "GET" {
		b.WriteString("  --request " + r.Method + " \\\n")
	}
	for _, h := range m.exchange.Headers {
		if line := headerLine(m, h); line != "" {
			b.WriteString("  --header " + line + " \\\n")
		}
	}
	if r.Body != "" {
		b.WriteString("  --data-binary @body.json \\\n")
	}
	b.WriteString("  " + quoted(m.exchange.URL) + "\n")
	return b.String()
}

// tokenLines get the access token, or ask for the one that only a customer can give.
func tokenLines(m *message, r Request, tokenURL string) string {
	switch {
	case r.Bearer == "":
		return ""
	case !r.ClientToken:
		return ": \"${ACCESS_TOKEN:?Set ACCESS_TOKEN to the access_token that the code was exchanged for}\"\n"
	}
	return "ACCESS_TOKEN=$(curl --silent --show-error" + m.trusting() + " --cert qwac.pem --key qwac.key \\\n" +
		"  --user \"$FAIRWAY_CLIENT_ID:$FAIRWAY_CLIENT_SECRET\" --data grant_type=client_credentials \\\n" +
		"  " + quoted(tokenURL) + " | sed -n 's/.*\"access_token\" *: *\"\\([^\"]*\\)\".*/\\1/p')\n"
}

// signLines make digest and signature over the same headers in the same order as the request that was sent.
func signLines(m *message, r Request) string {
	body := "body.json"
	if r.Body == "" {
		body = "/dev/null"
	}
	names := strings.Fields(firstGroup(signedList, m.header.Get("Signature")))
	format, values := "", ""
	for i, name := range names {
		if i > 0 {
			format += `\n`
		}
		format += name + ": %s"
		switch name {
		case "digest":
			values += ` "$DIGEST"`
		case "x-request-id":
			values += ` "$REQUEST_ID"`
		default:
			values += " " + quoted(m.header.Get(name))
		}
	}
	return "DIGEST=\"SHA-256=$(openssl dgst -sha256 -binary " + body + " | openssl base64 -A)\"\n" +
		"SIGNATURE=$(printf '" + format + "'" + values + " \\\n  | openssl dgst -sha256 -sign qseal.key | openssl base64 -A)\n" +
		"CERTIFICATE=$(sed '/-----/d' qseal.pem | tr -d '\\r\\n')\n"
}

var signatureValue = regexp.MustCompile(`signature="[^"]*"`)

// headerLine is a header as a word of the command line; what the connection sets is curl's own affair.
func headerLine(m *message, h Header) string {
	switch h.Name {
	case "Authorization":
		return `"Authorization: Bearer $ACCESS_TOKEN"`
	case "X-API-Key":
		return `"X-API-Key: $FAIRWAY_API_KEY"`
	case "X-Request-ID":
		return `"X-Request-ID: $REQUEST_ID"`
	case "Digest":
		return `"Digest: $DIGEST"`
	case "TPP-Signature-Certificate":
		return `"TPP-Signature-Certificate: $CERTIFICATE"`
	case "Signature":
		before := signatureValue.ReplaceAllString(m.header.Get("Signature"), "")
		return `"Signature: ` + insideQuotes(before) + `signature=\"$SIGNATURE\""`
	}
	if h.By == ByConnection {
		return ""
	}
	return quoted(h.Name + ": " + h.Value)
}

func firstGroup(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// quoted makes one word of any text for a POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// insideQuotes escapes text that stands between double quotes.
func insideQuotes(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(s)
}
