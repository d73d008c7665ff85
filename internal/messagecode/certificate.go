package messagecode

// certificateCodes are about the QWAC on the connection and the QC eSeal in TPP-Signature-Certificate.
var certificateCodes = []Record{
	{
		Code: "CERTIFICATE_MISSING", HTTP: []int{401}, Standard: true,
		Title: "No certificate was presented",
		What:  "Either no client certificate came with the TLS handshake, or the header TPP-Signature-Certificate is absent. The field path says which: TLS or TPP-Signature-Certificate.",
		Try:   "Leave out --cert and --key.",
		Causes: []string{
			"The client does not send its QWAC in the TLS handshake.",
			"A proxy or gateway of yours ends TLS before the request leaves, so that your certificate never reaches us.",
			"The request is signed, but the header TPP-Signature-Certificate was left out.",
		},
		Fixes: []string{
			"Give the client both files of the ZIP: `curl --cert qwac.pem --key qwac.key`. In other clients, set certificate and private key of the TLS connection.",
			"Let the proxy pass TLS through, or give the proxy the QWAC and its key for the connection to us.",
			"Send the base64 of qseal.pem without its BEGIN and END lines, on one line.",
		},
		See: []string{seeAuth, seeSigning},
	},
	{
		Code: "CERTIFICATE_INVALID", HTTP: []int{401}, Standard: true,
		Title: "The certificate is not one that we accept here",
		What:  "The certificate was read, but it is not registered for you in this environment, or it is of the wrong kind. The field path says which one: TLS or TPP-Signature-Certificate.",
		Try:   "Connect with qseal.pem and qseal.key.",
		Causes: []string{
			"The certificate comes from another sandbox, another bank or your own authority.",
			"QWAC and QC eSeal were swapped.",
			"The QC eSeal in the header belongs to another set or another organisation than the QWAC on the connection.",
			"The header TPP-Signature-Certificate holds PEM lines with line ends, a chain, or a shortened value.",
		},
		Fixes: []string{
			"Use the files of the ZIP that this portal made. Certificates shows the serial numbers of your current set; compare them with: `openssl x509 -in qwac.pem -noout -serial`.",
			"Use qwac.pem for the connection (--cert) and qseal.pem for TPP-Signature-Certificate.",
			"Take both certificates from the same ZIP. Unpack it again if you are not sure.",
			"Send exactly one certificate, as base64 on one line: sed '/-----/d' qseal.pem | tr -d '\\n'.",
		},
		See: []string{seeSigning, seeEnvironments},
	},
	{
		Code: "CERTIFICATE_EXPIRED", HTTP: []int{401}, Standard: true,
		Title: "The certificate is not valid today",
		What:  "The certificate’s validity has ended or has not begun. The field path says which one: TLS or TPP-Signature-Certificate.",
		Causes: []string{
			"The validity of the set has ended.",
			"A client still holds the files of an older set.",
			"The certificate is so new that its validity begins later than now.",
		},
		Fixes: []string{
			"Open Certificates and choose Re-generate. Download the ZIP and replace all files of the old set.",
			"Compare the serial number with the one under Certificates, replace the files and restart the client: many read certificates at start only.",
			"Wait until the time that `openssl x509 -in qwac.pem -noout -startdate` prints.",
		},
		See: []string{seeStart},
	},
	{
		Code: "CERTIFICATE_REVOKED", HTTP: []int{401}, Standard: true,
		Title: "The certificate was revoked",
		What:  "The certificate was valid once and was withdrawn. Re-generating a set revokes the one before it at once.",
		Try:   "Choose Re-generate under Certificates, then call with the old files.",
		Causes: []string{
			"Somebody in your organisation chose Re-generate, and this client still uses the old set.",
			"The private key became known to others and the set was withdrawn.",
		},
		Fixes: []string{
			"Download the current ZIP under Certificates and replace all files, QWAC and QC eSeal together. The history there shows when the set was replaced.",
			"Generate a new set under Certificates and use it from now on.",
		},
		See: []string{seeStart},
	},
	{
		Code: "CERTIFICATE_BLOCKED", HTTP: []int{401}, Standard: true,
		Title: "The certificate is blocked",
		What:  "The certificate itself is in order, but we or a competent authority have stopped its use.",
		Causes: []string{
			"The authorisation of your organisation was withdrawn or suspended.",
			"We stopped the certificate after misuse.",
		},
		Fixes: []string{
			"Settle the authorisation with your competent authority, then write to support.",
			"Write to support and name the serial number and the X-Request-ID of the refused call.",
		},
	},
	{
		Code: "ROLE_INVALID", HTTP: []int{401}, Standard: true,
		Title: "The certificate lacks the role for this API",
		What:  "The PSD2 roles in your certificate do not include the one that this API needs. Account information needs PSP_AI.",
		Try:   "Generate a set without the role PSP_AI, then call.",
		Causes: []string{
			"The set was generated with other roles than the API needs.",
		},
		Fixes: []string{
			"Open Certificates, choose Re-generate and select the role that the API’s entry under APIs names.",
		},
		See: []string{seeEnvironments},
	},
}
