package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/demo/demotest"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

// logged are an organisation's calls in whole, the newest first.
func (w *world) logged(organisation string, f calls.Filter) []calls.Call {
	w.t.Helper()
	if err := w.calls.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	page, err := w.calls.List(w.t.Context(), organisation, f)
	if err != nil {
		w.t.Fatal(err)
	}
	for n, c := range page.Calls {
		if page.Calls[n], err = w.calls.ByID(w.t.Context(), organisation, c.ID); err != nil {
			w.t.Fatal(err)
		}
	}
	return page.Calls
}

// loggedAll waits for so many rows: an answer may arrive a moment before its row is written.
func (w *world) loggedAll(organisation string, f calls.Filter, n int) (rows []calls.Call) {
	w.t.Helper()
	testkit.Eventually(w.t, fmt.Sprint(n, " rows of the log"), func() bool {
		rows = w.logged(organisation, f)
		return len(rows) >= n
	})
	return rows
}

// newest waits for the row of the last call, by a part of its path.
func (w *world) newest(organisation, path string) (row calls.Call) {
	w.t.Helper()
	testkit.Eventually(w.t, "the row of "+path, func() bool {
		rows := w.logged(organisation, calls.Filter{Limit: 1})
		if len(rows) == 1 {
			row = rows[0]
		}
		return strings.Contains(row.Path, path)
	})
	return row
}

func TestTheLogOfLiveNamesEachStepAndKeepsNoBodyAndNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent := i.newConsent()
	code := i.visit(consent, "approve").Get("code")
	token := i.token(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {liveRedirect}, "code_verifier": {verifier}})
	bearer, refresh := token.field(t, "access_token"), token.field(t, "refresh_token")
	read := i.call("GET", "/card-account/v1/card-accounts", bearer, "", "Consent-ID", consent)

	rows := w.loggedAll(i.e.OrganisationID, calls.Filter{Limit: 50}, 4)

	operations := map[string]int{}
	for _, c := range rows {
		operations[c.Operation]++
		if c.Environment != "live" || c.OrganisationID != i.e.OrganisationID || c.AppID != i.app.ID || c.Detail.Thumbprint != i.e.QWAC.Info.SHA256 {
			t.Errorf("%s: %s of %s, app %q, by %s", c.Operation, c.Environment, c.OrganisationID, c.AppID, c.Detail.Thumbprint)
		}
		if c.Detail.RequestBody != "" || c.Detail.ResponseBody != "" {
			t.Errorf("%s keeps a body: %q, %q", c.Operation, c.Detail.RequestBody, c.Detail.ResponseBody)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string]string{"API key": i.issued.APIKey.Reveal(), "client secret": i.issued.ClientSecret.Reveal(), "token": bearer, "refresh token": refresh, "code": code,
			"verifier": verifier, "card": "4571 91"} {
			if secret == "" || strings.Contains(string(text), secret) || strings.Contains(string(text), url.QueryEscape(secret)) {
				t.Errorf("%s: the row holds the %s: %s", c.Operation, name, text)
			}
		}
	}
	if read.status != http.StatusOK || len(rows) != 4 || operations["token"] != 2 {
		t.Errorf("read %d; logged %v", read.status, operations)
	}
	var names []string
	for _, s := range rows[0].Detail.Steps {
		names = append(names, s.Name+" "+s.Verdict)
	}
	if want := "Certificate passed, API key passed, Token passed, Consent passed, Role passed, Connection passed, Headers passed, Quota passed, Digest passed, Signature passed, Operation passed"; strings.Join(names, ", ") != want {
		t.Errorf("the steps: %s", strings.Join(names, ", "))
	}
	if first := rows[0].Detail.Steps[0].Text; !strings.Contains(first, "approved for PSP_AI") {
		t.Errorf("the first step says %q", first)
	}
}

// misbehave is a bank whose reads go as ?how= says.
func misbehave(bank http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		how := r.URL.Query().Get("how")
		if how == "" {
			bank.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		switch how {
		case "broken":
			_, _ = io.WriteString(rw, `{"cardAccounts":[{"maskedPan":"4571`)
			_ = http.NewResponseController(rw).Flush()
			panic(http.ErrAbortHandler)
		case "refused":
			rw.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(rw, `{"tppMessages":[{"category":"ERROR","code":"PERIOD_INVALID","text":"Too far back."}]}`)
		case "away":
			rw.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = io.WriteString(rw, "<html>")
		}
	})
}

func TestTheLogSaysHowACallEndedAtTheBrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBankBehind(misbehave)
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent, bearer := i.customer()
	for how, want := range map[string]struct {
		status            int
		code, reason, saw string
	}{
		"refused": {400, "PERIOD_INVALID", "The bank's own system refused with PERIOD_INVALID", "Too far back."},
		"away":    {503, "BANK_UNAVAILABLE", "is not available at the moment", "BANK_UNAVAILABLE"},
		"mad":     {502, "BANK_ANSWER_INVALID", "no answer of this interface", "BANK_ANSWER_INVALID"},
	} {
		a := i.call("GET", "/card-account/v1/card-accounts?how="+how, bearer, "", "Consent-ID", consent)

		row := w.newest(i.e.OrganisationID, "how="+how)
		last := row.Detail.Steps[len(row.Detail.Steps)-1]
		if a.status != want.status || !strings.Contains(a.body, want.saw) || row.Status != want.status || row.Code != want.code || !strings.Contains(row.Detail.Reason, want.reason) {
			t.Errorf("%s: %d %s; logged %d %s %q", how, a.status, a.body, row.Status, row.Code, row.Detail.Reason)
		}
		if last.Name != "Operation" || last.Verdict != calls.Failed || last.Text != row.Detail.Reason {
			t.Errorf("%s: the last step is %+v", how, last)
		}
		if how == "away" && a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %v", how, a.header)
		}
	}
}

func TestAnAnswerThatBrokeOffIsCutAndLoggedWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBankBehind(misbehave)
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	consent, bearer := i.customer()

	status, body, err := i.half("/card-account/v1/card-accounts?how=broken", bearer, consent)

	if err == nil || status != http.StatusOK || strings.Contains(body, "}") {
		t.Errorf("the client takes %d %q, %v", status, body, err)
	}
	row := w.newest(i.e.OrganisationID, "how=broken")
	last := row.Detail.Steps[len(row.Detail.Steps)-1]
	if row.Status != http.StatusOK || row.Code != "BANK_UNREACHABLE" || !strings.Contains(row.Detail.Reason, "broke off in the middle") || last.Verdict != calls.Failed {
		t.Errorf("logged %d %s %q, %+v", row.Status, row.Code, row.Detail.Reason, last)
	}
	if !slices.ContainsFunc(strings.Split(w.printed.String(), "\n"), func(line string) bool {
		return strings.Contains(line, `"a call failed"`) && strings.Contains(line, "BANK_UNREACHABLE") && !strings.Contains(line, bearer)
	}) {
		t.Errorf("the program's log does not tell:\n%s", w.printed)
	}
}

func TestTheTokenEndpointsRowsCarryTheEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	sandbox := w.client("revontuli.oy@tpp.example")
	i.own()
	wrong := *i
	wrong.issued.ClientSecret = "live_cs_wrong"
	wrong.token(url.Values{"grant_type": {"client_credentials"}})
	sandbox.clientToken(t)

	var got []string
	for _, c := range w.loggedAll(i.e.OrganisationID, calls.Filter{Operation: "token", Limit: 50}, 3) {
		got = append(got, fmt.Sprint(c.Environment, " ", c.Status))
	}
	slices.Sort(got)

	if want := []string{"live 200", "live 401", "sandbox 200"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
