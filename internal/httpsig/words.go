package httpsig

import (
	"strconv"
	"strings"
)

// littleEndian is what Windows' older interfaces (CryptSignHash) make.
var littleEndian = deviation{CauseByteOrder, "The bytes of the signature are in reverse order, as Windows CryptoAPI returns them.", "Reverse them before encoding."}

// wrapping puts into words what the uncovered block tells before any text is known.
func (s *search) wrapping(algorithm string) []deviation {
	var all []deviation
	switch s.block.scheme {
	case pss:
		all = append(all, deviation{CausePSS, "You signed with RSA-PSS (" + s.block.name + ").", "Use RSA with PKCS #1 v1.5 padding, which is what " + algorithm + " means."})
	case seemsPSS:
		all = append(all, deviation{CausePSS, "The signature looks like RSA-PSS.", "Use RSA with PKCS #1 v1.5 padding, which is what " + algorithm + " means."})
	case bare:
		all = append(all, deviation{CauseRawHash, "You put the hash, or the text, into the signature without naming the hash algorithm (DigestInfo).",
			"Use a function that hashes and signs: openssl dgst -sha256 -sign."})
	case pkcs1:
		if s.block.hash == 0 || s.block.hash != hashOf(algorithm) {
			all = append(all, deviation{CauseWrongAlgorithm, "You signed with " + s.block.name + ", but algorithm says " + algorithm + ".", "Let both be the same, SHA-256 or SHA-512."})
		}
	}

	return all
}

// explain makes an explanation of a finding, or of its absence, with what the
// wrapping told.
func (s *search) explain(found *finding, wrapping []deviation) Explanation {
	e := Explanation{Cause: CauseUnknown, Path: pathSignature, Expected: s.expected, FirstDiff: -1, Tried: s.tried}
	all := wrapping
	if found != nil {
		all = append(all, found.deviations...)
		e.Signed, e.FirstDiff = found.signed, firstDiff(found.signed, s.expected)
	}
	for _, d := range all {
		e.Reasons = append(e.Reasons, Reason{d.cause, cut(d.what+" "+d.fix, maxExplanation)})
	}
	switch {
	case len(all) > 0 && found != nil && len(found.deviations) == 0:
		e.Cause, e.Found, e.Text = all[0].cause, true, tell("You signed the right text, but the signature is wrong. ", all)
	case len(all) > 0:
		e.Cause, e.Found, e.Text = all[0].cause, s.block.scheme != seemsPSS, tell("The signature does not match the signing string. ", all)
	case found != nil: // the right text, the right hash, and yet refused
		e.Cause, e.Found = CauseRawHash, true
		e.Text = "You signed the right text, but the hash in the signature is not wrapped (DigestInfo) as RFC 8017 says. Use the signing function of a common library."
	default:
		e.Text = "The signature was made with the right key and " + s.block.name + ", but over another text than the one we verify and all the " +
			"likely ones that we tried. Compare the text that you sign with ours; sign the X-Request-ID and the Digest that you send."
	}

	return e
}

// tell writes the sentences for all that was done differently: the lead, what and
// how to fix it when it is one thing, else the things and one way out.
func tell(lead string, all []deviation) string {
	if len(all) == 1 {
		if text := lead + all[0].what + " " + all[0].fix; len(text) <= maxExplanation {
			return text
		}

		return cut(all[0].what+" "+all[0].fix, maxExplanation)
	}
	var what, both []string
	for _, d := range all {
		what, both = append(what, d.what), append(both, d.what, d.fix)
	}
	for _, text := range []string{strings.Join(both, " "), strings.Join(what, " ") + " Put all of it right and sign again."} {
		if len(text) <= maxExplanation {
			return text
		}
	}

	return cut(all[0].what+" "+all[0].fix+" "+strconv.Itoa(len(all)-1)+" more things differ.", maxExplanation)
}
