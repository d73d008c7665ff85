// Package totp makes and checks the time-based one-time passwords of RFC 6238, as authenticator apps do: SHA-1, six
// digits, thirty seconds. Who spends a step, and that each counts once, is the caller's.
package totp

import (
	"crypto/hmac"
	"crypto/sha1" // RFC 6238 as every app speaks it; HMAC does not lean on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// Period is how long a code is shown (RFC 6238, 5.2).
const Period = 30 * time.Second

// KeyBytes is the length of a key: as long as the output of SHA-1 (RFC 4226, 4, R6).
const KeyBytes = 20

const digits = 6

var keyEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Step is the number of the period that an instant falls into, counted from 1970.
func Step(at time.Time) int64 { return at.Unix() / int64(Period/time.Second) }

// Code is what an app with this key shows during a step (RFC 4226, 5.3).
func Code(key []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, number%1_000_000)
}

// Match finds the step that a typed code belongs to: the present one, the one before or the one after, for clocks that
// differ a little. It takes as long for a wrong code as for a right one.
func Match(key []byte, typed string, now time.Time) (step int64, ok bool) {
	present := Step(now)
	for _, candidate := range []int64{present - 1, present, present + 1} {
		same := subtle.ConstantTimeCompare([]byte(Code(key, candidate)), []byte(typed)) == 1
		if same {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// Text is the key as people type it into an app: base32 without padding.
func Text(key []byte) string { return keyEncoding.EncodeToString(key) }

// ParseText reads what Text wrote.
func ParseText(text string) ([]byte, error) {
	key, err := keyEncoding.DecodeString(text)
	if err != nil || len(key) != KeyBytes {
		return nil, fmt.Errorf("a key of an authenticator app has %d bytes in base32", KeyBytes)
	}
	return key, nil
}

// URL is the address that a QR code carries to an app. Both names are shown there beside the code.
func URL(key []byte, issuer, account string) string {
	q := url.Values{"secret": {Text(key)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {fmt.Sprint(digits)}, "period": {fmt.Sprint(int(Period / time.Second))}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: q.Encode()}
	return u.String()
}
