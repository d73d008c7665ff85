package upstream_test

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/upstream"
)

// TestABrandSeesWhatConcernsIt is security T34: what opens our door never leaves it.
func TestABrandSeesWhatConcernsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	arrived := make(chan *http.Request, 1)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		arrived <- r
		good(rw, r)
	})
	for _, name := range []string{"Authorization", "X-Api-Key", "Cookie", "Signature", "Digest", "Tpp-Signature-Certificate", "Consent-Id", "Fairway-Assertion",
		"Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "X-Forwarded-For", "Forwarded",
		"Accept-Encoding", "Range", "If-None-Match", "Host", "User-Agent", "X-Anything"} {
		w.call.Header.Set(name, "secret-of-the-door")
	}
	want := map[string]string{"X-Request-Id": "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", "Psu-Ip-Address": "192.0.2.7", "Psu-Ip-Port": "4711", "Psu-User-Agent": "Browser",
		"Psu-Device-Id": "device", "Psu-Geo-Location": "GEO:60.1,24.9", "Psu-Http-Method": "GET", "Psu-Accept": "text/html", "Psu-Accept-Charset": "utf-8",
		"Psu-Accept-Encoding": "gzip", "Psu-Accept-Language": "fi", "Psu-Id": "20260017", "Psu-Corporate-Id": "corp", "Accept-Language": "fi"}
	for name, value := range want {
		w.call.Header[name] = []string{value, "secret-of-the-door"}
	}
	w.call.Header["Accept"] = []string{"text/html"}
	want["Accept"], want["User-Agent"] = "application/json", "Fairway"

	a := w.ask(brand)
	r := <-arrived

	if a.status != http.StatusOK || a.body != goodBody {
		t.Errorf("%d %s", a.status, a.body)
	}
	got := map[string]string{}
	for name, values := range r.Header {
		if got[name] = values[0]; len(values) != 1 {
			t.Errorf("%s was sent %d times", name, len(values))
		}
	}
	delete(got, upstream.Header)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the brand sees %v", got)
	}
	for name, values := range r.Header {
		if strings.Contains(strings.Join(values, " "), "secret-of-the-door") {
			t.Errorf("%s carries what opens our door", name)
		}
	}
	if r.Method != http.MethodGet || "https://"+r.Host != brand.Live.Upstream || r.ContentLength != 0 {
		t.Errorf("%s %s with %d bytes", r.Method, r.Host, r.ContentLength)
	}
}

func TestAnAssertionSaysAllThatABrandIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	arrived := make(chan *http.Request, 1)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		arrived <- r
		good(rw, r)
	})
	brand.Live.Upstream += "/psd2"
	sent := upstream.Assertion{
		Issuer: "https://auth.example", ID: "c0ffee", Operation: "transactions", RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Attended: true, PSU: "20260017",
		TPP: upstream.TPP{Name: `A "Bank" & Söhne`, Identifier: "PSDFI-FINFSA-1", Authority: "FI-FINFSA", Roles: []string{"PSP_AI"}, Certificate: strings.Repeat("ab", 32), ClientID: "fwy_1", App: "Budget"},
		Consent: upstream.Consent{ID: "0d8a5c3c-7d3f-4b5e-9f7b-1f1f0b2f3a4e", Recurring: true, ValidUntil: "2027-01-31", ListOnly: true,
			Accounts: []upstream.Account{{ResourceID: "r1", MaskedPAN: "4571 91** **** 2204", Currency: "EUR", Balances: true}}},
		BasePath: "/live/rocker", Audience: "forged", Method: "DELETE", Target: "forged", Brand: "forged", Expires: 1, IssuedAt: 1,
	}
	w.call.Assertion, w.call.Path, w.call.Query = sent, "/card-account/v1/card-accounts/r1%20x/transactions", "dateFrom=2026-01-01&q=%C3%A4%2B+b"

	w.ask(brand)
	r := <-arrived

	head, got := w.assertion(r)
	want := sent
	want.Audience, want.Method, want.Brand = brand.Live.Upstream, "GET", "rocker"
	want.Target = "https://" + r.Host + r.RequestURI
	want.IssuedAt, want.Expires = w.clock.Now().Unix(), w.clock.Now().Add(time.Minute).Unix()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if r.RequestURI != "/psd2/card-account/v1/card-accounts/r1%20x/transactions?dateFrom=2026-01-01&q=%C3%A4%2B+b" {
		t.Errorf("the brand was asked for %s", r.RequestURI)
	}
	if head.Algorithm != "ES256" || head.ExtraHeaders["typ"] != "fairway-call+jwt" || head.JSONWebKey != nil || !strings.HasPrefix(head.KeyID, "key_") {
		t.Errorf("%+v", head)
	}
}

func TestEachCallHasAnAssertionOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	arrived := make(chan *http.Request, 2)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		arrived <- r
		good(rw, r)
	})

	w.ask(brand)
	w.ask(brand)

	_, a := w.assertion(<-arrived)
	_, b := w.assertion(<-arrived)
	if a.ID == "" || a.ID == b.ID {
		t.Errorf("%q and %q", a.ID, b.ID)
	}
}

func TestARequestForTheBrandsPageIsOfItsOwnType(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	sent := upstream.Request{Issuer: "https://auth.example", Audience: "https://bank.example/authorise", ID: "visit", Brand: "rocker", DecideAt: "https://auth.example/live/rocker/authorisations/visit",
		Consent: upstream.Wish{ConsentID: "c", Recurring: true, ValidUntil: "2027-01-31", FrequencyPerDay: 4}, IssuedAt: 1, Expires: 2}
	until := w.clock.Now().Add(20 * time.Minute)

	head, body := w.verify(must(w.SignRequest(t.Context(), sent, until))(t))

	var got struct {
		IssuedAt int64  `json:"iat"`
		Expires  int64  `json:"exp"`
		ID       string `json:"jti"`
		Audience string `json:"aud"`
		DecideAt string `json:"decide_at"`
	}
	mustRead(t, body, &got)
	if head.ExtraHeaders["typ"] != "fairway-authorisation+jwt" || got.IssuedAt != w.clock.Now().Unix() || got.Expires != until.Unix() {
		t.Errorf("%v %+v", head.ExtraHeaders, got)
	}
	if got.ID != sent.ID || got.Audience != sent.Audience || got.DecideAt != sent.DecideAt {
		t.Errorf("%+v", got)
	}
}

func TestAnAnswerBringsItsBodyAndNoHeaderOfTheBrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	brand := w.at(answering(http.StatusOK, "application/json; charset=utf-8", goodBody, "Set-Cookie", "a=b", "Server", "bank/1", "Location", "https://evil.example", "Link", "<x>",
		"Access-Control-Allow-Origin", "*", "Cache-Control", "public", "X-Request-Id", "forged", "Strict-Transport-Security", "max-age=0", "Fairway-Continued", "true", "Etag", `"1"`))

	a := w.ask(brand)

	names := []string{}
	for name := range a.header {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"Cache-Control", "Content-Length", "Content-Type", "Date"}; !slices.Equal(names, want) {
		t.Errorf("the client sees %v", a.header)
	}
	if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/json" || a.body != goodBody {
		t.Errorf("%v %s", a.header, a.body)
	}
	if !slices.Equal(w.charged, []bool{true}) {
		t.Errorf("charged as %v", w.charged)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	elsewhere := 0
	other := w.at(func(rw http.ResponseWriter, r *http.Request) {
		elsewhere++
		good(rw, r)
	})
	for _, status := range []int{301, 302, 303, 307, 308} {
		brand := w.at(answering(status, "application/json", goodBody, "Location", other.Live.Upstream+"/card-account/v1/card-accounts"))

		if a := w.ask(brand); a.code() != upstream.ErrAnswer.Code || a.header.Get("Location") != "" {
			t.Errorf("%d: %s %v", status, a.code(), a.header)
		}
	}
	if elsewhere != 0 || w.charges() != 0 {
		t.Errorf("%d followed, %d charged", elsewhere, w.charges())
	}
}

func TestAnAddressThatIsNoneIsNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	brand := w.at(good)
	for name, change := range map[string]func(){
		"upstream": func() { brand.Live.Upstream = "https://[::1" },
		"roots":    func() { brand.Live.Roots = "no certificate" },
	} {
		change()

		if a := w.ask(brand); a.code() != upstream.ErrUnreachable.Code {
			t.Errorf("%s: %s", name, a.code())
		}
	}
	if _, err := url.Parse(brand.Live.Upstream); err == nil {
		t.Error("the address can be read, so this proves nothing")
	}
}
