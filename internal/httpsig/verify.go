package httpsig

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strings"
)

// The sizes of RSA keys in bits: smaller ones are weak, larger ones are a way to
// make us work.
const (
	minKeyBits = 2048
	maxKeyBits = 4096
)

// Result is what was verified. When verification fails it holds what had been
// read until then, for the log.
type Result struct {
	Params        Params
	SigningString string
	Algorithm     string   // rsa-sha256 or rsa-sha512
	Notes         []string // accepted here, but other banks may refuse it
}

// Verifier verifies requests against one registered certificate. It holds all
// that depends on the certificate alone and is safe for concurrent use.
type Verifier struct {
	cert   *x509.Certificate
	key    *rsa.PublicKey
	header string // TPP-Signature-Certificate as it should be
	identity
	unusable *Mistake // why nothing can be verified with this certificate
}

// NewVerifier prepares a certificate. One that cannot verify anything (none at
// all, another key than RSA, a key of fewer than 2048 or more than 4096 bits)
// makes every verification fail with [NotRegistered], [KeyType] or [KeySize].
func NewVerifier(cert *x509.Certificate) *Verifier {
	if cert == nil {
		return &Verifier{unusable: mistake(NotRegistered, pathCertificate,
			"There is no registered QC eSeal to verify this request with. Generate or upload one under Certificates.")}
	}
	v := &Verifier{cert: cert, header: base64.StdEncoding.EncodeToString(cert.Raw), identity: newIdentity(cert)}
	v.key, v.unusable = usableKey(cert)

	return v
}

// usableKey checks type and size of the key before any mathematics are done with it.
func usableKey(cert *x509.Certificate) (*rsa.PublicKey, *Mistake) {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, mistake(KeyType, pathCertificate, "The key of the QC eSeal is not RSA but %s. This interface verifies RSA signatures only; use a certificate with an RSA key.", cert.PublicKeyAlgorithm)
	}
	if bits := key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits || key.E < 3 || key.E > 1<<31-1 || key.E%2 == 0 || key.N.Bit(0) == 0 {
		return nil, mistake(KeySize, pathCertificate, "The RSA key of the QC eSeal has %d bits and the exponent %d. Keys of %d to %d bits with an odd exponent are accepted.", bits, key.E, minKeyBits, maxKeyBits)
	}

	return key, nil
}

// Verify checks everything about the signature of a request but the body, which
// is for [CheckDigest]: the headers Signature, TPP-Signature-Certificate, Digest
// and X-Request-ID occur exactly once, the certificate is the registered one,
// Signature follows its grammar, lists what it must and nothing else, names the
// certificate in keyId, and was made with its key over the signing string. The
// error is a *Mistake.
func Verify(h http.Header, cert *x509.Certificate) (Result, error) {
	return NewVerifier(cert).Verify(h)
}

// Verify is the function [Verify] for a prepared certificate. A request that is
// written the way [Sign] writes it costs little more than the RSA operation.
func (v *Verifier) Verify(h http.Header) (Result, error) {
	f := collect(h)
	r, m := v.verify(&f)
	if m != nil {
		return r, m
	}

	return r, nil
}

func (v *Verifier) verify(f *fields) (r Result, m *Mistake) {
	if m = f.sound(); m != nil {
		return r, m
	}
	if v.unusable != nil {
		return r, v.unusable
	}
	if m = v.registered(f.value(fieldCertificate), &r); m != nil {
		return r, m
	}
	if r.Params, m = parse(f.value(fieldSignature)); m != nil {
		return r, m
	}
	order, n, m := members(r.Params.Headers, f)
	if m != nil {
		return r, m
	}
	if m = checkAlgorithm(r.Params.Algorithm); m != nil {
		return r, m
	}
	r.Algorithm, r.SigningString = r.Params.Algorithm, f.signingString(order[:n])
	if m = v.match(r.Params.KeyID); m != nil {
		return r, m
	}
	r.note(f, v)

	return r, v.mathematics(&r)
}

// registered holds the certificate of the header against the registered one.
func (v *Verifier) registered(header string, r *Result) *Mistake {
	if header == v.header {
		return nil
	}
	sent, note, m := certificateFromHeader(header)
	if m != nil {
		return m
	}
	if note != "" {
		r.Notes = append(r.Notes, note)
	}
	if bytes.Equal(sent.Raw, v.cert.Raw) {
		return nil
	}
	theirs, ours := strings.ToUpper(sent.SerialNumber.Text(16)), strings.ToUpper(v.serial)
	m = mistake(CertificateMismatch, pathCertificate, "This certificate is not the QC eSeal registered for your app. Sent: serial %s. Registered: serial %s, valid to %s. "+
		"Send the registered one, or upload the new one under Certificates first.", cut(theirs, 40), cut(ours, 40), v.cert.NotAfter.UTC().Format("2 Jan 2006"))

	return m.differs(theirs, ours)
}

// hashOf returns the hash of an algorithm that [checkAlgorithm] let through.
func hashOf(algorithm string) crypto.Hash {
	if algorithm == "rsa-sha512" {
		return crypto.SHA512
	}

	return crypto.SHA256
}

// mathematics checks the length of the signature and then the signature itself.
func (v *Verifier) mathematics(r *Result) *Mistake {
	if m := v.length(r.Params.Signature); m != nil {
		return m
	}
	hash := hashOf(r.Algorithm)
	s := sum(hash, []byte(r.SigningString))
	if rsa.VerifyPKCS1v15(v.key, hash, s.bytes(), r.Params.Signature) == nil {
		return nil
	}

	return mistake(SignatureMismatch, "Signature", "The signature does not match the signing string. Sign exactly the lines that headers lists, names in lower case, "+
		"one blank after each colon, line feeds between the lines and none at the end, with %s and the key of the QC eSeal with serial %s.", r.Algorithm, cut(strings.ToUpper(v.serial), 40))
}

// length explains signatures that cannot be of this key.
func (v *Verifier) length(sig []byte) *Mistake {
	if len(sig) == v.key.Size() {
		return nil
	}
	const again = "The parameter \"signature\" is the base64 of %s. Encode the %d bytes of the signature themselves, once."
	switch decoded, err := strict.DecodeString(string(sig)); {
	case err == nil && len(sig) > 0 && len(decoded) == v.key.Size():
		return mistake(SignatureEncoding, "Signature", again, "a text that is base64 already", v.key.Size())
	case len(sig) == 2*v.key.Size() && isHex(string(sig)):
		return mistake(SignatureEncoding, "Signature", again, "the hexadecimal text of the signature", v.key.Size())
	}

	return mistake(SignatureLength, "Signature", "The signature has %d bytes; one made with the key of your registered QC eSeal (RSA %d bits, serial %s) has %d. It was made with another key or cut off.",
		len(sig), v.key.N.BitLen(), cut(strings.ToUpper(v.serial), 40), v.key.Size())
}

// note collects what is right by our rules but not by everybody's.
func (r *Result) note(f *fields, v *Verifier) {
	if r.Params.KeyID != v.keyID {
		r.Notes = append(r.Notes, "keyId names the right certificate in another form than "+shown(v.keyID, 200)+v.otherForm(r.Params.KeyID)+". It is compared by value here; other banks compare it letter by letter.")
	}
	name, _, _ := strings.Cut(f.value(fieldDigest), "=")
	if name != nameSHA256 && name != nameSHA512 && (strings.EqualFold(name, nameSHA256) || strings.EqualFold(name, nameSHA512)) {
		r.Notes = append(r.Notes, "Digest names its algorithm "+name+". Other banks accept only "+strings.ToUpper(name)+".")
	}
	if (strings.EqualFold(name, nameSHA512)) != (r.Algorithm == "rsa-sha512") {
		r.Notes = append(r.Notes, "Digest uses "+strings.ToUpper(name)+" and the signature "+r.Algorithm+". Other banks ask for the same hash in both.")
	}
}
