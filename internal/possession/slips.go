package possession

import (
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	maxEarlier = 5   // earlier challenges that are compared
	maxSlips   = 128 // texts that are compared in all
)

// slip is a text that people sign by mistake, with what they did.
type slip struct {
	kind string
	text []byte
}

// slips lists what is signed in place of a challenge, the likeliest first.
func slips(text string, earlier []string) []slip {
	var all []slip
	add := func(kind string, texts ...string) {
		for _, t := range texts {
			all = append(all, slip{kind, []byte(t)})
		}
	}
	add(KindUTF16, wide(text, binary.LittleEndian, true)...)
	add(KindQuotes, ended(`"`+text+`"`, `'`+text+`'`)...)
	add(KindBlanks, ended(text+" ")...)
	add(KindCut, ended(prefix)...) // a shell ends the command at the first semicolon
	add(KindCut, "")
	add(KindBOM, ended("\ufeff"+text)...)
	for _, e := range earlier[:min(len(earlier), maxEarlier)] {
		if e != text {
			add(KindEarlier, ended(e)...)
		}
	}
	for _, d := range digests(text) {
		add(KindHash, d)
	}
	add(KindLines, text+"\n\n", text+"\r\n\r\n", text+"\r", "\n"+text, text+`\n`, text+`\n`+"\n")
	add(KindCase, ended(strings.ToUpper(text), strings.ToLower(text))...)
	add(KindBlanks, ended(" "+text, strings.ReplaceAll(text, ";", "; "))...)
	add(KindQuotes, `"`+text+`" `+"\r\n") // echo "…" > file of the Command Prompt
	add(KindBlanks, text+"\t", text+"\x00")
	add(KindUTF16, wide(text, binary.BigEndian, true)...)
	add(KindUTF16, wide(text, binary.LittleEndian, false)...)
	add(KindQuotes, ended("“"+text+"”")...)
	add(KindFileName, ended(ChallengeFile)...)
	if t, err := Parse(text); err == nil {
		add(KindPart, ended(t.Nonce)...)
	}
	add(KindLines, wrapped(text, 64), wrapped(text, 72), wrapped(text, 76), strings.ReplaceAll(text, ";", ";\n"), strings.ReplaceAll(text, ";", "\n"))
	add(KindEncoded, ended(base64.StdEncoding.EncodeToString([]byte(text)), hex.EncodeToString([]byte(text)), url.QueryEscape(text))...)
	for _, d := range rareDigests(text) {
		add(KindHash, d)
	}
	return all[:min(len(all), maxSlips)]
}

// ended gives each text with the three endings.
func ended(texts ...string) []string {
	var all []string
	for _, t := range texts {
		for _, e := range endings {
			all = append(all, t+e.bytes)
		}
	}
	return all
}

// wide is the text with the three endings in UTF-16.
func wide(text string, order binary.AppendByteOrder, mark bool) []string {
	var all []string
	for _, t := range ended(text) {
		if mark {
			t = "\ufeff" + t
		}
		var out []byte
		for _, u := range utf16.Encode([]rune(t)) {
			out = order.AppendUint16(out, u)
		}
		all = append(all, string(out))
	}
	return all
}

// wrapped breaks a text into lines of a width, with a line end behind the last.
func wrapped(text string, width int) string {
	var b strings.Builder
	for piece := range slices.Chunk([]byte(text), width) {
		b.Write(piece)
		b.WriteByte('\n')
	}
	return b.String()
}

// digests are the hashes of the text that are signed in its place: as bytes, and as programs print them.
func digests(text string) []string {
	var all []string
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		for _, t := range ended(text)[:2] {
			digest := sum(hash, []byte(t))
			printed := hex.EncodeToString(digest)
			all = append(all, string(digest), printed, printed+"\n")
		}
	}
	return all
}

// rareDigests are further ways to print them.
func rareDigests(text string) []string {
	var all []string
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA512} {
		digest := sum(hash, []byte(text))
		printed, name := hex.EncodeToString(digest), strings.ReplaceAll(hash.String(), "-", "")
		inBase64 := base64.StdEncoding.EncodeToString(digest)
		all = append(all, strings.ToUpper(printed), inBase64, inBase64+"\n", printed+"  "+ChallengeFile+"\n",
			name+"("+ChallengeFile+")= "+printed+"\n", strings.Replace(name, "SHA", "SHA2-", 1)+"("+ChallengeFile+")= "+printed+"\n",
			string(sum(hash, []byte(text+"\r\n"))))
	}
	return all
}
