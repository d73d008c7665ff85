// Package possession owns the proof that an organisation holds the private key of its eSeal: the challenge text, the
// reading of the signature over it, the judgement with its explanation, and the commands that make such a signature.
// It is pure: time and randomness are arguments, and who may try how often is for the caller.
package possession

import (
	"fmt"

	"fairway/internal/qcert"
)

// The stable codes of a [Mistake]. They may be stored and documented.
const (
	KeyUploaded = qcert.KeyUploaded  // a private key was sent in place of a signature
	Format      = "POP_FORMAT"       // what was sent is no raw signature
	Length      = "POP_LENGTH"       // the signature is not as long as the key's signatures are
	KeyMismatch = "POP_KEY_MISMATCH" // another key made the signature
	WrongText   = "POP_WRONG_TEXT"   // the right key signed another text
	Algorithm   = "POP_ALGORITHM"    // the right key signed in a way that is not accepted, or is not of an accepted kind
)

// The kinds tell apart what a code has in common.
const (
	KindPrivateKey = "private-key" // KEY_UPLOADED
	KindPKCS12     = "pkcs12"

	KindEmpty       = "empty" // POP_FORMAT
	KindTooLong     = "too-long"
	KindUnreadable  = "unreadable"
	KindChallenge   = "challenge"
	KindCMS         = "cms"
	KindJWS         = "jws"
	KindXML         = "xml"
	KindDocument    = "document"
	KindPGP         = "pgp"
	KindSSH         = "ssh"
	KindCertificate = "certificate"
	KindRequest     = "request"
	KindPublicKey   = "public-key"
	KindReversed    = "reversed"

	KindHashAlone = "hash-alone" // POP_LENGTH
	KindOtherSize = "other-size"
	KindTruncated = "truncated"
	KindOverlong  = "overlong"

	KindQWAC     = "qwac" // POP_KEY_MISMATCH
	KindOtherKey = "other-key"

	KindQuotes    = "quotes" // POP_WRONG_TEXT
	KindUTF16     = "utf-16"
	KindCase      = "case"
	KindBOM       = "byte-order-mark"
	KindBlanks    = "blanks"
	KindLines     = "line-breaks"
	KindEarlier   = "earlier-challenge"
	KindCut       = "cut"
	KindPart      = "part"
	KindEncoded   = "encoded"
	KindFileName  = "file-name"
	KindHash      = "hash-signed-twice"
	KindOtherText = "other-text"

	KindKeyType       = "key-type" // POP_ALGORITHM
	KindKeySize       = "key-size"
	KindHashAlgorithm = "hash-algorithm"
	KindBare          = "bare-hash"
	KindMask          = "pss-mask"
)

// Mistake is why a signature proves nothing, told to the one who sent it. Text quotes nothing of what was sent.
type Mistake struct {
	Code string // one of the codes above
	Kind string // one of the kinds above
	Text string // what happened and what to do; at most 400 characters
}

// Error returns the text of the mistake.
func (m *Mistake) Error() string { return m.Text }

func mistake(code, kind, format string, args ...any) *Mistake {
	return &Mistake{Code: code, Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// asIs is the way out of most mistakes.
const asIs = "Download " + ChallengeFile + " and sign this file as it is, with one of the commands shown."
