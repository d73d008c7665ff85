package bankclient

import (
	"crypto"
	"errors"
	"io"

	"fairway/internal/fault"
	"fairway/internal/httpsig"
)

// ErrOtherKey is a signature that the key of the registered seal did not make, or made over another text.
var ErrOtherKey = fault.New(fault.Invalid, "signature_other_key",
	"This signature was not made with the key of your registered seal, so nothing was sent. Take the key file of the active set into this browser, and sign again.")

// errUnsigned is a call that was to be signed elsewhere and was not.
var errUnsigned = errors.New("the request waits for a signature")

// elsewhere stands for a key that is not here: it gives the signature that its holder made.
type elsewhere struct {
	public    crypto.PublicKey
	signature []byte
}

// Public is the key of the certificate.
func (e elsewhere) Public() crypto.PublicKey { return e.public }

// Sign hands out what was signed by the holder of the key. Whether it fits is checked afterwards.
func (e elsewhere) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return e.signature, nil
}

// SigningString is the text that the holder of the seal's key has to sign (RSASSA-PKCS1-v1_5 with SHA-256; RSA-PSS where that
// is the mistake), so that Send can take its Signature. The request has to carry its RequestID: another id is another text. Faults are those of Send.
func (c *Client) SigningString(id Identity, r Request) (string, error) {
	m, err := c.compose(id, r)
	if err != nil {
		return "", err
	}
	return m.exchange.SigningString, nil
}

// signer is the seal's key, or what stands for it.
func (r Request) signer(id Identity) crypto.Signer {
	if id.SealKey != nil || id.Seal == nil {
		return id.SealKey
	}
	return elsewhere{id.Seal.PublicKey, r.Signature}
}

// checkSignature holds a signature from outside against the registered seal before anything is sent.
func (m *message) checkSignature(id Identity, r Request) error {
	wrong, broken := MistakeOf(string(r.Mistake))
	if id.SealKey != nil || r.Unsigned || wrong.NoSeal {
		return nil
	}
	if len(r.Signature) == 0 {
		return errUnsigned
	}
	if broken {
		if !madeOver(id, m.exchange.SigningString, r.Signature, wrong.ID == PSS) {
			return ErrOtherKey
		}
		return nil
	}
	if _, err := httpsig.Verify(m.header, id.Seal); err != nil {
		return ErrOtherKey.With(err)
	}
	return nil
}
