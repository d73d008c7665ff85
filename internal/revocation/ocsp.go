package revocation

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/qcert"
)

// endless is how long an answer without a NextUpdate counts.
const endless = 24 * time.Hour

// readOCSP judges a response to a question about one certificate (RFC 6960 §3.2). The library reads it and checks the
// signature by an embedded certificate; everything that makes the answer ours is checked here.
func readOCSP(der []byte, cert, issuer *x509.Certificate, now time.Time) (Result, error) {
	if len(der) > maxOCSP {
		return Result{}, errUnreadable
	}
	if !affordable(der) {
		return Result{}, errUnreadable
	}
	response, err := ocsp.ParseResponseForCert(der, cert, nil)
	var status ocsp.ResponseError
	if errors.As(err, &status) {
		return Result{}, &unsignedError{status.Status}
	}
	if err != nil {
		return Result{}, errUnreadable
	}
	signer, err := signerOf(response, issuer, now)
	if err != nil {
		return Result{}, err
	}
	if err := about(response, cert, issuer); err != nil {
		return Result{}, err
	}
	until := response.NextUpdate
	if until.IsZero() {
		until = response.ThisUpdate.Add(endless)
	}
	if err := inTime(response.ThisUpdate, until, now); err != nil {
		return Result{}, err
	}
	if response.ProducedAt.After(now.Add(skew)) {
		return Result{}, errFuture
	}
	r := Result{Responder: nameOf(signer), ProducedAt: response.ProducedAt.UTC(), ThisUpdate: response.ThisUpdate.UTC(), NextUpdate: response.NextUpdate.UTC()}
	switch response.Status {
	case ocsp.Good:
		r.State = Good
	case ocsp.Revoked:
		r.State, r.RevokedAt, r.Reason = Revoked, response.RevokedAt.UTC(), reasons[response.RevocationReason]
	default:
		return Result{}, errUnknown
	}
	return r, nil
}

// affordable tells whether the key beside the response is one that a signature can be verified with in no time. The library
// does that before anybody has looked at whose key it is, and an RSA key that fills the answer would take it seconds.
func affordable(der []byte) bool {
	var outer struct {
		Status asn1.Enumerated
		Answer struct {
			Type asn1.ObjectIdentifier
			DER  []byte
		} `asn1:"explicit,tag:0,optional"`
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil || outer.Status != asn1.Enumerated(ocsp.Success) {
		return err == nil // an answer that is none has no signature
	}
	var answer struct {
		Signed       asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	if _, err := asn1.Unmarshal(outer.Answer.DER, &answer); err != nil || len(answer.Certificates) == 0 {
		return err == nil
	}
	first, err := x509.ParseCertificate(answer.Certificates[0].FullBytes) // the library looks at no other one
	if err != nil {
		return false
	}
	key, ok := first.PublicKey.(*rsa.PublicKey)
	return !ok || key.N.BitLen() <= qcert.MaxRSABits
}

// signerOf is who signed the response: the issuer, or whom it gave a certificate for that (RFC 6960 §4.2.2.2). Whether that
// certificate was revoked in turn is not asked: it is short-lived or says itself that nobody need ask.
func signerOf(response *ocsp.Response, issuer *x509.Certificate, now time.Time) (*x509.Certificate, error) {
	if !strong(response.SignatureAlgorithm) {
		return nil, errWeak
	}
	delegate := response.Certificate
	if delegate == nil || bytes.Equal(delegate.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo) {
		if response.CheckSignatureFrom(issuer) != nil {
			return nil, errSignature
		}
		return issuer, nil
	}
	// The library has checked the response's signature by the delegate's key, if it embedded one.
	switch {
	case !bytes.Equal(delegate.RawIssuer, issuer.RawSubject) || delegate.CheckSignatureFrom(issuer) != nil:
		return nil, errStranger
	case !slices.Contains(delegate.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return nil, errNotDelegated
	case delegate.KeyUsage != 0 && delegate.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return nil, errNotDelegated
	case len(delegate.UnhandledCriticalExtensions) > 0:
		return nil, errNotDelegated
	case now.Before(delegate.NotBefore.Add(-skew)) || now.After(delegate.NotAfter):
		return nil, errDelegateExpired
	}
	return delegate, nil
}

// strong tells the signature algorithms that are believed: nothing on SHA-1 or MD5.
func strong(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512, x509.PureEd25519:
		return true
	}
	return false
}

// signedData is what the library leaves out of the signed part (RFC 6960 §4.2.1).
type signedData struct {
	Version     int `asn1:"optional,default:0,explicit,tag:0"`
	ResponderID asn1.RawValue
	ProducedAt  time.Time `asn1:"generalized"`
	Responses   []struct{ CertID certID }
	Extensions  []pkix.Extension `asn1:"explicit,tag:1,optional"`
}

type certID struct {
	Hash              pkix.AlgorithmIdentifier
	NameHash, KeyHash []byte
	Serial            asn1.RawValue
}

// nonce is the one extension of a response that may be critical: we send none, so it answers none of ours.
var nonce = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}

// about holds the response against the certificate: exactly one answer for its serial number, and that of this issuer. A
// serial number alone is not unique among issuers.
func about(response *ocsp.Response, cert, issuer *x509.Certificate) error {
	var data signedData
	if rest, err := asn1.Unmarshal(response.TBSResponseData, &data); err != nil || len(rest) > 0 {
		return errUnreadable
	}
	for _, e := range data.Extensions {
		if e.Critical && !e.Id.Equal(nonce) {
			return errCritical
		}
	}
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil || !response.IssuerHash.Available() {
		return errUnreadable
	}
	var ours []certID
	for _, r := range data.Responses {
		if bytes.Equal(r.CertID.Serial.FullBytes, serial) {
			ours = append(ours, r.CertID)
		}
	}
	if len(ours) != 1 {
		return errOther
	}
	var key struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &key); err != nil {
		return errUnreadable
	}
	h := response.IssuerHash.New()
	h.Write(issuer.RawSubject)
	name := h.Sum(nil)
	h.Reset()
	h.Write(key.Key.RightAlign())
	if !bytes.Equal(ours[0].NameHash, name) || !bytes.Equal(ours[0].KeyHash, h.Sum(nil)) {
		return errOther
	}
	return nil
}

// inTime holds the time from which and until which an answer counts against now.
func inTime(from, until, now time.Time) error {
	switch {
	case from.After(now.Add(skew)):
		return errFuture
	case until.Before(from), now.After(until.Add(skew)):
		return errStale
	}
	return nil
}
