package script

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"fairway/internal/catalog"
)

// Request is one call that a script makes.
type Request struct {
	// ID is "token", "authorise", "exchange", "refresh" or the operation's.
	ID, Method, Path, Summary string
	// Headers explains what is sent, in the order in which it is sent.
	Headers []Header
	// Redirects tells that it needs a redirect URI.
	Redirects bool

	operation *catalog.Operation
	grant     []string // of a call to the token endpoint: lines that add its fields
	wants     []string // variables that have to be set, with what to set them to
}

// Requests are all calls that a connection to these APIs opens: first the tokens and the way to the bank, then the operations.
func Requests(apis []catalog.API) []Request {
	list := []Request{
		{ID: "token", Method: http.MethodPost, Path: "/token", Summary: "A token of your own, by client credentials.", Headers: tokenHeaders,
			grant: []string{`  option data 'grant_type=client_credentials'`}},
		{ID: "authorise", Method: http.MethodGet, Path: "/v1/authorizations", Summary: "The address that sends the customer to the bank, with PKCE.", Redirects: true,
			wants: []string{`CONSENT_ID`, `the consentId that POST consents gave`}},
		{ID: "exchange", Method: http.MethodPost, Path: "/token", Summary: "The customer's token, for the code that came back.", Headers: tokenHeaders, Redirects: true,
			grant: []string{`  option data 'grant_type=authorization_code'`, `  option data-urlencode "code=$CODE"`, `  option data-urlencode "redirect_uri=$REDIRECT_URI"`, `  option data-urlencode "code_verifier=$CODE_VERIFIER"`},
			wants: []string{`CODE`, `the code of the address that the bank sent the browser to`, `CODE_VERIFIER`, `the verifier that the authorisation printed`}},
		{ID: "refresh", Method: http.MethodPost, Path: "/token", Summary: "The next token of the customer's, for a refresh token.", Headers: tokenHeaders,
			grant: []string{`  option data 'grant_type=refresh_token'`, `  option data-urlencode "refresh_token=$REFRESH_TOKEN"`},
			wants: []string{`REFRESH_TOKEN`, `the refresh_token of the last answer`}},
	}
	seen := map[string]bool{}
	for _, a := range apis {
		for _, o := range catalog.OperationsOf(a) {
			if !seen[o.ID] {
				seen[o.ID] = true
				list = append(list, Request{ID: o.ID, Method: o.Method, Path: o.Pattern, Summary: o.Summary, Headers: headersOf(o), operation: &o})
			}
		}
	}
	return list
}

// Script is the whole script of one request. Today is the day that an example body counts from.
func (r Request) Script(c Caller, today time.Time) string {
	text := opening(c, r.Method+" "+r.Path, r.secrets()...)
	if r.Redirects {
		text += "REDIRECT_URI=" + quoted(c.RedirectURI) + "\n"
	}
	if r.operation != nil {
		return text + call(c, *r.operation, today)
	}
	text += wanted(r.wants) + "\n"
	if r.ID == "authorise" {
		return text + authorise(c)
	}
	return text + option + "\n{\n" + tokenLines(r.grant) + "} | " + curl + "\necho\n"
}

// Signed tells whether the seal signs it.
func (r Request) Signed() bool { return r.operation != nil }

// secrets are the variables of the secrets that the request needs.
func (r Request) secrets() []string {
	switch {
	case r.operation == nil && r.grant == nil:
		return nil
	case r.operation == nil:
		return []string{clientSecret}
	case r.operation.Token == catalog.UserToken:
		return []string{apiKey}
	}
	return []string{clientSecret, apiKey}
}

// wanted asks for what only the TPP knows: pairs of a variable and what to set it to.
func wanted(pairs []string) string {
	var b strings.Builder
	if len(pairs) > 0 {
		b.WriteString("\n# What this call needs from you.\n")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString("need " + pairs[i] + " " + quoted(pairs[i+1]) + "\n")
	}
	return b.String()
}

// tokenLines are the options of a call to the token endpoint: the client proves itself by its secret and by its QWAC.
func tokenLines(grant []string) string {
	return `  option url "$TOKEN_URL"` + "\n" + `  option user "$CLIENT_ID:$FAIRWAY_CLIENT_SECRET"` + "\n" + strings.Join(grant, "\n") + "\n"
}

// authorise prints the address for the customer's browser (RFC 7636 §4).
func authorise(c Caller) string {
	return base64url + `
CODE_VERIFIER=$(openssl rand 48 | base64url)
CODE_CHALLENGE=$(printf '%s' "$CODE_VERIFIER" | openssl dgst -sha256 -binary | base64url)
STATE=$(openssl rand 24 | base64url)

echo "Keep these until the browser is back; compare the state, and send the verifier with the code:"
echo "CODE_VERIFIER=$CODE_VERIFIER"
echo "STATE=$STATE"
echo "Open this in the customer's browser:"
printf '%s\n' ` + quoted(authorisation(c)) + `"&scope=AIS%3A$CONSENT_ID&state=$STATE&code_challenge=$CODE_CHALLENGE"
`
}

// call writes a call of the bank's interface with its signature.
func call(c Caller, o catalog.Operation, today time.Time) string {
	var b strings.Builder
	b.WriteString(parameters(o) + "\n" + seal(c) + "\n" + option)
	if o.Token != catalog.UserToken {
		b.WriteString("\n# A token of your own.\nANSWER=$({\n" + tokenLines([]string{`  option data 'grant_type=client_credentials'`}) + "} | " + curl + ")\n" +
			`ACCESS_TOKEN=$(printf '%s' "$ANSWER" | tr -d '\r\n' | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')` + "\n" +
			`if [ -z "$ACCESS_TOKEN" ]; then` + "\n  printf '%s\\n' \"$ANSWER\" >&2\n  exit 1\nfi\n")
	}
	body := "/dev/null"
	if o.HasBody {
		body = "body.json"
		b.WriteString("\n# The digest is over these bytes, as they stand in the file.\nprintf '%s' " + quoted(o.Example(today)) + " >body.json\n")
	}
	b.WriteString(signing(body))
	b.WriteString("\n{\n" + `  option url "$API_URL` + address(o) + "\"\n")
	if o.Method != http.MethodGet && !o.HasBody {
		b.WriteString("  option request " + o.Method + "\n")
	}
	b.WriteString(`  option header "Authorization: Bearer $ACCESS_TOKEN"
  option header "X-API-Key: $FAIRWAY_API_KEY"
  option header "X-Request-ID: $REQUEST_ID"
  option header "Digest: $DIGEST"
  option header "Signature: keyId=\"$KEY_ID\",algorithm=\"rsa-sha256\",headers=\"x-request-id digest\",signature=\"$SIGNATURE\""
  option header "TPP-Signature-Certificate: $CERTIFICATE"
`)
	for _, p := range sentHeaders(o) {
		line := `option header "` + p.Name + `: $` + variable(p.Name) + `"`
		if !p.Required {
			line = `[ -z "${` + variable(p.Name) + `:-}" ] || ` + line
		}
		b.WriteString("  " + line + "\n")
	}
	if o.HasBody {
		b.WriteString("  option header 'Content-Type: application/json'\n  option data-binary '@body.json'\n")
	}
	b.WriteString("  option header 'Accept: application/json'\n} | " + curl + " --include\necho\n")
	return b.String()
}

// signing makes the digest of a file and the signature over it and the id.
func signing(file string) string {
	return `
REQUEST_ID=` + newUUID + `
DIGEST="SHA-256=$(openssl dgst -sha256 -binary ` + file + ` | openssl base64 -A)"
# The signing string: lower-case names, one blank after the colon, a line feed between the lines and none at the end.
SIGNATURE=$(printf 'x-request-id: %s\ndigest: %s' "$REQUEST_ID" "$DIGEST" | openssl dgst -sha256 -sign "$QSEAL_KEY" | openssl base64 -A)
[ -n "$SIGNATURE" ] || exit 1
CERTIFICATE=$(openssl x509 -in "$QSEAL" -outform DER | openssl base64 -A)
`
}

// parameters are the variables of an operation. One with an example has it as its value where nothing else is set, but for
// the customer's address, which nobody else knows.
func parameters(o catalog.Operation) string {
	var pairs []string
	var b strings.Builder
	for _, list := range [][]catalog.Param{o.PathParams, o.QueryParams, o.HeaderParams} {
		for _, p := range list {
			switch {
			case p.Required && p.Example != "" && p.Type != catalog.IP:
				b.WriteString(variable(p.Name) + "=${" + variable(p.Name) + ":-" + p.Example + "}\n")
			case p.Required:
				pairs = append(pairs, variable(p.Name), lowered(p.Hint))
			case p.Name == attended:
				b.WriteString("# Set " + variable(p.Name) + " if and only if the customer asked for this call.\n")
			}
		}
	}
	if o.Token == catalog.UserToken {
		pairs = append(pairs, "ACCESS_TOKEN", "the access_token that the code was exchanged for")
	}
	return wanted(pairs) + b.String()
}

// attended is the optional header that scripts send where its variable is set.
const attended = "PSU-IP-Address"

// sentHeaders are the operation's own headers that a script sends.
func sentHeaders(o catalog.Operation) []catalog.Param {
	var list []catalog.Param
	for _, p := range o.HeaderParams {
		if p.Required || p.Name == attended {
			list = append(list, p)
		}
	}
	return list
}

var braces = regexp.MustCompile(`\{([^}]*)\}`)

// address is the path with variables for its parameters, and the query that is needed.
func address(o catalog.Operation) string {
	path := braces.ReplaceAllStringFunc(o.Pattern, func(name string) string { return "$" + variable(strings.Trim(name, "{}")) })
	separator := "?"
	for _, p := range o.QueryParams {
		if p.Required {
			path += separator + p.Name + "=$" + variable(p.Name)
			separator = "&"
		}
	}
	return path
}

// lowered is the first sentence of a hint as it goes on in another.
func lowered(hint string) string {
	first, _, _ := strings.Cut(hint, ".")
	if first == "" {
		return "its value"
	}
	return strings.ToLower(first[:1]) + first[1:]
}
