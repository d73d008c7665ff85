package script

import "fairway/internal/catalog"

// Header is one thing that is sent, who sets it and what it is for.
type Header struct{ Name, By, Purpose string }

// Who sets a header.
const (
	byScript = "the script"
	bySecret = "your secret"
	bySeal   = "your eSeal"
	byCurl   = "curl"
)

var onConnection = Header{"Client certificate", byCurl, "Your QWAC with its key opens the connection: mutual TLS. It is no header and cannot be added by a proxy."}

var tokenHeaders = []Header{
	onConnection,
	{"Authorization", bySecret, "Basic, with the client id and the client secret. The secret proves the app, the QWAC the organisation."},
	{"Content-Type", byCurl, "application/x-www-form-urlencoded: the grant is a form in the body."},
}

// headersOf explains what a signed call carries.
func headersOf(o catalog.Operation) []Header {
	token := Header{"Authorization", byScript, "Bearer, with a token of your own that the script asks for first."}
	if o.Token == catalog.UserToken {
		token = Header{"Authorization", byScript, "Bearer, with the token that the customer's code was exchanged for. It opens that one consent, from your QWAC only."}
	}
	list := []Header{onConnection, token,
		{"X-API-Key", bySecret, "Names the app, and what it is connected to."},
		{"X-Request-ID", byScript, "A new UUID for every request. The log finds the call by it."},
		{"Digest", byScript, "SHA-256 of the body's bytes; without a body, of nothing."},
		{"Signature", bySeal, "Over x-request-id and digest, RSASSA-PKCS1-v1_5 with SHA-256. keyId names the seal by serial number and issuer."},
		{"TPP-Signature-Certificate", byScript, "Your QC eSeal in base64: PEM without its BEGIN and END lines."},
	}
	for _, p := range sentHeaders(o) {
		list = append(list, Header{p.Name, byScript, p.Hint})
	}
	if o.HasBody {
		list = append(list, Header{"Content-Type", byScript, "application/json."})
	}
	return append(list, Header{"Accept", byScript, "application/json."})
}
