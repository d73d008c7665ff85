package playground

import (
	"net/url"
	"strings"

	"fairway/internal/bankclient"
	"fairway/internal/samples"
)

// grantVariables are the parameters of a grant that a program asks for: they are secret, and most of them work once.
var grantVariables = map[string]string{"code": "CODE", "code_verifier": "CODE_VERIFIER", "refresh_token": "REFRESH_TOKEN"}

// sampleOf is the request of an exchange for a program that makes it again. Own says that its access token was the app's own,
// which the program can get by itself.
func (p *Playground) sampleOf(e bankclient.Exchange, clientID string, own bool) samples.Request {
	r := samples.Request{Name: "request", Method: e.Method, URL: e.URL, Body: e.Body, Signed: e.SigningString != "",
		TokenURL: p.Addresses.Auth + "/token", ClientID: samples.Value{Text: clientID}}
	if e.URL == r.TokenURL {
		r.Name, r.Form = "get-token", grantFields(e.Body)
		return r
	}
	for _, h := range e.Headers {
		switch {
		case h.Name == "X-API-Key":
			r.APIKey = true
		case h.Name == "Authorization" && own:
			r.Token = samples.OwnToken
		case h.Name == "Authorization":
			r.Token = samples.CustomerToken
		}
		r.Headers = append(r.Headers, samples.Text(h.Name, h.Value))
	}
	return r
}

// grantFields are the parameters of a shown grant in their order.
func grantFields(body string) []samples.Field {
	var fields []samples.Field
	for part := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(part, "=")
		if variable := grantVariables[name]; variable != "" {
			fields = append(fields, samples.Variable(name, variable))
			continue
		}
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		fields = append(fields, samples.Text(name, plain))
	}
	return fields
}
