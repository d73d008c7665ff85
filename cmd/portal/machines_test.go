package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/httpkit"
	"fairway/internal/secret"
)

// call sends a request to the machines' door.
func (w *world) call(via http.RoundTripper, method, url string, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, url, http.NoBody)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return exchange(w.t, via, r)
}

func newRequestID() string { return secret.UUID() }

// operations are the addresses of the signed interface, each with its method.
func operations(w *world) [][2]string {
	var found [][2]string
	for _, r := range w.machines.Routes() {
		if r.Guard == httpkit.Machine {
			path := strings.NewReplacer(":consentId", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", ":account-id", "3d9a81b3-a47d-4130-8765-a9c0ff861b99").Replace(r.Path)
			found = append(found, [2]string{r.Method, path})
		}
	}
	return found
}

func TestEveryOperationAsksForCertificateKeyAndToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.client("mine@tpp.example"), w.client("other@tpp.example")
	bearer := mine.clientToken(t)
	nobody := w.transport(nil)
	if n := len(operations(w)); n != 8 {
		t.Fatalf("%d operations", n)
	}
	for _, o := range operations(w) {
		at := mine.APIURL + o[1]
		for name, c := range map[string]struct {
			via     http.RoundTripper
			headers []string
			status  int
			code    string
		}{
			"nothing":                      {nobody, nil, 401, "CERTIFICATE_MISSING"},
			"no certificate, all else":     {nobody, []string{"X-API-Key", mine.APIKey, "Authorization", "Bearer " + bearer}, 401, "CERTIFICATE_MISSING"},
			"a certificate in a header":    {nobody, []string{"X-Client-Cert", "x", "X-SSL-Client-Verify", "SUCCESS", "X-API-Key", mine.APIKey}, 401, "CERTIFICATE_MISSING"},
			"no key":                       {mine.via, []string{"Authorization", "Bearer " + bearer}, 401, "API_KEY_MISSING"},
			"a key that nobody has":        {mine.via, []string{"X-API-Key", "sbx_ak_x", "Authorization", "Bearer " + bearer}, 401, "API_KEY_INVALID"},
			"the key of another":           {mine.via, []string{"X-API-Key", other.APIKey, "Authorization", "Bearer " + bearer}, 401, "API_KEY_INVALID"},
			"the certificate of another":   {other.via, []string{"X-API-Key", mine.APIKey, "Authorization", "Bearer " + bearer}, 401, "API_KEY_INVALID"},
			"no token":                     {mine.via, []string{"X-API-Key", mine.APIKey}, 401, "TOKEN_UNKNOWN"},
			"a token that nobody has":      {mine.via, []string{"X-API-Key", mine.APIKey, "Authorization", "Bearer sbx_at_x"}, 401, "TOKEN_UNKNOWN"},
			"a token by another scheme":    {mine.via, []string{"X-API-Key", mine.APIKey, "Authorization", "Basic " + bearer}, 401, "TOKEN_UNKNOWN"},
			"the token of another":         {other.via, []string{"X-API-Key", other.APIKey, "Authorization", "Bearer " + bearer}, 401, "TOKEN_INVALID"},
			"a cookie instead of anything": {nobody, []string{"Cookie", "fairway=x"}, 401, "CERTIFICATE_MISSING"},
		} {
			a := w.call(c.via, o[0], at, append(c.headers, "X-Request-ID", newRequestID())...)

			if a.status != c.status || !strings.Contains(a.body, `"`+c.code+`"`) || a.header.Get("Content-Type") != "application/json" || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Set-Cookie") != "" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s with %s: %d %s %v, want %d %s", o[0], o[1], name, a.status, a.body, a.header, c.status, c.code)
			}
			if strings.Contains(a.body, bearer) || strings.Contains(a.body, mine.APIKey) || strings.Contains(a.body, other.APIKey) {
				t.Errorf("%s %s with %s shows a secret: %s", o[0], o[1], name, a.body)
			}
		}
	}
}

// clientToken is a token of the client's own.
func (c client) clientToken(t *testing.T) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := exchange(t, c.via, r)
	_, rest, ok := strings.Cut(a.body, `"access_token":"`)
	token, _, end := strings.Cut(rest, `"`)
	if !ok || !end {
		t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return token
}

func TestATokenNeedsCertificateAndSecretOfOneClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.client("mine@tpp.example"), w.client("other@tpp.example")
	nobody := w.transport(nil)
	for name, c := range map[string]struct {
		via        http.RoundTripper
		id, secret string
		status     int
	}{
		"all of one client":             {mine.via, mine.ClientID, mine.ClientSecret, 200},
		"no certificate":                {nobody, mine.ClientID, mine.ClientSecret, 401},
		"the certificate of another":    {other.via, mine.ClientID, mine.ClientSecret, 401},
		"the secret of another":         {mine.via, mine.ClientID, other.ClientSecret, 401},
		"the client of another":         {mine.via, other.ClientID, mine.ClientSecret, 401},
		"no secret":                     {mine.via, mine.ClientID, "", 401},
		"the API key instead of it":     {mine.via, mine.ClientID, mine.APIKey, 401},
		"a client that does not exist":  {mine.via, "fwy_x", mine.ClientSecret, 401},
		"all of another, its own right": {other.via, other.ClientID, other.ClientSecret, 200},
	} {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "client_secret": {c.secret}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, mine.TokenURL, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")

		a := exchange(t, c.via, r)

		if a.status != c.status || c.status == 401 && !strings.Contains(a.body, `"invalid_client"`) || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestAnAppThatAsksForATokenBeforeEveryCallIsHeldUp(t *testing.T) {
	t.Parallel()
	w := newWorldWithin(t, "1/s,3/d")
	mine, other := w.client("mine@tpp.example"), w.client("other@tpp.example")
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {mine.ClientID}, "client_secret": {mine.ClientSecret}}.Encode()
	var refused answer
	for range 4 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, mine.TokenURL, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if refused = exchange(t, mine.via, r); refused.status != http.StatusOK {
			break
		}
	}

	if refused.status != http.StatusTooManyRequests || !strings.Contains(refused.body, `"temporarily_unavailable"`) || refused.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", refused.status, refused.body)
	}
	other.clientToken(t) // which is another app's
}

func TestTheMachinesDoorSpeaksJSONWhateverIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.client("mine@tpp.example")
	host := strings.TrimSuffix(mine.TokenURL, "/auth/token")
	for _, c := range []struct {
		method, url string
		status      int
	}{
		{"GET", host + "/", 200}, {"POST", host + "/", 404}, {"GET", host + "/nowhere", 404}, {"GET", host + "/auth/nowhere", 404}, {"GET", host + "/auth/token", 405}, {"GET", host + "/login", 404},
		{"GET", mine.APIURL + "/nowhere", 401}, {"PUT", mine.APIURL + "/consent/v1/consents", 401}, {"HEAD", mine.APIURL + "/card-account/v1/card-accounts", 401},
		{"GET", host + "/sandbox/nobank/card-account/v1/card-accounts", 404}, {"GET", host + "/live/rocker/card-account/v1/card-accounts", 404},
		{"GET", host + "/auth/sandbox/rocker/.well-known/oauth-authorization-server", 200}, {"GET", host + "/.well-known/oauth-authorization-server/auth/sandbox/rocker", 200},
		{"GET", host + "/auth/sandbox/nobank/.well-known/oauth-authorization-server", 404}, {"GET", host + "/static/x.css", 404}, {"TRACE", mine.APIURL + "/consent/v1/consents", 401},
	} {
		a := w.call(mine.via, c.method, c.url, "X-Request-ID", newRequestID())

		kind := a.header.Get("Content-Type")
		if a.status != c.status || c.method != "HEAD" && !strings.HasPrefix(kind, "application/json") || a.header.Get("Set-Cookie") != "" || strings.Contains(a.body, "<") {
			t.Errorf("%s %s: %d %s %s, want %d", c.method, c.url, a.status, kind, a.body, c.status)
		}
	}
}

func TestPlainHTTPAtTheMachinesDoorGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.cfg.APIAddr+"/sandbox/rocker/card-account/v1/card-accounts", nil)
	if err != nil {
		t.Fatal(err)
	}

	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)

	if res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" || strings.Contains(string(body), "{") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
