
# --- small tools ------------------------------------------------------------

work=$(mktemp -d "${TMPDIR:-/tmp}/fairway.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

# stop <what to do>: the last answer and a sentence, then the end.
stop() {
	say ""
	if [ -n "${status:-}" ]; then
		say "HTTP status $status"
		cat "$work/body" >&2
		say ""
	fi
	say "$*"
	exit 1
}

for file in "$QWAC" "$QWAC_KEY" "$QSEAL" "$QSEAL_KEY"; do
	[ -s "$file" ] || stop "$file is missing or empty. QWAC, QWAC_KEY, QSEAL and QSEAL_KEY name your files."
done

random_id() {
	openssl rand -hex 16 | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)$/\1-\2-4\3-8\4-\5/'
}

# field <name>: the text of a field in the JSON of the last answer.
field() { tr -d '\r\n' <"$work/body" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'; }

# parameter <name> <address>: a parameter of the address that the bank sent the browser to.
parameter() {
	printf '%s\n' "$2" | sed 's/#.*$//; s/^[^?]*?//' | tr '&' '\n' | sed -n "s/^$1=//p" | sed '1!d; s/+/ /g; s/%20/ /g; s/%3[Aa]/:/g; s/%2[Ff]/\//g; s/%2[Cc]/,/g; s/%27/'"'"'/g'
}

# call <configuration file>: one request with the QWAC on the connection; the status is in $status, the answer in $work/body.
call() {
	: >"$work/body"
	code=0
	status=$(curl -q --silent --show-error --max-time 30 ${CA_FILE:+--cacert "$CA_FILE"} --cert "$QWAC" --key "$QWAC_KEY" \
		--output "$work/body" --write-out '%{http_code}' --config "$1") || code=$?
	case $code in
	0) ;;
	6 | 7) status='' && stop "The address cannot be reached. Is this machine allowed to call it?" ;;
	28) status='' && stop "No answer within 30 seconds. Try again in a minute." ;;
	35 | 56) status='' && stop "The TLS handshake failed. Use the QWAC that is approved, with its key, and TLS 1.2 or 1.3." ;;
	58) status='' && stop "curl cannot use $QWAC with $QWAC_KEY. The two have to belong together." ;;
	60) status='' && stop "curl does not trust the server. CA_FILE names a file with its authority." ;;
	*) status='' && stop "curl failed with exit code $code; its message is above." ;;
	esac
}

# sign <body file>: what every signed request carries, as curl's configuration. The digest is over the bytes that are sent; the
# signing string has lower-case names, one blank after the colon, a line feed between the lines and none at the end.
sign() {
	request_id=$(random_id)
	digest="SHA-256=$(openssl dgst -sha256 -binary "$1" | openssl base64 -A)"
	signature=$(printf 'x-request-id: %s\ndigest: %s' "$request_id" "$digest" | openssl dgst -sha256 -sign "$QSEAL_KEY" | openssl base64 -A)
	[ -n "$signature" ] || stop "openssl cannot sign with $QSEAL_KEY; its message is above."
	option header "X-Request-ID: $request_id"
	option header "Digest: $digest"
	option header "Signature: keyId=\"$KEY_ID\",algorithm=\"rsa-sha256\",headers=\"x-request-id digest\",signature=\"$signature\""
	option header "TPP-Signature-Certificate: $(openssl x509 -in "$QSEAL" -outform DER | openssl base64 -A)"
	option header "X-API-Key: $FAIRWAY_API_KEY"
	option header "PSU-IP-Address: $PSU_IP_ADDRESS"
	option header "Accept: application/json"
}

# token <configuration file>: a request to the token endpoint; the app proves itself by its secret, the organisation by its QWAC.
token() {
	option url "$TOKEN_URL" >>"$1"
	option user "$CLIENT_ID:$FAIRWAY_CLIENT_SECRET" >>"$1"
	call "$1"
	[ "$status" = 200 ] || stop "The token endpoint refused; the answer above says why."
	access_token=$(field access_token)
	[ -n "$access_token" ] || stop "The answer holds no access_token."
}

explained() { printf 'The request log explains this call: %s?q=%s' "$LOG_URL" "$request_id"; }

# --- 1: a token of our own --------------------------------------------------

say "1/6 token (client credentials, mutual TLS)"
option data "grant_type=client_credentials" >"$work/token1"
token "$work/token1"

# --- 2: the consent ---------------------------------------------------------

say "2/6 consent"
printf '%s' "$CONSENT" >"$work/consent.json"
sign "$work/consent.json" >"$work/consent"
{
	option url "$API_URL/consent/v1/consents"
	option header "Authorization: Bearer $access_token"
	option header "Content-Type: application/json"
	option data-binary "@$work/consent.json"
} >>"$work/consent"
call "$work/consent"
[ "$status" = 201 ] || stop "The consent was not made. $(explained)"
consent_id=$(field consentId)
[ -n "$consent_id" ] || stop "The answer holds no consentId."

# --- 3: to the bank ---------------------------------------------------------

verifier=$(openssl rand 48 | base64url)
challenge=$(printf '%s' "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 24 | base64url)
say "3/6 Open this address in the customer's browser:"
say ""
say "$AUTHORISATION&scope=AIS%3A$consent_id&state=$state&code_challenge=$challenge"
say ""

# --- 4: what the customer does in the browser -------------------------------

say "4/6 The bank sends the browser back to $REDIRECT_URI"
say "Paste the whole address that it came back to, or the code alone, and press Enter:"
status=''
IFS= read -r back || stop "Nothing was entered."
case $back in
*\?*)
	refusal=$(parameter error "$back")
	[ -z "$refusal" ] || stop "The bank answered $refusal: $(parameter error_description "$back")"
	[ "$(parameter state "$back")" = "$state" ] || stop "The address carries another state than was sent. Do not use its code; run this script again."
	[ "$(parameter iss "$back")" = "$ISSUER" ] || stop "The address names the issuer $(parameter iss "$back"), expected was $ISSUER. Do not use its code."
	authorisation_code=$(parameter code "$back")
	;;
*)
	say "Only the code: its state and its issuer could not be compared."
	authorisation_code=$back
	;;
esac
[ -n "$authorisation_code" ] || stop "There is no code in it."

# --- 5: code for token ------------------------------------------------------

say "5/6 code for token"
{
	option data "grant_type=authorization_code"
	option data-urlencode "code=$authorisation_code"
	option data-urlencode "redirect_uri=$REDIRECT_URI"
	option data-urlencode "code_verifier=$verifier"
} >"$work/token2"
token "$work/token2"

# --- 6: the accounts --------------------------------------------------------

say "6/6 card accounts"
: >"$work/empty"
sign "$work/empty" >"$work/accounts"
{
	option url "$API_URL/card-account/v1/card-accounts"
	option header "Authorization: Bearer $access_token"
	option header "Consent-ID: $consent_id"
} >>"$work/accounts"
call "$work/accounts"
[ "$status" = 200 ] || stop "The accounts were refused. $(explained)"
cat "$work/body"
echo
echo "$status"
