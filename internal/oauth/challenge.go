package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"fairway/internal/fault"
	"fairway/internal/secret"
)

// challengeLength is what BASE64URL(SHA256(verifier)) has, without padding (RFC 7636 §4.2).
const challengeLength = 43

const howToChallenge = "Send code_challenge=BASE64URL(SHA256(code_verifier)) without = padding and code_challenge_method=S256."

// checkChallenge holds a PKCE challenge against RFC 7636 and says which usual mistake was made; plain is refused
// (RFC 9700 §2.1.1).
func checkChallenge(challenge, method string) *fault.Error {
	switch {
	case challenge == "":
		return say(ErrChallenge, "code_challenge is missing. PKCE is required. %s", howToChallenge)
	case method == "":
		return say(ErrMethod, "code_challenge_method is missing, which means plain. Only S256 is accepted. %s", howToChallenge)
	case strings.EqualFold(method, "plain"):
		return say(ErrMethod, "code_challenge_method is plain, which shows the verifier to everybody. Only S256 is accepted. %s", howToChallenge)
	case method != "S256":
		return say(ErrMethod, "code_challenge_method is %s. Only S256 is accepted.", quote(method))
	case strings.HasSuffix(challenge, "="):
		return say(ErrChallenge, "code_challenge ends with = padding. %s", howToChallenge)
	case hexForm(challenge):
		return say(ErrChallenge, "code_challenge is the SHA-256 in hexadecimal. Encode the 32 bytes of the hash in base64url, not their hexadecimal text. %s", howToChallenge)
	case strings.ContainsAny(challenge, "+/"):
		return say(ErrChallenge, "code_challenge is in plain base64. Use base64url: - in place of + and _ in place of /. %s", howToChallenge)
	case len(challenge) != challengeLength:
		return say(ErrChallenge, "code_challenge has %d characters; a SHA-256 in base64url has 43. %s", len(challenge), howToChallenge)
	case !base64url(challenge):
		return say(ErrChallenge, "code_challenge holds characters that base64url does not have. %s", howToChallenge)
	}
	return nil
}

// hexForm recognises the hexadecimal form that the Implementation Guidelines print.
func hexForm(challenge string) bool {
	raw, err := hex.DecodeString(challenge)
	return err == nil && len(raw) == sha256.Size
}

func base64url(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// verify compares a verifier with the challenge of its authorisation in constant time (RFC 7636 §4.6).
func verify(challenge, verifier string) *fault.Error {
	const again = "The code is spent: send the customer to the bank again."
	switch {
	case verifier == "":
		return say(ErrVerifier, "code_verifier is missing, but the authorisation carried a code_challenge. %s", again)
	case len(verifier) < 43 || len(verifier) > 128:
		return say(ErrVerifier, "code_verifier has %d characters; it has 43 to 128. %s", len(verifier), again)
	}
	sum := sha256.Sum256([]byte(verifier))
	if !secret.Equal(base64.RawURLEncoding.EncodeToString(sum[:]), challenge) {
		return say(ErrVerifier, "code_verifier is not the one that code_challenge was made of. Keep it beside state until the customer is back. %s", again)
	}
	return nil
}
