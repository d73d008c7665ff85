// Package responder owns what the certificates of the demonstration provider point to: the OCSP responder, the revocation
// lists, the authorities' certificates and the disclosure statement. It is mounted in development only.
package responder

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/clock"
	"fairway/internal/demo"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

// Path is where the provider answers below the portal's address.
const Path = "/demo/qtsp"

// StatementPath is where the disclosure statement is. Certificates name it with https (EN 319 412-5 §4.3.4), so the machines'
// door answers there too, below the authorisation server's address.
const StatementPath = Path + "/pds"

// The endings of the files' names.
const (
	listSuffix        = ".crl"
	certificateSuffix = ".cer"
)

// Responder answers for the provider of a folder, which may be made while it runs.
type Responder struct {
	folder demo.Folder
	base   string
	clock  clock.Clock
}

// New makes a responder for a provider whose certificates point below the base.
func New(folder demo.Folder, base string, clk clock.Clock) *Responder {
	return &Responder{folder: folder, base: base, clock: clk}
}

// Mount adds the routes. Programs ask here, without cookies or forms.
func (r *Responder) Mount(m httpkit.Mounts) {
	m.Open.Post(Path+"/ocsp", r.answerPosted)
	m.Open.Get(Path+"/ocsp/*question", r.answerAddressed)
	m.Open.Get(StatementPath, r.statement)
	m.Open.Get(Path+"/:file", r.file)
}

var errNoFile = fault.New(fault.NotFound, "demo_file_unknown",
	"The demonstration provider has no file of that name. It has root, web, seal, former and elsewhere, each as .crl and .cer.")

// answerPosted reads a question in the body (RFC 6960 appendix A.1).
func (r *Responder) answerPosted(c *gin.Context) error {
	question, err := io.ReadAll(io.LimitReader(c.Request.Body, demo.MaxQuestion+1))
	if err != nil {
		question = nil // the connection broke: there is nothing to answer, and what is malformed says so
	}
	return r.answer(c, question)
}

// answerAddressed reads a question in the address, as base64 that may be escaped once more.
func (r *Responder) answerAddressed(c *gin.Context) error {
	text := strings.TrimPrefix(c.Request.URL.EscapedPath(), Path+"/ocsp/")
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	question, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		question = nil // the responder calls it malformed
	}
	return r.answer(c, question)
}

func (r *Responder) answer(c *gin.Context, question []byte) error {
	provider, ledger, err := r.read()
	if err != nil {
		return err
	}
	der, err := provider.OCSP(question, ledger, r.clock.Now())
	if err != nil {
		return err
	}
	return send(c, "application/ocsp-response", der)
}

// file sends a revocation list or an authority's certificate.
func (r *Responder) file(c *gin.Context) error {
	name := c.Param("file")
	provider, ledger, err := r.read()
	if err != nil {
		return err
	}
	if ca, ok := strings.CutSuffix(name, certificateSuffix); ok && provider.Certificate(known(ca)) != nil {
		return send(c, "application/pkix-cert", provider.Certificate(known(ca)).Raw)
	}
	ca, ok := strings.CutSuffix(name, listSuffix)
	if !ok || known(ca) == "" {
		return errNoFile
	}
	der, err := provider.CRL(known(ca), ledger, r.clock.Now())
	if err != nil {
		return err
	}
	return send(c, "application/pkix-crl", der)
}

// statement sends the disclosure statement.
func (r *Responder) statement(c *gin.Context) error {
	return send(c, "text/plain; charset=utf-8", []byte(Statement))
}

// Statement is the provider's disclosure statement.
const Statement = `PKI disclosure statement of the demonstration provider

Who issues: a provider that exists on this machine only, for demonstrations and tests of this developer portal. It is not a
qualified trust service provider and is supervised by nobody. The word DEMONSTRATION stands in the name of each of its authorities.

What for: to try the way to Live offline. The certificates have the profile of a qualified QWAC and a qualified QC eSeal, so
that the same rules can be held against them; on request something in them is wrong.

Whom they name: invented institutions of the sample register, or whatever the operator of the machine entered. Nothing is checked.

Keys: made on this machine and written into the folder that the operator named. No copy is kept.

Validity and revocation: until the day in the certificate. The operator of the machine can revoke one at any time; the responder
and the revocation lists that the certificate names say so at once.

Reliance: none. No trusted list names this provider but its own, and a portal in production does not know it. Accept these
certificates nowhere else, and never import their root into a browser or an operating system.
`

// known is the authority of that name, empty where there is none.
func known(name string) demo.CA {
	for _, ca := range demo.CAs() {
		if string(ca) == name {
			return ca
		}
	}
	return ""
}

// read takes the folder as it stands now: a command may have revoked something a moment ago.
func (r *Responder) read() (*demo.QTSP, demo.Ledger, error) {
	provider, err := r.folder.Open(r.base)
	if err != nil {
		return nil, nil, err
	}
	ledger, err := r.folder.Ledger()
	return provider, ledger, err
}

func send(c *gin.Context, contentType string, body []byte) error {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, contentType, body)
	return nil
}
