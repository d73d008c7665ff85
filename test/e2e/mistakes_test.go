package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mistake is a usual way to get a signature wrong, and the words with which the bank names it.
type mistake struct {
	text func(c *call) string // what is signed instead
	seal func(*tpp) seal      // with what it is signed instead
	says string
}

func TestEveryUsualMistakeInASignatureIsNamed(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	id := func(c *call) string { return c.header.Get("X-Request-ID") }
	digest := func(c *call) string { return c.header.Get("Digest") }
	for name, m := range map[string]mistake{
		"letter case":    {text: func(c *call) string { return "Digest: " + digest(c) + "\nX-Request-ID: " + id(c) }, says: "lower case"},
		"separator":      {text: func(c *call) string { return "digest:" + digest(c) + "\nx-request-id:" + id(c) }, says: "colon"},
		"line end":       {text: func(c *call) string { return "digest: " + digest(c) + "\r\nx-request-id: " + id(c) }, says: "CR LF"},
		"last line end":  {text: func(c *call) string { return "digest: " + digest(c) + "\nx-request-id: " + id(c) + "\n" }, says: "end"},
		"order":          {text: func(c *call) string { return "x-request-id: " + id(c) + "\ndigest: " + digest(c) }, says: "order"},
		"missing header": {text: func(c *call) string { return "digest: " + digest(c) }, says: "x-request-id"},
		"wrong key":      {seal: func(p *tpp) seal { return mustSealOfQWAC(t, p) }, says: "QWAC"},
		"other key":      {seal: func(p *tpp) seal { return p.sv.newTPP(t).seal }, says: "private key"},
	} {
		t.Run(name, func(t *testing.T) { p.expectNamed(t, g, m) })
	}
}

// expectNamed sends the mistake until the bank takes the time to explain it, which it does once a second for an app.
func (p *tpp) expectNamed(t *testing.T, g grant, m mistake) {
	t.Helper()
	signer := p.seal
	if m.seal != nil {
		signer = m.seal(p)
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		c := p.read(cardsPath, g).sign(t)
		text := c.signingString()
		if m.text != nil {
			text = m.text(c)
		}
		c.header.Set("Signature", signatureHeader(keyID(t, p.seal.cert), "rsa-sha256", "digest x-request-id", signer.sign(t, c.hash, text)))
		a := p.send(t, c)
		if strings.Contains(a.text(), m.says) || time.Now().After(deadline) {
			refusal{401, "SIGNATURE_INVALID", "Signature", m.says}.check(t, a)
			return
		}
		<-time.After(300 * time.Millisecond)
	}
}

// mustSealOfQWAC signs with the key of the wrong certificate of the set.
func mustSealOfQWAC(t testing.TB, p *tpp) seal {
	t.Helper()
	pair := mustPair(t, filepath.Join(p.dir, "qwac.pem"), filepath.Join(p.dir, "qwac.key"))
	return seal{cert: p.seal.cert, key: keyOf(t, pair)}
}
