package revocation

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/outbound"
	"fairway/internal/qcert"
)

// maxShown is how many characters of a stranger's text are shown.
const maxShown = 256

// refusal is why an answer does not count. It follows the source's name and address in a note.
type refusal string

// Error is the reason.
func (r refusal) Error() string { return string(r) }

const (
	errNoQuestion      refusal = "cannot be asked about this certificate"
	errUnreadable      refusal = "gave an answer that cannot be read, is not signed as it should be, or is about another certificate"
	errSignature       refusal = "gave an answer whose signature is not the issuer’s"
	errWeak            refusal = "gave an answer that is signed with an algorithm too weak or not known here"
	errStranger        refusal = "gave an answer that was signed by somebody whom the issuer did not name for that"
	errNotDelegated    refusal = "gave an answer that was signed with a certificate of the issuer that is not for OCSP"
	errDelegateExpired refusal = "gave an answer that was signed with an expired certificate"
	errOther           refusal = "gave an answer about another certificate"
	errResting         refusal = "was not asked, as it did not answer in time a moment ago"
	errUnknown         refusal = "does not know this certificate"
	errStale           refusal = "gave an answer that is out of date"
	errFuture          refusal = "gave an answer from the future"
	errCritical        refusal = "gave an answer with a critical extension that is not known here"
	errOtherList       refusal = "gave a list of another issuer"
	errNotCRLSigner    refusal = "gave a list, but the issuer’s certificate is not for signing lists"
	errDelta           refusal = "gave a list of changes only"
	errIndirect        refusal = "gave a list of several issuers"
	errPartial         refusal = "gave a list of other certificates of the issuer"
	errOutweighed      refusal = "gave a list without this certificate, which counts for nothing as the responder does not know it"
)

// unsignedError is an answer that only says that there is none (RFC 6960 §2.3). Anybody could have sent it.
type unsignedError struct{ status ocsp.ResponseStatus }

func (e *unsignedError) Error() string {
	switch e.status {
	case ocsp.TryLater:
		return "asks to try again later"
	case ocsp.Unauthorized:
		return "does not answer for this certificate"
	case ocsp.SignatureRequired:
		return "answers signed questions only"
	case ocsp.Malformed:
		return "did not understand the question"
	}
	return "had a fault of its own"
}

// words says why a source gave nothing, without what the network's error tells about our side.
func (i *inquiry) words(err error) string {
	var status *outbound.StatusError
	var unsigned *unsignedError
	var why refusal
	switch {
	case errors.As(err, &status):
		return fmt.Sprintf("answered with HTTP status %d", status.Status)
	case errors.As(err, &unsigned):
		return unsigned.Error()
	case errors.As(err, &why):
		return why.Error()
	case errors.Is(err, outbound.ErrRefused):
		return "was not asked, as the address is not a public one"
	case errors.Is(err, outbound.ErrRedirect):
		return "answered with a redirect, which is not followed"
	case errors.Is(err, outbound.ErrTooLarge):
		return "gave an answer that is too large"
	case errors.Is(err, outbound.ErrSlow):
		return fmt.Sprintf("did not answer within %s", i.checker.timeout)
	}
	return "cannot be reached"
}

// reasons are the words of RFC 5280 §5.3.1; "unspecified" says nothing and is left out.
var reasons = map[int]string{
	ocsp.KeyCompromise:        "key compromise",
	ocsp.CACompromise:         "CA compromise",
	ocsp.AffiliationChanged:   "affiliation changed",
	ocsp.Superseded:           "superseded",
	ocsp.CessationOfOperation: "cessation of operation",
	ocsp.CertificateHold:      "on hold",
	ocsp.PrivilegeWithdrawn:   "privilege withdrawn",
	ocsp.AACompromise:         "attribute authority compromise",
}

// sentence is what whoever uploaded the certificate reads.
func sentence(r Result, cert *x509.Certificate) string {
	switch {
	case r.State == Revoked && r.Reason != "":
		return fmt.Sprintf("Revoked on %s (%s).", day(r.RevokedAt), r.Reason)
	case r.State == Revoked:
		return fmt.Sprintf("Revoked on %s.", day(r.RevokedAt))
	case r.State == Good && r.Source == OCSP:
		return fmt.Sprintf("Not revoked: the QTSP says so for %s.", minute(r.ThisUpdate))
	case r.State == Good:
		return fmt.Sprintf("Not revoked: it is not on the QTSP’s list of %s.", minute(r.ThisUpdate))
	case r.ShortTerm:
		return fmt.Sprintf("The certificate is a short-term one, which is not revoked but ends on %s.", day(cert.NotAfter))
	}
	return "The certificate names no place to ask whether it was revoked."
}

// Where nothing is known, the reader need do nothing.
const (
	sentenceUnreached = "We could not reach the QTSP; we try again automatically."
	sentenceUnproved  = "The QTSP gave no answer that counts; we try again automatically."
)

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func minute(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// nameOf is the subject of a certificate of ours or of a responder, as far as it can be shown.
func nameOf(cert *x509.Certificate) string {
	info, err := qcert.Parse(cert)
	if err != nil {
		return ""
	}
	return qcert.DisplayText(info.Subject, maxShown)
}

func shown(address string) string { return qcert.DisplayText(address, maxShown) }
