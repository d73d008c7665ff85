package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheDoorNamesTheHeaderThatIsWrong(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	second := p.grantedTo(t, p.newConsent(t, p.ownToken(t), onlyList), nil)
	twice := func(name string) func(*call) *call {
		return func(c *call) *call { c.header.Add(name, c.header.Get(name)); return c }
	}
	for name, c := range map[string]struct {
		spoil func(*call) *call
		want  refusal
	}{
		"no request id":            {func(c *call) *call { return c.without("X-Request-ID") }, refusal{400, "FORMAT_ERROR", "X-Request-ID", "missing"}},
		"a request id of its own":  {func(c *call) *call { return c.set("X-Request-ID", "12345") }, refusal{400, "FORMAT_ERROR", "X-Request-ID", `"12345"`}},
		"two request ids":          {twice("X-Request-ID"), refusal{400, "FORMAT_ERROR", "X-Request-ID", "twice"}},
		"no consent":               {func(c *call) *call { return c.without("Consent-ID") }, refusal{400, "FORMAT_ERROR", "Consent-ID", "missing"}},
		"a consent without form":   {func(c *call) *call { return c.set("Consent-ID", "consent-1") }, refusal{400, "FORMAT_ERROR", "Consent-ID", "UUID"}},
		"a consent of nobody":      {func(c *call) *call { return c.set("Consent-ID", newUUID()) }, refusal{400, "CONSENT_UNKNOWN", "Consent-ID", ""}},
		"another consent":          {func(c *call) *call { return c.set("Consent-ID", second.consent) }, refusal{401, "TOKEN_INVALID", "Consent-ID", g.consent}},
		"two consents":             {twice("Consent-ID"), refusal{400, "FORMAT_ERROR", "Consent-ID", "twice"}},
		"no address":               {func(c *call) *call { return c.set("PSU-IP-Address", "the sofa") }, refusal{400, "FORMAT_ERROR", "PSU-IP-Address", "the sofa"}},
		"two addresses":            {twice("PSU-IP-Address"), refusal{400, "FORMAT_ERROR", "PSU-IP-Address", "twice"}},
		"a relative redirect":      {func(c *call) *call { return c.set("TPP-Redirect-URI", "/callback") }, refusal{400, "FORMAT_ERROR", "TPP-Redirect-URI", "absolute"}},
		"another format":           {func(c *call) *call { return c.set("Accept", "application/xml") }, refusal{406, "REQUESTED_FORMATS_INVALID", "Accept", "application/xml"}},
		"JSON refused by its name": {func(c *call) *call { return c.set("Accept", "application/json;q=0") }, refusal{406, "REQUESTED_FORMATS_INVALID", "Accept", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			a := p.ask(t, c.spoil(p.read(cardsPath, g)))
			c.want.check(t, a)
		})
	}
	for _, accept := range []string{"*/*", "application/json", "text/html, application/json;q=0.5", "application/*"} {
		if a := p.ask(t, p.read(cardsPath, g).set("Accept", accept)); a.status != http.StatusOK {
			t.Errorf("Accept %s: %s", accept, a)
		}
	}
}

func TestTheDoorNamesWhatIsWrongWithABody(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	own := p.ownToken(t)
	post := func(body string) *call { return p.call(http.MethodPost, consentsPath, own, []byte(body)) }
	with := func(from, to string) string { return strings.Replace(bankOffered, from, to, 1) }
	for name, c := range map[string]struct {
		call *call
		want refusal
	}{
		"no customer's address": {post(allAccounts).without("PSU-IP-Address"), refusal{400, "FORMAT_ERROR", "PSU-IP-Address", "missing"}},
		"no JSON":               {post(`{"access":`), refusal{400, "FORMAT_ERROR", "", "JSON"}},
		"two documents":         {post(bankOffered + bankOffered), refusal{400, "FORMAT_ERROR", "", "more follows"}},
		"a name twice":          {post(with(`"frequencyPerDay":4`, `"frequencyPerDay":4,"frequencyPerDay":1`)), refusal{400, "FORMAT_ERROR", "frequencyPerDay", ""}},
		"a name in capitals":    {post(with("recurringIndicator", "RecurringIndicator")), refusal{400, "FORMAT_ERROR", "RecurringIndicator", ""}},
		"a number as text":      {post(with(`"frequencyPerDay":4`, `"frequencyPerDay":"4"`)), refusal{400, "FORMAT_ERROR", "frequencyPerDay", ""}},
		"a flag as text":        {post(with(`"recurringIndicator":true`, `"recurringIndicator":"true"`)), refusal{400, "FORMAT_ERROR", "recurringIndicator", ""}},
		"no end":                {post(with(`"validUntil":"9999-12-31",`, ``)), refusal{400, "FORMAT_ERROR", "validUntil", ""}},
		"an end in the past":    {post(with("9999-12-31", "2020-01-01")), refusal{400, "FORMAT_ERROR", "validUntil", "past"}},
		"no such day":           {post(with("9999-12-31", "2030-02-30")), refusal{400, "FORMAT_ERROR", "validUntil", ""}},
		"never a day":           {post(with(`PerDay":4`, `PerDay":0`)), refusal{400, "FORMAT_ERROR", "frequencyPerDay", ""}},
		"five a day":            {post(with(`PerDay":4`, `PerDay":5`)), refusal{400, "FORMAT_ERROR", "frequencyPerDay", ""}},
		"one-off, four a day":   {post(with(`Indicator":true`, `Indicator":false`)), refusal{400, "FORMAT_ERROR", "frequencyPerDay", ""}},
		"combined services":     {post(with(`ServiceIndicator":false`, `ServiceIndicator":true`)), refusal{400, "SESSIONS_NOT_SUPPORTED", "combinedServiceIndicator", ""}},
		"nothing asked for":     {post(with(`{"accounts":[],"balances":[],"transactions":[]}`, `{}`)), refusal{400, "FORMAT_ERROR", "access", ""}},
		"half filled":           {post(with(`"accounts":[]`, `"accounts":[{"maskedPan":"5243 78** **** 8693"}]`)), refusal{400, "FORMAT_ERROR", "access", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			a := p.ask(t, c.call)
			if c.want.path != "" && strings.HasPrefix(a.path(), c.want.path) { // a path may lead further in
				c.want.path = a.path()
			}
			c.want.check(t, a)
		})
	}
}

func TestAnswersWithoutACodeHaveNoBody(t *testing.T) {
	t.Parallel()
	p := town(t, wideLimits).newTPP(t)
	own := p.ownToken(t)
	post := func() *call { return p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)) }
	large := p.call(http.MethodPost, consentsPath, own, []byte(strings.Replace(allAccounts, "{", "{"+strings.Repeat(" ", 70_000), 1)))
	for name, c := range map[string]struct {
		call   *call
		status int
	}{
		"a form":            {post().set("Content-Type", "application/x-www-form-urlencoded"), 415},
		"no type":           {post().without("Content-Type"), 415},
		"a compressed body": {post().set("Content-Encoding", "gzip"), 415},
		"seventy kB":        {large, 413},
	} {
		if a := p.ask(t, c.call); a.status != c.status || a.body != "" {
			t.Errorf("%s: want %d without a body, got %s", name, c.status, a)
		}
	}
}

func TestQueriesOfTransactionsAreRead(t *testing.T) {
	t.Parallel()
	p, g := ready(t)
	card := p.cards(t, p.ask(t, p.read(cardsPath, g)))[0]
	for query, want := range map[string]refusal{
		"":                                      {400, "FORMAT_ERROR", "bookingStatus", ""},
		"bookingStatus=booked":                  {400, "FORMAT_ERROR", "dateFrom", ""},
		"bookingStatus=all&dateFrom=2026-01-01": {400, "PARAMETER_NOT_SUPPORTED", "bookingStatus", ""},
		"bookingStatus=maybe&dateFrom=2026-01-01":                        {400, "FORMAT_ERROR", "bookingStatus", ""},
		"bookingStatus=booked&dateFrom=yesterday":                        {400, "FORMAT_ERROR", "dateFrom", ""},
		"bookingStatus=booked&dateFrom=2026-11-02&dateTo=2026-11-01":     {400, "PERIOD_INVALID", "dateTo", ""},
		"bookingStatus=booked&dateFrom=2026-01-01&deltaList=true":        {400, "PARAMETER_NOT_SUPPORTED", "deltaList", ""},
		"bookingStatus=booked&dateFrom=2026-01-01&entryReferenceFrom=1":  {400, "PARAMETER_NOT_SUPPORTED", "entryReferenceFrom", ""},
		"bookingStatus=booked&dateFrom=2026-01-01&withBalance=true":      {400, "PARAMETER_NOT_SUPPORTED", "withBalance", ""},
		"bookingStatus=booked&bookingStatus=pending&dateFrom=2026-01-01": {400, "FORMAT_ERROR", "bookingStatus", "twice"},
		"bookingStatus=booked&dateFrom=2026-01-01&sort=%27;drop":         {400, "FORMAT_ERROR", "query", ""},
		"page=eyJmIjoiMjAyNi0wMS0wMSJ9":                                  {400, "FORMAT_ERROR", "", ""},
		"page=nonsense":                                                  {400, "FORMAT_ERROR", "page", ""},
		"page=nonsense&dateFrom=2026-01-01":                              {400, "PARAMETER_NOT_CONSISTENT", "page", ""},
	} {
		a := p.ask(t, p.read(cardsPath+"/"+card.ResourceID+"/transactions?"+query, g))
		if want.path == "" || want.code == "PERIOD_INVALID" {
			want.path = a.path()
		}
		t.Run(query, func(t *testing.T) { want.check(t, a) })
	}
	pending := p.ask(t, p.read(cardsPath+"/"+card.ResourceID+"/transactions?bookingStatus=pending&dateFrom=2026-01-01", g))
	if booked, ok := jsonAt(t, pending.body, "cardTransactions", "booked").([]any); pending.status != http.StatusOK || !ok || len(booked) != 0 {
		t.Errorf("pending only: %s", pending)
	}
}
