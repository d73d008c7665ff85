package authserver

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
)

// wellKnown is where RFC 8414 puts the metadata: below the issuer, as the Berlin Group writes it, and between the
// host and the issuer's path, as the RFC does.
const wellKnown = "/.well-known/oauth-authorization-server"

// authorisePath is the authorisation endpoint below a bank's address.
const authorisePath = "/v1/authorizations"

var errNoIssuer = fault.New(fault.NotFound, "issuer_unknown",
	"There is no authorisation server at this address. Its path names the environment and the brand, as in /sandbox/rocker"+wellKnown+".")

// metadataBody describes an authorisation server (RFC 8414 §2, RFC 8705 §3.3 and §5, RFC 9207 §3).
type metadataBody struct {
	Issuer                string            `json:"issuer"`
	AuthorizationEndpoint string            `json:"authorization_endpoint"`
	TokenEndpoint         string            `json:"token_endpoint"`
	Scopes                []string          `json:"scopes_supported"`
	ResponseTypes         []string          `json:"response_types_supported"`
	ResponseModes         []string          `json:"response_modes_supported"`
	GrantTypes            []string          `json:"grant_types_supported"`
	TokenAuthMethods      []string          `json:"token_endpoint_auth_methods_supported"`
	ChallengeMethods      []string          `json:"code_challenge_methods_supported"`
	BoundTokens           bool              `json:"tls_client_certificate_bound_access_tokens"`
	Aliases               map[string]string `json:"mtls_endpoint_aliases"`
	IssInAnswer           bool              `json:"authorization_response_iss_parameter_supported"`
	Locales               []string          `json:"ui_locales_supported"`
	Documentation         string            `json:"service_documentation"`
}

func (f *Face) metadata(c *gin.Context) error {
	return f.Metadata(c, c.Param("environment"), c.Param("brand"))
}

// Metadata writes the metadata of an issuer. It is public and the same for everybody.
func (f *Face) Metadata(c *gin.Context, environment, brand string) error {
	env, known := catalog.ParseEnvironment(environment)
	found, err := f.catalog.Brand(c.Request.Context(), brand)
	if !known || fault.Is(err, fault.NotFound) || err == nil && !f.served(env, found) {
		return errNoIssuer
	}
	if err != nil {
		return err
	}
	base, token := f.config.AuthURL.String(), f.config.AuthURL.String()+"/token"
	c.Header("Cache-Control", "public, max-age=300")
	c.JSON(http.StatusOK, metadataBody{
		Issuer:                base + "/" + environment + "/" + brand,
		AuthorizationEndpoint: f.config.BankURL.URL(environment, brand) + authorisePath,
		TokenEndpoint:         token,
		Scopes:                []string{"AIS", "offline_access"},
		ResponseTypes:         []string{"code"},
		ResponseModes:         []string{"query"},
		GrantTypes:            []string{"authorization_code", "client_credentials", "refresh_token"},
		TokenAuthMethods:      []string{"client_secret_basic", "client_secret_post"},
		ChallengeMethods:      []string{"S256"},
		BoundTokens:           true,
		Aliases:               map[string]string{"token_endpoint": token},
		IssInAnswer:           true,
		Locales:               []string{"en-GB"},
		Documentation:         f.config.PortalURL + "/docs/auth",
	})
	return nil
}

// served reports whether a brand is open in an environment: in the sandbox each is.
func (f *Face) served(env catalog.Environment, b catalog.Brand) bool {
	return env == catalog.Sandbox || b.Live.Open() && f.config.Upstream != nil
}

// disclosure is the statement that sandbox certificates point to (EN 319 412-5 §4.3.4), or another's at its path.
func (f *Face) disclosure(c *gin.Context) error {
	text := disclosureText
	if other, ok := f.config.Statements[c.FullPath()]; ok {
		text = other
	}
	c.Header("Cache-Control", "public, max-age=86400")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
	return nil
}

const disclosureText = `PKI disclosure statement of the sandbox

Who issues: the sandbox of this developer portal. It is not a qualified trust service provider and is supervised by nobody.

What for: to test an interface under PSD2. The certificates look like a QWAC and a QC eSeal so that software can be tried with
them. They are not qualified, whatever statements they carry for that purpose; their policy notice and the word SANDBOX in the
name of the organisation say so.

Whom they name: organisations as they entered themselves in the portal. Names are not checked. Identifiers begin with PSDXX-FWYSBX,
an authority that does not exist, and host names end with .invalid.

Keys: made by the sandbox, or by the organisation where it sends a certificate request. Keys that the sandbox made are handed out
once; it keeps a sealed copy for its playground and erases it with the next set.

Validity and revocation: until the day in the certificate, or until a new set replaces them. Replaced certificates are on the
revocation list that the certificate names.

Reliance: none outside the sandbox. Accept these certificates nowhere but in tests, and never import their root into a browser or
an operating system.

Liability: none is taken.
`
