package httpsig

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// verify looks at the signature itself, whatever the steps before it found.
func (d *diagnosis) verify() Step {
	v := d.verifier
	switch {
	case len(d.signature) == 0:
		return undecided(StepSignature, pathSignature, "There is no signature that could be read.")
	case v.key == nil:
		return undecided(StepSignature, pathSignature, "There is no certificate with an RSA key to verify with.")
	case len(d.list) == 0 || len(d.list) > maxListed:
		return undecided(StepSignature, pathSignature, "Without a list of signed headers nobody can tell what was signed.")
	case d.SigningString == "":
		return undecided(StepSignature, pathSignature, "The request has none of the headers that are signed.")
	}
	wrapped := v.length(d.signature)
	if wrapped != nil && wrapped.Code == SignatureEncoding {
		d.signature = unwrap(d.signature)
	}
	if v.opens(d.signature, d.Algorithm, d.SigningString) {
		if wrapped != nil {
			return failed(StepSignature, wrapped)
		}

		return passed(StepSignature, pathSignature, "The signature verifies over the "+some(len(d.SigningString), "byte", "bytes")+" of the signing string.")
	}

	return d.explain(wrapped)
}

// opens does the mathematics.
func (v *Verifier) opens(sig []byte, algorithm, text string) bool {
	hash := hashOf(algorithm)
	s := sum(hash, []byte(text))

	return rsa.VerifyPKCS1v15(v.key, hash, s.bytes(), sig) == nil
}

// explain searches for the text that was signed. Wrapped is what is wrong with the
// signature's own encoding or length.
func (d *diagnosis) explain(wrapped *Mistake) Step {
	res := Result{Params: Params{Headers: d.list, Signature: d.signature}, Algorithm: d.Algorithm, SigningString: d.SigningString}
	if listed, ok := d.asListed(); ok {
		d.differ(listed)

		return Step{ID: StepSignature, Verdict: Failed, Code: d.Step(StepHeaders).Code, Path: pathSignature,
			Text: "The signature fits the headers that are listed, but that is not what must be signed. Put the list right, and sign again."}
	}
	if wrapped != nil && wrapped.Code == SignatureLength {
		if e, ok := d.request.explainOtherKey(&d.fields, d.verifier, res, d.others); ok {
			return d.found(e)
		}

		return failed(StepSignature, wrapped)
	}
	s := d.found(d.request.explainMismatch(&d.fields, d.verifier, res, d.others))
	if wrapped != nil {
		s.Code, s.Reasons = wrapped.Code, slices.Insert(s.reasons(), 0, Reason{wrapped.Code, wrapped.Text})
		s.Text = cut(wrapped.Text+" Also: "+s.Text, maxText)
	}

	return s
}

// reasons are the step's reasons, or the one that it is itself.
func (s *Step) reasons() []Reason {
	if len(s.Reasons) == 0 {
		return []Reason{{s.Code, s.Text}}
	}

	return s.Reasons
}

// found makes the step of an explanation.
func (d *diagnosis) found(e Explanation) Step {
	d.Tried += e.Tried
	if e.Signed != "" && e.Signed != d.SigningString {
		d.differ(e.Signed)
	}

	return Step{ID: StepSignature, Verdict: Failed, Code: e.Cause, Path: e.Path, Text: e.Text, Reasons: e.Reasons}
}

// differ keeps the text that was signed.
func (d *diagnosis) differ(signed string) {
	d.SignedInstead, d.FirstDiff = signed, firstDiff(signed, d.SigningString)
}

// asListed is the text that the list describes, where the list is wrong and the
// signature was made over exactly that.
func (d *diagnosis) asListed() (string, bool) {
	b := block{}
	s := newSearch(d.request, &d.fields, d.list, &b)
	text := string(layout{}.render(nil, s.lines))

	return text, text != d.SigningString && d.verifier.opens(d.signature, d.Algorithm, text)
}

// listedNames reads the parameter headers as it was meant.
func listedNames(list string) []string {
	return strings.Fields(strings.ReplaceAll(strings.ToLower(list), ",", " "))
}

// loosely finds what it can of the parameters in a header that breaks the grammar.
func loosely(s string) (raw [allParams]string) {
	lower := asciiLower(s)
	for i, name := range paramNames {
		sought := strings.ToLower(name) + "="
		for from := 0; ; {
			at := strings.Index(lower[from:], sought)
			if at < 0 {
				break
			}
			from += at + len(sought)
			if before := from - len(sought) - 1; before >= 0 && !strings.ContainsRune(", \t", rune(s[before])) {
				continue
			}
			raw[i] = looseValue(s[from:])

			break
		}
	}

	return raw
}

// asciiLower lowers letters without changing the length of a text.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}

		return r
	}, strings.ToValidUTF8(s, "?"))
}

// looseValue is a value in quotation marks, or up to the next comma.
func looseValue(s string) string {
	if rest, ok := strings.CutPrefix(s, `"`); ok {
		value, end := quoted(rest, 0)
		if end == 0 {
			return rest
		}

		return value
	}
	value, _, _ := strings.Cut(s, ",")

	return strings.Trim(value, " \t")
}

// decodeLoosely decodes base64 that has blanks, another alphabet or no padding.
func decodeLoosely(s string) []byte {
	s = strings.TrimRight(strings.NewReplacer(" ", "", "\t", "", `\n`, "", "-", "+", "_", "/", "%2B", "+", "%2F", "/", "%3D", "=").Replace(s), "=")
	sig, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}

	return sig
}

// unwrap undoes one encoding too many, which [Verifier.length] found.
func unwrap(sig []byte) []byte {
	if inner, err := hex.DecodeString(string(sig)); err == nil { // first: such a text is base64 too
		return inner
	}
	if inner, err := strict.DecodeString(string(sig)); err == nil {
		return inner
	}

	return sig
}
