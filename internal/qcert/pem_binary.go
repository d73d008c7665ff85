package qcert

import (
	"bytes"
	"unicode/utf8"
)

// looksBinary tells DER, archives, key stores and pictures from text in whatever encoding.
func looksBinary(data []byte) bool {
	if len(data) == 0 || hasUTF16Mark(data) || zerosOfUTF16(data) != 0 {
		return false
	}
	if data[0] == 0x30 {
		if first, rest := firstElement(data); len(rest) == 0 && classify(first) != sortDamaged {
			return true
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return true
	}
	return len(data) > 1 && data[0] == 0x30 && data[1] >= 0x80 && !utf8.Valid(data)
}

// magic lists the files that are sent by mistake, by their first bytes.
var magic = []struct{ starts, code, say string }{
	{"\xfe\xed\xfe\xed", KeyUploaded, "a Java key store"},
	{"\xce\xce\xce\xce", KeyUploaded, "a Java key store"},
	{"PK\x03\x04", NotACert, "a ZIP archive"},
	{"\x1f\x8b", NotACert, "a compressed file"},
	{"%PDF", NotACert, "a PDF document"},
	{"\x89PNG", NotACert, "a picture"},
	{"\xff\xd8\xff", NotACert, "a picture"},
}

// readBinary takes DER, and names what else it knows.
func (u *upload) readBinary(data []byte) *Refusal {
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.starts)) {
			return refuseFile(data, m.code, m.say)
		}
	}
	if keyInText(data) {
		return refuseKey()
	}
	der, rest := firstElement(data)
	if len(bytes.TrimSpace(rest)) > 0 {
		der = data
	}
	if refused := u.take(bytes.Clone(der)); refused != nil {
		return refused
	}
	if u.objects[0].sort == sortDamaged {
		return refuse(NotACert, "This is a binary file, but not a certificate. Upload your certificate in PEM.")
	}
	u.repaired("The file was binary (DER); it was converted to PEM.")
	return nil
}

// refuseFile refuses a file by its kind. An archive that lists a key counts as a key: our own sandbox archive does.
func refuseFile(data []byte, code, say string) *Refusal {
	for _, suffix := range []string{".key", ".p12", ".pfx", ".jks"} {
		if bytes.HasPrefix(data, []byte("PK\x03\x04")) && bytes.Contains(data, []byte(suffix)) {
			code = KeyUploaded
		}
	}
	if code == KeyUploaded {
		return refuse(code, "You sent %s, which holds a private key. Nothing of it was kept. Treat the key as exposed, and upload only the certificate in PEM.", say)
	}
	return refuse(code, "This is %s. Upload your certificate in PEM.", say)
}
