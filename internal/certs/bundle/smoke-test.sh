#!/bin/sh
# From the first token to the first account of the sandbox: token, consent, the customer's yes at the bank, token, accounts.
# It needs sh, awk, sed, curl and openssl, and reads env.sh beside it. The last line it prints is 200.
set -eu
umask 077
LC_ALL=C
export LC_ALL

dir=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/fairway.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

# stop <what to do>: the last answer and a sentence, then the end.
stop() {
	say ""
	if [ -n "${status:-}" ]; then
		say "HTTP status $status"
		if [ -s "$work/body" ]; then
			case $(tr -d '\r\n' <"$work/body" | sed 's/^ *//' | cut -c1) in
			'<') tr '\r\n\t' '   ' <"$work/body" | sed 's/<[^>]*>/ /g; s/   */ /g' >&2 ;;
			*) cat "$work/body" >&2 ;;
			esac
			say ""
		fi
	fi
	say "$*"
	exit 1
}

# --- what env.sh has to say -------------------------------------------------

if [ ! -r "$dir/env.sh" ]; then
	stop "env.sh is not beside this script. Unpack the whole archive again."
fi
cd "$dir" # env.sh looks beside itself for what was shown once
# shellcheck source=/dev/null
. ./env.sh

unfilled=''
want() {
	eval "value=\${$1:-}"
	if [ -z "$value" ]; then
		say "env.sh: $1 is empty. $2"
		unfilled=yes
	fi
}
want FAIRWAY_CLIENT_ID "Create an app in the portal; its page shows the client id."
want FAIRWAY_CLIENT_SECRET "It is shown once, when the app is created. Lost it? Make a new one on the app's page."
want FAIRWAY_API_KEY "It is shown once, when the app is created. Lost it? Make a new one on the app's page."
want FAIRWAY_REDIRECT_URI "Copy one of the app's redirect URIs; nothing has to listen there."
want FAIRWAY_BRAND "Name the bank, as in its address (rocker, st1 or alisa), and connect the app to its API."
want FAIRWAY_TOKEN_URL "The token endpoint's address stands in the documentation under Environments."
want FAIRWAY_AUTHORIZATION_URL "The authorisation endpoint's address stands in the documentation under Environments."
want FAIRWAY_API_URL "The bank's API address stands in the documentation under Environments."
want FAIRWAY_PSU_ID "Use the sandbox's test customer; the documentation names it."
for file in qwac.pem qwac.key qseal.pem qseal.key ca.pem; do
	if [ ! -s "$dir/$file" ]; then
		say "$file is missing or empty. Unpack the whole archive again, or re-generate the certificates."
		unfilled=yes
	fi
done
if [ -n "$unfilled" ]; then
	stop "Fill what is named above and run this script again."
fi

# --- small tools ------------------------------------------------------------

random_id() {
	openssl rand -hex 16 | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)$/\1-\2-4\3-8\4-\5/'
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# option <name> <value>: one line of a curl configuration. Secrets go this way and never through a command line.
option() {
	printf '%s = "%s"\n' "$1" "$(printf '%s' "$2" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# field <name>: the text of a field in the JSON of the last answer.
field() {
	tr -d '\r\n' <"$work/body" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'
}

# parameter <name> <url>: a query parameter of a URL, decoded.
parameter() {
	printf '%s\n' "$2" | sed 's/#.*$//; s/^[^?]*//; s/^?//' | tr '&' '\n' | awk -v name="$1" '
		BEGIN { for (i = 0; i < 256; i++) { byte[sprintf("%02X", i)] = sprintf("%c", i) } }
		index($0, name "=") == 1 {
			text = substr($0, length(name) + 2); gsub(/\+/, " ", text); out = ""
			while (match(text, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
				out = out substr(text, 1, RSTART - 1) byte[toupper(substr(text, RSTART + 1, 2))]
				text = substr(text, RSTART + 3)
			}
			print out text; exit
		}'
}

# call <curl arguments>: one request; the status is in $status, the answer in $work/body, its headers in $work/headers.
call() {
	if [ -n "${FAIRWAY_CA_FILE:-}" ]; then
		set -- --cacert "$dir/$FAIRWAY_CA_FILE" "$@"
	fi
	: >"$work/body"
	: >"$work/headers"
	code=0
	meta=$(curl -q --silent --show-error --max-time 30 --output "$work/body" --dump-header "$work/headers" \
		--write-out '%{http_code} %{url_effective}' "$@") || code=$?
	status=${meta%% *}
	here=${meta#* }
	case $code in
	0) ;;
	6 | 7) status='' && stop "The address cannot be reached. Is the sandbox running, and is the address in env.sh right?" ;;
	28) status='' && stop "No answer within 30 seconds. Try again in a minute." ;;
	35 | 56) status='' && stop "The TLS handshake failed. Use qwac.pem with qwac.key as they are in the archive, and TLS 1.2 or 1.3." ;;
	58) status='' && stop "curl cannot use qwac.pem with qwac.key. Unpack the archive again; the two belong together." ;;
	60) status='' && stop "curl does not trust the server. FAIRWAY_CA_FILE in env.sh names the certificate to trust: ca.pem for the sandbox's own, empty for a public one." ;;
	*) status='' && stop "curl failed with exit code $code; its message is above." ;;
	esac
}

# with_qwac <curl arguments>: a request over mutual TLS.
with_qwac() { call --cert "$dir/qwac.pem" --key "$dir/qwac.key" "$@"; }

# as_customer <curl arguments>: a request of the customer's browser, with its cookies and without our certificate.
as_customer() { call --cookie "$work/cookies" --cookie-jar "$work/cookies" "$@"; }

# --- message signing --------------------------------------------------------

# openssl prints the issuer from its most specific part on, which is how keyId wants it, with blanks as %20.
serial=$(openssl x509 -in "$dir/qseal.pem" -noout -serial | sed 's/^serial= *0*//')
issuer=$(openssl x509 -in "$dir/qseal.pem" -noout -issuer -nameopt RFC2253 | sed 's/^issuer= *//; s/ /%20/g')
certificate=$(sed '/-----/d' "$dir/qseal.pem" | tr -d '\r\n')

# sign <body file>: the headers of a signed request as curl configuration. The digest is over the bytes that are sent; the
# signing string has lower-case names, one blank after the colon, a line feed between the lines and none at the end.
sign() {
	request_id=$(random_id)
	digest="SHA-256=$(openssl dgst -sha256 -binary "$1" | openssl base64 -A)"
	printf 'x-request-id: %s\ndigest: %s' "$request_id" "$digest" >"$work/signing-string"
	openssl dgst -sha256 -sign "$dir/qseal.key" "$work/signing-string" >"$work/signature"
	signature=$(openssl base64 -A <"$work/signature")
	option header "X-Request-ID: $request_id"
	option header "Digest: $digest"
	option header "Signature: keyId=\"SN=$serial,CA=$issuer\",algorithm=\"rsa-sha256\",headers=\"x-request-id digest\",signature=\"$signature\""
	option header "TPP-Signature-Certificate: $certificate"
	option header "X-API-Key: $FAIRWAY_API_KEY"
	option header "PSU-IP-Address: 192.0.2.1"
	option header "Accept: application/json"
}

# log_hint: where a refused call is explained.
log_hint() { printf 'The request log in the portal (%s) explains this call; look for its X-Request-ID %s.' "${FAIRWAY_PORTAL_URL:-}" "${request_id:-}"; }

# token <configuration file>: a request to the token endpoint; the client proves itself by its secret and its QWAC.
token() {
	option header "Authorization: Basic $(printf '%s:%s' "$FAIRWAY_CLIENT_ID" "$FAIRWAY_CLIENT_SECRET" | openssl base64 -A)" >>"$1"
	with_qwac --config "$1" "$FAIRWAY_TOKEN_URL"
	case $status in
	200) ;;
	401) stop "The client was not accepted. Compare FAIRWAY_CLIENT_ID and FAIRWAY_CLIENT_SECRET with the app's page; after a re-generate, use the new archive's certificates." ;;
	429) stop "Too many requests in a short time. Wait a moment and run this script again." ;;
	*) stop "The token endpoint refused. The answer above says why." ;;
	esac
	access_token=$(field access_token)
	[ -n "$access_token" ] || stop "The token endpoint's answer holds no access_token."
}

# --- 1: a token of our own --------------------------------------------------

say "1/6 token (client credentials, mutual TLS)"
option data-urlencode "grant_type=client_credentials" >"$work/token1"
token "$work/token1"

# --- 2: the consent ---------------------------------------------------------

say "2/6 consent"
printf '%s' '{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}' >"$work/consent.json"
sign "$work/consent.json" >"$work/consent"
option header "Authorization: Bearer $access_token" >>"$work/consent"
option header "Content-Type: application/json" >>"$work/consent"
with_qwac --config "$work/consent" --data-binary "@$work/consent.json" "$FAIRWAY_API_URL/consent/v1/consents"
[ "$status" = 201 ] || stop "The consent was not created. $(log_hint)"
consent_id=$(field consentId)
[ -n "$consent_id" ] || stop "The answer holds no consentId."

# --- 3: to the bank ---------------------------------------------------------

say "3/6 authorisation (PKCE)"
verifier=$(openssl rand 48 | base64url)
challenge=$(printf '%s' "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 24 | base64url)
{
	echo get
	option data-urlencode "response_type=code"
	option data-urlencode "response_mode=query"
	option data-urlencode "client_id=$FAIRWAY_CLIENT_ID"
	option data-urlencode "redirect_uri=$FAIRWAY_REDIRECT_URI"
	option data-urlencode "scope=AIS:$consent_id"
	option data-urlencode "state=$state"
	option data-urlencode "code_challenge=$challenge"
	option data-urlencode "code_challenge_method=S256"
} >"$work/authorise"
: >"$work/cookies"
as_customer --config "$work/authorise" "$FAIRWAY_AUTHORIZATION_URL"

# --- 4: what the customer does in a browser ---------------------------------

# form <page>: the answer to the page's form that goes on, as curl configuration, and its address in $work/action. Hidden
# fields go back as they came, boxes are ticked, the customer's id and code are filled in.
form() {
	tr '\r\n\t' '   ' <"$1" | tr '<' '\n' | awk -v psu="$FAIRWAY_PSU_ID" -v code="${FAIRWAY_PSU_CODE:-}" -v action="$work/action" '
		function attribute(tag, name) {
			if (!match(tag, "[ ]" name "=\"[^\"]*\"")) { return "" }
			return plain(substr(tag, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
		}
		function plain(text) {
			gsub(/&#34;|&quot;/, "\"", text); gsub(/&#39;/, "\047", text); gsub(/&#43;/, "+", text)
			gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text)
			return text
		}
		function keep(name, value) {
			if (name == "") { return }
			n++; names[n] = name; values[n] = value
		}
		function put(name, value,   i, c, out) {
			for (i = 1; i <= length(value); i++) {
				c = substr(value, i, 1)
				out = out (c == "\"" || c == "\\" ? "\\" : "") c
			}
			printf "data-urlencode = \"%s=%s\"\n", name, out
		}
		/id="sandbox-code"/ { shown = $0; sub(/^[^>]*>/, "", shown); gsub(/[^0-9A-Za-z]/, "", shown) }
		/^form / && attribute($0, "class") ~ /(^| )go-on( |$)/ { inside = 1; found = 1; printf "%s", attribute($0, "action") > action }
		/^\/form/ { inside = 0 }
		inside && /^(input|button) / {
			name = attribute($0, "name"); type = attribute($0, "type")
			if (name == "psu_id") { keep(name, psu) }
			else if (name == "code") { keep(name, ""); codeAt = n }
			else if (type == "radio" && name in chosen) { }
			else { keep(name, attribute($0, "value")); if (type == "radio") { chosen[name] = 1 } }
		}
		END {
			if (!found) { exit 1 }
			if (codeAt) { values[codeAt] = shown != "" ? shown : code }
			for (i = 1; i <= n; i++) { put(names[i], values[i]) }
		}'
}

# resolve <address> <page address>: the address of a form or redirect, made absolute.
resolve() {
	origin=$(printf '%s' "$2" | sed 's|^\([a-z]*://[^/?#]*\).*|\1|')
	case $1 in
	http://* | https://*) printf '%s' "$1" ;;
	/*) printf '%s%s' "$origin" "$1" ;;
	'') printf '%s' "$2" ;;
	'?'*) printf '%s%s' "${2%%\?*}" "$1" ;;
	*) printf '%s%s' "$(printf '%s' "$2" | sed 's|[?#].*$||; s|/[^/]*$|/|')" "$1" ;;
	esac
}

say "4/6 the customer's yes at the bank"
steps=0
back=''
while [ -z "$back" ]; do
	steps=$((steps + 1))
	[ "$steps" -le 15 ] || stop "The bank's pages do not come to an end. Open the authorisation in a browser to see them."
	location=$(tr -d '\r' <"$work/headers" | sed -n 's/^[Ll][Oo][Cc][Aa][Tt][Ii][Oo][Nn]: *//p' | tail -n 1)
	case $status in
	302 | 303)
		case $location in
		"$FAIRWAY_REDIRECT_URI" | "$FAIRWAY_REDIRECT_URI"[?\&]*) back=$location ;;
		'') stop "The bank redirects without an address." ;;
		*) as_customer "$(resolve "$location" "$here")" ;;
		esac
		;;
	200)
		form "$work/body" >"$work/form" || stop "The bank shows a page without a form that goes on: it says why."
		as_customer --config "$work/form" "$(resolve "$(cat "$work/action")" "$here")"
		;;
	*) stop "The bank refused. Its page above says why; FAIRWAY_REDIRECT_URI must be one of the app's redirect URIs, letter by letter." ;;
	esac
done

# --- 5: code for token ------------------------------------------------------

refusal=$(parameter error "$back")
if [ -n "$refusal" ]; then
	stop "The bank answered $refusal: $(parameter error_description "$back")"
fi
[ "$(parameter state "$back")" = "$state" ] || stop "The answer carries another state than was sent. Do not use its code; run this script again."
expected="${FAIRWAY_TOKEN_URL%/token}/sandbox/$FAIRWAY_BRAND"
[ "$(parameter iss "$back")" = "$expected" ] || stop "The answer's issuer is $(parameter iss "$back"), expected was $expected. Compare FAIRWAY_BRAND and FAIRWAY_TOKEN_URL in env.sh."
authorisation_code=$(parameter code "$back")
[ -n "$authorisation_code" ] || stop "The answer carries no code."

say "5/6 code for token"
{
	option data-urlencode "grant_type=authorization_code"
	option data-urlencode "code=$authorisation_code"
	option data-urlencode "redirect_uri=$FAIRWAY_REDIRECT_URI"
	option data-urlencode "code_verifier=$verifier"
} >"$work/token2"
token "$work/token2"

# --- 6: the accounts --------------------------------------------------------

say "6/6 card accounts"
: >"$work/empty"
sign "$work/empty" >"$work/accounts"
option header "Authorization: Bearer $access_token" >>"$work/accounts"
option header "Consent-ID: $consent_id" >>"$work/accounts"
with_qwac --config "$work/accounts" "$FAIRWAY_API_URL/card-account/v1/card-accounts"
[ "$status" = 200 ] || stop "The accounts were refused. $(log_hint)"
cat "$work/body"
echo
echo "$status"
