package qcert

import "crypto/x509"

// Content is what a stranger's bytes hold, told by their structure and never by their labels alone.
type Content string

// What Recognise tells apart.
const (
	HoldsNothingKnown Content = ""
	HoldsPrivateKey   Content = "private key"
	HoldsPKCS12       Content = "PKCS #12"
	HoldsCertificate  Content = "certificate"
	HoldsRequest      Content = "certificate signing request"
	HoldsPublicKey    Content = "public key"
	HoldsCMS          Content = "CMS"
)

// Secret tells whether the content is a private key, alone or in a key store.
func (c Content) Secret() bool { return c == HoldsPrivateKey || c == HoldsPKCS12 }

// Recognise tells what was sent to a place that expects something else, with the tolerance of ReadPEM: PEM, DER, base64
// without its lines, UTF-16, PEM in base64. A private key anywhere wins over everything else. Data is left as it is: the
// caller forgets it where the answer is secret. Of more than MaxUpload bytes the text is looked at for keys alone.
func Recognise(data []byte) Content {
	u := &upload{}
	text, refused := u.read(data)
	defer clear(text)
	if refused != nil && refused.Code == KeyUploaded {
		return u.secret()
	}
	for _, o := range u.objects {
		if c := o.content(); c != HoldsNothingKnown {
			return c
		}
	}
	return HoldsNothingKnown
}

// secret names what was refused as a key, and wipes our copies of it.
func (u *upload) secret() Content {
	found := HoldsPrivateKey
	for _, o := range u.objects {
		if o.sort == sortPKCS12 {
			found = HoldsPKCS12
		}
		clear(o.der)
	}
	return found
}

// content is the object's name for other packages.
func (o object) content() Content {
	switch o.sort {
	case sortCertificate, sortTrailing:
		return HoldsCertificate
	case sortRequest:
		return HoldsRequest
	case sortPKCS7:
		return HoldsCMS
	case sortPublicKey:
		// an ECDSA signature is two numbers in a sequence, and so is an RSA public key
		_, noPKIX := x509.ParsePKIXPublicKey(o.der)
		_, noPKCS1 := x509.ParsePKCS1PublicKey(o.der)
		if noPKIX == nil || noPKCS1 == nil {
			return HoldsPublicKey
		}
	}
	return HoldsNothingKnown
}
