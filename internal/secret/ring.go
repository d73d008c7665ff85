package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Ring holds the sealing keys: the first one seals, all of them open. Rotating means putting a new key in
// front and sealing again.
type Ring struct {
	keys []ringKey
}

type ringKey struct {
	id  string
	kek []byte
}

// ErrSealed is returned for a value that no key of the ring opens, or that was moved to another row.
var ErrSealed = errors.New("sealed value cannot be opened with these keys")

// ParseRing reads "id:base64,id:base64" with keys of 32 bytes. The first key seals.
func ParseRing(text Text) (*Ring, error) {
	r := &Ring{}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(string(text), ",") {
		id, value, ok := strings.Cut(strings.TrimSpace(part), ":")
		key, err := base64.StdEncoding.DecodeString(value)
		if !ok || id == "" || strings.Contains(id, ".") || err != nil || len(key) != 32 {
			return nil, errors.New("each sealing key is written id:base64, with 32 bytes behind the base64")
		}
		if seen[id] {
			return nil, fmt.Errorf("the sealing key id %q occurs twice", id)
		}
		seen[id] = true
		r.keys = append(r.keys, ringKey{id: id, kek: key})
	}
	return r, nil
}

// NewRingText makes a ring of one fresh key in the form that ParseRing reads.
func NewRingText(id string) Text {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return Text(id + ":" + base64.StdEncoding.EncodeToString(key))
}

// Seal encrypts a value under a fresh data key, which is itself sealed by the ring's first key
// (AES-256-GCM twice). Place is "table|row|column": a sealed value cannot be opened anywhere else.
func (r *Ring) Seal(place string, clear []byte) (string, error) {
	first := r.keys[0]
	dek := make([]byte, 32)
	_, _ = rand.Read(dek)
	wrapped, err := gcmSeal(first.kek, dek, "key|"+place)
	if err != nil {
		return "", err
	}
	body, err := gcmSeal(dek, clear, place)
	if err != nil {
		return "", err
	}
	return "v1." + first.id + "." + wrapped + "." + body, nil
}

// Open decrypts what Seal made for the same place.
func (r *Ring) Open(place, sealed string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 4 || parts[0] != "v1" {
		return nil, ErrSealed
	}
	for _, k := range r.keys {
		if k.id != parts[1] {
			continue
		}
		dek, err := gcmOpen(k.kek, parts[2], "key|"+place)
		if err != nil {
			return nil, err
		}
		return gcmOpen(dek, parts[3], place)
	}
	return nil, ErrSealed
}

// Weak reports whether a key shows that it was written by hand: 32 random bytes have next to never fewer than 20
// different values.
func (r *Ring) Weak() bool {
	for _, k := range r.keys {
		values := map[byte]bool{}
		for _, b := range k.kek {
			values[b] = true
		}
		if len(values) < 20 {
			return true
		}
	}
	return false
}

// MAC authenticates a message under a key derived for one purpose from the ring's first key.
func (r *Ring) MAC(purpose, message string) string {
	return mac(r.keys[0], purpose, message)
}

// CheckMAC reports whether any key of the ring made this MAC.
func (r *Ring) CheckMAC(purpose, message, sum string) bool {
	ok := false
	for _, k := range r.keys {
		made := mac(k, purpose, message)
		if made != "" && Equal(made, sum) {
			ok = true
		}
	}
	return ok
}

// Format hides the keys from every verb of fmt.
func (Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText hides the keys from encoders.
func (Ring) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the keys from loggers.
func (Ring) LogValue() slog.Value { return slog.StringValue(hidden) }

func mac(k ringKey, purpose, message string) string {
	sub, err := hkdf.Key(sha256.New, k.kek, nil, "fairway "+purpose, 32)
	if err != nil {
		return ""
	}
	h := hmac.New(sha256.New, sub)
	h.Write([]byte(message))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func gcmSeal(key, clear []byte, place string) (string, error) {
	aead, err := newGCM(key)
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nil, nil, clear, []byte(place))), nil
}

func gcmOpen(key []byte, sealed, place string) ([]byte, error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, ErrSealed
	}
	clear, err := aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return clear, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
