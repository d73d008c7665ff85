package gateway

import (
	"crypto/x509"
	"errors"

	"fairway/internal/fault"
	"fairway/internal/httpsig"
)

// explain says which mistake made a signature fail, where it can be told. It is asked only once the app is proved, and
// at most once a second for an app; else the short text stands.
func (a *admission) explain(err error, seal *x509.Certificate) error {
	var m *httpsig.Mistake
	if !errors.As(err, &m) {
		return err
	}
	f := fault.New(fault.Unauthenticated, "SIGNATURE_INVALID", m.Text).At(m.Path)
	if m.Code != httpsig.SignatureMismatch || !a.door.searches.take(a.app.ID, a.now) {
		return f
	}
	found := httpsig.Explain(a.request.Header, a.body, seal, a.who.x509)
	if found.Text == "" {
		return f
	}
	return f.Saying(found.Text)
}

// explainDigest says of which other form of the body a digest is, as the debugger does. The search is bounded by the size of a
// body, and asked for as seldom as that for a signature.
func (a *admission) explainDigest(err error) error {
	f := a.signatureFault(err)
	var m *httpsig.Mistake
	if !errors.As(err, &m) || m.Code != httpsig.DigestMismatch || !a.door.searches.take(a.app.ID, a.now) {
		return f
	}
	found := httpsig.ExplainDigest(a.request.Header, a.body)
	if !found.Found {
		return f
	}
	return fault.Of(f).Saying(found.Text)
}
