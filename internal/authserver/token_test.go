package authserver_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/authserver"
	"fairway/internal/fault"
	"fairway/internal/testkit/golden"
)

// reply is an answer of the token endpoint.
type reply struct {
	*httptest.ResponseRecorder
	body struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int    `json:"expires_in"`
		RefreshToken string `json:"refresh_token"`
		Scope        string `json:"scope"`
		Error        string `json:"error"`
		Description  string `json:"error_description"`
		URI          string `json:"error_uri"`
	}
}

func (w *world) peer() authserver.Peer {
	return authserver.Peer{Thumbprint: w.thumbprint, OrganisationID: w.org}
}

func (w *world) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(w.app.ClientID+":"+w.secret.Reveal()))
}

// post asks for a token as the app, with its credentials in the header.
func (w *world) post(peer authserver.Peer, form url.Values) reply {
	w.t.Helper()
	return w.send(peer, form.Encode(), map[string]string{"Authorization": w.basic()})
}

func (w *world) send(peer authserver.Peer, body string, headers map[string]string) reply {
	w.t.Helper()
	request := httptest.NewRequestWithContext(context.WithValue(w.t.Context(), testPeer{}, peer), http.MethodPost, "/token?grant_type=refresh_token&client_id=query", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	return w.do(request)
}

func (w *world) do(request *http.Request) reply {
	w.t.Helper()
	r := reply{ResponseRecorder: httptest.NewRecorder()}
	w.machines.ServeHTTP(r.ResponseRecorder, request)
	if r.Code >= 500 {
		w.t.Errorf("%d %s", r.Code, r.Body)
	}
	if err := json.Unmarshal(r.Body.Bytes(), &r.body); err != nil {
		w.t.Fatalf("%d %q: %v", r.Code, r.Body, err)
	}
	h := r.Header()
	if h.Get("Cache-Control") != "no-store" || h.Get("Pragma") != "no-cache" || h.Get("Content-Type") != "application/json" {
		w.t.Errorf("%v", h)
	}
	if (r.Code == 401) != (h.Get("WWW-Authenticate") != "") {
		w.t.Errorf("%d with WWW-Authenticate %q", r.Code, h.Get("WWW-Authenticate"))
	}
	if strings.ContainsAny(r.body.Description, "\"\\\n") || r.body.Error != "" && r.body.URI != "https://portal.example/docs/errors/"+r.body.Error {
		w.t.Errorf("%s", r.Body)
	}
	return r
}

func own() url.Values { return url.Values{"grant_type": {"client_credentials"}} }

func TestATokenIsGivenInEitherWayOfAuthentication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inBody := own()
	inBody.Set("client_id", w.app.ClientID)
	inBody.Set("client_secret", w.secret.Reveal())
	repeated := own()
	repeated.Set("client_id", w.app.ClientID)
	escaped := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(w.app.ClientID)+":"+strings.ReplaceAll(w.secret.Reveal(), "_", "%5F")))
	for name, r := range map[string]reply{
		"header":                     w.send(w.peer(), own().Encode(), map[string]string{"Authorization": w.basic()}),
		"header in small letters":    w.send(w.peer(), own().Encode(), map[string]string{"Authorization": strings.Replace(w.basic(), "Basic", "basic", 1)}),
		"header, encoded":            w.send(w.peer(), own().Encode(), map[string]string{"Authorization": escaped}),
		"body":                       w.send(w.peer(), inBody.Encode(), nil),
		"header, and the id in body": w.send(w.peer(), repeated.Encode(), map[string]string{"Authorization": w.basic()}),
		"with a character set":       w.send(w.peer(), own().Encode(), map[string]string{"Authorization": w.basic(), "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}),
		"with unknown parameters":    w.send(w.peer(), "grant_type=client_credentials&foo=bar&scope=", map[string]string{"Authorization": w.basic()}),
	} {
		if r.Code != 200 || r.body.TokenType != "Bearer" || r.body.ExpiresIn != 3600 || r.body.Scope != "AIS" || !strings.HasPrefix(r.body.AccessToken, "sbx_at_") || strings.Contains(r.Body.String(), "refresh_token") {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
	}
	if o := *w.outcome; !o.Token || !o.Proved || o.AppID != w.app.ID || o.OrganisationID != w.org || o.Code != "" {
		t.Errorf("%+v", o)
	}
}

func TestARequestForATokenIsReadStrictly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	basic := map[string]string{"Authorization": w.basic()}
	for name, test := range map[string]struct {
		body    string
		headers map[string]string
		status  int
		want    string
		says    string
	}{
		"JSON":                      {`{"grant_type":"client_credentials"}`, map[string]string{"Authorization": w.basic(), "Content-Type": "application/json"}, 400, "invalid_request", "form-encoded"},
		"multipart":                 {"", map[string]string{"Authorization": w.basic(), "Content-Type": "multipart/form-data; boundary=x"}, 400, "invalid_request", "form-encoded"},
		"no content type":           {"grant_type=client_credentials", map[string]string{"Authorization": w.basic(), "Content-Type": ""}, 400, "invalid_request", "form-encoded"},
		"an empty body":             {"", basic, 400, "invalid_request", "grant_type is missing"},
		"the query alone":           {"", basic, 400, "invalid_request", "grant_type is missing"},
		"a parameter twice":         {"grant_type=client_credentials&grant_type=client_credentials", basic, 400, "invalid_request", "grant_type was sent more than once"},
		"an unknown one twice":      {"grant_type=client_credentials&x=1&x=2", basic, 400, "invalid_request", "x was sent more than once"},
		"a bad escape":              {"grant_type=%zz", basic, 400, "invalid_request", "form encoding"},
		"a semicolon":               {"grant_type=client_credentials;x=1", basic, 400, "invalid_request", "form encoding"},
		"a NUL":                     {"grant_type=client_credentials%00", basic, 400, "invalid_request", "cannot be read"},
		"no UTF-8":                  {"grant_type=%ff", basic, 400, "invalid_request", "cannot be read"},
		"a name that is no UTF-8":   {"%ff=x", basic, 400, "invalid_request", "cannot be read"},
		"seventeen kilobytes":       {"grant_type=client_credentials&x=" + strings.Repeat("x", 17<<10), basic, 400, "invalid_request", "16 KiB"},
		"ten thousand parameters":   {strings.Repeat("a&", 8_000), basic, 400, "invalid_request", "more than once"},
		"the wrong spelling":        {"grant_type=authorisation_code", basic, 400, "unsupported_grant_type", "with a z"},
		"the password grant":        {"grant_type=password&username=a&password=b", basic, 400, "unsupported_grant_type", "password"},
		"another scope":             {"grant_type=client_credentials&scope=PIS", basic, 400, "invalid_scope", "PIS"},
		"no code":                   {"grant_type=authorization_code", basic, 400, "invalid_request", "code is missing"},
		"an unknown code":           {"grant_type=authorization_code&code=sbx_ac_x&redirect_uri=x&code_verifier=y", basic, 400, "invalid_grant", "code"},
		"an unknown refresh token":  {"grant_type=refresh_token&refresh_token=x", basic, 400, "invalid_grant", "refresh token"},
		"credentials twice":         {"grant_type=client_credentials&client_id=" + w.app.ClientID + "&client_secret=x", basic, 400, "invalid_request", "twice"},
		"two clients":               {"grant_type=client_credentials&client_id=fwy_other", basic, 400, "invalid_request", "twice"},
		"no credentials":            {"grant_type=client_credentials", nil, 401, "invalid_client", "missing"},
		"an id without secret":      {"grant_type=client_credentials&client_id=" + w.app.ClientID, nil, 401, "invalid_client", "missing"},
		"a bearer token":            {"grant_type=client_credentials", map[string]string{"Authorization": "Bearer x"}, 401, "invalid_client", "not Basic"},
		"Basic of nothing":          {"grant_type=client_credentials", map[string]string{"Authorization": "Basic !"}, 401, "invalid_client", "not Basic"},
		"a wrong secret":            {"grant_type=client_credentials&client_id=" + w.app.ClientID + "&client_secret=x", nil, 401, "invalid_client", "do not belong together"},
		"an unknown client":         {"grant_type=client_credentials&client_id=fwy_x&client_secret=x", nil, 401, "invalid_client", "do not belong together"},
		"a client that is no UTF-8": {"grant_type=client_credentials", map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("\xff\x00:x"))}, 401, "invalid_client", "do not belong together"},
	} {
		r := w.send(w.peer(), test.body, test.headers)

		if r.Code != test.status || r.body.Error != test.want || !strings.Contains(r.body.Description, test.says) {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
		if o := *w.outcome; !o.Token || o.Code != test.want || o.Text == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestTwoAuthorizationHeadersAreOneTooMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := httptest.NewRequestWithContext(context.WithValue(t.Context(), testPeer{}, w.peer()), http.MethodPost, "/token", strings.NewReader(own().Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header["Authorization"] = []string{w.basic(), w.basic()}

	if r := w.do(request); r.Code != 400 || r.body.Error != "invalid_request" {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

func TestWithoutItsCertificateAClientIsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, thumbprint := w.organisation("Other TPP")
	expired := fault.New(fault.Unauthenticated, "CERTIFICATE_EXPIRED", "The QWAC with serial 5D01F2 expired on 12 Nov 2026.").At("TLS")
	for name, test := range map[string]struct {
		peer authserver.Peer
		says string
	}{
		"none":                   {authserver.Peer{}, "no client certificate"},
		"expired":                {authserver.Peer{Thumbprint: w.thumbprint, OrganisationID: w.org, Fault: expired}, "expired on 12 Nov 2026"},
		"another organisation's": {authserver.Peer{Thumbprint: thumbprint, OrganisationID: other}, "do not belong together"},
		"of the other world":     {authserver.Peer{Thumbprint: w.thumbprint, OrganisationID: w.org, Environment: "live"}, "do not belong together"},
	} {
		r := w.post(test.peer, own())

		if r.Code != 401 || r.body.Error != "invalid_client" || !strings.Contains(r.body.Description, test.says) {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
		if w.outcome.Proved {
			t.Errorf("%s: proved", name)
		}
	}
	r := httptest.NewRecorder()
	w.machines.ServeHTTP(r, httptest.NewRequest(http.MethodPost, "/token", nil))
	if r.Code != 401 {
		t.Errorf("a door that says nothing: %d", r.Code)
	}
}

func TestAFailureOfOursIsToldAsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	down := authserver.Peer{Fault: fault.New(fault.Unavailable, "unavailable", "The database is not answering. Try again in a minute; nothing was changed.")}
	r := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(context.WithValue(t.Context(), testPeer{}, down), http.MethodPost, "/token", strings.NewReader(own().Encode()))
	w.machines.ServeHTTP(r, request)
	if r.Code != 503 || !strings.Contains(r.Body.String(), `"temporarily_unavailable"`) {
		t.Errorf("unavailable: %d %s", r.Code, r.Body)
	}
	w.must(w.db.Close())

	r = httptest.NewRecorder()
	request = httptest.NewRequestWithContext(context.WithValue(t.Context(), testPeer{}, w.peer()), http.MethodPost, "/token", strings.NewReader(own().Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", w.basic())
	w.machines.ServeHTTP(r, request)

	if body := r.Body.String(); r.Code < 500 || strings.Contains(body, "sql") || strings.Contains(body, "database is closed") {
		t.Errorf("%d %s", r.Code, body)
	}
}

func TestTheMetadataNamesEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRecorder()

	w.machines.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/sandbox/rocker/.well-known/oauth-authorization-server", nil))

	var pretty bytes.Buffer
	w.must(json.Indent(&pretty, r.Body.Bytes(), "", "  "))
	golden.Compare(t, "metadata", []byte(strings.ReplaceAll(pretty.String(), w.people, "https://bank.example")+"\n"))
	if r.Code != 200 || !strings.HasPrefix(r.Header().Get("Content-Type"), "application/json") || r.Header().Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("%d %v", r.Code, r.Header())
	}
	for _, nobody := range []string{"/sandbox/nobody", "/live/rocker", "/x/rocker"} {
		r := httptest.NewRecorder()
		w.machines.ServeHTTP(r, httptest.NewRequest(http.MethodGet, nobody+"/.well-known/oauth-authorization-server", nil))
		if r.Code != 404 || !strings.Contains(r.Body.String(), "There is no authorisation server") {
			t.Errorf("%s: %d %s", nobody, r.Code, r.Body)
		}
	}
}

func TestTheDisclosureStatementIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRecorder()

	w.machines.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/pds/en", nil))

	text, _ := io.ReadAll(r.Body)
	if r.Code != 200 || r.Header().Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(string(text), "They are not qualified") {
		t.Errorf("%d %v %s", r.Code, r.Header(), text)
	}
}
