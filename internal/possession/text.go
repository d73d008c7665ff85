package possession

import (
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"fairway/internal/qcert"
)

// Lifetime is how long a challenge may be answered: keys sit in devices, and people need time.
const Lifetime = 24 * time.Hour

// MaxText is the longest challenge text, in bytes.
const MaxText = 512

// prefix keeps the text apart from whatever else the same key signs, as the signing strings of requests.
const prefix = "FAIRWAY-POP"

// slot is the certificate that is proved; there is one so far.
const slot = "live-seal"

// ErrText is returned for a challenge that cannot be written, and for a line that is none.
var ErrText = errors.New("no challenge text")

// Text is what a challenge says. It names for what, where, for whom and until when the signature counts, so that it
// can be used for nothing else.
type Text struct {
	Audience     string    // the portal's host, with its port where it has one: portal.example
	Organisation string    // the id of the organisation that was asked
	Seal         string    // the certificate, by its qcert.Thumbprint
	Nonce        string    // 256 random bits in base64url without padding, as secret.Token makes them
	Expires      time.Time // whole seconds, UTC
}

// line is the whole grammar; each value has one spelling.
var line = regexp.MustCompile(`^` + prefix + `;v=1;aud=([a-z0-9.:\[\]-]{1,120});org=([A-Za-z0-9_-]{1,64});slot=` + slot +
	`;cert=([0-9a-f]{64});nonce=([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]);exp=([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$`)

// Line writes the text as one line of ASCII without blanks and without a line end. The error is [ErrText] where a value
// does not fit into it.
func (t Text) Line() (string, error) {
	s := strings.Join([]string{prefix, "v=1", "aud=" + t.Audience, "org=" + t.Organisation, "slot=" + slot, "cert=" + t.Seal,
		"nonce=" + t.Nonce, "exp=" + t.Expires.UTC().Format(time.RFC3339)}, ";")
	if _, err := Parse(s); err != nil {
		return "", fmt.Errorf("write a challenge: %w", err)
	}
	return s, nil
}

// Parse reads a line that Line wrote, and nothing else. The error is [ErrText].
func Parse(s string) (Text, error) {
	if len(s) > MaxText {
		return Text{}, fmt.Errorf("%w: it is longer than %d bytes", ErrText, MaxText)
	}
	m := line.FindStringSubmatch(s)
	if m == nil {
		return Text{}, fmt.Errorf("%w: its fields are not as they should be", ErrText)
	}
	expires, err := time.Parse(time.RFC3339, m[5])
	if err != nil {
		return Text{}, fmt.Errorf("%w: %w", ErrText, err)
	}
	return Text{Audience: m[1], Organisation: m[2], Seal: m[3], Nonce: m[4], Expires: expires}, nil
}

// Expired tells whether it is too late for an answer.
func (t Text) Expired(now time.Time) bool { return !now.Before(t.Expires) }

// Names tells whether the challenge was made for this certificate.
func (t Text) Names(cert *x509.Certificate) bool { return t.Seal == qcert.Thumbprint(cert) }
