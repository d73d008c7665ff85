package httpsig

import "strings"

// maxListed bounds the names in the parameter headers; five are meaningful.
const maxListed = 32

// splitList reads the parameter headers: lower-case names divided by single
// blanks, none twice. Which names are allowed depends on the request.
func splitList(s string) ([]string, *Mistake) {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return nil, capitals(s)
		}
	}
	switch {
	case strings.ContainsAny(s, ",;"):
		return nil, mistake(HeadersSyntax, "Signature", `The parameter "headers" divides its names by commas. Write them in lower case with one blank between: headers="digest x-request-id".`)
	case strings.Contains(s, "\t"), strings.Contains(s, "  "):
		return nil, mistake(HeadersSyntax, "Signature", "The parameter \"headers\" has more than one blank, or a tab, between two names. Write exactly one blank.")
	case strings.HasPrefix(s, " "), strings.HasSuffix(s, " "):
		return nil, mistake(HeadersSyntax, "Signature", "The parameter \"headers\" starts or ends with a blank. Remove it.")
	}
	n := strings.Count(s, " ") + 1
	if n > maxListed {
		return nil, mistake(HeadersSyntax, "Signature", "The parameter \"headers\" lists %d names; five is the most that can be needed.", n)
	}
	names := make([]string, 0, n)
	for name := range strings.SplitSeq(s, " ") {
		for _, before := range names {
			if before == name {
				return nil, mistake(HeadersDuplicate, "Signature", "The parameter \"headers\" lists %s twice. List each header once.", shown(name, 30))
			}
		}
		names = append(names, name)
	}

	return names, nil
}

// capitals names the first listed header that is not in lower case.
func capitals(list string) *Mistake {
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		if lower := strings.ToLower(name); lower != name {
			return mistake(HeadersCase, "Signature", "The parameter \"headers\" lists %s with capital letters. List it as %s, and sign the line with that name in lower case too.",
				shown(name, 40), shown(lower, 40))
		}
	}

	return mistake(HeadersCase, "Signature", "The parameter \"headers\" has capital letters. Header names are listed in lower case.")
}

// members holds the listed names against the request: digest and x-request-id
// always, the three optional ones if and only if they are sent, nothing else.
// It returns the fields in signing order.
func members(list []string, f *fields) (order [signable]int, n int, m *Mistake) {
	var listed [signable]bool
	for _, name := range list {
		i := signableIndex(name)
		if i < 0 {
			return order, 0, notAllowed(name)
		}
		if !f.has(i) {
			return order, 0, mistake(HeadersAbsent, fieldNames[i].spelt, "The parameter \"headers\" lists %s, but the request has no header %s. Send the header, or sign without it.",
				name, fieldNames[i].spelt)
		}
		if listed[i] {
			return order, 0, mistake(HeadersDuplicate, "Signature", "The parameter \"headers\" lists %s twice. List each header once.", name)
		}
		listed[i] = true
		order[n] = i
		n++
	}
	for i := range listed {
		if listed[i] || !f.has(i) {
			continue
		}
		if i == fieldDigest || i == fieldRequestID {
			return order, 0, mistake(HeadersMissing, "Signature", "The parameter \"headers\" does not list %s. digest and x-request-id are always signed: add it to the list and to the signing string.", fieldNames[i].lower)
		}

		return order, 0, mistake(HeadersMissing, "Signature", "The request carries the header %s, but the parameter \"headers\" does not list it. A request that has it must sign it: add %s to the list and to the signing string.",
			fieldNames[i].spelt, fieldNames[i].lower)
	}

	return order, n, nil
}

func signableIndex(name string) int {
	for i := range signable {
		if fieldNames[i].lower == name {
			return i
		}
	}

	return -1
}

// notAllowed tells, header by header, why it is not part of this signature.
func notAllowed(name string) *Mistake {
	const only = " Sign digest and x-request-id, and psu-id, psu-corporate-id and tpp-redirect-uri where the request has them."
	why := map[string]string{
		"date":                      "The Guidelines took date out of the signature with version 1.3.4; banks that still ask for it follow an older one.",
		"(request-target)":          "The Guidelines do not sign method and path.",
		"host":                      "The Guidelines do not sign the host name.",
		"(created)":                 "(created) belongs to later drafts than the one in use, draft 10.",
		"(expires)":                 "(expires) belongs to later drafts than the one in use, draft 10.",
		"authorization":             "The access token is checked by itself and never signed.",
		"x-api-key":                 "The API key is checked by itself and never signed.",
		"consent-id":                "Consent-ID is bound by the access token and is not signed.",
		"tpp-signature-certificate": "The certificate is compared with the registered one and is not signed.",
		"signature":                 "A signature cannot cover itself.",
		"content-type":              "The body is covered by its digest; content-type is not signed.",
		"content-length":            "The body is covered by its digest; content-length is not signed.",
		"psu-ip-address":            "Of the PSU headers only psu-id and psu-corporate-id are signed.",
		"psu-id-type":               "Of the PSU headers only psu-id and psu-corporate-id are signed.",
		"psu-corporate-id-type":     "Of the PSU headers only psu-id and psu-corporate-id are signed.",
		"tpp-nok-redirect-uri":      "Of the TPP headers only tpp-redirect-uri is signed.",
	}[name]
	if why == "" {
		why = "It is not one of the headers that this interface signs."
	}

	return mistake(HeadersNotAllowed, "Signature", "The parameter \"headers\" lists %s. %s%s", shown(name, 40), why, only)
}

// checkAlgorithm allows the two algorithms of this interface.
func checkAlgorithm(name string) *Mistake {
	const only = " Use rsa-sha256 or rsa-sha512 (RSA PKCS #1 v1.5) with the key of your QC eSeal."
	why := ""
	switch lower := strings.ToLower(name); {
	case name == "rsa-sha256" || name == "rsa-sha512":
		return nil
	case lower == "rsa-sha256" || lower == "rsa-sha512":
		return mistake(Algorithm, "Signature", "The algorithm is written %s; it is %s, in lower case.", shown(name, 20), lower)
	case lower == "hs2019":
		why = "The algorithm hs2019 hides which hash was used and came after draft 10."
	case lower == "none":
		why = `The algorithm "none" is no signature.`
	case lower == "rsa-sha1":
		why = "The algorithm rsa-sha1 is broken and not accepted."
	case strings.HasPrefix(lower, "hmac"):
		why = "An HMAC needs a shared secret; requests are signed with a certificate's private key."
	case strings.HasPrefix(lower, "ecdsa"), strings.HasPrefix(lower, "ed25519"):
		why = "This interface verifies RSA signatures only."
	case strings.Contains(lower, "pss"), strings.HasPrefix(lower, "ps"):
		why = "RSA-PSS is not accepted."
	case lower == "rs256", lower == "rs512", strings.Contains(lower, "withrsa"), lower == "sha256", lower == "sha512", strings.HasPrefix(lower, "rsa"):
		return mistake(Algorithm, "Signature", "The algorithm is given as %s, which is a name of another standard.%s", shown(name, 30), only)
	default:
		return mistake(Algorithm, "Signature", "The algorithm %s is not known here.%s", shown(name, 30), only)
	}

	return mistake(Algorithm, "Signature", "%s%s", why, only)
}
