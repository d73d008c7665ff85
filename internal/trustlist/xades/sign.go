package xades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// The ids that the parts of a signed list are named by.
const (
	rootID       = "list"
	signatureID  = "signature"
	referenceID  = "signed-list"
	propertiesID = "signed-properties"
)

const (
	exclusive  = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped  = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	sha256Name = "http://www.w3.org/2001/04/xmlenc#sha256"
	typeSigned = "http://uri.etsi.org/01903#SignedProperties"
)

// Signer is who signs a list: a key, its certificate, and when.
type Signer struct {
	// Key is RSA or ECDSA on P-256.
	Key         crypto.Signer
	Certificate *x509.Certificate
	At          time.Time
}

// Sign writes the list in Version of the format and signs it as TS 119 612 annex B says: enveloped, exclusive canonical
// form, SHA-256, with the properties of a XAdES baseline signature. It reads the result back: what our own reader would
// refuse is an error, and so is a list with characters that XML cannot hold.
func Sign(l List, about About, by Signer) ([]byte, error) {
	method, err := by.method()
	if err != nil {
		return nil, fmt.Errorf("sign the list: %w", err)
	}
	root := build(l, about.complete(l))
	properties := by.properties()
	info, err := signedInfo(root, properties, method)
	if err != nil {
		return nil, fmt.Errorf("sign the list: %w", err)
	}
	value, err := by.value(info)
	if err != nil {
		return nil, fmt.Errorf("sign the list: %w", err)
	}
	root.AddChild(by.signature(info, value, properties))
	file, err := write(root)
	if err != nil {
		return nil, fmt.Errorf("write the list: %w", err)
	}
	if bytes.ContainsRune(file, utf8.RuneError) {
		return nil, errors.New("write the list: a text holds a character that XML has not")
	}
	document, err := Read(file)
	if err != nil {
		return nil, fmt.Errorf("read the list back: %w", err)
	}
	if _, _, err := document.Verify([]*x509.Certificate{by.Certificate}); err != nil {
		return nil, fmt.Errorf("read the list back: %w", err)
	}
	return file, nil
}

func (a About) complete(l List) About {
	for _, field := range []struct {
		value     *string
		otherwise string
	}{
		{&a.Address, "https://lists.invalid/"}, {&a.Street, "Street 1"}, {&a.Place, "Place"}, {&a.PostalCode, "00000"}, {&a.Country, l.Territory},
		{&a.Notice, "This list is made for tests. No service on it is qualified under Regulation (EU) No 910/2014."},
	} {
		if *field.value == "" {
			*field.value = field.otherwise
		}
	}
	return a
}

func (s Signer) method() (string, error) {
	if s.Key == nil || s.Certificate == nil {
		return "", errors.New("a key and its certificate are needed")
	}
	switch key := s.Key.Public().(type) {
	case *rsa.PublicKey:
		if !key.Equal(s.Certificate.PublicKey) {
			return "", errors.New("the certificate is of another key")
		}
		return dsig.RSASHA256SignatureMethod, nil
	case *ecdsa.PublicKey:
		if !key.Equal(s.Certificate.PublicKey) || key.Curve.Params().BitSize != 256 {
			return "", errors.New("the certificate is of another key, or the curve is not P-256")
		}
		return dsig.ECDSASHA256SignatureMethod, nil
	}
	return "", errors.New("only RSA and ECDSA keys sign lists")
}

// properties are what the signature says about itself (EN 319 132-1 §5.2). They name their namespaces themselves, so that
// their canonical form is the same wherever they stand.
func (s Signer) properties() *etree.Element {
	e := etree.NewElement("xades:SignedProperties")
	e.CreateAttr("xmlns:xades", nsXAdES)
	e.CreateAttr("xmlns:ds", dsig.Namespace)
	e.CreateAttr("Id", propertiesID)
	signature := e.CreateElement("xades:SignedSignatureProperties")
	add(signature, "xades:SigningTime", dateTime(s.At))
	digest := signature.CreateElement("xades:SigningCertificateV2").CreateElement("xades:Cert").CreateElement("xades:CertDigest")
	sum := sha256.Sum256(s.Certificate.Raw)
	writeDigest(digest, sum[:])
	format := e.CreateElement("xades:SignedDataObjectProperties").CreateElement("xades:DataObjectFormat")
	format.CreateAttr("ObjectReference", "#"+referenceID)
	add(format, "xades:MimeType", mimeList)
	return e
}

// signedInfo names the list and the properties with their sums.
func signedInfo(root, properties *etree.Element, method string) (*etree.Element, error) {
	info := etree.NewElement("ds:SignedInfo")
	info.CreateAttr("xmlns:ds", dsig.Namespace)
	info.CreateElement("ds:CanonicalizationMethod").CreateAttr("Algorithm", exclusive)
	info.CreateElement("ds:SignatureMethod").CreateAttr("Algorithm", method)

	list := info.CreateElement("ds:Reference")
	list.CreateAttr("Id", referenceID)
	list.CreateAttr("URI", "")
	if err := writeReference(list, root, enveloped, exclusive); err != nil {
		return nil, err
	}
	own := info.CreateElement("ds:Reference")
	own.CreateAttr("Type", typeSigned)
	own.CreateAttr("URI", "#"+propertiesID)
	return info, writeReference(own, properties, exclusive)
}

func writeReference(e, of *etree.Element, transforms ...string) error {
	all := e.CreateElement("ds:Transforms")
	for _, t := range transforms {
		all.CreateElement("ds:Transform").CreateAttr("Algorithm", t)
	}
	canonical, err := canonicalForm(of)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(canonical)
	writeDigest(e, sum[:])
	return nil
}

func writeDigest(e *etree.Element, sum []byte) {
	e.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", sha256Name)
	add(e, "ds:DigestValue", base64.StdEncoding.EncodeToString(sum))
}

// canonicalForm leaves e as it is: the canonicaliser works in place.
func canonicalForm(e *etree.Element) ([]byte, error) {
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(e.Copy())
}

// value signs. ECDSA's two numbers stand side by side (RFC 4050 §3.3).
func (s Signer) value(info *etree.Element) ([]byte, error) {
	canonical, err := canonicalForm(info)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonical)
	value, err := s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	if _, ok := s.Key.Public().(*ecdsa.PublicKey); !ok {
		return value, nil
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(value, &pair); err != nil {
		return nil, err
	}
	return append(pair.R.FillBytes(make([]byte, 32)), pair.S.FillBytes(make([]byte, 32))...), nil
}

func (s Signer) signature(info *etree.Element, value []byte, properties *etree.Element) *etree.Element {
	e := etree.NewElement("ds:Signature")
	e.CreateAttr("xmlns:ds", dsig.Namespace)
	e.CreateAttr("Id", signatureID)
	e.AddChild(info)
	add(e, "ds:SignatureValue", base64.StdEncoding.EncodeToString(value))
	data := e.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data")
	add(data, "ds:X509Certificate", base64.StdEncoding.EncodeToString(s.Certificate.Raw))
	qualifying := e.CreateElement("ds:Object").CreateElement("xades:QualifyingProperties")
	qualifying.CreateAttr("xmlns:xades", nsXAdES)
	qualifying.CreateAttr("Target", "#"+signatureID)
	qualifying.AddChild(properties)
	return e
}

// write uses the escapes of the canonical form, so that a reader finds every character again.
func write(root *etree.Element) ([]byte, error) {
	d := etree.NewDocument()
	d.WriteSettings = etree.WriteSettings{CanonicalAttrVal: true, CanonicalText: true, CanonicalEndTags: true}
	d.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	d.SetRoot(root)
	return d.WriteToBytes()
}
