package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// The codes of certificates that are turned away; the Berlin Group's names.
const (
	codeMissing = "CERTIFICATE_MISSING"
	codeInvalid = "CERTIFICATE_INVALID"
	codeExpired = "CERTIFICATE_EXPIRED"
	codeRevoked = "CERTIFICATE_REVOKED"
)

// Where a certificate was found to be wrong, as tppMessages point to it.
const (
	pathTLS  = "TLS"
	pathSeal = "TPP-Signature-Certificate"
)

// clockSkew is how far an issuer's clock may run ahead of ours; it counts for the beginning only.
const clockSkew = 5 * time.Minute

// Verdict is what the door found about a certificate.
type Verdict struct {
	// Fault is nil where the certificate passes. Otherwise it is Unauthenticated with one of the codes
	// CERTIFICATE_MISSING, _INVALID, _EXPIRED and _REVOKED, or Unavailable where we could not look.
	Fault *fault.Error
	// Text is one sentence for the request log, passed or not.
	Text string
}

// Passed tells whether the certificate may be used.
func (v Verdict) Passed() bool { return v.Fault == nil }

// Err is the fault as an error; nil where the certificate passes.
func (v Verdict) Err() error {
	if v.Fault == nil {
		return nil
	}
	return v.Fault
}

func refuse(path, code, format string, args ...any) Verdict {
	f := fault.New(fault.Unauthenticated, code, fmt.Sprintf(format, args...)).At(path)
	return Verdict{Fault: f, Text: f.Message}
}

func failed(err error, path string) Verdict {
	f := fault.Of(err).At(path)
	return Verdict{Fault: f, Text: f.Message}
}

// ByThumbprint is the registered certificate with this SHA-256 (lower-case hex), revoked or not. It comes from memory
// and is read again on the next question after a change, here or in another process. An unknown one is the fault
// NotFound "certificate_unknown"; that is never remembered.
func (c *Certs) ByThumbprint(ctx context.Context, thumbprint string) (Certificate, error) {
	return c.registered.Find(ctx, thumbprint)
}

var errUnknown = fault.New(fault.NotFound, "certificate_unknown", "This certificate is not registered here.")

func (c *Certs) loadCertificate(ctx context.Context, thumbprint string) (Certificate, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return Certificate{}, err
	}
	row, err := certificateByThumbprint(c.db.Reader(ctx), thumbprint)
	if err != nil {
		return Certificate{}, missing(c.db.Fault(ctx, err), errUnknown)
	}
	return newCertificate(all, row)
}

// Identify is the door's first step: whose certificate did this connection present? It passes a registered QWAC that our
// authority issued, that is in time and not revoked, and says exactly what is wrong with any other. A certificate is
// known by all of its bytes; the chain of one that is registered was checked when it was read.
func (c *Certs) Identify(ctx context.Context, peer *x509.Certificate, now time.Time) (Certificate, Verdict) {
	if peer == nil {
		return Certificate{}, refuse(pathTLS, codeMissing,
			"The connection carried no client certificate. Send your QWAC with its key in the TLS handshake (with curl: --cert qwac.pem --key qwac.key).")
	}
	cert, err := c.ByThumbprint(ctx, qcert.Thumbprint(peer))
	if fault.Is(err, fault.NotFound) {
		return Certificate{}, c.stranger(ctx, peer, now, pathTLS)
	}
	if err != nil {
		return Certificate{}, failed(err, pathTLS)
	}
	if cert.Kind != qcert.QWAC {
		return cert, refuse(pathTLS, codeInvalid,
			"The connection carried your %s (serial %s); the TLS handshake needs your QWAC. Connect with qwac.pem and qwac.key, and sign with the seal's key.", name(cert.Kind), cert.Serial)
	}
	return cert, c.judge(cert, now, pathTLS)
}

// judge says whether a registered certificate may be used now.
func (c *Certs) judge(cert Certificate, now time.Time, path string) Verdict {
	switch {
	case !cert.IssuedByUs:
		return refuse(path, codeInvalid, "The %s with serial %s was not signed by %s. Choose Re-generate under Certificates.", name(cert.Kind), cert.Serial, c.issuerName())
	case now.After(cert.X509.NotAfter):
		return refuse(path, codeExpired, "The %s with serial %s expired on %s; it is now %s. Use the active set under Certificates, or choose Re-generate there.",
			name(cert.Kind), cert.Serial, instant(cert.X509.NotAfter), instant(now))
	case now.Add(clockSkew).Before(cert.X509.NotBefore):
		return refuse(path, codeExpired, "The %s with serial %s is valid from %s; it is now %s. Call again after that time.",
			name(cert.Kind), cert.Serial, instant(cert.X509.NotBefore), instant(now))
	case cert.RevokedAt != nil && cert.RevocationReason == superseded:
		return refuse(path, codeRevoked, "The %s with serial %s is revoked since %s, when a newer set replaced it. Use the newer set; if its keys are lost, choose Re-generate under Certificates.",
			name(cert.Kind), cert.Serial, instant(*cert.RevokedAt))
	case cert.RevokedAt != nil:
		return refuse(path, codeRevoked, "The %s with serial %s is revoked since %s. Choose Re-generate under Certificates and use the new set.",
			name(cert.Kind), cert.Serial, instant(*cert.RevokedAt))
	}
	return Verdict{Text: cert.passed}
}

// stranger says what is wrong with a certificate that is not registered.
func (c *Certs) stranger(ctx context.Context, peer *x509.Certificate, now time.Time, path string) Verdict {
	all, err := c.authorities(ctx)
	if err != nil {
		return failed(err, path)
	}
	what, ours := "client certificate", issuerText(all.tpp.cert)
	if path == pathSeal {
		what = "certificate in this header"
	}
	info, err := qcert.Parse(peer)
	if err != nil {
		return refuse(path, codeInvalid, "The %s cannot be read: it is larger than a certificate is. Use the files of your set under Certificates.", what)
	}
	serial, from := shorten(info.SerialHex), shorten(info.Issuer)
	switch {
	case peer.CheckSignatureFrom(all.tpp.cert) == nil:
		if now.After(peer.NotAfter) {
			return refuse(path, codeExpired, "The %s (serial %s) expired on %s; it is now %s. Choose Generate under Certificates and use the new set.", what, serial, instant(peer.NotAfter), instant(now))
		}
		return refuse(path, codeInvalid, "The %s (serial %s) was issued by this sandbox, but is registered for no organisation. Choose Generate under Certificates and use that set.", what, serial)
	case bytes.Equal(peer.RawIssuer, all.tpp.cert.RawSubject):
		return refuse(path, codeInvalid, "The %s (serial %s) names the issuer %q, but another key signed it: its authority is %s, ours is %s. It comes from another installation of this sandbox; use the set under Certificates here.",
			what, serial, from, keyName(peer.AuthorityKeyId), keyName(all.tpp.cert.SubjectKeyId))
	}
	return refuse(path, codeInvalid, "The %s (serial %s) was issued by %q; the sandbox knows only those of %q. Use the set under Certificates.", what, serial, from, ours)
}

func (c *Certs) issuerName() string {
	if all := c.cas.Load(); all != nil {
		return fmt.Sprintf("%q", issuerText(all.tpp.cert))
	}
	return "the sandbox's authority"
}

// issuerText is an authority's name as it stands in keyId.
func issuerText(cert *x509.Certificate) string { return cert.Subject.String() }

// keyName shows the beginning of a key identifier.
func keyName(id []byte) string {
	if len(id) == 0 {
		return "not named"
	}
	return strings.ToUpper(hex.EncodeToString(id[:min(len(id), 8)]))
}

// shorten keeps a stranger's text short enough for one sentence.
func shorten(s string) string { return qcert.DisplayText(s, 100) }
