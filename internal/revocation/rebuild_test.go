package revocation_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"time"

	"fairway/internal/revocation"
)

const nonce = "1.3.6.1.5.5.7.48.1.2"

func oid(dotted string) asn1.ObjectIdentifier {
	parsed, err := x509.ParseOID(dotted)
	if err != nil {
		panic(err)
	}
	der, err := parsed.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(append([]byte{asn1.TagOID, byte(len(der))}, der...), &id); err != nil {
		panic(err)
	}
	return id
}

// data is the signed part of a response, for answers that the library does not make.
type data struct {
	ResponderID asn1.RawValue
	ProducedAt  time.Time `asn1:"generalized"`
	Responses   []single
	Extensions  []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
}

type single struct {
	CertID struct {
		Hash              pkix.AlgorithmIdentifier
		NameHash, KeyHash []byte
		Serial            *big.Int
	}
	Good       asn1.Flag `asn1:"tag:0,optional"`
	ThisUpdate time.Time `asn1:"generalized"`
	NextUpdate time.Time `asn1:"generalized,explicit,tag:0,optional"`
}

// add puts an answer about another serial number before the others.
func (d *data) add(serial int64) {
	other := d.Responses[0]
	other.CertID.Serial = big.NewInt(serial)
	d.Responses = append([]single{other}, d.Responses...)
}

type basic struct {
	Data      asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type envelope struct {
	Status asn1.Enumerated
	Bytes  struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	} `asn1:"explicit,tag:0"`
}

// rebuilt is a good response whose signed part the test changes before the issuer signs it.
func rebuilt(change func(*data)) func(*qtsp, *x509.Certificate) []byte {
	return func(q *qtsp, cert *x509.Certificate) []byte {
		var e envelope
		var b basic
		var d data
		_, err := asn1.Unmarshal(q.signed(q.response(cert), q.ca), &e)
		must(q.t, err)
		_, err = asn1.Unmarshal(e.Bytes.Response, &b)
		must(q.t, err)
		_, err = asn1.Unmarshal(b.Data.FullBytes, &d)
		must(q.t, err)

		change(&d)

		der, err := asn1.Marshal(d)
		must(q.t, err)
		digest := sha256.Sum256(der)
		signature, err := ecdsa.SignASN1(rand.Reader, q.ca.key, digest[:])
		must(q.t, err)
		b.Data, b.Signature = asn1.RawValue{FullBytes: der}, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
		e.Bytes.Response, err = asn1.Marshal(b)
		must(q.t, err)
		out, err := asn1.Marshal(e)
		must(q.t, err)
		return out
	}
}

// same compares results as they are stored.
func same(a, b revocation.Result) bool {
	left, err := json.Marshal(a)
	if err != nil {
		return false
	}
	right, err := json.Marshal(b)
	return err == nil && string(left) == string(right)
}
