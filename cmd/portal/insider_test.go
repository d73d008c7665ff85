package main

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/demobank"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
)

// insider is a TPP that is in Live: approved certificates, an app with its credentials, a connection.
type insider struct {
	w      *world
	pair   demo.Pair
	via    *http.Transport
	app    apps.App
	issued apps.Issued
	e      *enrolments.Enrolment
	person string
}

const liveRedirect = "https://tpp.example/cb"

// insider lets a new organisation into Live with these roles.
func (w *world) insider(name string, q *demo.QTSP, rights ...qcert.Role) *insider {
	w.t.Helper()
	v := w.member(name)
	i := &insider{w: w, person: v.person.ID}
	i.pair = w.pairOf(q, name)
	who := enrolments.Who{OrganisationID: v.person.OrganisationID, PersonID: v.person.ID}
	i.e = i.approve(enrolmentstest.HandIn(w.t, w.enrols, who, i.pair), rights)
	i.via = i.connection(i.pair)
	err := w.db.InTx(w.t.Context(), func(tx db.Tx) (err error) {
		i.app, i.issued, err = w.apps.Create(w.t.Context(), tx, who.OrganisationID, who.PersonID, apps.NewApp{Environment: catalog.Live, Name: "Budget", RedirectURIs: []string{liveRedirect}})
		if err != nil {
			return err
		}
		return w.apps.Connect(w.t.Context(), tx, who.OrganisationID, i.app.ID, "rocker", "card-account", who.PersonID)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

// pairOf is a new pair of certificates of an organisation.
func (w *world) pairOf(q *demo.QTSP, name string) demo.Pair {
	w.t.Helper()
	return demotest.Issue(w.t, q, demo.Request{At: w.clock.Now(), Organisation: name, Number: strings.ToUpper(strings.ReplaceAll(name, " ", ""))})
}

func (i *insider) approve(e *enrolments.Enrolment, rights []qcert.Role) *enrolments.Enrolment {
	i.w.t.Helper()
	err := i.w.db.InTx(i.w.t.Context(), func(tx db.Tx) error {
		return i.w.enrols.Approve(tx, e, enrolments.Approval{Seen: enrolmentstest.Seen(e), Rights: rights, By: "per_admin", Reason: "Everything agrees."})
	})
	if err != nil {
		i.w.t.Fatal(err)
	}
	return enrolmentstest.Now(i.w.t, i.w.enrols, e)
}

func (i *insider) connection(p demo.Pair) *http.Transport {
	return i.w.transport(&tls.Certificate{Certificate: [][]byte{p.QWAC.Raw}, PrivateKey: p.QWACKey})
}

func (i *insider) token(form url.Values) answer {
	i.w.t.Helper()
	form.Set("client_id", i.app.ClientID)
	form.Set("client_secret", i.issued.ClientSecret.Reveal())
	r, err := http.NewRequestWithContext(i.w.t.Context(), http.MethodPost, i.w.cfg.AuthURL.String()+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		i.w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return exchange(i.w.t, i.via, r)
}

// field is a text of a JSON answer.
func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	text, _ := body[name].(string)
	return text
}

func (i *insider) own() string {
	i.w.t.Helper()
	return i.token(url.Values{"grant_type": {"client_credentials"}}).field(i.w.t, "access_token")
}

// call sends a signed request to Live; headers are added, or with an empty value removed, before it is signed.
func (i *insider) call(method, path, bearer, body string, headers ...string) answer {
	i.w.t.Helper()
	return exchange(i.w.t, i.via, i.signed(method, path, bearer, body, headers...))
}

// half is a read whose answer may end too early.
func (i *insider) half(path, bearer, consent string) (status int, body string, err error) {
	i.w.t.Helper()
	res, err := i.via.RoundTrip(i.signed("GET", path, bearer, "", "Consent-ID", consent))
	if err != nil {
		i.w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func (i *insider) signed(method, path, bearer, body string, headers ...string) *http.Request {
	i.w.t.Helper()
	r, err := http.NewRequestWithContext(i.w.t.Context(), method, i.w.cfg.APIURL.URL("live", "rocker")+path, strings.NewReader(body))
	if err != nil {
		i.w.t.Fatal(err)
	}
	for name, value := range map[string]string{"X-Request-ID": newRequestID(), "X-API-Key": i.issued.APIKey.Reveal(), "Authorization": "Bearer " + bearer} {
		r.Header.Set(name, value)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("PSU-IP-Address", "192.0.2.7")
	}
	for n := 0; n+1 < len(headers); n += 2 {
		if r.Header.Set(headers[n], headers[n+1]); headers[n+1] == "" {
			r.Header.Del(headers[n])
		}
	}
	if _, err := httpsig.Sign(r.Header, []byte(body), i.pair.Seal, i.pair.SealKey, crypto.SHA256); err != nil {
		i.w.t.Fatal(err)
	}
	return r
}

func (i *insider) newConsent() string {
	i.w.t.Helper()
	until := i.w.clock.Now().AddDate(0, 0, 80).Format("2006-01-02")
	a := i.call("POST", "/consent/v1/consents", i.own(), `{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"`+until+`","frequencyPerDay":4,"combinedServiceIndicator":false}`)
	if a.status != http.StatusCreated {
		i.w.t.Fatalf("a consent: %d %s", a.status, a.body)
	}
	return a.field(i.w.t, "consentId")
}

const verifier = "a-verifier-that-nobody-guesses-0123456789-abcdefgh"

// visit sends the customer to the bank and back: the browser follows, and confirms or denies.
func (i *insider) visit(consent, decision string) url.Values {
	i.w.t.Helper()
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{"client_id": {i.app.ClientID}, "redirect_uri": {liveRedirect}, "response_type": {"code"}, "response_mode": {"query"}, "state": {"s1"},
		"scope": {"AIS:" + consent}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	begun := i.w.browse("GET", i.w.cfg.BankURL.URL("live", "rocker")+"/v1/authorizations?"+query.Encode(), nil, "")
	if begun.status != http.StatusSeeOther {
		i.w.t.Fatalf("the visit begins with %d %s", begun.status, begun.body)
	}
	cookie, _, _ := strings.Cut(begun.header.Get("Set-Cookie"), ";")
	asked := i.w.browse("GET", begun.header.Get("Location"), nil, "")
	request := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(asked.body)
	if asked.status != http.StatusOK || request == nil || !strings.Contains(asked.body, i.pair.QWAC.Subject.Organization[0]) {
		i.w.t.Fatalf("the bank's page: %d %s", asked.status, asked.body)
	}
	form := url.Values{"request": {request[1]}, "decision": {decision}, "account": {"6d3f9f0e-2b1c-4f6a-9a51-0c6a5f5f1b01"}}
	at, _, _ := strings.Cut(begun.header.Get("Location"), "?")
	taken := i.w.browse("POST", at, form, "")
	if taken.status != http.StatusSeeOther {
		i.w.t.Fatalf("the decision: %d %s", taken.status, taken.body)
	}
	back := i.w.browse("GET", taken.header.Get("Location"), nil, cookie)
	to, err := url.Parse(back.header.Get("Location"))
	if err != nil || back.status != http.StatusSeeOther || !strings.HasPrefix(to.String(), liveRedirect) {
		i.w.t.Fatalf("back: %d %s %s after %d %s", back.status, to, back.body, taken.status, taken.body)
	}
	return to.Query()
}

// customer lets the bank's customer open the everyday card, and gives the consent and the token for it.
func (i *insider) customer() (consent, bearer string) {
	i.w.t.Helper()
	consent = i.newConsent()
	code := i.visit(consent, "approve").Get("code")
	token := i.token(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {liveRedirect}, "code_verifier": {verifier}})
	return consent, token.field(i.w.t, "access_token")
}

// browse is a browser without cookies but the given one, that trusts every server and follows nothing.
func (w *world) browse(method, to string, form url.Values, cookie string) answer {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, to, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return exchange(w.t, w.transport(nil), r)
}

// playBank opens rocker in Live with a demonstration bank.
func (w *world) playBank() func() {
	w.t.Helper()
	return w.playBankBehind(func(bank http.Handler) http.Handler { return bank })
}

// playBankBehind is playBank with something in front of the bank that may answer instead.
func (w *world) playBankBehind(front func(bank http.Handler) http.Handler) func() {
	w.t.Helper()
	id, err := demobank.NewIdentity("127.0.0.1", w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return w.playBankAs(id, front)
}

func (w *world) playBankAs(id demobank.Identity, front func(bank http.Handler) http.Handler) func() {
	w.t.Helper()
	l := listen(w.t)
	base := "https://" + l.Addr().String()
	w.open(base, id)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.program.playBank(ctx, l, front(w.demoBank(base, id)), id) }()
	stop := func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
		done <- nil
	}
	w.t.Cleanup(stop)
	return stop
}

func (w *world) open(base string, id demobank.Identity) {
	w.t.Helper()
	w.openBrand("rocker", base, id)
}

func (w *world) openBrand(brand, base string, id demobank.Identity) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(tx db.Tx) error {
		return catalog.SetBackend(tx, brand, catalog.Backend{Upstream: base, Authorise: base + "/authorise", Roots: id.Roots, Callers: []string{id.Caller}}, "command")
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
