package bankclient_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"testing"

	"fairway/internal/bankclient"
	"fairway/internal/httpsig"
)

// signedBy is what the holder of a key does with the signing string.
func signedBy(t *testing.T, key crypto.Signer, text string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func TestACallIsSentWithASignatureThatWasMadeElsewhere(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	id, r := identity(), list()
	key := id.SealKey
	id.SealKey = nil
	r.RequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	text, err := b.client.SigningString(id, r)
	if err != nil {
		t.Fatal(err)
	}
	r.Signature = signedBy(t, key, text)

	e, err := b.client.Send(t.Context(), id, r)

	if err != nil || e.SigningString != text || e.RequestID != r.RequestID {
		t.Fatalf("%v, %q and %q", err, e.SigningString, text)
	}
	if result, err := httpsig.NewVerifier(id.Seal).Verify(b.only().header); err != nil || result.SigningString != text {
		t.Errorf("what arrived: %v", err)
	}
}

func TestASignatureThatDoesNotFitIsNotSent(t *testing.T) {
	t.Parallel()
	b := newBank(t, ok)
	id, r := identity(), list()
	seal := id.SealKey
	id.SealKey = nil
	r.RequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	text, err := b.client.SigningString(id, r)
	if err != nil {
		t.Fatal(err)
	}
	other := r
	other.RequestID = "99391c7e-ad88-49ec-a2ad-99ddcb1f7757"
	for name, signature := range map[string][]byte{"another key's": signedBy(t, keys()[0].key, text), "over another text": signedBy(t, seal, text+"\n"), "no signature at all": []byte("x")} {
		r.Signature = signature
		if _, err := b.client.Send(t.Context(), id, r); !errors.Is(err, bankclient.ErrOtherKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other.Signature = signedBy(t, seal, text)
	if _, err := b.client.Send(t.Context(), id, other); !errors.Is(err, bankclient.ErrOtherKey) {
		t.Errorf("for another request: %v", err)
	}
	r.Signature = nil
	if _, err := b.client.Send(t.Context(), id, r); err == nil {
		t.Error("it was sent without a signature")
	}

	if n := len(b.seen()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}
