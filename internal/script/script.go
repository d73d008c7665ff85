// Package script writes what a TPP runs in its own shell: to call a bank in Live, and to make keys with their certificate
// signing requests, with curl and openssl and its own keys. No key and no secret comes here; in the scripts they are files
// and variables of the machine that runs them (pure).
package script

import (
	"net/url"
	"regexp"
	"strings"
)

// Caller is which app calls which brand, and where. All of it may be shown.
type Caller struct {
	// App and Brand are names for people.
	App, Brand string
	ClientID   string
	// RedirectURI is one of the app's; empty where it has none, and then nobody can be sent to the bank.
	RedirectURI string
	// Issuer is the brand's name in OAuth (RFC 9207); the addresses are those of its doors.
	Issuer, TokenURL, AuthorisationURL, APIURL string
	// KeyID names the approved seal as the Signature header does, SealSHA256 is its fingerprint in lower-case hex.
	KeyID, SealSHA256 string
	// LogURL is where refused calls are explained.
	LogURL string
}

// SecretsFile is what the secrets of an app in Live are saved as. No leading dot: browsers drop it.
const SecretsFile = "fairway-live.env"

const (
	clientSecret = "FAIRWAY_CLIENT_SECRET"
	apiKey       = "FAIRWAY_API_KEY"
)

// need stops the script while a variable is empty, and says what it is for.
const need = `need() { eval "[ -n \"\${$1:-}\" ]" || { echo "Set $1 to $2." >&2; exit 1; }; }
`

const files = `
# Your files. Names can be set from outside, as in QSEAL_KEY=/etc/psd2/seal.key sh fairway-live.sh
QWAC=${QWAC:-qwac.pem} QWAC_KEY=${QWAC_KEY:-qwac.key}
QSEAL=${QSEAL:-qseal.pem} QSEAL_KEY=${QSEAL_KEY:-qseal.key}
CA_FILE=${CA_FILE:-} # only where curl does not trust the server: a file with its authority

# Your secrets, as they were shown once. This file was offered beside them; SECRETS names another one.
SECRETS=${SECRETS:-./` + SecretsFile + `}
if [ -r "$SECRETS" ]; then . "$SECRETS"; told="$SECRETS does not have it"; else told="there is no file $SECRETS here"; fi
`

// opening are the first lines of every script: what the TPP fills in, and what is known. Secrets are those that it uses.
func opening(c Caller, title string, secrets ...string) string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n# " + comment(c.App) + " calls " + comment(c.Brand) + " in Live: " + title + "\n" +
		"# It runs on your own machine and needs sh, curl and openssl. Your keys and secrets stay here; no portal ever asks for them.\n" +
		"set -eu\numask 077\n" + need)
	if len(secrets) > 0 {
		b.WriteString(files)
	}
	for _, name := range secrets {
		b.WriteString("need " + name + " \"the value that was shown once ($told), or make a new one on the page of the app\"\n")
	}
	b.WriteString("\n# What is known.\nCLIENT_ID=" + quoted(c.ClientID) + "\nTOKEN_URL=" + quoted(c.TokenURL) + "\nAPI_URL=" + quoted(c.APIURL) + "\n")
	return b.String()
}

// authorisation is the part of the authorisation request that is the same each time (RFC 6749 §4.1.1, RFC 7636 §4.3).
func authorisation(c Caller) string {
	query := url.Values{"response_type": {"code"}, "response_mode": {"query"}, "client_id": {c.ClientID}, "redirect_uri": {c.RedirectURI},
		"code_challenge_method": {"S256"}}
	return c.AuthorisationURL + "?" + query.Encode()
}

// seal checks that the signature will be made with the seal that is approved.
func seal(c Caller) string {
	return "# The bank accepts the seal that is approved, and no other.\n" +
		"KEY_ID=" + quoted(c.KeyID) + "\n" +
		"if [ \"$(openssl x509 -in \"$QSEAL\" -outform DER | openssl dgst -sha256 | sed 's/.*= *//')\" != " + c.SealSHA256 + " ]; then\n" +
		"  echo \"$QSEAL is not the seal that is approved for Live. Its SHA-256 would be " + c.SealSHA256 + ".\" >&2\n" +
		"  exit 1\n" +
		"fi\n"
}

// option writes one line of curl's configuration, which curl reads from its input: so no secret is an argument that others
// on the machine can list.
const option = `option() { printf '%s = "%s"\n' "$1" "$(printf '%s' "$2" | sed 's/\\/\\\\/g; s/"/\\"/g')"; }
`

const base64url = `base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
`

const newUUID = `$(openssl rand -hex 16 | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)$/\1-\2-4\3-8\4-\5/')`

// curl is the command with the QWAC on the connection; its configuration comes from the pipe.
const curl = `curl -q --silent --show-error --max-time 30 ${CA_FILE:+--cacert "$CA_FILE"} --cert "$QWAC" --key "$QWAC_KEY" --config -`

// quoted makes one word of any text for a POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// comment keeps a name on its line.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }

var words = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// variable is a parameter's name as a variable: account-id and accountId are ACCOUNT_ID.
func variable(name string) string {
	return strings.ToUpper(strings.ReplaceAll(words.ReplaceAllString(name, "${1}_${2}"), "-", "_"))
}
