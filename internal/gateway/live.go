package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/authserver"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
	"fairway/internal/upstream"
)

// Where a certificate was found to be wrong, as tppMessages point to it.
const (
	pathTLS  = "TLS"
	pathSeal = "TPP-Signature-Certificate"
)

var (
	errNoCertificate = fault.New(fault.Unauthenticated, "CERTIFICATE_MISSING",
		"The connection carried no client certificate. Send your QWAC with its key in the TLS handshake (with curl: --cert qwac.pem --key qwac.key).").At(pathTLS)
	errLiveInSandbox = fault.New(fault.Unauthenticated, "CERTIFICATE_INVALID", "This certificate belongs to Live.").At(pathTLS)
	errCertificate   = fault.New(fault.Unauthenticated, "CERTIFICATE_INVALID", "The certificate opens nothing in Live.").At(pathTLS)
	errExpired       = fault.New(fault.Unauthenticated, "CERTIFICATE_EXPIRED", "The certificate is not valid now.").At(pathTLS)
	errBlocked       = fault.New(fault.Unauthenticated, "CERTIFICATE_BLOCKED", "The certificate is suspended in Live.").At(pathTLS)
)

// identifyLive passes a QWAC that was approved and is in time, and says of any other where it stands.
func (a *admission) identifyLive(ctx context.Context, peer *x509.Certificate) (holder, string, error) {
	if peer == nil {
		return holder{}, "", errNoCertificate
	}
	thumbprint := qcert.Thumbprint(peer)
	pair, err := a.door.Enrolments.AdmittedBy(ctx, thumbprint)
	if errors.Is(err, enrolments.ErrUnknown) {
		who, err := a.stranger(ctx, peer, thumbprint)
		return who, "", err
	}
	if err != nil {
		return holder{}, "", err
	}
	return ofLive(pair), "QWAC " + pair.QWAC.Info.SerialHex + ", approved for " + roleNames(pair.Rights), a.judge(pair.QWAC, pair.Over(a.now), pathTLS)
}

// clockSkew is how far an issuer's clock may run ahead of ours.
const clockSkew = 5 * time.Minute

// judge says whether what was approved may be used at this instant.
func (a *admission) judge(u *enrolments.Upload, over bool, path string) error {
	serial := u.Info.SerialHex
	switch {
	case over:
		return errCertificate.Saying("The certificate with serial " + serial + " gave way to its successor. Use the certificates that were approved last.").At(path)
	case a.now.After(u.Cert.NotAfter):
		return errExpired.Saying("The certificate with serial " + serial + " expired on " + instant(u.Cert.NotAfter) + ". Hand in its successor under Live, Certificates.").At(path)
	case a.now.Add(clockSkew).Before(u.Cert.NotBefore):
		return errExpired.Saying("The certificate with serial " + serial + " is valid from " + instant(u.Cert.NotBefore) + "; it is now " + instant(a.now) + ".").At(path)
	}
	return nil
}

func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04:05 UTC") }

// stranger says why a certificate opens nothing in Live. Whoever presents it holds its key, so where it stands is no secret.
func (a *admission) stranger(ctx context.Context, peer *x509.Certificate, thumbprint string) (holder, error) {
	if cert, err := a.door.Certs.ByThumbprint(ctx, thumbprint); err == nil {
		return holder{}, errCertificate.Saying("This is a certificate of the sandbox (serial " + cert.Serial + "), and this is an address of Live. Connect with the QWAC that was approved for Live, or call the address of the sandbox.")
	} else if !fault.Is(err, fault.NotFound) {
		return holder{}, err
	}
	e, err := a.door.Enrolments.Presented(ctx, thumbprint)
	if errors.Is(err, enrolments.ErrUnknown) {
		return holder{}, errCertificate.Saying(fmt.Sprintf("The client certificate (serial %s, of %q) was not handed in for Live. Upload it under Live, Certificates; it opens this door once it is approved.",
			qcert.DisplayText(peer.SerialNumber.Text(16), 60), qcert.DisplayText(strings.Join(peer.Subject.Organization, " "), 80)))
	}
	if err != nil {
		return holder{}, err
	}
	return formerly(e), whereItStands(e)
}

// whereItStands says what became of what was handed in.
func whereItStands(e *enrolments.Enrolment) error {
	switch e.State {
	case enrolments.Suspended:
		return errBlocked.Saying("The certificates were taken out of Live on " + instant(e.UpdatedAt) + ". The portal says why, under Live, Certificates.")
	case enrolments.Submitted, enrolments.Question:
		return errCertificate.Saying("The certificates were handed in on " + instant(e.SubmittedAt) + " and nobody has decided yet. The portal says how far it is, under Live, Certificates.")
	case enrolments.Replaced:
		return errCertificate.Saying("The certificates were replaced by others. Connect with the QWAC that was approved last.")
	case enrolments.Rejected:
		return errCertificate.Saying("The certificates were not accepted for Live. The portal says why, under Live, Certificates.")
	case enrolments.Draft:
		return errCertificate.Saying("The certificate was uploaded for Live and not handed in yet. Finish the steps under Live, Certificates.")
	}
	return errCertificate.Saying("The certificates were withdrawn. Hand them in under Live, Certificates.")
}

// sealLive is the verifier of the header's seal: of the pairs of the organisation that open this door.
func (a *admission) sealLive(ctx context.Context, sent string) (*httpsig.Verifier, *x509.Certificate, error) {
	if sent == "" {
		return nil, nil, errNoCertificate.Saying("The header TPP-Signature-Certificate is missing. Send the base64 of the QC eSeal on one line, without the BEGIN and END lines.").At(pathSeal)
	}
	pairs, err := a.door.Enrolments.AdmittedOf(ctx, a.app.OrganisationID)
	if err != nil {
		return nil, nil, err
	}
	at := slices.IndexFunc(pairs, func(p *enrolments.Admitted) bool { return p.Header == sent })
	if at < 0 {
		if at, err = sameSeal(pairs, sent); err != nil {
			return nil, nil, err
		}
	}
	pair := pairs[at]
	return pair.Verifier, pair.QSeal.Cert, a.judge(pair.QSeal, pair.Over(a.now), pathSeal)
}

// sameSeal reads a header that was written in another way, and says what was sent instead of an approved seal.
func sameSeal(pairs []*enrolments.Admitted, sent string) (int, error) {
	refuse := func(text string) (int, error) { return 0, errCertificate.Saying(text).At(pathSeal) }
	der, err := httpsig.CertificateFromHeader(sent)
	if err != nil {
		return refuse(err.Error())
	}
	presented, err := x509.ParseCertificate(der)
	if err != nil {
		return refuse("The header TPP-Signature-Certificate holds no certificate. Send the base64 of the QC eSeal on one line.")
	}
	thumbprint, serials := qcert.Thumbprint(presented), []string{}
	for i, p := range pairs {
		switch thumbprint {
		case p.QSeal.Info.SHA256:
			return i, nil
		case p.QWAC.Info.SHA256:
			return refuse("The header holds your QWAC; requests are sealed with the QC eSeal (serial " + p.QSeal.Info.SerialHex + "). Send that certificate and sign with its key.")
		}
		serials = append(serials, p.QSeal.Info.SerialHex)
	}
	return refuse("The certificate in the header is not the seal that was approved for Live, which has the serial " + strings.Join(serials, " or ") + ".")
}

// elsewhere says that a secret of the other environment came here, by how it begins.
func elsewhere(value string, env catalog.Environment, what string) string {
	other := catalog.Sandbox
	if env == catalog.Sandbox {
		other = catalog.Live
	}
	if !strings.HasPrefix(value, other.Prefix()) {
		return ""
	}
	return fmt.Sprintf("This is %s of %s (it begins with %s), and this is an address of %s. Send the one of your app in %s, which begins with %s.",
		what, other.Name(), other.Prefix(), env.Name(), env.Name(), env.Prefix())
}

// tellTPP says who calls, for the brand.
func (a *admission) tellTPP() {
	i := &a.who.pair.QWAC.Info
	tpp := upstream.TPP{Name: i.Organization, Identifier: i.OrganizationIdentifier, Authority: i.NCAID, Certificate: i.SHA256, ClientID: a.app.ClientID, App: a.app.Name}
	for _, r := range a.who.rights {
		tpp.Roles = append(tpp.Roles, string(r))
	}
	a.caller.TPP = tpp
	a.caller.Operation, a.caller.CallID = a.operation.ID, calls.FormatID(a.call.ID)
}

// brandOnly is the guard of what a brand's own system tells us: the connection carries a certificate that the brand is known
// by. A brand that does not exist is known by none.
func (g *Door) brandOnly(c *gin.Context) {
	brand, err := g.Catalog.Brand(c.Request.Context(), c.Param("brand"))
	if err != nil && !fault.Is(err, fault.NotFound) {
		g.Auth.FailToken(c, err)
		c.Abort()
		return
	}
	peer := peerOf(c.Request.TLS)
	if peer == nil || !slices.Contains(brand.Live.Callers, qcert.Thumbprint(peer)) {
		g.Log.Warn("somebody who is not the brand called for it", "brand", clip(c.Param("brand")), "remote", c.Request.RemoteAddr)
		g.Auth.FailToken(c, errNotTheBrand)
		c.Abort()
		return
	}
	c.Request = c.Request.WithContext(authserver.WithBrand(c.Request.Context(), brand))
	c.Next()
}

var errNotTheBrand = fault.New(fault.Unauthenticated, "CERTIFICATE_INVALID",
	"The connection carries no client certificate that this brand is known by. Connect with the one whose SHA-256 is entered for the brand under Admin, Brands.").At(pathTLS)

// Unwrap lets what streams reach the connection behind the writer.
func (w *capturing) Unwrap() http.ResponseWriter { return w.ResponseWriter }
