package e2e

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// call is a request to the bank's interface before it is sent. Every part may be spoilt.
type call struct {
	method string
	url    string
	header http.Header
	body   []byte
	// order are the headers that are signed, lower case, in signing order; nil for digest, x-request-id and those of
	// the conditional three that are there.
	order []string
	// seal signs; its certificate goes into the header.
	seal seal
	hash crypto.Hash
}

// conditional are the headers that are signed if and only if they are sent.
var conditional = []string{"psu-id", "psu-corporate-id", "tpp-redirect-uri"}

// call makes a request as it should be, yet unsigned.
func (p *tpp) call(method, path, token string, body []byte) *call {
	c := &call{method: method, url: p.app.APIURL + path, body: body, seal: p.seal, hash: crypto.SHA256, header: http.Header{}}
	c.header.Set("X-Request-ID", newUUID())
	c.header.Set("X-API-Key", p.app.APIKey)
	if token != "" {
		c.header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		c.header.Set("Content-Type", "application/json")
		c.header.Set("PSU-IP-Address", "192.0.2.7")
	}
	return c
}

// read is a call to card accounts with a customer's token; the customer is present.
func (p *tpp) read(path string, g grant) *call {
	c := p.call(http.MethodGet, path, g.access, nil)
	c.header.Set("Consent-ID", g.consent)
	c.header.Set("PSU-IP-Address", "192.0.2.7")
	return c
}

// set changes a header before the call is signed.
func (c *call) set(name, value string) *call {
	c.header.Set(name, value)
	return c
}

// without takes a header away before the call is signed.
func (c *call) without(name string) *call {
	c.header.Del(name)
	return c
}

func (c *call) digest() string {
	if c.hash == crypto.SHA512 {
		sum := sha512.Sum512(c.body)
		return "SHA-512=" + base64Of(sum[:])
	}
	sum := sha256.Sum256(c.body)
	return "SHA-256=" + base64Of(sum[:])
}

func (c *call) names() []string {
	if c.order != nil {
		return c.order
	}
	names := []string{"digest", "x-request-id"}
	for _, name := range conditional {
		if c.header.Get(name) != "" {
			names = append(names, name)
		}
	}
	return names
}

// signingString is draft-cavage-10's: lower-case names, one blank, line feeds between the lines and none at the end.
func (c *call) signingString() string {
	lines := make([]string, 0, len(c.names()))
	for _, name := range c.names() {
		lines = append(lines, name+": "+c.header.Get(name))
	}
	return strings.Join(lines, "\n")
}

// sign adds the digest, the certificate and the signature.
func (c *call) sign(t testing.TB) *call {
	t.Helper()
	if c.header.Get("Digest") == "" {
		c.header.Set("Digest", c.digest())
	}
	c.header.Set("TPP-Signature-Certificate", base64Of(c.seal.cert.Raw))
	c.header.Set("Signature", c.signatureOver(t, c.signingString()))
	return c
}

// signatureOver is the header Signature with a signature over any text.
func (c *call) signatureOver(t testing.TB, text string) string {
	t.Helper()
	return signatureHeader(keyID(t, c.seal.cert), c.algorithm(), strings.Join(c.names(), " "), c.seal.sign(t, c.hash, text))
}

func (c *call) algorithm() string {
	if c.hash == crypto.SHA512 {
		return "rsa-sha512"
	}
	return "rsa-sha256"
}

func signatureHeader(keyID, algorithm, headers, signature string) string {
	return fmt.Sprintf(`keyId="%s",algorithm="%s",headers="%s",signature="%s"`, keyID, algorithm, headers, signature)
}

func (s seal) sign(t testing.TB, h crypto.Hash, text string) string {
	t.Helper()
	sum := h.New()
	sum.Write([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, h, sum.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return base64Of(signature)
}

// keyID is SN=<hex serial>,CA=<issuer in the order of RFC 2253, blanks percent-coded>.
func keyID(t testing.TB, cert *x509.Certificate) string {
	t.Helper()
	var issuer pkix.RDNSequence
	if _, err := asn1.Unmarshal(cert.RawIssuer, &issuer); err != nil {
		t.Fatal(err)
	}
	return "SN=" + cert.SerialNumber.Text(16) + ",CA=" + strings.ReplaceAll(issuer.String(), " ", "%20")
}

// send sends a call as it stands.
func (p *tpp) send(t testing.TB, c *call) answer {
	t.Helper()
	a, err := p.trySend(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (p *tpp) trySend(t testing.TB, c *call) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), c.method, c.url, bytes.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = c.header.Clone()
	res, err := p.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(t, res), nil
}

// ask signs a call and sends it.
func (p *tpp) ask(t testing.TB, c *call) answer {
	t.Helper()
	return p.send(t, c.sign(t))
}

func readAnswer(t testing.TB, res *http.Response) answer {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header, body: string(body), url: res.Request.URL.String()}
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

func newUUID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
