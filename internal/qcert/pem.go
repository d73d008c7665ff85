package qcert

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
)

// The codes of refused uploads, beside CertMalformed and CertWeakKey.
const (
	KeyUploaded    = "KEY_UPLOADED"
	UploadTooLarge = "UPLOAD_TOO_LARGE"
	NotACert       = "NOT_A_CERT"
	CertAmbiguous  = "CERT_AMBIGUOUS"
)

// Refusal is why an upload was not read at all. Text is for the person who sent it and quotes nothing of the upload.
type Refusal struct{ Code, Text string }

// Error is the sentence for the person who sent the upload.
func (r *Refusal) Error() string { return r.Text }

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}

// ReadPEM reads the certificates of an upload, the uploader's own first and the others in their order. It accepts PEM, and
// DER for convenience, and repairs what copying and editors commonly do to them; repairs are sentences that name it.
//
// The error is always a *Refusal. A private key anywhere in the upload gives the code KEY_UPLOADED; data is then
// overwritten with zeros, so that nobody logs or stores it by mistake.
func ReadPEM(data []byte) (certs []*x509.Certificate, repairs []string, err error) {
	u, refused := readUpload(data)
	if refused != nil {
		return nil, nil, refused
	}
	for _, o := range u.objects {
		if o.sort != sortCertificate {
			return nil, nil, u.refuseOther(o.sort)
		}
		cert, err := x509.ParseCertificate(o.der)
		if err != nil {
			return nil, nil, explainMalformed(err)
		}
		if slices.ContainsFunc(certs, cert.Equal) {
			u.repaired("The same certificate was in the file more than once; it is used once.")
			continue
		}
		certs = append(certs, cert)
	}
	certs, refused = ownFirst(certs)
	if refused != nil {
		return nil, nil, refused
	}
	return certs, u.repairs, nil
}

// upload is what was found in one file.
type upload struct {
	objects []object
	repairs []string
	spent   int  // bytes decoded outside of blocks
	nested  bool // reading PEM that was base64 itself
}

// object is one piece of DER with what it is.
type object struct {
	sort sort
	der  []byte
}

func (u *upload) repaired(text string) {
	if !slices.Contains(u.repairs, text) {
		u.repairs = append(u.repairs, text)
	}
}

// readUpload finds the objects of a file, and looks for private keys before anything else.
func readUpload(data []byte) (*upload, *Refusal) {
	u := &upload{}
	text, refused := u.read(data)
	if refused != nil && refused.Code == KeyUploaded {
		clear(data)
		clear(text)
		for _, o := range u.objects {
			clear(o.der)
		}
	}
	if refused != nil {
		return nil, refused
	}
	return u, nil
}

// read fills u; text is the working copy, which may hold what must be wiped.
func (u *upload) read(data []byte) (text []byte, refused *Refusal) {
	if len(data) > MaxUpload {
		if keyInText(data) {
			return nil, refuseKey()
		}
		return nil, refuse(UploadTooLarge, "The file is larger than %d KB. Upload only your certificate and its chain.", MaxUpload>>10)
	}
	if looksBinary(data) {
		return nil, u.readBinary(data)
	}
	text = u.toUTF8(data)
	if keyInText(text) {
		return text, refuseKey()
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return text, refuse(NotACert, "The file is empty.")
	}
	if refused := u.readText(text); refused != nil {
		return text, refused
	}
	if len(u.objects) == 0 {
		return text, explainText(text)
	}
	if len(u.objects) > MaxBlocks {
		return text, tooManyBlocks()
	}
	return text, nil
}

func tooManyBlocks() *Refusal {
	return refuse(UploadTooLarge, "The file holds more than %d blocks. Upload only your certificate and its chain.", MaxBlocks)
}

// take classifies DER and keeps it; a private key ends the upload.
func (u *upload) take(der []byte) *Refusal {
	first, rest := firstElement(der)
	o := object{sort: classify(first), der: first}
	u.objects = append(u.objects, o)
	if o.sort.secret() {
		return refuseSecret(o.sort)
	}
	if len(rest) == 0 {
		return nil
	}
	for range MaxBlocks {
		var next []byte
		next, rest = firstElement(rest)
		if s := classify(next); s.secret() {
			u.objects = append(u.objects, object{sort: s, der: next})
			return refuseSecret(s)
		}
		if len(rest) == 0 {
			break
		}
	}
	if o.sort == sortCertificate {
		u.objects[len(u.objects)-1].sort = sortTrailing
	}
	return nil
}

// refuseOther says what lies in the file that is no certificate.
func (u *upload) refuseOther(s sort) *Refusal {
	count := 0
	for _, o := range u.objects {
		if o.sort == sortCertificate {
			count++
		}
	}
	r := explainSort(s)
	if count > 0 && r.Code == NotACert {
		r.Text = "Beside your certificate the file holds something else. " + r.Text
	}
	return r
}

// ownFirst puts the uploader's certificate first: the only one that is neither a CA's nor the issuer of another one.
func ownFirst(certs []*x509.Certificate) ([]*x509.Certificate, *Refusal) {
	var own []int
	for n, c := range certs {
		issuesAnother := slices.ContainsFunc(certs, func(o *x509.Certificate) bool {
			return o != c && bytes.Equal(o.RawIssuer, c.RawSubject)
		})
		if !c.IsCA && !issuesAnother {
			own = append(own, n)
		}
	}
	if len(own) > 1 {
		return nil, refuse(CertAmbiguous, "The file holds %d certificates that are not a CA’s. Upload one of your certificates at a time, with its chain.", len(own))
	}
	if len(own) == 0 || own[0] == 0 {
		return certs, nil
	}
	leaf := certs[own[0]]
	return slices.Insert(slices.Delete(certs, own[0], own[0]+1), 0, leaf), nil
}
