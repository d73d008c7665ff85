package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fairway/internal/accounts"
)

const why = "They asked us to, after a break-in."

func TestASuspendedOrganisationReadsAndDoesNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.client("mine@tpp.example"), w.client("other@tpp.example")
	person, err := w.accounts.ByAddress(t.Context(), "mine@tpp.example")
	if err != nil {
		t.Fatal(err)
	}
	member, admin := w.signedIn(person), w.staff(accounts.Admin)
	bearer := mine.clientToken(t)
	read := func() answer {
		return w.call(mine.via, "GET", mine.APIURL+"/nowhere", "X-API-Key", mine.APIKey, "Authorization", "Bearer "+bearer, "X-Request-ID", newRequestID())
	}
	before := read()
	at := "/admin/organisations/" + person.OrganisationID

	done := admin.post(at+"/suspend", "reason", why)
	during, token := read(), mine.askToken(t)

	if before.status != http.StatusNotFound || done.status != http.StatusSeeOther {
		t.Fatalf("before %d, the act %d\n%s", before.status, done.status, done.body)
	}
	if during.status != http.StatusForbidden || !strings.Contains(during.body, `"SERVICE_BLOCKED"`) || !strings.Contains(during.body, "Your organisation is suspended") {
		t.Errorf("a call: %d %s", during.status, during.body)
	}
	if token.status != http.StatusBadRequest || !strings.Contains(token.body, `"unauthorized_client"`) {
		t.Errorf("a token: %d %s", token.status, token.body)
	}
	for _, path := range []string{"/playground", "/playground/certificates", "/playground/apps", "/playground/live/certificates", "/playground/live/apps", "/playground/live/apis", "/playground/live/shell", "/account"} {
		if a := member.get(path); a.status != http.StatusOK || !strings.Contains(a.body, "Your organisation is suspended") || !strings.Contains(a.body, why) || !strings.Contains(a.body, "To settle it, write to") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	set, err := w.certs.Active(t.Context(), person.OrganisationID, "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	for path, fields := range map[string][]string{
		"/playground/certificates/regenerate": {"once", set.ID, "roles", "PSP_AI", "key_bits", "2048"},
		"/playground/apps/new":                {"name", "New app", "redirect_uris", "https://tpp.example/cb", "once", "form_x"},
	} {
		if a := member.post(path, fields...); a.status != http.StatusConflict || !strings.Contains(a.body, "nothing new can be made") {
			t.Errorf("POST %s: %d\n%s", path, a.status, a.body)
		}
	}
	other.clientToken(t)
	if a := admin.post(at+"/restore", "reason", why); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	if a := read(); a.status != http.StatusNotFound {
		t.Errorf("after the return: %d %s", a.status, a.body)
	}
	mine.clientToken(t)
	if a := member.get("/playground"); strings.Contains(a.body, "is suspended") {
		t.Error("the banner stays")
	}
}

// askToken asks for a token of the client's own, whatever comes back.
func (c client) askToken(t *testing.T) answer {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return exchange(t, c.via, r)
}

func TestARevokedCertificateIsRefusedAtTheDoorAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.client("mine@tpp.example")
	person, err := w.accounts.ByAddress(t.Context(), "mine@tpp.example")
	if err != nil {
		t.Fatal(err)
	}
	set, err := w.certs.Active(t.Context(), person.OrganisationID, "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	mine.clientToken(t)

	done := w.staff(accounts.Admin).post("/admin/organisations/"+person.OrganisationID+"/certificates/"+set.QWAC.ID+"/revoke", "reason", why, "cause", "1")

	call := w.call(mine.via, "GET", mine.APIURL+"/card-account/v1/card-accounts", "X-API-Key", mine.APIKey, "X-Request-ID", newRequestID())
	if done.status != http.StatusSeeOther || call.status != http.StatusUnauthorized || !strings.Contains(call.body, `"CERTIFICATE_REVOKED"`) {
		t.Errorf("the act %d, a call %d %s", done.status, call.status, call.body)
	}
	if token := mine.askToken(t); token.status != http.StatusUnauthorized || !strings.Contains(token.body, "is revoked") {
		t.Errorf("a token: %d %s", token.status, token.body)
	}
}
