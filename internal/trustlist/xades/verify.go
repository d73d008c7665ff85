package xades

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// methods and digests are the algorithms that are believed; the verifier would take SHA-1 too.
var (
	methods = map[string]bool{
		dsig.RSASHA256SignatureMethod: true, dsig.RSASHA384SignatureMethod: true, dsig.RSASHA512SignatureMethod: true,
		dsig.ECDSASHA256SignatureMethod: true, dsig.ECDSASHA384SignatureMethod: true, dsig.ECDSASHA512SignatureMethod: true,
	}
	digests = map[string]bool{
		"http://www.w3.org/2001/04/xmlenc#sha256": true, "http://www.w3.org/2001/04/xmldsig-more#sha384": true, "http://www.w3.org/2001/04/xmlenc#sha512": true,
	}
)

// Verify reads the list if one of the signers signed it, and says which one. A signer is known by all the bytes of its
// certificate; who issued it and until when does not count (TS 119 612 §5.7.1: the list of the lists names who may sign).
// The faults are ErrUnknownSigner, ErrBrokenSignature, ErrNotAList and ErrWrongVersion.
func (d *Document) Verify(signers []*x509.Certificate) (List, *x509.Certificate, error) {
	signer := d.signer(signers)
	if signer == nil {
		return List{}, nil, ErrUnknownSigner
	}
	if !d.strong() {
		return List{}, nil, ErrBrokenSignature.Saying("The list is signed with an algorithm that is not believed here: RSA or ECDSA with SHA-256, SHA-384 or SHA-512 is.")
	}
	root := d.root.Copy()
	prepare(root.ChildElements()[0], signer)
	context := dsig.ValidationContext{
		CertificateStore: &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{signer}},
		IdAttribute:      "Id",
		Clock:            dsig.NewFakeClockAt(signer.NotBefore), // its end does not count
	}
	verified, err := context.Validate(root)
	if err != nil {
		return List{}, nil, ErrBrokenSignature.With(err)
	}
	// Only what was hashed is read: anything else in the file might have been put around it.
	list, err := readList(verified)
	if err == nil && (list.LOTL != d.lotl || list.Territory != d.territory) {
		err = ErrNotAList
	}
	return list, signer, err
}

// signer finds the certificate beside the signature among those that may sign.
func (d *Document) signer(signers []*x509.Certificate) *x509.Certificate {
	for _, data := range children(child(d.signature, dsig.Namespace, dsig.KeyInfoTag), dsig.Namespace, dsig.X509DataTag) {
		for _, c := range children(data, dsig.Namespace, dsig.X509CertificateTag) {
			der, err := fromBase64(text(c))
			if err != nil {
				continue
			}
			for _, s := range signers {
				if bytes.Equal(s.Raw, der) {
					return s
				}
			}
		}
	}
	return nil
}

// strong tells whether the signature and every digest in it use an algorithm that is believed.
func (d *Document) strong() bool {
	info := child(d.signature, dsig.Namespace, dsig.SignedInfoTag)
	references := children(info, dsig.Namespace, dsig.ReferenceTag)
	for _, r := range references {
		if !digests[algorithm(child(r, dsig.Namespace, dsig.DigestMethodTag))] {
			return false
		}
	}
	return len(references) > 0 && methods[algorithm(child(info, dsig.Namespace, dsig.SignatureMethodTag))]
}

func algorithm(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return e.SelectAttrValue(dsig.AlgorithmAttr, "")
}

// prepare brings the unsigned parts of a signature to the form that the verifier reads: no certificates, since it takes the
// first one for the signer's, no blanks in the value, and ECDSA's two numbers in ASN.1.
func prepare(signature *etree.Element, signer *x509.Certificate) {
	for _, c := range children(signature, dsig.Namespace, dsig.KeyInfoTag) {
		signature.RemoveChild(c)
	}
	value := child(signature, dsig.Namespace, dsig.SignatureValueTag)
	raw, err := fromBase64(text(value))
	if value == nil || err != nil {
		return // the verifier says so
	}
	if key, ok := signer.PublicKey.(*ecdsa.PublicKey); ok {
		raw = inASN1(raw, (key.Curve.Params().BitSize+7)/8)
	}
	for len(value.Child) > 0 {
		value.RemoveChildAt(0)
	}
	value.SetText(base64.StdEncoding.EncodeToString(raw))
}

// inASN1 turns r and s side by side (RFC 4050 §3.3) into the sequence that crypto/x509 reads.
func inASN1(raw []byte, size int) []byte {
	if len(raw) != 2*size {
		return raw
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:size]), new(big.Int).SetBytes(raw[size:])})
	if err != nil {
		return raw
	}
	return der
}
