package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demo/demotest"
	"fairway/internal/httpsig"
	"fairway/internal/qcert"
	"fairway/internal/rehearsals"
)

// rehearser is a client with a consent of its own, whose status it can read again and again.
type rehearser struct {
	client
	w       *world
	seal    tls.Certificate
	bearer  string
	consent string
	org, id string
}

func (w *world) rehearser(email string) *rehearser {
	w.t.Helper()
	r := &rehearser{client: w.client(email), w: w}
	var err error
	if r.seal, err = tls.LoadX509KeyPair(filepath.Join(r.dir, "qseal.pem"), filepath.Join(r.dir, "qseal.key")); err != nil {
		w.t.Fatal(err)
	}
	err = w.db.Read(w.t.Context(), func(tx db.Tx) (err error) {
		r.org, r.id, err = w.apps.OwnerOf(tx, r.ClientID)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	r.bearer = r.clientToken(w.t)
	operation, _ := catalog.OperationByID("consents.create")
	made := r.send(w.t, r.signed(http.MethodPost, "/consent/v1/consents", operation.Example(w.clock.Now()), "PSU-IP-Address", "192.0.2.7", "Content-Type", "application/json"))
	if made.status != http.StatusCreated {
		w.t.Fatalf("%d %s", made.status, made.body)
	}
	_, rest, _ := strings.Cut(made.body, `"consentId":"`)
	r.consent, _, _ = strings.Cut(rest, `"`)
	return r
}

func (r *rehearser) signed(method, path, body string, headers ...string) *http.Request {
	r.w.t.Helper()
	q, err := http.NewRequestWithContext(r.w.t.Context(), method, r.APIURL+path, strings.NewReader(body))
	if err != nil {
		r.w.t.Fatal(err)
	}
	for name, value := range map[string]string{"X-Request-ID": newRequestID(), "X-API-Key": r.APIKey, "Authorization": "Bearer " + r.bearer} {
		q.Header.Set(name, value)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header.Add(headers[i], headers[i+1])
	}
	if _, err := httpsig.Sign(q.Header, []byte(body), r.seal.Leaf, r.seal.PrivateKey.(*rsa.PrivateKey), crypto.SHA256); err != nil {
		r.w.t.Fatal(err)
	}
	return q
}

func (r *rehearser) send(t *testing.T, q *http.Request) answer {
	t.Helper()
	return exchange(t, r.via, q)
}

// status is the call that is rehearsed: good, unless something else is ordered.
func (r *rehearser) status(headers ...string) *http.Request {
	return r.signed(http.MethodGet, "/consent/v1/consents/"+r.consent+"/status", "", headers...)
}

// order speaks to the address where answers are ordered, with certificate and key alone.
func (r *rehearser) order(t *testing.T, method, body string) answer {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, r.APIURL+"/rehearsals/v1/next", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-API-Key", r.APIKey)
	return r.send(t, q)
}

func (r *rehearser) used(t *testing.T) int {
	t.Helper()
	used, err := r.w.quota.Used(t.Context(), "sandbox", r.id)
	if err != nil {
		t.Fatal(err)
	}
	return used[r.id]
}

// variants are all outcomes that refuse, each with each of its statuses.
func variants() (list []rehearsals.Wish) {
	for _, o := range rehearsals.Outcomes() {
		for _, status := range o.Statuses {
			list = append(list, rehearsals.Wish{Outcome: o.Name, Status: status})
		}
	}
	return list
}

func TestEveryRefusalIsAnsweredAsOrderedInEachWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("rehearser@tpp.example")
	ways := map[string]func(rehearsals.Wish) *http.Request{
		"by the header": func(v rehearsals.Wish) *http.Request {
			return r.status(rehearsals.Header, v.Outcome+";status="+strconv.Itoa(v.Status))
		},
		"by the API": func(v rehearsals.Wish) *http.Request {
			a := r.order(t, http.MethodPut, fmt.Sprintf(`{"outcome":"%s","status":%d,"calls":1}`, v.Outcome, v.Status))
			if a.status != http.StatusOK || !strings.Contains(a.body, `"callsLeft":1`) {
				t.Fatalf("%d %s", a.status, a.body)
			}
			return r.status()
		},
		"by a person": func(v rehearsals.Wish) *http.Request {
			r.armByHand(t, v)
			return r.status()
		},
	}
	for name, way := range ways {
		for _, v := range variants() {
			request, before := way(v), r.used(t)

			got := r.send(t, request)

			isRehearsed(t, name, v, got)
			if n := r.used(t) - before; n != 1 {
				t.Errorf("%s %s: counted %d times", v.Outcome, name, n)
			}
			row := w.newest(r.org, "/status")
			o, _ := rehearsals.Find(v.Outcome)
			last := row.Detail.Steps[len(row.Detail.Steps)-1]
			if row.Status != v.Status || row.Code != o.Code || row.RequestID != request.Header.Get("X-Request-ID") || last.Name != "Rehearsal" || last.Verdict != calls.Failed ||
				!strings.Contains(last.Text, "you ordered this answer") || row.Operation != "consents.status" {
				t.Errorf("%s %s: logged %d %s of %s, %+v", v.Outcome, name, row.Status, row.Code, row.RequestID, last)
			}
			if after := r.send(t, r.status()); after.status != http.StatusOK || after.header.Get(rehearsals.Marker) != "" {
				t.Errorf("%s %s: the next call is answered with %d %s", v.Outcome, name, after.status, after.body)
			}
		}
	}
}

// armByHand orders as a page does.
func (r *rehearser) armByHand(t *testing.T, v rehearsals.Wish) {
	t.Helper()
	o, err := v.Order()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.w.orders.Arm(t.Context(), r.org, r.id, o); err != nil {
		t.Fatal(err)
	}
}

// isRehearsed holds an answer against what a real one of its code has.
func isRehearsed(t *testing.T, name string, v rehearsals.Wish, got answer) {
	t.Helper()
	o, _ := rehearsals.Find(v.Outcome)
	h := got.header
	if got.status != v.Status || h.Get(rehearsals.Marker) != v.Outcome || h.Get("RateLimit") == "" || h.Get("X-Request-ID") == "" {
		t.Errorf("%s %s: %d %v", v.Outcome, name, got.status, h)
	}
	if (v.Status == http.StatusUnauthorized) != (h.Get("WWW-Authenticate") != "") || (o.RetryAfter(time.Now()) > 0) != (h.Get("Retry-After") != "") ||
		(v.Status == http.StatusMethodNotAllowed) != (h.Get("Allow") == "GET") {
		t.Errorf("%s %s: %v", v.Outcome, name, h)
	}
	if o.Code == "" {
		if got.body != "" {
			t.Errorf("%s %s: %s", v.Outcome, name, got.body)
		}
		return
	}
	var body struct {
		TPPMessages []struct{ Category, Code, Path, Text string }
	}
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || len(body.TPPMessages) != 1 {
		t.Fatalf("%s %s: %s, %v", v.Outcome, name, got.body, err)
	}
	m := body.TPPMessages[0]
	if m.Category != "ERROR" || m.Code != o.Code || m.Path != o.Path || !strings.HasPrefix(m.Text, "Rehearsed: ") || utf8.RuneCountInString(m.Text) > 500 ||
		!strings.Contains(m.Text, "/docs/errors/"+o.Code+"?rid=") || !strings.Contains(h.Get("Link"), "/docs/errors/"+o.Code) {
		t.Errorf("%s %s: %+v", v.Outcome, name, m)
	}
}

func TestAnOrderIsMetOnceByManyCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("many@tpp.example")
	r.armByHand(t, rehearsals.Wish{Outcome: "CONSENT_EXPIRED"})
	requests := make([]*http.Request, 20)
	for i := range requests {
		requests[i] = r.status()
	}
	var met, good atomic.Int32
	var wg sync.WaitGroup
	for _, q := range requests {
		wg.Go(func() {
			switch a := r.send(t, q); a.status {
			case http.StatusUnauthorized:
				met.Add(1)
			case http.StatusOK:
				good.Add(1)
			}
		})
	}
	wg.Wait()

	if met.Load() != 1 || good.Load() != 19 {
		t.Errorf("%d met it, %d were good", met.Load(), good.Load())
	}
}

func TestACallThatIsWrongIsToldSoAndSpendsNoOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("wrong@tpp.example")
	r.armByHand(t, rehearsals.Wish{Outcome: "503"})
	unsigned := r.status()
	unsigned.Header.Del("Signature")

	wrong, next := r.send(t, unsigned), r.send(t, r.status())

	if wrong.status != 401 || !strings.Contains(wrong.body, "SIGNATURE_MISSING") || wrong.header.Get(rehearsals.Marker) != "" || next.status != 503 {
		t.Errorf("%d %s, then %d", wrong.status, wrong.body, next.status)
	}
}

func TestAHeaderThatOrdersNothingKnownIsRefusedWithWhatThereIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("header@tpp.example")
	r.armByHand(t, rehearsals.Wish{Outcome: "503"})
	for _, value := range []string{"", "consent_expired", "slow;seconds=31", strings.Repeat("x", 5000), "503;status=500", "<script>", "ä"} {
		got := r.send(t, r.status(rehearsals.Header, value))

		if got.status != 400 || !strings.Contains(got.body, `"FORMAT_ERROR"`) || !strings.Contains(got.body, `"path":"Fairway-Rehearse"`) || got.header.Get(rehearsals.Marker) != "" {
			t.Errorf("%.20q: %d %s", value, got.status, got.body)
		}
	}
	twice := r.send(t, r.status(rehearsals.Header, "503", rehearsals.Header, "503"))
	unknown := r.send(t, r.status(rehearsals.Header, "TOKEN_LOST"))

	if twice.status != 400 || !strings.Contains(twice.body, "occurs twice") {
		t.Errorf("twice: %d %s", twice.status, twice.body)
	}
	for _, word := range []string{"TOKEN_LOST", "slow, cut-off, empty, malformed", "502", "CONSENT_EXPIRED"} {
		if !strings.Contains(unknown.body, word) {
			t.Errorf("%q is missing: %s", word, unknown.body)
		}
	}
	if next := r.send(t, r.status()); next.status != 503 {
		t.Errorf("a header spent the order: %d", next.status)
	}
}

func TestAnAppOrdersReadsAndDropsWithCertificateAndKeyAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, other := w.rehearser("api@tpp.example"), w.client("stranger@tpp.example")
	none := r.order(t, http.MethodGet, "")
	put := r.order(t, http.MethodPut, `{"outcome":"slow","seconds":5,"operation":"card-accounts.list","calls":3}`)
	read := r.order(t, http.MethodGet, "")
	row := w.newest(r.org, "/rehearsals/v1/next")
	used := r.used(t)
	dropped, again := r.order(t, http.MethodDelete, ""), r.order(t, http.MethodDelete, "")
	gone := r.order(t, http.MethodGet, "")

	if none.status != 404 || !strings.Contains(none.body, "RESOURCE_UNKNOWN") || gone.status != 404 || dropped.status != 204 || again.status != 204 {
		t.Errorf("%d %s; dropped %d, %d, then %d", none.status, none.body, dropped.status, again.status, gone.status)
	}
	if put.status != 200 || put.body != read.body || !strings.HasPrefix(put.body, `{"outcome":"slow","seconds":5,"operation":"card-accounts.list","calls":3,"callsLeft":3,"endsAt":"`) ||
		put.header.Get("Content-Type") != "application/json" || put.header.Get("Cache-Control") != "no-store" || put.header.Get("RateLimit") == "" {
		t.Errorf("put %d %s %v, read %s", put.status, put.body, put.header, read.body)
	}
	if row.Operation != "rehearsals.next" || row.Method != http.MethodGet || row.AppID != r.id || r.used(t) != used+3 {
		t.Errorf("logged %+v; %d counted, then %d", row, used, r.used(t))
	}
	at := r.APIURL + "/rehearsals/v1/next"
	for name, c := range map[string]struct {
		via    http.RoundTripper
		key    string
		status int
		code   string
	}{
		"no certificate":         {w.transport(nil), r.APIKey, 401, "CERTIFICATE_MISSING"},
		"no key":                 {r.via, "", 401, "API_KEY_MISSING"},
		"the key of another":     {other.via, r.APIKey, 401, "API_KEY_INVALID"},
		"the address of Live":    {r.via, r.APIKey, 404, "RESOURCE_UNKNOWN"},
		"a method that is not":   {r.via, r.APIKey, 405, "SERVICE_INVALID"},
		"a method, but no right": {w.transport(nil), r.APIKey, 401, "CERTIFICATE_MISSING"},
	} {
		method, address := http.MethodPut, at
		if name == "the address of Live" {
			address = strings.Replace(at, "/sandbox/", "/live/", 1)
		}
		if strings.HasPrefix(name, "a method") {
			method = http.MethodPost
		}

		got := w.call(c.via, method, address, "X-API-Key", c.key)

		if got.status != c.status || !strings.Contains(got.body, c.code) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestAnOrderThatCannotBeReadIsRefusedAtItsMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rehearser("body@tpp.example")
	for body, path := range map[string]string{
		``: "", `[]`: "", `{"outcome":"503","outcome":"500"}`: "outcome", `{}`: "outcome", `{"outcome":7}`: "outcome", `{"outcome":"x"}`: "outcome", `{"outcome":"503","calls":"1"}`: "calls",
		`{"outcome":"503","calls":11}`: "calls", `{"outcome":"slow","seconds":1.5}`: "seconds", `{"outcome":"503","operation":"x"}`: "operation", `{"outcome":"503","env":"live"}`: "env",
		`{"outcome":"` + strings.Repeat("x", 2000) + `"}`: "body",
	} {
		got := r.order(t, http.MethodPut, body)

		if got.status != 400 || !strings.Contains(got.body, `"FORMAT_ERROR"`) || path != "" && !strings.Contains(got.body, `"path":"`+path+`"`) {
			t.Errorf("%.40s: %d %s", body, got.status, got.body)
		}
	}
}

func TestNothingIsRehearsedInLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent := i.newConsent()

	got := i.call("GET", "/consent/v1/consents/"+consent+"/status", i.own(), "", rehearsals.Header, "503")
	unread := i.call("GET", "/consent/v1/consents/"+consent+"/status", i.own(), "", rehearsals.Header, "what is this")
	order := i.call("PUT", "/rehearsals/v1/next", i.own(), `{"outcome":"503"}`)

	if got.status != 200 || got.header.Get(rehearsals.Marker) != "" || unread.status != 200 || order.status != 404 || !strings.Contains(order.body, "Live has no rehearsals") {
		t.Errorf("%d %s, %d, %d %s", got.status, got.body, unread.status, order.status, order.body)
	}
	if rows := w.newest(i.e.OrganisationID, "/rehearsals"); stepOf(rows, "Quota").Name != "" {
		t.Errorf("%+v", rows.Detail.Steps)
	}
}
