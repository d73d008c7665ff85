package certs

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"

	"fairway/internal/db"
)

const (
	crlLife  = 7 * 24 * time.Hour
	crlRenew = time.Hour // before the end
)

// publishedCRL is a list as it was last signed.
type publishedCRL struct {
	der  []byte
	next time.Time
}

// CRL is the authority's revocation list in DER: every certificate of it that is revoked and has not expired (RFC 5280
// §5). It is signed anew after each revocation and an hour before its end, and comes from memory otherwise.
func (c *Certs) CRL(ctx context.Context, issuer Issuer) ([]byte, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, err
	}
	if held, _, ok := c.heldCRL(issuer); ok {
		return held, nil
	}
	c.crlSigning.Lock() // one at a time: the others find what the first one made
	defer c.crlSigning.Unlock()
	held, epoch, ok := c.heldCRL(issuer)
	if ok {
		return held, nil
	}
	fresh, err := c.signCRL(ctx, all.by(issuer))
	if err != nil {
		return nil, err
	}
	c.crlMu.Lock()
	defer c.crlMu.Unlock()
	if epoch == c.crlEpoch { // else a revocation came in between, which this list may lack
		c.crls[issuer] = fresh
	}
	return fresh.der, nil
}

// heldCRL is the list in memory while it is fresh, and the count of revocations that it belongs to.
func (c *Certs) heldCRL(issuer Issuer) (der []byte, epoch int, ok bool) {
	c.crlMu.Lock()
	defer c.crlMu.Unlock()
	held, ok := c.crls[issuer]
	return held.der, c.crlEpoch, ok && c.db.Now().Before(held.next.Add(-crlRenew))
}

func (c *Certs) forgetCRLs() {
	c.crlMu.Lock()
	defer c.crlMu.Unlock()
	c.crlEpoch++
	clear(c.crls)
}

func (c *Certs) signCRL(ctx context.Context, a authority) (publishedCRL, error) {
	list := &x509.RevocationList{SignatureAlgorithm: x509.ECDSAWithSHA256}
	err := c.db.InTx(ctx, func(tx db.Tx) error {
		number, err := nextCRLNumber(tx, a.id)
		if err != nil {
			return err
		}
		list.Number, list.ThisUpdate, list.NextUpdate = big.NewInt(number), tx.Now, tx.Now.Add(crlLife)
		if a.kind != TPP {
			return nil // the other two sign authorities and servers, which are not revoked but made anew
		}
		rows, err := revokedCertificates(tx)
		if err != nil {
			return err
		}
		list.RevokedCertificateEntries, err = entries(rows)
		return err
	})
	if err != nil {
		return publishedCRL{}, fmt.Errorf("make a revocation list: %w", err)
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.cert, a.key)
	if err != nil {
		return publishedCRL{}, fmt.Errorf("sign a revocation list: %w", err)
	}
	return publishedCRL{der: der, next: list.NextUpdate}, nil
}

func entries(rows []revokedRow) ([]x509.RevocationListEntry, error) {
	var out []x509.RevocationListEntry
	for _, row := range rows {
		serial, ok := new(big.Int).SetString(row.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("read serial number %q", row.Serial)
		}
		out = append(out, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: row.RevokedAt.UTC(), ReasonCode: row.Reason})
	}
	return out, nil
}
