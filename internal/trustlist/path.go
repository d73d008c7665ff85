package trustlist

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"fairway/internal/qcert"
)

// Bounds of one search: certificates that were handed in beside the leaf, and listed ones that are tried.
const (
	maxUploaded = 10
	maxAnchors  = 32
)

// affordable leaves out what was handed in with an RSA key of more bits than any key here may have. Anybody can hand in
// certificates, and a signature is verified with the keys in them: one of the largest that fits into an upload costs
// seconds, and it need not even have been made with that key.
func affordable(uploaded []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(uploaded), func(c *x509.Certificate) bool {
		key, ok := c.PublicKey.(*rsa.PublicKey)
		return ok && key.N.BitLen() > qcert.MaxRSABits
	})
}

// oidQCStatements is the extension that crypto/x509 does not know; some authorities mark it critical (RFC 3739 §3.2.6).
var oidQCStatements = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}

// path leads from a certificate to one on a list, the leaf first.
type path struct {
	certs  []*x509.Certificate
	anchor *anchor
}

// paths finds the ways from a leaf over what was handed in with it to listed certificates, which need not be roots. It
// checks signatures, terms, CA bits and name constraints at the given time; what the leaf may be used for is not asked.
func (s *snapshot) paths(leaf *x509.Certificate, uploaded []*x509.Certificate, at time.Time) []path {
	candidates := s.candidates(leaf, uploaded)
	if len(candidates) == 0 {
		return nil
	}
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, a := range candidates {
		options.Roots.AddCert(known(a.cert))
	}
	for _, c := range uploaded {
		options.Intermediates.AddCert(known(c))
	}
	chains, err := known(leaf).Verify(options)
	if err != nil {
		return nil
	}
	var found []path
	for _, certs := range chains {
		last := certs[len(certs)-1]
		i := slices.IndexFunc(candidates, func(a *anchor) bool { return bytes.Equal(a.cert.Raw, last.Raw) })
		if len(certs) > 1 && i >= 0 { // a leaf that is listed itself was not issued by a listed one
			found = append(found, path{certs: certs, anchor: candidates[i]})
		}
	}
	return found
}

// candidates are the listed certificates whose subject is the issuer of one of the certificates. Those whose key the issued
// one names come first, so that the bound cuts the others off.
func (s *snapshot) candidates(leaf *x509.Certificate, uploaded []*x509.Certificate) []*anchor {
	var named, others []*anchor
	for _, c := range append([]*x509.Certificate{leaf}, uploaded...) {
		for _, a := range s.anchors[string(c.RawIssuer)] {
			if slices.Contains(named, a) || slices.Contains(others, a) {
				continue
			}
			if len(c.AuthorityKeyId) > 0 && bytes.Equal(c.AuthorityKeyId, a.cert.SubjectKeyId) {
				named = append(named, a)
			} else if len(others) < maxAnchors {
				others = append(others, a)
			}
		}
	}
	all := append(named, others...)
	return all[:min(len(all), maxAnchors)]
}

// known is a copy of a certificate whose statements are no longer an unknown critical extension: they are read elsewhere.
func known(c *x509.Certificate) *x509.Certificate {
	if len(c.UnhandledCriticalExtensions) == 0 {
		return c
	}
	k := *c
	k.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(c.UnhandledCriticalExtensions), oidQCStatements.Equal)
	return &k
}

// climb follows the certificates that were handed in as far as they lead; a ring ends where it began.
func climb(leaf *x509.Certificate, uploaded []*x509.Certificate) []*x509.Certificate {
	way := []*x509.Certificate{leaf}
	for len(way) <= len(uploaded) {
		last := way[len(way)-1]
		i := slices.IndexFunc(uploaded, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c) == nil && !slices.ContainsFunc(way, c.Equal)
		})
		if i < 0 {
			break
		}
		way = append(way, uploaded[i])
	}
	return way
}
