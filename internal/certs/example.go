package certs

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"fairway/internal/qcert"
)

// exampleNumber is the authorisation number of nobody: those of organisations are drawn at random.
const exampleNumber = "EXAMPLE000"

// Example issues a seal for the documentation by the sandbox's authority and signs a text with its key: RSA with PKCS #1 v1.5 and
// SHA-256. The key is thrown away and the certificate registered for nobody, so it opens nothing.
func (c *Certs) Example(ctx context.Context, text []byte) (cert *x509.Certificate, signature []byte, err error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, nil, err
	}
	leave, err := c.keygen.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	key, err := rsa.GenerateKey(rand.Reader, DefaultKeyBits)
	if err != nil {
		return nil, nil, fmt.Errorf("make the example's key: %w", err)
	}
	_, seal := c.profiles(Organisation{Name: "Example", Country: "FI"}, identityRow{OrganizationIdentifier: qcert.SandboxIdentifier(exampleNumber)}, []qcert.Role{qcert.RoleAI}, c.db.Now())
	if cert, err = signLeaf(all.tpp, seal, &key.PublicKey); err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(text)
	if signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
		return nil, nil, fmt.Errorf("sign the example: %w", err)
	}
	return cert, signature, nil
}
