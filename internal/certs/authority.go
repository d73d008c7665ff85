package certs

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

// Issuer names one of the sandbox's certification authorities.
type Issuer string

// The authorities: one root and, below it, one that issues to organisations and one that issues to our own servers.
const (
	Root   Issuer = "root"
	TPP    Issuer = "tpp"
	Server Issuer = "server"
)

// ParseIssuer finds the authority of that name, as it stands in the published addresses.
func ParseIssuer(name string) (Issuer, bool) {
	switch i := Issuer(name); i {
	case Root, TPP, Server:
		return i, true
	}
	return "", false
}

const (
	rootYears    = 10
	issuingYears = 5
	backdated    = 5 * time.Minute // for clocks that are a little behind ours
)

// errAuthorityKey is what the operator reads when the sealing keys are not those that the database was filled with.
var errAuthorityKey = errors.New("the sandbox's authority keys cannot be opened: the sealing keys are not those that this database was filled with")

// authority is a certification authority with its key.
type authority struct {
	id   string
	kind Issuer
	cert *x509.Certificate
	key  crypto.Signer
}

// authorities are all of them; a process holds them from its start on.
type authorities struct {
	root, tpp, server authority
}

// EnsureAuthorities makes the root and the two issuing authorities on the first start, and opens their keys on every
// start. Of two processes that start together one makes them and the other reads them.
func (c *Certs) EnsureAuthorities(ctx context.Context) error {
	if err := c.cfg.check(); err != nil {
		return err
	}
	_, err := c.authorities(ctx)
	if !errors.Is(err, errNoAuthorities) {
		return err
	}
	err = c.db.InTx(ctx, c.insertAuthorities)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return fmt.Errorf("make the sandbox's authorities: %w", err)
	}
	_, err = c.authorities(ctx)
	return err
}

// authorities hands out the authorities, reading them once.
func (c *Certs) authorities(ctx context.Context) (*authorities, error) {
	if held := c.cas.Load(); held != nil {
		return held, nil
	}
	rows, err := readAuthorities(c.db.Reader(ctx))
	if err != nil {
		return nil, c.db.Fault(ctx, err)
	}
	read, err := c.openAuthorities(rows)
	if err != nil {
		return nil, err
	}
	c.cas.Store(read)
	return read, nil
}

var errNoAuthorities = errors.New("the sandbox has no certification authorities yet")

func (c *Certs) openAuthorities(rows []authorityRow) (*authorities, error) {
	if len(rows) == 0 {
		return nil, errNoAuthorities
	}
	all := &authorities{}
	for _, row := range rows {
		a, err := c.openAuthority(row)
		if err != nil {
			return nil, err
		}
		switch a.kind {
		case Root:
			all.root = a
		case TPP:
			all.tpp = a
		case Server:
			all.server = a
		}
	}
	if all.root.cert == nil || all.tpp.cert == nil || all.server.cert == nil {
		return nil, errors.New("the sandbox's certification authorities are incomplete")
	}
	return all, nil
}

func (c *Certs) openAuthority(row authorityRow) (authority, error) {
	cert, err := x509.ParseCertificate(row.DER)
	if err != nil {
		return authority{}, fmt.Errorf("read the %s authority: %w", row.Kind, err)
	}
	der, err := c.ring.Open(authorityPlace(row.ID), row.SealedKey)
	if err != nil {
		return authority{}, errors.Join(errAuthorityKey, err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return authority{}, fmt.Errorf("read the %s authority's key: %w", row.Kind, err)
	}
	signer, ok := key.(*ecdsa.PrivateKey)
	if !ok || !signer.PublicKey.Equal(cert.PublicKey) {
		return authority{}, fmt.Errorf("the %s authority's key is not the one of its certificate", row.Kind)
	}
	return authority{id: row.ID, kind: Issuer(row.Kind), cert: cert, key: signer}, nil
}

func authorityPlace(id string) string { return "authorities|" + id + "|key" }

// insertAuthorities makes all three or none. The unique index on the kind refuses a second maker.
func (c *Certs) insertAuthorities(tx db.Tx) error {
	root, err := newAuthority(Root, nil, tx.Now)
	if err != nil {
		return err
	}
	for _, kind := range []Issuer{Root, TPP, Server} {
		a := root
		if kind != Root {
			if a, err = newAuthority(kind, &root, tx.Now); err != nil {
				return err
			}
		}
		der, err := x509.MarshalPKCS8PrivateKey(a.key)
		if err != nil {
			return fmt.Errorf("encode an authority's key: %w", err)
		}
		sealed, err := c.ring.Seal(authorityPlace(a.id), der)
		if err != nil {
			return fmt.Errorf("seal an authority's key: %w", err)
		}
		row := authorityRow{ID: a.id, Kind: string(kind), DER: a.cert.Raw, SealedKey: sealed, CreatedAt: tx.Now}
		if err := insertAuthority(tx, row); err != nil {
			return err
		}
	}
	return nil
}

// newAuthority makes a key and a certificate for it; the root, which has no issuer, signs itself.
func newAuthority(kind Issuer, issuer *authority, now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("make an authority's key: %w", err)
	}
	a := authority{id: secret.ID("ca"), kind: kind, key: key}
	template, err := authorityTemplate(kind, &key.PublicKey, now)
	if err != nil {
		return authority{}, err
	}
	parent, signer := template, crypto.Signer(key)
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	if a.cert, err = sign(template, parent, signer); err != nil {
		return authority{}, fmt.Errorf("sign the %s authority: %w", kind, err)
	}
	return a, nil
}

// authorityNames consist of letters and blanks, because clients copy the issuer's name into their keyId.
var authorityNames = map[Issuer]string{Root: "Fairway Sandbox Root CA", TPP: "Fairway Sandbox TPP CA", Server: "Fairway Sandbox Server CA"}

const authorityOrganisation = "Fairway SANDBOX NOT QUALIFIED"

// authorityTemplate is what each authority is: the one for organisations is confined to names below .invalid, so that
// whoever trusts it by mistake trusts it for nothing that exists.
func authorityTemplate(kind Issuer, public crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	serial, err := qcert.NewSerial()
	if err != nil {
		return nil, err
	}
	says := qcert.Authority{
		Country: "FI", Organization: authorityOrganisation, CommonName: authorityNames[kind],
		NotBefore: now.Add(-backdated), NotAfter: now.AddDate(issuingYears, 0, 0), Serial: serial,
	}
	switch kind {
	case Root:
		says.NotAfter = now.AddDate(rootYears, 0, 0)
		return qcert.RootTemplate(says, public)
	case TPP:
		return qcert.IssuingTemplate(says, qcert.ForTPPs, public)
	}
	return qcert.IssuingTemplate(says, qcert.ForServers, public)
}

// sign makes a certificate of a template that carries its public key.
func sign(template, parent *x509.Certificate, signer crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, template.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Roots is the sandbox's root certificate in PEM: what a client trusts to know our servers. It is empty before
// EnsureAuthorities.
func (c *Certs) Roots() []byte {
	held := c.cas.Load()
	if held == nil {
		return nil
	}
	return pemCertificates(held.root.cert)
}

// Chain is the way from an organisation's certificate to the root in PEM: the issuing authority, then the root. It is
// empty before EnsureAuthorities.
func (c *Certs) Chain() []byte {
	held := c.cas.Load()
	if held == nil {
		return nil
	}
	return pemCertificates(held.tpp.cert, held.root.cert)
}

// IssuerCertificate is an authority's certificate in DER, as it is published beside its revocation list.
func (c *Certs) IssuerCertificate(ctx context.Context, issuer Issuer) ([]byte, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, err
	}
	return all.by(issuer).cert.Raw, nil
}

func (a *authorities) by(issuer Issuer) authority {
	switch issuer {
	case Root:
		return a.root
	case Server:
		return a.server
	}
	return a.tpp
}

func pemCertificates(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, cert := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}) // writing to memory does not fail
	}
	return b.Bytes()
}
