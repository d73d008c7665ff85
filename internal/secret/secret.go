// Package secret owns what must not be guessed or read: random ids and tokens, their hashes, sealed values
// and the key ring that seals them.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql/driver"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/google/uuid"
)

// Text is a secret in clear. It prints as "[secret]", so that no log line shows it by accident. Printing a struct
// calls no methods of its unexported fields: a field of this type is exported, or the struct is never printed.
type Text string

const hidden = "[secret]"

// ErrClear is returned to whoever hands a secret to a database as it is.
var ErrClear = errors.New("a secret is stored as its hash, or sealed")

// String hides the value.
func (Text) String() string { return hidden }

// Format hides the value from every verb of fmt, those that do not fit included.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText hides the value from encoders.
func (Text) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the value from loggers.
func (Text) LogValue() slog.Value { return slog.StringValue(hidden) }

// Value refuses to be stored.
func (Text) Value() (driver.Value, error) { return nil, ErrClear }

// Reveal hands out the value; each call is a place to look at in a review.
func (t Text) Reveal() string { return string(t) }

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ID makes a random name of 128 bits with the prefix of its kind, as in app_7zk…. A name is not a secret.
func ID(prefix string) string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return prefix + "_" + idEncoding.EncodeToString(b)
}

// UUID makes a random version 4 UUID, for ids that a standard types as UUID.
func UUID() string { return uuid.NewString() }

// Token makes a secret of 256 bits with the prefix of its kind, as in sbx_sk_….
func Token(prefix string) Text {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return Text(prefix + base64.RawURLEncoding.EncodeToString(b))
}

// Code makes a secret of 80 bits that people copy by hand: sixteen letters and digits in groups of four.
func Code() Text {
	b := make([]byte, 10)
	_, _ = rand.Read(b)
	c := idEncoding.EncodeToString(b)
	return Text(c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:])
}

// ReadCode gives a typed code the form that Code gave it: case, blanks and dashes do not matter, and letters that look
// like digits count as those. ok is false for what Code cannot have made.
func ReadCode(typed string) (code Text, ok bool) {
	if len(typed) > 64 {
		return "", false
	}
	plain := strings.NewReplacer(" ", "", "-", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(typed))
	if raw, err := idEncoding.DecodeString(plain); err != nil || len(raw) != 10 || len(plain) != 16 {
		return "", false
	}
	return Text(plain[:4] + "-" + plain[4:8] + "-" + plain[8:12] + "-" + plain[12:]), true
}

// Hash is the SHA-256 of a token in hexadecimal: what is stored instead of it, and looked up by. Tokens carry
// 256 random bits, so a plain hash is enough; passwords are another matter (see accounts).
func Hash(t Text) string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// Equal compares two secrets in constant time.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// Hint is the end of a secret that may be shown to recognise it by.
func Hint(t Text) string {
	s := string(t)
	if len(s) < 12 {
		return ""
	}
	return s[len(s)-4:]
}

// Reduce shortens a secret to a prefix that tells its kind, for logs: sbx_at_Ab3d…. Short values vanish altogether.
func Reduce(value string) string {
	if end := kindEnd(value); end > 0 && len(value) > end+11 {
		return strings.ToValidUTF8(value[:end+4], "") + "…"
	}
	if len(value) > 24 {
		return strings.ToValidUTF8(value[:4], "") + "…"
	}
	return "…"
}

// kindEnd is where the random part of a token begins: behind sbx_at_ or fwy_. The random part may hold underscores too.
func kindEnd(value string) int {
	first := strings.IndexByte(value, '_')
	if first < 1 || first > 5 {
		return 0
	}
	if second := strings.IndexByte(value[first+1:], '_'); second == 2 {
		return first + second + 2
	}
	return first + 1
}
