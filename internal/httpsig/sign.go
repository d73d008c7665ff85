package httpsig

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// Sign adds the headers Digest, Signature and TPP-Signature-Certificate to h,
// replacing those that are there, and returns the signing string. The hash,
// crypto.SHA256 or crypto.SHA512, is used for both the digest and the signature.
// What is signed is digest, x-request-id and those of psu-id, psu-corporate-id
// and tpp-redirect-uri that h has. It returns a *Mistake when h has no single
// X-Request-ID, when a value cannot be sent, or when key and certificate do not
// belong together, and h is as it was; other errors are the key's own.
func Sign(h http.Header, body []byte, cert *x509.Certificate, key crypto.Signer, hash crypto.Hash) (signingString string, err error) {
	name, m := signingAlgorithm(h, cert, key, hash)
	if m != nil {
		return "", m
	}

	return seal(h, Digest(name, body), cert, key, hash)
}

// signingAlgorithm checks the arguments of Sign and returns the name of the digest's algorithm.
func signingAlgorithm(h http.Header, cert *x509.Certificate, key crypto.Signer, hash crypto.Hash) (string, *Mistake) {
	if hash != crypto.SHA256 && hash != crypto.SHA512 {
		return "", mistake(Algorithm, "Signature", "Requests are signed with SHA-256 or SHA-512, not with %v.", hash)
	}
	if cert == nil || key == nil {
		return "", mistake(SigningKey, pathCertificate, "Signing needs the QC eSeal and its private key.")
	}
	public, m := usableKey(cert)
	if m != nil {
		return "", m
	}
	if own, ok := key.Public().(*rsa.PublicKey); !ok || !own.Equal(public) {
		return "", mistake(SigningKey, pathCertificate, "The private key does not belong to the certificate. Take the key that was made with this QC eSeal.")
	}

	return digestName(hash), nil
}

// seal signs with a digest that is given, and writes the three headers.
func seal(h http.Header, digest string, cert *x509.Certificate, key crypto.Signer, hash crypto.Hash) (string, error) {
	f := collect(h)
	f.values[fieldDigest] = []string{digest}
	order, list, m := f.toSign()
	if m != nil {
		return "", m
	}
	text := f.signingString(order)
	s := sum(hash, []byte(text))
	sig, err := key.Sign(rand.Reader, s.bytes(), hash)
	if err != nil {
		return "", fmt.Errorf("sign request: %w", err)
	}

	for name := range h { // in any spelling, so that none is sent twice
		if i := fieldIndex(name); i == fieldDigest || i == fieldSignature || i == fieldCertificate {
			delete(h, name)
		}
	}
	h.Set("Digest", digest)
	h.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-%s",headers="%s",signature="%s"`,
		KeyID(cert), strings.ToLower(strings.ReplaceAll(hash.String(), "-", "")), list, base64.StdEncoding.EncodeToString(sig)))
	h.Set(pathCertificate, base64.StdEncoding.EncodeToString(cert.Raw))

	return text, nil
}

// toSign lists the fields that a request must sign, in our order.
func (f *fields) toSign() (order []int, list string, m *Mistake) {
	if f.value(fieldRequestID) == "" {
		return nil, "", f.absent(fieldRequestID)
	}
	names := make([]string, 0, signable)
	for i := range signable {
		if !f.has(i) {
			continue
		}
		if m := f.single(i); m != nil {
			return nil, "", m
		}
		order = append(order, i)
		names = append(names, fieldNames[i].lower)
	}

	return order, strings.Join(names, " "), nil
}
