package main

import (
	"net/http"
	"strings"
	"testing"

	"fairway/internal/demo/demotest"
	"fairway/internal/qcert"
)

// TestWhatTwoTPPsHaveInLiveDoesNotMix is security T05 and T06: certificate, seal, key, token and consent are of one
// organisation, or nothing is opened. Of the 32 mixes of two TPPs two are whole.
func TestWhatTwoTPPsHaveInLiveDoesNotMix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	q := demotest.New(t, w.clock.Now())
	both := [2]*insider{w.insider("Revontuli Oy", q, qcert.RoleAI), w.insider("Kaamos Oy", q, qcert.RoleAI)}
	var own, consents, bearers [2]string
	for n, i := range both {
		own[n] = i.own()
		consents[n], bearers[n] = i.customer()
	}

	for name, ask := range map[string]func(mixed *insider, token, consent int) answer{
		"for itself": func(mixed *insider, token, consent int) answer {
			return mixed.call("GET", "/consent/v1/consents/"+consents[consent], own[token], "")
		},
		"for a customer": func(mixed *insider, token, consent int) answer {
			return mixed.call("GET", "/card-account/v1/card-accounts", bearers[token], "", "Consent-ID", consents[consent])
		},
		"of a customer's consent": func(mixed *insider, token, consent int) answer {
			return mixed.call("GET", "/consent/v1/consents/"+consents[consent]+"/status", bearers[token], "")
		},
	} {
		passed := 0
		for mix := range 32 {
			of := func(bit int) int { return mix >> bit & 1 }
			mixed := *both[0]
			mixed.via, mixed.pair, mixed.issued.APIKey = both[of(0)].via, both[of(1)].pair, both[of(2)].issued.APIKey

			a := ask(&mixed, of(3), of(4))

			if mix == 0 || mix == 31 {
				passed++
				if a.status != http.StatusOK {
					t.Errorf("%s, all of one: %d %s", name, a.status, a.body)
				}
				continue
			}
			refused := a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || strings.Contains(a.body, `"CONSENT_UNKNOWN"`)
			if !refused || strings.Contains(a.body, "4571") || strings.Contains(a.body, "consentStatus") {
				t.Errorf("%s: QWAC %d, seal %d, key %d, token %d, consent %d: %d %s", name, of(0), of(1), of(2), of(3), of(4), a.status, a.body)
			}
		}
		if passed != 2 {
			t.Errorf("%s: %d passed", name, passed)
		}
	}
}

// TestASealThatIsNotTheApprovedOneOpensNothing is security T05: another certificate of the same organisation is another seal.
func TestASealThatIsNotTheApprovedOneOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.playBank()
	q := demotest.New(t, w.clock.Now())
	i := w.insider("Revontuli Oy", q, qcert.RoleAI)
	consent, bearer := i.customer()
	twin := w.pairOf(q, "Revontuli Oy")
	qwac := i.pair
	qwac.Seal, qwac.SealKey = i.pair.QWAC, i.pair.QWACKey
	for name, c := range map[string]struct {
		seal func(i *insider)
		text string
	}{
		"a twin":   {func(i *insider) { i.pair = twin }, "not the seal that was approved"},
		"the QWAC": {func(i *insider) { i.pair = qwac }, "requests are sealed with the QC eSeal"},
	} {
		mixed := *i
		c.seal(&mixed)

		a := mixed.call("GET", "/card-account/v1/card-accounts", bearer, "", "Consent-ID", consent)

		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, `"CERTIFICATE_INVALID"`) || !strings.Contains(a.body, c.text) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestTheQuotaOfLiveIsNotThatOfTheSandbox(t *testing.T) {
	t.Parallel()
	w := newWorldWithin(t, "1000/s,3/d")
	w.playBank()
	i := w.insider("Revontuli Oy", demotest.New(t, w.clock.Now()), qcert.RoleAI)
	sandbox := w.client("revontuli.oy@tpp.example") // the same organisation
	bearer, sandboxed := i.own(), sandbox.clientToken(t)
	const path = "/consent/v1/consents/99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	inLive := func() answer { return i.call("GET", path, bearer, "") }
	inSandbox := func() answer {
		return w.call(sandbox.via, "GET", sandbox.APIURL+path, "X-Request-ID", newRequestID(), "X-API-Key", sandbox.APIKey, "Authorization", "Bearer "+sandboxed)
	}

	for n := range 3 {
		if a := inLive(); a.status != http.StatusForbidden || !strings.Contains(a.header.Get("RateLimit"), `"day"`) {
			t.Errorf("call %d of Live: %d %v", n+1, a.status, a.header)
		}
	}
	fourth := inLive()
	other := inSandbox()

	if fourth.status != http.StatusTooManyRequests || !strings.Contains(fourth.body, "3 requests of today") || fourth.header.Get("Retry-After") == "" {
		t.Errorf("the fourth call of Live: %d %s", fourth.status, fourth.body)
	}
	if other.status == http.StatusTooManyRequests || !strings.Contains(other.body, "SIGNATURE") || !strings.Contains(other.header.Get("RateLimit"), `"day";r=2`) {
		t.Errorf("the first call of the sandbox: %d %s %v", other.status, other.body, other.header)
	}
}
