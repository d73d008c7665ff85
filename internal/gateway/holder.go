package gateway

import (
	"context"
	"crypto/x509"
	"errors"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/qcert"
)

// holder is whose certificate a connection carries. The zero value is nobody's. What it points to is shared.
type holder struct {
	environment    catalog.Environment
	organisationID string
	// thumbprint is the SHA-256 of the certificate in hex, subject its name.
	thumbprint, subject string
	x509                *x509.Certificate
	// named are the roles of the certificate, rights those that may be used: fewer where an approval gave fewer.
	named, rights []qcert.Role
	// pair is what was approved; nil in the sandbox.
	pair *enrolments.Admitted
}

func ofSandbox(c certs.Certificate) holder {
	return holder{environment: c.Environment, organisationID: c.OrganisationID, thumbprint: c.Thumbprint, subject: c.Info.Subject, x509: c.X509,
		named: c.Info.Roles, rights: c.Info.Roles}
}

func ofLive(a *enrolments.Admitted) holder {
	i := &a.QWAC.Info
	return holder{environment: catalog.Live, organisationID: a.OrganisationID, thumbprint: i.SHA256, subject: i.Subject, x509: a.QWAC.Cert,
		named: i.Roles, rights: a.Rights, pair: a}
}

// identify judges the certificate of a connection for an environment. The sandbox takes what its own authority issued, Live
// what was approved, and neither takes the other's.
func (a *admission) identify(ctx context.Context, env catalog.Environment) (holder, string, error) {
	peer := peerOf(a.request.TLS)
	if env == catalog.Live {
		return a.identifyLive(ctx, peer)
	}
	cert, verdict := a.door.Certs.Identify(ctx, peer, a.now)
	if verdict.Passed() {
		return ofSandbox(cert), verdict.Text, nil
	}
	if peer != nil && cert.X509 == nil && fault.Is(verdict.Err(), fault.Unauthenticated) {
		e, err := a.door.Enrolments.Presented(ctx, qcert.Thumbprint(peer))
		if err == nil {
			return holder{}, "", errLiveInSandbox.Saying("This is the QWAC that was handed in for Live (serial " + e.QWAC.Info.SerialHex +
				"), and this is an address of the sandbox. Connect with the qwac.pem of your sandbox set, or call the address of Live.")
		}
		if !errors.Is(err, enrolments.ErrUnknown) {
			return holder{}, "", err
		}
	}
	return ofSandbox(cert), verdict.Text, verdict.Err()
}

// identifyAny is identify where the address does not say the environment: the certificate does.
func (a *admission) identifyAny(ctx context.Context) (holder, error) {
	peer := peerOf(a.request.TLS)
	cert, verdict := a.door.Certs.Identify(ctx, peer, a.now)
	if peer == nil || cert.X509 != nil || !fault.Is(verdict.Err(), fault.Unauthenticated) {
		return ofSandbox(cert), verdict.Err()
	}
	pair, err := a.door.Enrolments.AdmittedBy(ctx, qcert.Thumbprint(peer))
	if errors.Is(err, enrolments.ErrUnknown) {
		return a.notAdmitted(ctx, peer, verdict.Err())
	}
	if err != nil {
		return holder{}, err
	}
	return ofLive(pair), a.judge(pair.QWAC, pair.Over(a.now), pathTLS)
}

// notAdmitted says where a certificate of Live stands, or what the sandbox says of one that was never handed in.
func (a *admission) notAdmitted(ctx context.Context, peer *x509.Certificate, sandbox error) (holder, error) {
	e, err := a.door.Enrolments.Presented(ctx, qcert.Thumbprint(peer))
	if errors.Is(err, enrolments.ErrUnknown) {
		return holder{}, sandbox
	}
	if err != nil {
		return holder{}, err
	}
	return formerly(e), whereItStands(e)
}

// formerly is whose a certificate is that opened the door once, so that its owner reads in the log why it stays shut now.
// Anybody can upload a certificate, so one that was never approved is nobody's.
func formerly(e *enrolments.Enrolment) holder {
	if e.State != enrolments.Suspended && e.State != enrolments.Replaced {
		return holder{}
	}
	return holder{environment: catalog.Live, organisationID: e.OrganisationID, thumbprint: e.QWAC.Info.SHA256, subject: e.QWAC.Info.Subject, x509: e.QWAC.Cert, named: e.QWAC.Info.Roles}
}

// rightsText is what a holder may do, for a sentence.
func (i holder) rightsText() string {
	if i.environment == catalog.Live {
		return "your approval for Live gives " + roleNames(i.rights) + " (the QWAC names " + roleNames(i.named) + "). Hand in certificates with that role under Live, Certificates."
	}
	return "your QWAC has " + roleNames(i.named) + ". Generate a set with that role under Certificates."
}
