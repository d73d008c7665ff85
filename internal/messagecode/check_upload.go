package messagecode

// uploadChecks are why a file or a signature was not taken at all.
var uploadChecks = []Record{
	{
		Code: "KEY_UPLOADED", Rule: ours, By: []Party{TPP, QTSP},
		Title:  "You sent a private key",
		What:   "What was sent holds a private key. Nothing of it was kept, but it has travelled and counts as exposed.",
		Causes: []string{"The wrong file was chosen: the key beside the certificate.", "A PKCS #12 file (.p12, .pfx) was chosen, which holds certificate and key."},
		Fixes: []string{
			"Have the key’s certificate revoked, make a new key and order a certificate for it. Upload the certificate only.",
			"Do the same: the key in the file has travelled too. Take out a certificate alone with: `openssl pkcs12 -in file.p12 -clcerts -nokeys -out certificate.pem`.",
		},
		See: []string{seeLive},
	},
	{
		Code: "UPLOAD_TOO_LARGE", Rule: ours, By: []Party{TPP},
		Title:  "The upload is larger than a certificate",
		What:   "A file may have 64 KB and 10 blocks: room for your certificate with its chain many times over.",
		Causes: []string{"A bundle of all authorities was chosen, as browsers and operating systems have it.", "Another file was chosen: an archive, a document, a photo."},
		Fixes:  []string{"Upload your certificate, and behind it the certificates of its own issuers.", "Choose the file of the certificate; it ends in .pem, .crt or .cer."},
		See:    []string{seeLive},
	},
	{
		Code: "NOT_A_CERT", Rule: ruleText, By: []Party{TPP},
		Title: "There is no certificate in the upload",
		What:  "What was sent is something else, or empty. A certificate in PEM begins with the line -----BEGIN CERTIFICATE-----.",
		Causes: []string{
			"The signing request was uploaded instead of what your QTSP issued for it.",
			"A PKCS #7 file, a public key, a revocation list or a web page was chosen.",
			"An archive was chosen.",
		},
		Fixes: []string{
			"Upload the certificate from your QTSP’s answer.",
			"Upload the certificate. Out of a PKCS #7 file take it with: `openssl pkcs7 -in file.p7b -print_certs -out certificate.pem`.",
			"Unpack the archive and choose the certificate in it.",
		},
		See: []string{seeLive},
	},
	{
		Code: "CERT_AMBIGUOUS", Rule: ours, By: []Party{TPP},
		Title:  "The file holds several certificates of your own",
		What:   "More than one certificate in the file belongs to no certification authority, so it is unclear which one is meant.",
		Causes: []string{"QWAC and eSeal stand in the same file."},
		Fixes:  []string{"Upload one certificate for each field, each with its chain."},
		See:    []string{seeLive},
	},
	{
		Code: "POP_FORMAT", Rule: ours, By: []Party{TPP},
		Title: "What was sent is no raw signature",
		What:  "The signature is expected as the bytes that the key’s operation gives, in base64, in hexadecimal or as a file.",
		Causes: []string{
			"The signing software wrapped it: CMS, JWS, XML, PDF, PGP or SSH.",
			"The text of the challenge, a certificate or a public key was sent instead.",
			"A part was lost when it was copied.",
		},
		Fixes: []string{
			"Sign with: `openssl dgst -sha256 -sign qseal.key`, or another command of the page of the challenge.",
			"Send the file that the command wrote, not the one that it read.",
			"Copy all lines, or choose the file.",
		},
		See: []string{seeLive},
	},
	{
		Code: "POP_LENGTH", Rule: ours, By: []Party{TPP},
		Title: "The signature has the wrong length",
		What:  "A signature is as long as its key: 256 bytes for RSA with 2048 bits. What was sent is longer or shorter.",
		Causes: []string{
			"The hash of the text was sent, and not a signature.",
			"Another key made it.",
			"A part is missing, or something was sent along.",
		},
		Fixes: []string{
			"Sign the text, do not only hash it: `openssl dgst -sha256 -sign`.",
			"Use the private key that belongs to the uploaded eSeal.",
			"Copy all of it, or choose the file.",
		},
		See: []string{seeLive},
	},
	{
		Code: "POP_KEY_MISMATCH", Rule: ours, By: []Party{TPP},
		Title:  "Another key made the signature",
		What:   "The signature does not verify with the key of the uploaded eSeal.",
		Causes: []string{"It was made with the key of the QWAC.", "It was made with the key of an earlier eSeal, or of another environment."},
		Fixes: []string{
			"Sign with the private key of the eSeal.",
			"Compare what `openssl pkey -in qseal.key -pubout` prints with `openssl x509 -in qseal.pem -noout -pubkey`. They are the same where the two belong together.",
		},
		See: []string{seeLive},
	},
	{
		Code: "POP_WRONG_TEXT", Rule: ours, By: []Party{TPP},
		Title: "The right key signed another text",
		What:  "The key is proved to be the eSeal’s, but what it signed is not the challenge on the page, byte for byte.",
		Causes: []string{
			"An editor added a line end, quotation marks or a byte-order mark.",
			"An earlier challenge was signed.",
			"The hash or the base64 of the text was signed, or the name of the file.",
		},
		Fixes: []string{
			"Download challenge.txt and sign this file as it is.",
			"Sign the challenge that the page shows now.",
			"Give the file itself to the signing command, as the page shows it.",
		},
		See: []string{seeLive},
	},
	{
		Code: "POP_ALGORITHM", Rule: ruleKey, By: []Party{TPP},
		Title:  "The key signed in a way that is not accepted",
		What:   "The key is right, but hash or padding is not: SHA-256, SHA-384 or SHA-512 are taken, with PKCS #1 v1.5 or PSS.",
		Causes: []string{"SHA-1 or MD5 was used.", "The software signed the bytes without hashing them, as pkeyutl without -rawin and the mechanism RSA-PKCS do.", "The eSeal’s key is of a kind that is not accepted."},
		Fixes:  []string{"Sign with: `openssl dgst -sha256 -sign`.", "Use `openssl dgst -sha256 -sign`, or the mechanism SHA256-RSA-PKCS.", "Use an eSeal with an RSA key of 2048 to 4096 bits."},
		See:    []string{seeLive},
	},
}
