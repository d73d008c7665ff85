package gateway

import (
	"crypto/x509"
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/fault"
	"fairway/internal/httpsig"
)

// checkDigest: the raw bytes of the body have the digest that the header says (RFC 3230; chapter 12).
func (a *admission) checkDigest() (string, error) {
	body, err := readBody(a.request)
	if err != nil {
		return "", err
	}
	a.body = body
	algorithm, err := httpsig.CheckDigest(a.request.Header, body)
	if err != nil {
		return "", a.explainDigest(err)
	}
	a.caller.Digest = a.request.Header.Get("Digest")
	return algorithm, nil
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if len(body) > maxBody {
		return nil, fault.New(fault.Invalid, "body_too_large", "The body is larger than 64 kB.")
	}
	if err != nil {
		return nil, formatError("body", "The body ended before it was complete. Send it again.").With(err)
	}
	return body, nil
}

// checkSignature: the header's certificate is the registered seal of the same organisation, and its key signed these
// headers. Where not, the likely mistake is named.
func (a *admission) checkSignature() (string, error) {
	h := a.request.Header
	if len(h["Tpp-Signature-Certificate"]) > 1 {
		return "", formatError("TPP-Signature-Certificate", "The header TPP-Signature-Certificate occurs twice. Send it once.")
	}
	if h.Get("Signature") == "" {
		return "", fault.New(fault.Unauthenticated, "SIGNATURE_MISSING", "The header Signature is missing. Every request is signed with the QC eSeal; see Message signing in the documentation.").At("Signature")
	}
	sent := h.Get("Tpp-Signature-Certificate")
	verifier, cert, err := a.sealOf(sent)
	if err != nil {
		return "", err
	}
	a.seal = sent
	result, err := verifier.Verify(h)
	a.call.Detail.SigningString = result.SigningString
	switch {
	case err != nil:
		return "", a.explain(err, cert)
	case len(result.Notes) > 0:
		return result.Params.Algorithm + ". " + strings.Join(result.Notes, " "), nil
	}
	return result.Params.Algorithm, nil
}

// sealOf finds what a signature is verified with: the registered seal, where the header holds it.
func (a *admission) sealOf(sent string) (*httpsig.Verifier, *x509.Certificate, error) {
	if a.app.Environment == catalog.Live {
		return a.sealLive(a.request.Context(), sent)
	}
	seal, verdict := a.door.Certs.IdentifySeal(a.request.Context(), a.app.OrganisationID, a.app.Environment, sent, a.now)
	return seal.Verifier, seal.X509, verdict.Err()
}

// signatureFault turns a mistake of the signing headers into a fault.
func (a *admission) signatureFault(err error) error {
	var m *httpsig.Mistake
	if !errors.As(err, &m) {
		return err
	}
	code := "SIGNATURE_INVALID"
	if m.Code == httpsig.Missing && m.Path == "Signature" {
		code = "SIGNATURE_MISSING"
	}
	return fault.New(fault.Unauthenticated, code, m.Text).At(m.Path)
}

func (a *admission) owner() consents.Owner {
	return consents.Owner{OrganisationID: a.app.OrganisationID, Environment: a.app.Environment, Brand: a.place.Brand}
}

// searchBudget allows one wide search a second and app: a search costs as much as many verifications.
type searchBudget struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func newSearchBudget() *searchBudget { return &searchBudget{last: map[string]time.Time{}} }

func (b *searchBudget) take(app string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last, ok := b.last[app]; ok && now.Sub(last) < time.Second {
		return false
	}
	if len(b.last) > 10_000 {
		clear(b.last)
	}
	b.last[app] = now
	return true
}

// seenRequests remembers request ids of the last while, to flag repeats in the log. Two generations of hashes bound it.
type seenRequests struct {
	seed      maphash.Seed
	mu        sync.Mutex
	now, past map[uint64]struct{}
}

const seenGeneration = 50_000

func newSeenRequests() *seenRequests {
	return &seenRequests{seed: maphash.MakeSeed(), now: map[uint64]struct{}{}, past: map[uint64]struct{}{}}
}

// add remembers a request id and tells whether it was there already.
func (s *seenRequests) add(app, request string) bool {
	k := maphash.Comparable(s.seed, [2]string{app, request})
	s.mu.Lock()
	defer s.mu.Unlock()
	_, again := s.now[k]
	if !again {
		_, again = s.past[k]
	}
	if len(s.now) >= seenGeneration {
		s.past, s.now = s.now, make(map[uint64]struct{}, seenGeneration)
	}
	s.now[k] = struct{}{}
	return again
}
