package qcert

import (
	"bytes"
	"unicode/utf8"
)

// armourInBase64 is how base64 of a BEGIN line begins.
const armourInBase64 = "LS0tLS1CRUdJTi"

// looseBudget bounds how many bytes are decoded while looking for objects without BEGIN and END lines.
const looseBudget = 16 * MaxUpload

// readLoose looks for DER in base64 that stands outside of blocks: certificates whose lines were lost, and keys that hide.
func (u *upload) readLoose(text []byte, reason string) *Refusal {
	for len(text) > 0 {
		from, to := nextRun(text)
		if from == to {
			return nil
		}
		if refused := u.readRun(text[from:to], reason); refused != nil {
			return refused
		}
		text = text[to:]
	}
	return nil
}

// nextRun finds the next stretch of base64 letters and white space.
func nextRun(text []byte) (from, to int) {
	for from < len(text) && !isBase64(text[from]) {
		from++
	}
	for to = from; to < len(text); {
		if isBase64(text[to]) {
			to++
			continue
		}
		r, size := utf8.DecodeRune(text[to:])
		if !isBlank(r) && r != '>' {
			break
		}
		to += size
	}
	return from, to
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

// readRun tries every word of the run as the beginning of an object, and what follows at once upon each object found.
func (u *upload) readRun(run []byte, reason string) *Refusal {
	packed, starts := words(run)
	defer clear(packed)
	done := 0
	for _, at := range starts {
		for at >= done {
			next, refused := u.readAt(packed, at, reason)
			if refused != nil {
				return refused
			}
			if next == at {
				break
			}
			at, done = next, next
		}
	}
	return nil
}

// readAt takes the object that begins here and whose length its own header tells; next is where it ends, or at.
func (u *upload) readAt(packed []byte, at int, reason string) (next int, refused *Refusal) {
	if bytes.HasPrefix(packed[at:], []byte(armourInBase64)) {
		return u.readNested(packed, at)
	}
	length, ok := announcedLength(packed[at:])
	if !ok {
		return at, nil
	}
	next = at + (length*8+5)/6
	if next > len(packed) {
		return at, nil
	}
	if u.spent += length; u.spent > looseBudget {
		return at, refuse(UploadTooLarge, "The file holds too much that looks like certificates. Upload only your certificate and its chain.")
	}
	der, ok := decodeBase64(packed[at:next])
	if !ok || len(der) != length {
		return at, nil
	}
	if s := classify(der); s == sortOther || s == sortDamaged {
		return at, nil
	}
	for next < len(packed) && packed[next] == '=' {
		next++
	}
	u.repaired(reason)
	return next, u.take(der)
}

// readNested takes PEM that was encoded in base64 as a whole, as in a Kubernetes secret; once, not again and again.
func (u *upload) readNested(packed []byte, at int) (next int, refused *Refusal) {
	if u.nested {
		return at, nil
	}
	next = len(packed)
	if end := bytes.IndexByte(packed[at:], '='); end >= 0 {
		next = at + end
	}
	end := next
	if (end-at)%4 == 1 { // no number of bytes has that many letters
		end--
	}
	text, ok := decodeBase64(packed[at:end])
	if !ok {
		return at, nil
	}
	defer clear(text)
	if keyInText(text) {
		return next, refuseKey()
	}
	u.nested = true
	defer func() { u.nested = false }()
	u.repaired(repairNested)
	return next, u.readText(text)
}

// words joins a run and tells where its words begin; a word begins after white space and after padding.
func words(run []byte) (packed []byte, starts []int) {
	fresh := true
	for _, c := range run {
		if !isBase64(c) {
			fresh = true
			continue
		}
		if fresh && (c == 'M' || c == 'L') { // base64 of a SEQUENCE begins with M, that of a BEGIN line with L
			starts = append(starts, len(packed))
		}
		fresh = c == '='
		packed = append(packed, c)
	}
	return packed, starts
}

// announcedLength reads the header of a SEQUENCE from its first base64 letters: the length of the whole element.
func announcedLength(packed []byte) (int, bool) {
	if len(packed) < 8 || bytes.IndexByte(packed[:8], '=') >= 0 {
		return 0, false
	}
	head, ok := decodeBase64(packed[:8])
	if !ok || len(head) < 6 || head[0] != 0x30 {
		return 0, false
	}
	length := 0
	switch {
	case head[1] < 0x80:
		length = 2 + int(head[1])
	case head[1] == 0x81:
		length = 3 + int(head[2])
	case head[1] == 0x82:
		length = 4 + int(head[2])<<8 + int(head[3])
	}
	const shortest = 16 // no key and no certificate is shorter
	return length, length >= shortest
}

// explainText says what a text without any certificate is.
func explainText(text []byte) *Refusal {
	lower := bytes.ToLower(text)
	has := func(s string) bool { return bytes.Contains(lower, []byte(s)) }
	switch {
	case has("<!doctype html"), has("<html"):
		return refuse(NotACert, "This is a web page, not a certificate. Save the certificate itself, or copy it from the BEGIN line to the END line.")
	case has("ssh-rsa "), has("ssh-ed25519 "), has("ecdsa-sha2-"), has("ssh2 public key"):
		return refuse(NotACert, "This is an SSH public key. Upload the certificate that your QTSP issued.")
	}
	return refuse(NotACert, "No certificate was found in the text. A certificate begins with the line -----BEGIN CERTIFICATE-----.")
}
