package qcert

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The sentences that name a repair.
const (
	repairBOM      = "A byte order mark at the beginning was removed."
	repairUTF16    = "The file was UTF-16 text; it was converted."
	repairDashes   = "Typographic dashes in the BEGIN and END lines were replaced by hyphens."
	repairEscapes  = `Line breaks written as \n were turned into real ones.`
	repairCR       = "Line breaks of old Macintosh files were converted."
	repairOneLine  = "The certificate stood on one line; its line breaks were restored."
	repairIndent   = "Indentation was removed."
	repairQuoted   = "The quotation marks of a mail (>) were removed."
	repairBlanks   = "Stray blanks or lines inside the certificate were removed."
	repairNoMarks  = "The BEGIN and END lines were missing; they were added."
	repairNoEnd    = "The END line was missing; it was added."
	repairNoBegin  = "The BEGIN line was missing; it was added."
	repairMarkers  = "The BEGIN and END lines were written differently; they were corrected."
	repairNested   = "The PEM text was encoded in base64 as a whole; it was decoded."
	repairX509Name = "The old label X509 CERTIFICATE was accepted."
)

func hasUTF16Mark(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
}

// zerosOfUTF16 tells UTF-16 without a mark: plain letters with a zero before (1) or behind (2) each; 0 for other data.
func zerosOfUTF16(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	for parity := range 2 {
		zeros := true
		for n := 0; n < 8 && zeros; n++ {
			zeros = (b[n] == 0) == (n%2 == parity)
		}
		if zeros {
			return parity + 1
		}
	}
	return 0
}

// toUTF8 gives a working copy as UTF-8 without a byte order mark and with LF line ends.
func (u *upload) toUTF8(data []byte) []byte {
	var text []byte
	switch {
	case hasUTF16Mark(data):
		text = u.fromUTF16(data[2:], data[0] == 0xfe)
	case zerosOfUTF16(data) != 0:
		text = u.fromUTF16(data, zerosOfUTF16(data) == 1)
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		text = bytes.Clone(data[3:])
		u.repaired(repairBOM)
	default:
		text = bytes.Clone(data)
	}
	if bytes.IndexByte(text, '\r') >= 0 {
		if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(bytes.TrimSpace(text), '\r') >= 0 {
			u.repaired(repairCR)
		}
		text = replace(text, "\r\n", "\n", "\r", "\n")
	}
	if bytes.Contains(text, []byte(`\n`)) || bytes.Contains(text, []byte(`\r`)) {
		text = replace(text, `\r\n`, "\n", `\n`, "\n", `\r`, "\n", `\/`, "/")
		u.repaired(repairEscapes)
	}
	return text
}

func (u *upload) fromUTF16(b []byte, bigEndian bool) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if bigEndian {
		order = binary.BigEndian
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 1; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	out := make([]byte, 0, len(units))
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	clear(units)
	u.repaired(repairUTF16)
	return bytes.TrimPrefix(out, []byte("\xef\xbb\xbf"))
}

// replace works on bytes only, so that nothing secret is left behind in a string, and wipes what it was given.
func replace(text []byte, pairs ...string) []byte {
	for n := 0; n+1 < len(pairs); n += 2 {
		next := bytes.ReplaceAll(text, []byte(pairs[n]), []byte(pairs[n+1]))
		clear(text)
		text = next
	}
	return text
}

// dashes are what word processors make of hyphens; blanks are white space that base64 decoders do not know.
const (
	dashes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"
	blanks = "\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff"
)

func isDash(r rune) bool { return r == '-' || strings.ContainsRune(dashes, r) }

func isBlank(r rune) bool {
	return r == ' ' || r >= '\t' && r <= '\r' || strings.ContainsRune(blanks, r)
}

// keyMarks are what texts with private keys hold, in capitals and without any white space.
var keyMarks = [][]string{
	{"PUTTY-USER-KEY-FILE"},
	{`"KTY"`, `"D":`},
	{"<RSAKEYVALUE>", "<D>"},
	{"PRIVATEEXPONENT:"},
	{"PRIVATE-KEY:("},
	{"AGE-SECRET-KEY-1"},
	{"B3BLBNNZAC1RZXKTDJE"}, // "openssh-key-v1" in base64
}

// keyInText tells whether a text holds, or announces, a private key in any of the usual forms. White space, dashes and
// capitals do not matter. It looks at the beginning of very large inputs only, which are refused anyway.
func keyInText(text []byte) bool {
	const enough = 1 << 20
	if len(text) > enough {
		text = text[:enough]
	}
	packed := pack(text)
	defer clear(packed)
	for rest := packed; ; {
		at := bytes.Index(rest, []byte("PRIVATEKEY"))
		if at < 0 {
			break
		}
		if announces(rest[:at]) {
			return true
		}
		rest = rest[at+1:]
	}
	for _, marks := range keyMarks {
		all := true
		for _, m := range marks {
			all = all && bytes.Contains(packed, []byte(m))
		}
		if all {
			return true
		}
	}
	return false
}

// announces tells whether the text before "PRIVATEKEY" ends like a BEGIN or END line: a dash, the word, a label.
func announces(before []byte) bool {
	const longest = 40
	if len(before) > longest {
		before = before[len(before)-longest:]
	}
	label := before[bytes.LastIndexByte(before, '-')+1:]
	if len(label) == len(before) {
		return false
	}
	return bytes.HasPrefix(label, []byte("BEGIN")) || bytes.HasPrefix(label, []byte("END"))
}

func pack(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for n := 0; n < len(text); {
		c := text[n]
		if c < utf8.RuneSelf {
			n++
			if c >= 'a' && c <= 'z' {
				c -= 'a' - 'A'
			}
			if !isBlank(rune(c)) && c != 0 {
				out = append(out, c)
			}
			continue
		}
		r, size := utf8.DecodeRune(text[n:])
		n += size
		switch {
		case isDash(r):
			out = append(out, '-')
		case !isBlank(r):
			out = append(out, text[n-size:n]...)
		}
	}
	return out
}
