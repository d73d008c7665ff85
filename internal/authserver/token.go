package authserver

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/secret"
)

const maxTokenForm = 16 << 10

var (
	errFormType       = fault.New(fault.Invalid, "token_form_type", "The body must be form-encoded. Send Content-Type: application/x-www-form-urlencoded (with curl: --data-urlencode).")
	errFormTooLarge   = fault.New(fault.Invalid, "token_form_too_large", "The body is larger than 16 KiB. A token request needs a few hundred bytes.")
	errFormUnreadable = fault.New(fault.Invalid, "token_form_unreadable", "The body is not valid form encoding. Encode names and values with % and separate them with &.")
	errUnreadable     = fault.New(fault.Invalid, "parameter_unreadable", "A parameter holds characters that cannot be read.")
	errTwice          = fault.New(fault.Invalid, "credentials_twice", "The client credentials were sent twice. Send them in the Authorization header or in the body.")
	errNoCredentials  = fault.New(fault.Unauthenticated, "credentials_missing",
		"The client credentials are missing. Send them as Authorization: Basic base64(client_id:client_secret), or as client_id and client_secret in the body.")
)

// tokenBody is a successful answer (RFC 6749 §5.1).
type tokenBody struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
}

// errorBody is a refusal (RFC 6749 §5.2).
type errorBody struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	URI         string `json:"error_uri"`
}

// token is POST /token. It writes its refusals itself, in the form of RFC 6749.
func (f *Face) token(c *gin.Context) error {
	c.Set(outcomeKey, Outcome{Token: true})
	request, err := readTokenRequest(c)
	if err != nil {
		f.FailToken(c, err)
		return nil
	}

	answer, err := f.oauth.Exchange(c.Request.Context(), request)

	c.Set(outcomeKey, Outcome{Token: true, Proved: answer.AppID != "", AppID: answer.AppID, OrganisationID: answer.OrganisationID})
	if err != nil {
		f.FailToken(c, err)
		return nil
	}
	writeJSON(c, http.StatusOK, tokenBody{AccessToken: answer.AccessToken.Reveal(), TokenType: "Bearer", ExpiresIn: int(answer.ExpiresIn.Seconds()),
		RefreshToken: answer.RefreshToken.Reveal(), Scope: answer.Scope})
	return nil
}

// FailToken writes an error of the token endpoint, and of whatever else lies below its address.
func (f *Face) FailToken(c *gin.Context, err error) {
	httpkit.Failed(c, err)
	e := fault.Of(err)
	w := told(e)
	o := OutcomeOf(c)
	o.Code, o.Text = w.name, e.Message
	c.Set(outcomeKey, o)
	if w.status >= http.StatusInternalServerError {
		f.log.Error("the token endpoint failed", "code", e.Code, "error", e.Error())
	}
	if c.Writer.Written() {
		return
	}
	if e.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if w.status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Basic realm="token endpoint", charset="UTF-8"`)
	}
	writeJSON(c, w.status, errorBody{Error: w.name, Description: description(e.Message), URI: f.config.PortalURL + "/docs/errors/" + w.name})
}

// writeJSON writes an answer that nobody may keep (RFC 6749 §5.1).
func writeJSON(c *gin.Context, status int, body any) {
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	c.Status(status)
	encoder := json.NewEncoder(c.Writer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // the client left: nobody to tell
}

func readTokenRequest(c *gin.Context) (oauth.TokenRequest, error) {
	peer, err := peerOf(c.Request.Context())
	if err != nil {
		return oauth.TokenRequest{}, err
	}
	form, err := readTokenForm(c)
	if err != nil {
		return oauth.TokenRequest{}, err
	}
	id, key, err := credentials(c.Request, form)
	if err != nil {
		return oauth.TokenRequest{}, err
	}
	return oauth.TokenRequest{
		ClientID: id, ClientSecret: key, Thumbprint: peer.Thumbprint, OrganisationID: peer.OrganisationID, Environment: peer.Environment,
		GrantType: form.Get("grant_type"), Code: secret.Text(form.Get("code")), RedirectURI: form.Get("redirect_uri"), CodeVerifier: form.Get("code_verifier"),
		RefreshToken: secret.Text(form.Get("refresh_token")), Scope: form.Get("scope"),
	}, nil
}

// readTokenForm reads the body alone, never the query, and each parameter once (RFC 6749 §3.2).
func readTokenForm(c *gin.Context) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errFormType
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxTokenForm))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, errFormTooLarge
	}
	if err != nil {
		return nil, errFormUnreadable.With(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errFormUnreadable.With(err)
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, oauth.ErrRepeated.Saying(short(name) + " was sent more than once. Send each parameter once.")
		}
		if !readable(name) || !readable(values[0]) {
			return nil, errUnreadable.Saying("The parameter " + short(name) + " holds characters that cannot be read. Send visible characters in UTF-8.")
		}
	}
	return form, nil
}

// readable reports whether s is UTF-8 without control characters.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// short is the beginning of a parameter's name.
func short(name string) string {
	if len(name) > 40 {
		name = name[:40] + "..."
	}
	return strings.ToValidUTF8(name, "?")
}

// credentials reads the client from the Authorization header or from the form, but not from both (RFC 6749 §2.3).
func credentials(r *http.Request, form url.Values) (id string, key secret.Text, err error) {
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 {
		return "", "", errTwice
	}
	if len(headers) == 0 {
		if form.Get("client_id") == "" || form.Get("client_secret") == "" {
			return "", "", errNoCredentials
		}
		return form.Get("client_id"), secret.Text(form.Get("client_secret")), nil
	}
	user, password, ok := r.BasicAuth()
	switch user = unescape(user); {
	case !ok:
		return "", "", errNoCredentials.Saying("The Authorization header is not Basic with base64(client_id:client_secret). The token endpoint takes no other scheme.")
	case form.Has("client_secret"), form.Has("client_id") && form.Get("client_id") != user:
		return "", "", errTwice
	}
	return user, secret.Text(unescape(password)), nil
}

// unescape undoes the form encoding that RFC 6749 §2.3.1 puts around the parts of the header; most clients leave it out.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
