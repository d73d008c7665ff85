package playground

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/certs"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

func (p *Playground) mountPKI(m httpkit.Mounts) {
	m.Public.Get("/pki/tpp.crl", p.revocationList)
	m.Public.Get("/pki/tpp.cer", p.issuer)
	m.Public.Get("/pki/ca.pem", p.root)
}

// revocationList is where the certificates' distribution point leads (RFC 5280 §4.2.1.13).
func (p *Playground) revocationList(c *gin.Context) error {
	der, err := p.Certs.CRL(c.Request.Context(), certs.TPP)
	if err != nil {
		return err
	}
	return publish(c, "tpp.crl", "application/pkix-crl", "public, max-age=300", der)
}

// issuer is where the certificates' authority information leads (RFC 5280 §4.2.2.1).
func (p *Playground) issuer(c *gin.Context) error {
	der, err := p.Certs.IssuerCertificate(c.Request.Context(), certs.TPP)
	if err != nil {
		return err
	}
	return publish(c, "tpp.cer", "application/pkix-cert", "public, max-age=86400", der)
}

// root is what a client trusts to know our servers.
func (p *Playground) root(c *gin.Context) error {
	pem := p.Certs.Roots()
	if len(pem) == 0 {
		return fault.New(fault.Unavailable, "root_missing", "The sandbox’s root certificate is being made. Try again in a few seconds.")
	}
	return publish(c, "ca.pem", "application/x-pem-file", "public, max-age=86400", pem)
}

// publish sends a file that everybody may keep; so it carries nobody's cookie.
func publish(c *gin.Context, name, contentType, cache string, body []byte) error {
	h := c.Writer.Header()
	h.Del("Set-Cookie")
	h.Set("Cache-Control", cache)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, contentType, body)
	return nil
}
