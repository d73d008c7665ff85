package authserver

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/secret"
	"fairway/web/static"
)

const (
	pagePath = "/authorise"
	cssPath  = "/brand.css"
	// cookieLife is longer than an authorisation, so that whoever comes too late is led back to the TPP.
	cookieLife = 60 * 60
)

var (
	errNoBank = fault.New(fault.NotFound, "bank_unknown",
		"There is no bank at this address. The address of a bank’s pages names the environment and the brand.")
	errQuery = fault.New(fault.Invalid, "authorisation_query_unreadable",
		"The address cannot be read: something in it is not encoded. Build it with a function that encodes each parameter.")
)

// MountBank mounts the pages of the banks below each bank's address.
func (f *Face) MountBank(r httpkit.Routes) {
	r.Get(authorisePath, f.begin)
	r.Get(pagePath, f.show)
	r.Post(pagePath, f.act)
	r.Get(cssPath, f.brandCSS)
}

// branch is the bank at which a request arrived.
type branch struct {
	env   catalog.Environment
	brand catalog.Brand
	// path is where its pages lie on their host, without a slash at the end.
	path string
}

// branchOf finds the bank of a request; one that does not exist, or whose pages are not ours, is errNoBank.
func (f *Face) branchOf(c *gin.Context) (branch, error) {
	place := httpkit.PlaceOf(c.Request.Context())
	env, known := catalog.ParseEnvironment(place.Environment)
	if !known {
		return branch{}, errNoBank
	}
	brand, err := f.catalog.Brand(c.Request.Context(), place.Brand)
	if fault.Is(err, fault.NotFound) || err == nil && !f.served(env, brand) {
		return branch{}, errNoBank
	}
	return branch{env: env, brand: brand, path: place.BasePath}, err
}

// begin is the authorisation endpoint: it checks the request, remembers it and leads to the first page, which in Live is the
// brand's own.
func (f *Face) begin(c *gin.Context) error {
	at, err := f.branchOf(c)
	if err != nil {
		return err
	}
	request, err := readAuthRequest(c.Request.URL.RawQuery)
	if err != nil {
		return err
	}
	request.Environment, request.Brand = at.env, at.brand.ID
	if c.Request.Method == http.MethodHead {
		if _, err = f.oauth.Examine(c.Request.Context(), request); err == nil {
			return httpkit.SeeOther(c, at.path+pagePath)
		}
		return f.turnAway(c, at, err)
	}

	begun, err := f.oauth.Begin(c.Request.Context(), request)

	if err != nil {
		return f.turnAway(c, at, err)
	}
	f.setCookie(c, at, begun.Secret)
	if at.env == catalog.Sandbox {
		return httpkit.SeeOther(c, at.path+pagePath)
	}
	a, err := f.oauth.Open(c.Request.Context(), at.env, at.brand.ID, begun.Secret)
	if err != nil {
		return err
	}
	return f.toBrand(c, at, a)
}

// turnAway tells the TPP what is wrong with its request, or the person at the browser where nobody may be sent there.
func (f *Face) turnAway(c *gin.Context, at branch, err error) error {
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	httpkit.Failed(c, refusal.Fault)
	if refusal.Back != nil {
		return leave(c, *refusal.Back)
	}
	return f.showProblem(c, at, refusal)
}

// readAuthRequest reads the query alone. A parameter without a value counts as left out (RFC 6749 §3.1).
func readAuthRequest(query string) (oauth.AuthRequest, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return oauth.AuthRequest{}, errQuery.With(err)
	}
	r := oauth.AuthRequest{
		ClientID: values.Get("client_id"), RedirectURI: values.Get("redirect_uri"), ResponseType: values.Get("response_type"),
		ResponseMode: values.Get("response_mode"), Scope: values.Get("scope"), State: values.Get("state"),
		CodeChallenge: values.Get("code_challenge"), CodeChallengeMethod: values.Get("code_challenge_method"),
	}
	for name, v := range values {
		if len(v) > 1 {
			r.Repeated = append(r.Repeated, name)
		}
	}
	slices.Sort(r.Repeated)
	return r, nil
}

// leave sends the browser back to the TPP, with 303 so that no form is posted there (RFC 9700 §4.12).
func leave(c *gin.Context, exit oauth.Exit) error {
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, exitURL(exit))
	return nil
}

// exitURL adds the answer to the redirect URI, which stays byte for byte what was registered.
func exitURL(exit oauth.Exit) string {
	answer := url.Values{"iss": {exit.Issuer}}
	if exit.State != "" {
		answer.Set("state", exit.State)
	}
	if exit.Refusal != nil {
		answer.Set("error", told(exit.Refusal).name)
		answer.Set("error_description", description(exit.Refusal.Message))
	} else {
		answer.Set("code", exit.Code.Reveal())
	}
	separator := "&"
	switch _, query, has := strings.Cut(exit.RedirectURI, "?"); {
	case !has:
		separator = "?"
	case query == "" || strings.HasSuffix(query, "&"):
		separator = ""
	}
	return exit.RedirectURI + separator + answer.Encode()
}

func (f *Face) cookieName() string {
	if f.config.BankURL.HTTPS() {
		return "__Secure-fairway_bank"
	}
	return "fairway_bank"
}

// setCookie binds the browser to its authorisation, at this bank's pages alone.
func (f *Face) setCookie(c *gin.Context, at branch, value secret.Text) {
	http.SetCookie(c.Writer, &http.Cookie{Name: f.cookieName(), Value: value.Reveal(), Path: at.path + "/", MaxAge: cookieLife,
		HttpOnly: true, Secure: f.config.BankURL.HTTPS(), SameSite: http.SameSiteLaxMode})
}

// open finds the authorisation of the browser's cookie. Two cookies of the name count as none.
func (f *Face) open(c *gin.Context, at branch) (*oauth.Authorisation, error) {
	found := c.Request.CookiesNamed(f.cookieName())
	if len(found) != 1 {
		return nil, oauth.ErrNoAuthorisation
	}
	if at.env == catalog.Live {
		return f.oauth.Return(c.Request.Context(), at.brand.ID, secret.Text(found[0].Value), c.Query(backFrom))
	}
	return f.oauth.Open(c.Request.Context(), at.env, at.brand.ID, secret.Text(found[0].Value))
}

// allowExit lets the forms of this page end at the TPP. An IPv6 host cannot be named in a policy, only its scheme.
func allowExit(c *gin.Context, redirectURI string) {
	u, err := url.Parse(redirectURI)
	if err != nil {
		return
	}
	if strings.HasPrefix(u.Host, "[") {
		httpkit.AllowFormTarget(c, u.Scheme+":")
		return
	}
	httpkit.AllowFormTarget(c, u.Scheme+"://"+u.Host)
}

// brandCSS is the style sheet of a bank's colours; its address carries a hash of what is in it.
func (f *Face) brandCSS(c *gin.Context) error {
	at, err := f.branchOf(c)
	if err != nil {
		return err
	}
	css, version := f.colours(at.brand)
	if c.Query("v") == version {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	c.Data(http.StatusOK, "text/css; charset=utf-8", css)
	return nil
}

// colours are a brand's; where they could not be read by everybody the page keeps ours.
func (f *Face) colours(b catalog.Brand) (css []byte, version string) {
	css, err := static.BrandCSS(static.BrandColours{Light: static.Palette(b.Colours.Light), Dark: static.Palette(b.Colours.Dark)})
	if err != nil {
		f.log.Error("a brand's colours are not used", "brand", b.ID, "error", fmt.Sprint(err))
		css = []byte("/* the colours of this brand cannot be used */\n")
	}
	sum := sha256.Sum256(css)
	return css, hex.EncodeToString(sum[:6])
}
