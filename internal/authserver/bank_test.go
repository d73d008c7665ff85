package authserver_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"fairway/internal/consents"
)

func TestThreeClicksLeadToACodeThatGivesAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	consent := w.consent()

	b := w.begin(consent).on(200, "Sign in to Rocker", "Budget Buddy Oy", `Continue as </span>1345611`, "Two cards, thirteen months of purchases.")
	if got := b.form("go-on").Get("psu_id"); got != twoCards {
		t.Errorf("filled in: %q", got)
	}
	b.press("go-on").on(200, "Allow Budget Buddy Oy to see your accounts?", "PSDXX-FWYSBX-A1B2C3D4E5", "5243 78** **** 8693", "5243 66** **** 8694",
		"The end of 31 January 2027", "up to 4 times a day without you", "To withdraw", "openbanking@rocker.example", "What the TPP sent", "allPsd2")
	b.press("go-on").on(200, "Confirm with your code", "Where you go next")
	shown := regexp.MustCompile(`id="sandbox-code"[^>]*>([0-9]{6})<`).FindStringSubmatch(b.page)
	if len(shown) != 2 || b.form("go-on").Get("code") != shown[1] {
		t.Fatalf("the code is shown as %q and filled in as %q", shown, b.form("go-on").Get("code"))
	}
	answer := b.press("go-on").left()

	if w.status(consent) != consents.Valid {
		t.Errorf("the consent is %s", w.status(consent))
	}
	token := w.post(w.peer(), url.Values{"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "redirect_uri": {callback}, "code_verifier": {verifier}})
	if token.Code != 200 || token.body.Scope != "AIS:"+consent.ID || token.body.RefreshToken == "" {
		t.Errorf("%d %s", token.Code, token.Body)
	}
	b.get(w.people+bankPath+"/authorise").on(200, "You have confirmed this")
}

func TestATestCustomerIsChosenByAClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent())
	buttons := regexp.MustCompile(`<button[^>]* name="psu_id"[^>]*>`).FindAllString(b.page, -1)
	if len(buttons) != 10 {
		t.Fatalf("%d test customers", len(buttons))
	}

	b.post(url.Values{"_token": {b.form("deny").Get("_token")}, "step": {"identify"}, "psu_id": {"1345618"}}).on(200, "5243 80** **** 1105")
}

func TestEveryPageHasAWayOutThatReachesTheTPP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, clicks := range map[string]int{"sign-in": 0, "consent": 1, "code": 2} {
		consent := w.consent()
		b := w.begin(consent)
		for range clicks {
			b.press("go-on")
		}

		answer := b.press("deny").left()

		if answer.Get("error") != "access_denied" || !strings.Contains(answer.Get("error_description"), "declined") {
			t.Errorf("%s: %v", name, answer)
		}
		if s := w.status(consent); s != consents.Rejected {
			t.Errorf("%s: the consent is %s", name, s)
		}
		if again := b.get(w.people + bankPath + "/authorise").left(); again.Get("error") != "access_denied" {
			t.Errorf("%s, coming back: %v", name, again)
		}
	}
}

func TestThreeWrongCodesLeadBackToTheTPP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	consent := w.consent()
	b := w.begin(consent).press("go-on").press("go-on")

	b.press("go-on", "code", "wrong").on(422, "six digits. This did not count", `aria-invalid="true"`, "<title>Error: ")
	b.press("go-on", "code", "000000").on(422, "2 tries are left", `aria-invalid="true"`, "<title>Error: ")
	b.press("go-on", "code", "111 111").on(422, "One try is left")
	answer := b.press("go-on", "code", "222222").left()

	if answer.Get("error") != "access_denied" || w.status(consent) != consents.Rejected {
		t.Errorf("%v, the consent is %s", answer, w.status(consent))
	}
}

func TestWhoComesTooLateIsLedBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	consent := w.consent()
	for name, act := range map[string]func(*browser) *browser{
		"by looking":  func(b *browser) *browser { return b.get(w.people + bankPath + "/authorise") },
		"by going on": func(b *browser) *browser { return b.press("go-on") },
		"by denying":  func(b *browser) *browser { return b.press("deny") },
	} {
		b := w.begin(consent).on(200, "You have until")
		w.clock.Advance(10 * time.Minute)

		answer := act(b).left()

		if answer.Get("error") != "access_denied" || !strings.Contains(answer.Get("error_description"), "in time") || w.status(consent) != consents.Received {
			t.Errorf("%s: %v, the consent is %s", name, answer, w.status(consent))
		}
	}
}

func TestAnUnknownCustomerIsAskedAgainAndABlockedOneIsLedBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent())
	for _, psu := range []string{"", "4711", "<script>alert(1)</script>"} {
		b.press("go-on", "psu_id", psu).on(422, "There is a problem", `Continue as </span>1345612`)
		if strings.Contains(b.page, "<script>alert") {
			t.Fatal("what was typed is markup")
		}
	}

	answer := b.press("go-on", "psu_id", "1345614").left()

	if answer.Get("error") != "access_denied" || !strings.HasPrefix(answer.Get("error_description"), "SERVICE_BLOCKED") {
		t.Errorf("%v", answer)
	}
}

func TestBoxesAreThereWhereTheConsentLeavesTheChoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	consent := w.consent(func(r *consents.Request) { r.Access = consents.Access{Balances: []consents.Reference{}} })
	b := w.begin(consent).press("go-on").on(200, "Accounts to share")
	form := b.form("go-on")
	if len(form["account"]) != 2 {
		t.Fatalf("ticked: %v", form["account"])
	}
	second := form["account"][1]
	form.Del("account")
	b.post(form).on(422, "Choose at least one account")
	form.Set("account", "something else")
	b.post(form).on(422, "Choose among the accounts")

	form["account"] = []string{second}
	b.post(form).on(200, "Confirm with your code", "5243 66** **** 8694")
	if strings.Contains(strings.Split(b.page, "What the TPP sent")[0], "8693") {
		t.Error("the account that was left out is shown")
	}
	b.press("go-on").left()

	if found, err := w.consents.ForBank(t.Context(), consent.ID); err != nil || len(found.Granted) != 1 || found.Granted[0].ResourceID != second {
		t.Errorf("%+v, %v", found.Granted, err)
	}
}

func TestAccountsThatAreNotTheCustomersAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both := []consents.Reference{{MaskedPAN: "5243 78** **** 8693"}, {MaskedPAN: "5243 71** **** 2208"}}
	b := w.begin(w.consent(func(r *consents.Request) { r.Access = consents.Access{Transactions: both} }))

	b.press("go-on").on(200, "Not all accounts are yours", "5243 71** **** 2208", "Shown: details and transactions")

	b.get(w.people+bankPath+"/authorise?step=identify").press("go-on", "psu_id", "1345619").on(200, "No account to share", "Choose another customer")
	b.press("deny").left()
}

func TestAConsentThatEndsIsNamedOnThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(w.consent()).press("go-on").press("go-on").press("go-on").left()
	w.clock.Advance(48 * time.Hour)

	b := w.begin(w.consent()).press("go-on")

	b.on(200, "Confirming ends the consent of 21 November 2026 for the same company")
	b.press("go-on").on(200, "Confirming ends the consent of 21 November 2026")
}

func TestAOneOffConsentSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(w.consent(func(r *consents.Request) { r.Recurring, r.FrequencyPerDay = false, 1 })).press("go-on").on(200, "20 minutes after you confirm", "Once")
}

func TestGoingBackAndReloadingWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent()).press("go-on").press("go-on")
	page := w.people + bankPath + "/authorise"

	b.get(page).on(200, "Confirm with your code")
	b.get(page+"?step=select").on(200, "see your accounts?")
	b.get(page+"?step=identify").on(200, "Sign in to Rocker")
	b.press("go-on", "psu_id", "1345612").on(200, "5243 71** **** 2208")
	if b.get(page + "?step=confirm"); b.at != page || !strings.Contains(b.page, "see your accounts?") {
		t.Errorf("a page that is not due yet: %s", b.at)
	}
	b.get(page+"?step=anything").on(200, "see your accounts?")
	b.press("go-on").press("go-on").left()
}

func TestConfirmingTwiceLeadsToTheSameAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent()).press("go-on").press("go-on")
	form := b.form("go-on")

	first, second := b.post(form).left(), b.post(form).left()

	if first.Get("code") != second.Get("code") {
		t.Error("two codes")
	}
}

func TestAFormOfAnOlderRequestIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent())
	old := b.form("go-on")
	b.get(w.people + bankPath + "/v1/authorizations?" + w.query(w.consent()).Encode())

	b.post(old).on(409, "belongs to another request", `href="`+bankPath+`/authorise"`)

	old.Del("_token")
	b.post(old).on(409)
}

func TestWithoutACookieThePageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.people + bankPath + "/authorise"
	w.browser().get(page).on(400, "There is no open request in this browser", "Rocker")
	w.browser().post(url.Values{"step": {"deny"}}).on(400, "There is no open request in this browser")

	b := w.begin(w.consent())
	for _, elsewhere := range []string{"/bank/sandbox/alisa", "/bank/sandbox/st1"} {
		b.get(w.people+elsewhere+"/authorise").on(400, "There is no open request in this browser")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	w.must(err)
	request.Header.Set("Cookie", "fairway_bank=a; fairway_bank=b")
	answer, err := http.DefaultClient.Do(request)
	w.must(err)
	_ = answer.Body.Close()
	if answer.StatusCode != 400 {
		t.Errorf("two cookies: %d", answer.StatusCode)
	}
}

func TestTheCookieStaysAtItsBank(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.people+bankPath+"/v1/authorizations?"+w.query(w.consent()).Encode(), nil)
	w.must(err)
	answer, err := b.client.Do(request)
	w.must(err)
	_ = answer.Body.Close()

	cookies := answer.Cookies()

	if len(cookies) != 1 || cookies[0].Name != "fairway_bank" || cookies[0].Path != bankPath+"/" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Domain != "" {
		t.Errorf("%v", cookies)
	}
	if answer.StatusCode != 303 || answer.Header.Get("Location") != bankPath+"/authorise" {
		t.Errorf("%d to %s", answer.StatusCode, answer.Header.Get("Location"))
	}
}

func TestOnlyThePagesOfAVisitMayEndAtTheTPP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent())
	for range 2 {
		if got := b.answer.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' https://app.example;") {
			t.Errorf("%s: %s", b.at, got)
		}
		b.press("go-on")
	}
	b.press("go-on", "code", "wrong")
	if got := b.answer.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' https://app.example;") || !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("with an error: %s", got)
	}

	b.get(w.people + "/bank/sandbox/alisa/authorise")

	if got := b.answer.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self';") {
		t.Errorf("a page without a visit: %s", got)
	}
	if b.answer.Header.Get("X-Frame-Options") != "DENY" || b.answer.Header.Get("Referrer-Policy") != "same-origin" || b.answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", b.answer.Header)
	}
}

func TestABankHasItsColours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.begin(w.consent())
	href := regexp.MustCompile(`href="(/bank/sandbox/rocker/brand\.css\?v=[0-9a-f]{12})"`).FindStringSubmatch(b.page)
	if len(href) != 2 {
		t.Fatal("the page names no style sheet of the brand")
	}

	b.get(w.people+href[1]).on(200, "--accent: #1d4ed8")

	if got := b.answer.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" || b.answer.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%v", b.answer.Header)
	}
	if b.get(w.people + bankPath + "/brand.css?v=old"); b.answer.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("another version: %v", b.answer.Header)
	}
}

func TestThereIsNoPageAtAnUnknownBankOrInLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query := w.query(w.consent()).Encode()
	for _, place := range []string{"/bank/sandbox/nobody", "/bank/live/rocker", "/bank/somewhere/rocker"} {
		for _, path := range []string{"/authorise", "/v1/authorizations?" + query, "/brand.css"} {
			w.browser().get(w.people+place+path).on(404, "There is no bank at this address")
		}
	}
	w.browser().get(w.people+bankPath+"/nothing").on(404, "Rocker")
}
