// Package demo owns a qualified trust service provider that exists for demonstrations and tests only: its authorities, the
// certificates that it issues in the profile of Live, good or broken on request, and what it says about revocation. It is
// pure; no trusted list names it but its own.
package demo

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"fairway/internal/qcert"
)

// Word stands in the name of the provider and of each authority of it.
const Word = "DEMONSTRATION"

// provider is the organisation of every authority.
const provider = "Fairway " + Word + " QTSP"

// country is the provider's seat and the territory of its trusted list.
const country = "FI"

// CA is one of the provider's authorities.
type CA string

// The authorities. The root signs the first three; the last is its own root, on no list.
const (
	Root     CA = "root"
	Websites CA = "web"       // QWACs; granted
	Seals    CA = "seal"      // eSeals; granted
	Former   CA = "former"    // both kinds; its status was withdrawn
	Unlisted CA = "elsewhere" // both kinds; of a provider on no list
)

// CAs lists the authorities in the order in which they are made.
func CAs() []CA { return []CA{Root, Websites, Seals, Former, Unlisted} }

var titles = map[CA]string{
	Root: "Root", Websites: "CA for Websites", Seals: "CA for eSeals", Former: "Withdrawn CA", Unlisted: "Unlisted CA",
}

// authority is a CA with its key.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// QTSP is the provider. It does not change after it was made and is safe for concurrent use.
type QTSP struct {
	base string
	all  map[CA]authority
}

// The terms of the authorities, in years. They begin before now, so that what they issue may have expired already.
const (
	yearsBack    = 2
	rootYears    = 12
	issuingYears = 7
)

// NewQTSP makes a provider with P-256 keys, in business since two years before now. Its certificates point below the base, an ASCII
// http or https address, for the issuer's certificate (/web.cer), the revocation list (/web.crl) and the responder (/ocsp).
func NewQTSP(now time.Time, base string) (*QTSP, error) {
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("make the demonstration provider: its address must be an http or https address")
	}
	q := &QTSP{base: strings.TrimSuffix(base, "/"), all: map[CA]authority{}}
	for _, ca := range CAs() {
		made, err := q.found(ca, now.AddDate(-yearsBack, 0, 0))
		if err != nil {
			return nil, fmt.Errorf("make the demonstration provider: %w", err)
		}
		q.all[ca] = made
	}
	return q, nil
}

// found makes one authority, signed by the root or by itself.
func (q *QTSP) found(ca CA, from time.Time) (authority, error) {
	key, err := newECKey()
	if err != nil {
		return authority{}, err
	}
	serial, err := qcert.NewSerial()
	if err != nil {
		return authority{}, err
	}
	a := qcert.Authority{
		Country: country, Organization: provider, CommonName: "Fairway " + Word + " " + titles[ca],
		NotBefore: from, NotAfter: from.AddDate(rootYears, 0, 0), Serial: serial,
	}
	issuing := ca != Root
	if ca == Unlisted {
		a.Organization = "Somebody Else's " + Word
	} else if issuing {
		a.NotAfter = from.AddDate(issuingYears, 0, 0)
		a.CRLURL, a.IssuerURL = q.listURL(Root), q.certificateURL(Root)
	}
	template, err := qcert.QualifiedAuthority(a, issuing, key.Public())
	if err != nil {
		return authority{}, err
	}
	by := authority{template, key}
	if ca == Websites || ca == Seals || ca == Former {
		by = q.all[Root]
	}
	cert, err := sign(template, by, key.Public())
	return authority{cert, key}, err
}

// Certificate is an authority's own certificate; nil for one that the provider has not.
func (q *QTSP) Certificate(ca CA) *x509.Certificate { return q.all[ca].cert }

// Base is the address below which the provider answers.
func (q *QTSP) Base() string { return q.base }

// Chain is what belongs under a certificate of the authority, the issuer first.
func (q *QTSP) Chain(ca CA) []*x509.Certificate {
	if ca == Root || ca == Unlisted {
		return []*x509.Certificate{q.all[ca].cert}
	}
	return []*x509.Certificate{q.all[ca].cert, q.all[Root].cert}
}

// Issuer finds which authority issued a certificate, by name and key identifier; false where none did.
func (q *QTSP) Issuer(cert *x509.Certificate) (CA, bool) {
	for _, ca := range CAs() {
		if by := q.all[ca].cert; bytes.Equal(cert.RawIssuer, by.RawSubject) && bytes.Equal(cert.AuthorityKeyId, by.SubjectKeyId) {
			return ca, true
		}
	}
	return "", false
}

func (q *QTSP) listURL(ca CA) string        { return q.base + "/" + string(ca) + ".crl" }
func (q *QTSP) certificateURL(ca CA) string { return q.base + "/" + string(ca) + ".cer" }
func (q *QTSP) responderURL() string        { return q.base + "/ocsp" }
