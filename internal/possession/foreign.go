package possession

import (
	"bytes"
	"encoding/base64"
	"regexp"

	"fairway/internal/qcert"
)

// otherContent says what was sent in place of a signature.
func otherContent(c qcert.Content) *Mistake {
	switch c {
	case qcert.HoldsPrivateKey:
		return mistake(KeyUploaded, KindPrivateKey, "You sent a private key. Nothing of it was kept, but it now counts as exposed: have its certificate revoked and make a new key. A signature is made with the key; the key itself stays with you.")
	case qcert.HoldsPKCS12:
		return mistake(KeyUploaded, KindPKCS12, "You sent a PKCS #12 file, which holds a private key. Nothing of it was kept, but the key now counts as exposed: have its certificate revoked and make a new key. The key itself stays with you.")
	case qcert.HoldsCMS:
		return cms()
	case qcert.HoldsRequest:
		return mistake(Format, KindRequest, "This is a certificate signing request, not a signature. %s", pasteRaw)
	case qcert.HoldsPublicKey:
		return mistake(Format, KindPublicKey, "This is a public key, not a signature. %s", pasteRaw)
	}
	return mistake(Format, KindCertificate, "This is a certificate, not a signature. We have your certificate already. %s", pasteRaw)
}

func cms() *Mistake {
	return mistake(Format, KindCMS, "This is a CMS (PKCS #7) signature, which wraps more than we ask for. Make a raw one with: openssl dgst -sha256 -sign, and paste it in base64.")
}

// foreignTexts are signatures of other kinds and what else is pasted, by their signs.
var foreignTexts = []struct {
	sign            *regexp.Regexp
	kind, say, hint string
}{
	{regexp.MustCompile(prefix + `;`), KindChallenge, "This is the challenge text itself, not a signature over it.", asIs},
	{regexp.MustCompile(`(?i)application/(x-)?pkcs7|BEGIN (CMS|PKCS ?#?7)`), KindCMS, "This is a CMS (PKCS #7) signature, which wraps more than we ask for.", "Make a raw one with: openssl dgst -sha256 -sign, and paste it in base64."},
	{regexp.MustCompile(`(?i)BEGIN PGP `), KindPGP, "This is an OpenPGP signature.", "Sign with the key of your eSeal. " + pasteRaw},
	{regexp.MustCompile(`(?i)BEGIN SSH |^\s*ssh-|^\s*ecdsa-sha2-`), KindSSH, "This was made by SSH.", "Sign with the key of your eSeal. " + pasteRaw},
	{regexp.MustCompile(`(?i)SignatureValue|xmldsig`), KindXML, "This is an XML signature (XAdES), which signs more than the text.", pasteRaw},
	{regexp.MustCompile(`(?i)<(!doctype|html|\?xml)`), KindDocument, "This is a document, not a signature.", pasteRaw},
	{regexp.MustCompile(`"(protected|payload|signatures)"\s*:`), KindJWS, "This is a JSON web signature, which signs its own header too.", pasteRaw},
}

// compactJWS is the form of RFC 7515, 3.1: header, payload (empty where it is detached) and signature.
var compactJWS = regexp.MustCompile(`^\s*(eyJ[A-Za-z0-9_-]{4,})\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\s*$`)

// foreignText recognises a text that is no raw signature.
func foreignText(text []byte) *Mistake {
	for _, f := range foreignTexts {
		if f.sign.Match(text) {
			return mistake(Format, f.kind, "%s %s", f.say, f.hint)
		}
	}
	if m := compactJWS.FindSubmatch(text); m != nil {
		header, err := base64.RawURLEncoding.DecodeString(string(m[1]))
		if err == nil && bytes.Contains(header, []byte(`"alg"`)) {
			return mistake(Format, KindJWS, "This is a JSON web signature, which signs its own header too. %s", pasteRaw)
		}
	}
	return nil
}

// foreignFile recognises the files of signing programs: PDF documents and the ZIP containers of ASiC.
func foreignFile(data []byte) *Mistake {
	for _, start := range []string{"%PDF-", "PK\x03\x04"} {
		if bytes.HasPrefix(data, []byte(start)) {
			return mistake(Format, KindDocument, "This is a signed document or container (PAdES, ASiC), not a raw signature. %s", pasteRaw)
		}
	}
	return nil
}
