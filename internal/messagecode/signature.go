package messagecode

// signatureCodes are about Digest and Signature.
var signatureCodes = []Record{
	{
		Code: "SIGNATURE_MISSING", HTTP: []int{401}, Standard: true,
		Title: "The request is not signed",
		What:  "The header Signature is absent or empty. Every request to a bank API is signed, also GET and DELETE without a body.",
		Try:   "Leave out the header Signature.",
		Causes: []string{
			"The client signs only requests that have a body.",
			"A proxy of yours removes headers that it does not know.",
		},
		Fixes: []string{
			"Sign every request. Without a body, Digest is the hash of the empty string: SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=.",
			"Let the proxy pass Digest, Signature and TPP-Signature-Certificate unchanged.",
		},
		See: []string{seeSigning},
	},
	{
		Code: "SIGNATURE_INVALID", HTTP: []int{401}, Standard: true,
		Title: "The signature does not fit the request",
		What:  "Digest or Signature is there but is malformed, or was made over other bytes, or with another key. The field path says which header; the page of your request shows the signing string that we computed.",
		Try:   "Write X-Request-ID with capitals in the signing string.",
		Causes: []string{
			"The Digest is not the hash of the body as sent: the JSON was formatted again after hashing, or echo added a line end.",
			"Names in the signing string have capital letters, more than one blank after the colon, or a line end after the last line.",
			"The parameter headers lists something else than digest and x-request-id, plus psu-id, psu-corporate-id and tpp-redirect-uri where the request carries them.",
			"The signing string’s lines are in another order than the list in headers.",
			"It was signed with the key of the QWAC, or with the key of an older set.",
			"It was signed with RSA-PSS, or the hash was hashed again. This interface uses PKCS #1 v1.5.",
			"keyId does not name the serial number and the issuer of the registered QC eSeal.",
		},
		Fixes: []string{
			"Hash the exact bytes that you send: `openssl dgst -sha256 -binary body.json | openssl base64 -A`, and send them with `curl --data-binary @body.json`.",
			"Write \"x-request-id: \" and \"digest: \" in lower case with one blank, divide the lines by one line feed, and end without one. In a shell use printf, not echo.",
			"List exactly the headers that must be signed, in lower case, divided by single blanks.",
			"Build the signing string in the order of your headers list. Any order will do as long as both agree.",
			"Sign with qseal.key of the current ZIP: `openssl dgst -sha256 -sign qseal.key signing-string.txt | openssl base64 -A`.",
			"Use RSASSA-PKCS1-v1_5 with SHA-256 or SHA-512 and hand the signing string itself to the signing function.",
			"Take both values from: `openssl x509 -in qseal.pem -noout -serial -issuer -nameopt RFC2253`, and write blanks as %20.",
		},
		See: []string{seeSigning},
	},
}
