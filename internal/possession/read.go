package possession

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"fairway/internal/qcert"
)

// MaxSignature is the longest signature that is read, in bytes as it was sent: the longest in hexadecimal has 1,024.
const MaxSignature = 8 << 10

// Dress is how a signature was written.
type Dress string

// The dresses.
const (
	Binary      Dress = "binary"
	Base64      Dress = "base64"
	Base64URL   Dress = "base64url"
	Hexadecimal Dress = "hexadecimal"
	Decimal     Dress = "decimal"
)

// Signature is a signature as it was read.
type Signature struct {
	Bytes []byte
	Dress Dress
	Notes []string // what was repaired or decoded on the way, in sentences
}

// note adds a sentence once.
func (s *Signature) note(text string) {
	if !slices.Contains(s.Notes, text) {
		s.Notes = append(s.Notes, text)
	}
}

// Read takes the bytes of a signature out of whatever was pasted or uploaded: base64 or base64url with or without
// padding, hexadecimal, a list of numbers, BEGIN and END lines around it, UTF-16, the file itself. It refuses with
// POP_FORMAT what is no raw signature and says what it is.
//
// A private key anywhere in it gives KEY_UPLOADED. Our copies are wiped then; the caller keeps nothing of its own.
func Read(signature string) (Signature, *Mistake) {
	data := []byte(signature[:min(len(signature), qcert.MaxUpload+1)])
	defer clear(data)
	content := qcert.Recognise(data)
	switch {
	case content.Secret():
		return Signature{}, otherContent(content)
	case len(signature) > MaxSignature:
		return Signature{}, mistake(Format, KindTooLong, "What you sent is longer than %d KB; a signature has at most 512 bytes. %s", MaxSignature>>10, pasteRaw)
	case content != qcert.HoldsNothingKnown:
		return Signature{}, otherContent(content)
	}

	s := Signature{Dress: Binary}
	text, ok := s.text(data)
	defer clear(text)
	if !ok {
		if m := foreignFile(data); m != nil {
			return Signature{}, m
		}
		s.Bytes = bytes.Clone(data)
		return s, nil
	}
	if m := s.undress(text, false); m != nil {
		return Signature{}, m
	}
	return s, nil
}

// text tells text from a binary file, and gives it as UTF-8 without a byte order mark.
func (s *Signature) text(data []byte) ([]byte, bool) {
	text := bytes.Clone(data)
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if wide, ok := fromUTF16(data, order); ok {
			s.note("The file was UTF-16 text; it was converted.")
			clear(text)
			text = wide
			break
		}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	return text, plain(text)
}

// fromUTF16 decodes UTF-16 of plain letters, with or without its mark.
func fromUTF16(data []byte, order binary.ByteOrder) ([]byte, bool) {
	if len(data) < 4 || len(data)%2 != 0 {
		return nil, false
	}
	units := make([]uint16, 0, len(data)/2)
	for at := 0; at < len(data); at += 2 {
		units = append(units, order.Uint16(data[at:]))
	}
	if units[0] == 0xfeff {
		units = units[1:]
	}
	out := []byte(string(utf16.Decode(units)))
	if slices.ContainsFunc(units, func(u uint16) bool { return u >= utf8.RuneSelf }) || !plain(out) {
		return nil, false
	}
	return out, true
}

// plain tells whether bytes are text: valid UTF-8 whose only control characters are white space.
func plain(data []byte) bool {
	return utf8.Valid(data) && !slices.ContainsFunc(data, func(c byte) bool { return c < ' ' && (c < '\t' || c > '\r') || c == 0x7f })
}

// undress decodes a text; nested is set for a text that came out of base64 itself.
func (s *Signature) undress(text []byte, nested bool) *Mistake {
	if len(bytes.TrimSpace(text)) == 0 {
		return mistake(Format, KindEmpty, "There is no signature. %s", pasteRaw)
	}
	if m := foreignText(text); m != nil {
		return m
	}
	decoded, m := s.decode(s.unwrap(text))
	if m != nil {
		return m
	}
	if content := qcert.Recognise(decoded); content != qcert.HoldsNothingKnown {
		clear(decoded)
		return otherContent(content)
	}
	if plain(decoded) && !nested {
		defer clear(decoded)
		s.note("The signature was encoded twice; it was decoded twice.")
		return s.undress(decoded, true)
	}
	if m := foreignFile(decoded); m != nil {
		return m
	}
	s.Bytes = decoded
	return nil
}
