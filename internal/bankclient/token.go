package bankclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fairway/internal/secret"
)

// Grant is what a token is asked for with (RFC 6749 §4.1.3, §4.4, §6).
type Grant struct {
	// Type is client_credentials, authorization_code or refresh_token.
	Type string
	// Code, RedirectURI and Verifier belong to authorization_code, Refresh to refresh_token.
	Code        secret.Text
	RedirectURI string
	Verifier    secret.Text
	Refresh     secret.Text
}

// Tokens is what the token endpoint gave.
type Tokens struct {
	Access, Refresh secret.Text
	Scope           string
	ExpiresAt       time.Time
}

const (
	maxToken  = 4096
	shortLife = 5 * time.Minute // where the answer does not say how long a token lives
	longLife  = 24 * time.Hour
)

// Token asks the token endpoint, with the app's secret and its QWAC. Tokens is empty unless the Exchange is a good 200;
// an answer of 200 that is no token answer is a Failure.
func (c *Client) Token(ctx context.Context, id Identity, g Grant) (Exchange, Tokens, error) {
	m, err := c.composeToken(id, g)
	if err != nil {
		return Exchange{}, Tokens{}, err
	}
	if err := c.roundTrip(ctx, id, m); err != nil {
		return Exchange{}, Tokens{}, err
	}
	tokens := m.takeTokens()
	return m.exchange, tokens, nil
}

// field is a form parameter with what is shown of it.
type field struct {
	name, value string
	hidden      bool
}

func (g Grant) fields() []field {
	fields := []field{{name: "grant_type", value: g.Type}}
	switch g.Type {
	case "authorization_code":
		fields = append(fields, field{"code", g.Code.Reveal(), true}, field{"redirect_uri", g.RedirectURI, false}, field{"code_verifier", g.Verifier.Reveal(), true})
	case "refresh_token":
		fields = append(fields, field{"refresh_token", g.Refresh.Reveal(), true})
	}
	return fields
}

func (c *Client) composeToken(id Identity, g Grant) (*message, error) {
	m, err := newMessage(http.MethodPost, c.cfg.TokenURL)
	if err != nil {
		return nil, err
	}
	var sent, shown []string
	for _, f := range g.fields() {
		value := f.value
		sent = append(sent, f.name+"="+url.QueryEscape(value))
		if f.hidden {
			m.hide = append(m.hide, secret.Text(value))
			value = secret.Reduce(value)
			shown = append(shown, f.name+"="+value)
			continue
		}
		shown = append(shown, f.name+"="+url.QueryEscape(value))
	}
	m.hide = append(m.hide, id.ClientSecret)
	m.body, m.exchange.Body = strings.Join(sent, "&"), strings.Join(shown, "&")
	m.add("Host", m.url.Host, ByConnection)
	m.header.Set("Authorization", basic(id))
	m.exchange.Headers = append(m.exchange.Headers, Header{Name: "Authorization", By: ByPlayground,
		Value: "Basic base64(" + id.ClientID + ":" + secret.Reduce(id.ClientSecret.Reveal()) + ")"})
	m.exchange.RequestID = secret.UUID()
	m.add("X-Request-ID", m.exchange.RequestID, ByPlayground)
	m.add("Content-Type", "application/x-www-form-urlencoded", ByPlayground)
	m.add("Accept", contentJSON, ByPlayground)
	m.add("Content-Length", strconv.Itoa(len(m.body)), ByConnection)
	m.add("User-Agent", userAgent, ByConnection)
	return m, nil
}

// basic is client authentication by RFC 6749 §2.3.1: both parts are form-encoded first.
func basic(id Identity) string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(url.QueryEscape(id.ClientID), url.QueryEscape(id.ClientSecret.Reveal()))
	return r.Header.Get("Authorization")
}

var tokenField = regexp.MustCompile(`("(?:access_token|refresh_token|id_token)"\s*:\s*)"((?:[^"\\]|\\.)*)"`)

// takeTokens reads the answer and leaves only the beginnings of the tokens in what is shown.
func (m *message) takeTokens() Tokens {
	e := &m.exchange
	var body struct {
		Access    string `json:"access_token"`
		Refresh   string `json:"refresh_token"`
		Type      string `json:"token_type"`
		Scope     string `json:"scope"`
		ExpiresIn int64  `json:"expires_in"`
	}
	err := json.Unmarshal(m.answer, &body)
	m.hide = append(m.hide, secret.Text(body.Access), secret.Text(body.Refresh))
	e.AnswerBody = m.withoutSecrets(tokenField.ReplaceAllStringFunc(e.AnswerBody, func(found string) string {
		parts := tokenField.FindStringSubmatch(found)
		return parts[1] + `"` + secret.Reduce(parts[2]) + `"`
	}))
	if e.Failure != nil || e.Status != http.StatusOK {
		return Tokens{}
	}
	if err != nil || !usable(body.Access) || !strings.EqualFold(body.Type, "Bearer") || body.Refresh != "" && !usable(body.Refresh) {
		e.Failure = &Failure{"token_unreadable", "The token endpoint answered 200, but not with a token (RFC 6749 §5.1). The answer is below."}
		return Tokens{}
	}
	life := time.Duration(body.ExpiresIn) * time.Second
	if body.ExpiresIn <= 0 {
		life = shortLife
	}
	if body.ExpiresIn > int64(longLife.Seconds()) {
		life = longLife
	}
	return Tokens{Access: secret.Text(body.Access), Refresh: secret.Text(body.Refresh), Scope: short(body.Scope, 200), ExpiresAt: e.At.Add(life)}
}

// usable reports whether a token can stand in a header (RFC 6750 §2.1).
func usable(token string) bool {
	if token == "" || len(token) > maxToken {
		return false
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return true
}
