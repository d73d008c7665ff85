package main

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/demo/demotest"
	"fairway/internal/qcert"
)

// deprecate ends the version that rocker's card accounts have.
func (w *world) deprecate(at, removed time.Time) {
	w.t.Helper()
	if _, err := w.db.Native().ExecContext(w.t.Context(), "UPDATE api_versions SET deprecated_at = ?, removed_at = ? WHERE brand_id = 'rocker'", at, removed); err != nil {
		w.t.Fatal(err)
	}
	if err := w.db.InTx(w.t.Context(), func(tx db.Tx) error { return tx.Tell(catalog.Topic, "") }); err != nil {
		w.t.Fatal(err)
	}
}

func TestEveryAnswerOfADeprecatedVersionTellsItsDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent, bearer := i.customer()
	read := func(headers ...string) answer {
		return i.call("GET", "/card-account/v1/card-accounts", bearer, "", append([]string{"Consent-ID", consent}, headers...)...)
	}
	status := func() answer { return i.call("GET", "/consent/v1/consents/"+consent+"/status", bearer, "") }
	before := read()
	since, until := w.clock.Now().Add(-time.Hour).UTC().Truncate(time.Second), w.clock.Now().AddDate(0, 5, 0).UTC().Truncate(time.Second)
	w.deprecate(since, until)

	good, refused, consents := read(), read("Accept", "text/xml"), status()

	link := "<" + w.cfg.BaseURL.String() + `/docs/versions>; rel="deprecation"; type="text/html"`
	for name, a := range map[string]answer{"a good answer": good, "a refusal": refused} {
		if a.header.Get("Deprecation") != "@"+strconv.FormatInt(since.Unix(), 10) || a.header.Get("Sunset") != until.Format(http.TimeFormat) || !slices.Contains(a.header.Values("Link"), link) {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	help := slices.ContainsFunc(refused.header.Values("Link"), func(l string) bool { return strings.HasSuffix(l, `; rel="help"`) })
	if good.status != http.StatusOK || refused.status != http.StatusNotAcceptable || !help || len(good.header.Values("Link")) != 1 {
		t.Errorf("%d and %d with %v", good.status, refused.status, refused.header.Values("Link"))
	}
	for name, a := range map[string]answer{"a current version": before, "a consent": consents} {
		if a.status != http.StatusOK || a.header.Get("Deprecation")+a.header.Get("Sunset")+a.header.Get("Link") != "" {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	if row := w.newest(i.e.OrganisationID, "/status"); row.Status != http.StatusOK {
		t.Errorf("logged %+v", row)
	}
}

func TestSamplesComeInTheLanguageOfTheReadersOwnCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const email, page, chosen = "gopher@tpp.example", "/docs/auth", `" data-lang="%" aria-current="true"`
	r := w.rehearser(email)
	w.newest(r.org, "/consents")
	person, _, err := w.accounts.Provision(t.Context(), email, "Client "+email, "FI")
	if err != nil || person.OrganisationID != r.org {
		t.Fatalf("%+v, %v", person, err)
	}
	reader := w.signedIn(person)
	remembering := reader.request(http.MethodGet, page, url.Values{})
	remembering.AddCookie(&http.Cookie{Name: "lang_pref", Value: "java"})

	for want, a := range map[string]answer{
		"go": reader.get(page), "java": reader.send(remembering), "python": reader.get(page + "?lang=python"), "curl": w.anybody().get(page), "node": w.member("Another Oy").get(page + "?lang=node"),
	} {
		if a.status != http.StatusOK || !strings.Contains(a.body, strings.Replace(chosen, "%", want, 1)) {
			t.Errorf("%s is not chosen: %d", want, a.status)
		}
	}
	if other := w.member("Third Oy").get(page); !strings.Contains(other.body, strings.Replace(chosen, "%", "curl", 1)) {
		t.Error("the calls of one organisation tell the language of another")
	}
}
