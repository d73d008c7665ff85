package debugger

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"fairway/internal/example"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

// The worked example of the documentation, and the one that this process makes.
const (
	exampleOfDocs = "docs"
	exampleRight  = "1"
)

// examples are requests to try the debugger with. Their keys are made once in a process, live in its memory alone and belong
// to certificates that nobody has on file.
type examples struct {
	once sync.Once
	made *exampleKeys
	err  error
}

// exampleKeys are a seal and a QWAC of nobody.
type exampleKeys struct {
	seal, qwac       *x509.Certificate
	sealKey, qwacKey *rsa.PrivateKey
}

// exampleText is an example as it would be pasted.
type exampleText struct{ request, certificate, second string }

// find is the example of a name; ok is false where there is none.
func (x *examples) find(name string, now time.Time) (text exampleText, ok bool, err error) {
	for _, b := range breakages {
		if b.name == name {
			x.once.Do(func() { x.made, x.err = newExampleKeys(now) })
			if x.err != nil {
				return exampleText{}, true, x.err
			}
			text, err := x.made.write(b)
			return text, true, err
		}
	}
	return exampleText{}, false, nil
}

// example is one of ours, or the documentation's.
func (f *Face) example(ctx context.Context, name string) (text exampleText, ok bool, err error) {
	if name != exampleOfDocs {
		return f.examples.find(name, f.Clock.Now())
	}
	s, err := f.Example(ctx)
	return exampleText{request: s.Text(), certificate: s.PEM}, true, err
}

func newExampleKeys(now time.Time) (*exampleKeys, error) {
	ca, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the example's authority: %w", err)
	}
	k := &exampleKeys{}
	for _, one := range []struct {
		kind qcert.Kind
		cert **x509.Certificate
		key  **rsa.PrivateKey
	}{{qcert.QSealC, &k.seal, &k.sealKey}, {qcert.QWAC, &k.qwac, &k.qwacKey}} {
		if *one.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("make the example's key: %w", err)
		}
		if *one.cert, err = exampleCertificate(one.kind, &(*one.key).PublicKey, ca, now); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// exampleCertificate issues a certificate of the sandbox's profile to an invented TPP, by an authority of this process.
func exampleCertificate(kind qcert.Kind, public *rsa.PublicKey, ca *ecdsa.PrivateKey, now time.Time) (*x509.Certificate, error) {
	serial, err := qcert.NewSerial()
	if err != nil {
		return nil, err
	}
	const home = "https://fairway.example"
	p := qcert.Profile{
		Kind: kind, Country: "FI", Organization: qcert.SandboxName("Example Oy"), OrganizationIdentifier: qcert.SandboxIdentifier("EXAMPLE"), Serial: serial,
		Roles: []qcert.Role{qcert.RoleAI}, NCAName: qcert.SandboxAuthorityName, NCAID: qcert.SandboxAuthority,
		PDSURL: home + "/pds/en", CRLURL: home + "/example.crl", IssuerURL: home + "/example.cer", NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 180),
	}
	if kind == qcert.QWAC {
		p.DNSNames = []string{"tpp.example.invalid"}
	}
	template, err := qcert.Template(p, public)
	if err != nil {
		return nil, fmt.Errorf("lay out the example's certificate: %w", err)
	}
	issuer := &x509.Certificate{SerialNumber: big.NewInt(1), SubjectKeyId: []byte("example"), Subject: pkix.Name{
		Country: []string{"FI"}, Organization: []string{"Fairway Sandbox"}, CommonName: "Fairway Example CA"}}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, public, ca)
	if err != nil {
		return nil, fmt.Errorf("sign the example's certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// breakage is one way to get it wrong. Text is what is signed, Body what is hashed; nil is the right one.
type breakage struct {
	name, label string
	text        func(right string) string
	hashed      func(body string) string
	sign        func(k *exampleKeys, text string) ([]byte, error)
}

// breakages are the examples that this process makes, the right one first.
var breakages = []breakage{
	{name: exampleRight, label: "A request that is right"},
	{name: "case", label: "Names in capitals", text: func(right string) string {
		return strings.NewReplacer("digest:", "Digest:", "x-request-id:", "X-Request-ID:").Replace(right)
	}},
	{name: "newline", label: "A line end too many", text: func(right string) string { return right + "\n" }},
	{name: "crlf", label: "CR LF line ends", text: func(right string) string { return strings.ReplaceAll(right, "\n", "\r\n") }},
	{name: "order", label: "Another order", text: func(right string) string {
		first, second, _ := strings.Cut(right, "\n")
		return second + "\n" + first
	}},
	{name: "missing", label: "A header left out", text: func(right string) string {
		_, second, _ := strings.Cut(right, "\n")
		return second
	}},
	{name: "body", label: "The body written anew", hashed: func(body string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(body) }},
	{name: "object", label: "The digest of {}", hashed: func(string) string { return "{}" }},
	{name: "qwac", label: "The QWAC’s key", sign: func(k *exampleKeys, text string) ([]byte, error) { return signed(k.qwacKey, text) }},
	{name: "pss", label: "RSA-PSS", sign: func(k *exampleKeys, text string) ([]byte, error) {
		sum := sha256.Sum256([]byte(text))
		return rsa.SignPSS(rand.Reader, k.sealKey, crypto.SHA256, sum[:], nil)
	}},
	{name: "twice", label: "The hash signed", sign: func(k *exampleKeys, text string) ([]byte, error) {
		sum := sha256.Sum256([]byte(text))
		return signed(k.sealKey, hex.EncodeToString(sum[:]))
	}},
	{name: "two", label: "Two mistakes at once", hashed: func(string) string { return "{}" }, text: func(right string) string {
		return strings.ReplaceAll(right, "x-request-id:", "X-Request-ID:") + "\n"
	}},
}

const exampleBody = "{\n  \"access\": {\"availableAccounts\": \"allAccounts\"},\n  \"recurringIndicator\": false\n}"

// write makes the request of a breakage.
func (k *exampleKeys) write(b breakage) (exampleText, error) {
	hashed, header := exampleBody, http.Header{}
	if b.hashed != nil {
		hashed = b.hashed(exampleBody)
	}
	header.Set("X-Request-ID", example.RequestID)
	header.Set("Digest", httpsig.Digest("SHA-256", []byte(hashed)))
	text, err := httpsig.SigningString(header, []string{"digest", "x-request-id"})
	if err != nil {
		return exampleText{}, err
	}
	if b.text != nil {
		text = b.text(text)
	}
	sign := b.sign
	if sign == nil {
		sign = func(k *exampleKeys, text string) ([]byte, error) { return signed(k.sealKey, text) }
	}
	signature, err := sign(k, text)
	if err != nil {
		return exampleText{}, fmt.Errorf("sign the example: %w", err)
	}
	request := fmt.Sprintf("POST /consent/v1/consents HTTP/1.1\nContent-Type: application/json\nX-Request-ID: %s\nDigest: %s\n"+
		"Signature: keyId=\"%s\",algorithm=\"rsa-sha256\",headers=\"digest x-request-id\",signature=\"%s\"\nTPP-Signature-Certificate: %s\n\n%s",
		example.RequestID, header.Get("Digest"), httpsig.KeyID(k.seal), base64.StdEncoding.EncodeToString(signature), base64.StdEncoding.EncodeToString(k.seal.Raw), exampleBody)
	out := exampleText{request: request, certificate: asPEM(k.seal)}
	if b.name == "qwac" {
		out.second = asPEM(k.qwac)
	}
	return out, nil
}

func signed(key *rsa.PrivateKey, text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
}

func asPEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}
