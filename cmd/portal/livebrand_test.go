package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/demo/demotest"
	"fairway/internal/demobank"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// tell is what a brand's own system tells us, over its connection.
func (w *world) tell(via http.RoundTripper, path, body string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.cfg.AuthURL.String()+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return exchange(w.t, via, r)
}

func (w *world) identity() demobank.Identity {
	w.t.Helper()
	id, err := demobank.NewIdentity("127.0.0.1", w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func TestWhatACustomerWithdrewAtTheBankOpensNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, other := w.identity(), w.identity()
	w.playBankAs(own, func(bank http.Handler) http.Handler { return bank })
	w.openBrand("alisa", "https://alisa.example", other)
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent, bearer := i.customer()
	psu := `{"psu":"` + demobank.Customer + `"}`
	read := func() answer {
		return i.call("GET", "/card-account/v1/card-accounts", bearer, "", "Consent-ID", consent)
	}

	stranger := w.tell(w.transport(&other.Client), "/live/rocker/consents/"+consent+"/withdrawal", psu)
	elsewhere := w.tell(w.transport(&other.Client), "/live/alisa/consents/"+consent+"/withdrawal", psu)
	between := read()
	done := w.tell(w.transport(&own.Client), "/live/rocker/consents/"+consent+"/withdrawal", psu)
	after := read()

	if stranger.status != http.StatusUnauthorized || elsewhere.status != http.StatusNotFound || between.status != http.StatusOK {
		t.Errorf("another brand: %d, at its own address %d; then %d %s", stranger.status, elsewhere.status, between.status, between.body)
	}
	if done.status != http.StatusNoContent || after.status != http.StatusUnauthorized || !strings.Contains(after.body, `"CONSENT_INVALID"`) {
		t.Errorf("withdrawn: %d %s; then %d %s", done.status, done.body, after.status, after.body)
	}
	if status := i.call("GET", "/consent/v1/consents/"+consent+"/status", i.own(), ""); !strings.Contains(status.body, `"revokedByPsu"`) {
		t.Errorf("the consent is %s", status.body)
	}
}

func TestAClientThatLeavesIsLoggedAsThatAndIsNobodysFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived := make(chan struct{})
	w.playBankBehind(func(bank http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("how") == "" {
				bank.ServeHTTP(rw, r)
				return
			}
			close(arrived)
			<-r.Context().Done()
		})
	})
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent, bearer := i.customer()
	ctx, leave := context.WithCancel(t.Context())
	r := i.signed("GET", "/card-account/v1/card-accounts?how=slow", bearer, "", "Consent-ID", consent).WithContext(ctx)
	left := make(chan error)
	go func() {
		res, err := i.via.RoundTrip(r)
		if err == nil {
			_ = res.Body.Close()
		}
		left <- err
	}()
	<-arrived

	leave()

	if err := <-left; err == nil {
		t.Error("the client was answered")
	}
	testkit.Eventually(t, "the row of the call", func() bool {
		rows := w.logged(i.e.OrganisationID, calls.Filter{Limit: 1})
		if len(rows) == 0 {
			return false
		}
		row := rows[0]
		return strings.Contains(row.Path, "how=slow") && strings.Contains(row.Detail.Reason, "closed from your side")
	})
	if strings.Contains(w.printed.String(), "a call failed") {
		t.Errorf("it is told as a failure:\n%s", w.printed)
	}
}
