package xs2a

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"fairway/internal/bank"
	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func TestTheQueryOfTransactionsIsReadStrictly(t *testing.T) {
	t.Parallel()
	p, of := pages{testkit.Ring(t)}, fetch{consent: "c", account: "a", begun: testkit.Start}
	for query, want := range map[string]struct{ code, path string }{
		"dateFrom=2026-01-01&bookingStatus=booked":                     {},
		"dateFrom=2026-01-01&dateTo=2026-02-01&bookingStatus=both":     {},
		"bookingStatus=booked":                                         {"FORMAT_ERROR", "dateFrom"},
		"dateFrom=2026-01-01":                                          {"FORMAT_ERROR", "bookingStatus"},
		"dateFrom=2026-01-01&bookingStatus=all":                        {"PARAMETER_NOT_SUPPORTED", "bookingStatus"},
		"dateFrom=2026-01-01&bookingStatus=Booked":                     {"query_invalid", "bookingStatus"},
		"dateFrom=1.1.2026&bookingStatus=booked":                       {"query_invalid", "dateFrom"},
		"dateFrom=2026-02-30&bookingStatus=booked":                     {"query_invalid", "dateFrom"},
		"dateFrom=2026-02-02&dateTo=2026-02-01&bookingStatus=booked":   {"period_order", "dateFrom"},
		"dateFrom=2026-01-01&dateFrom=2026-01-02&bookingStatus=booked": {"FORMAT_ERROR", "dateFrom"},
		"deltaList=true&bookingStatus=booked":                          {"PARAMETER_NOT_SUPPORTED", "deltaList"},
		"entryReferenceFrom=1&bookingStatus=booked":                    {"PARAMETER_NOT_SUPPORTED", "entryReferenceFrom"},
		"withBalance=true&dateFrom=2026-01-01&bookingStatus=booked":    {"PARAMETER_NOT_SUPPORTED", "withBalance"},
		"datefrom=2026-01-01&bookingStatus=booked":                     {"FORMAT_ERROR", "query"},
		"page=x&bookingStatus=booked":                                  {"PARAMETER_NOT_CONSISTENT", "page"},
		"page=x":                                                       {"FORMAT_ERROR", "page"},
		"page=":                                                        {"FORMAT_ERROR", "page"},
		"page=e30":                                                     {"FORMAT_ERROR", "page"},
		"page=" + strings.Repeat("A", 700):                             {"FORMAT_ERROR", "page"},
		"%zz=1":                                                        {"FORMAT_ERROR", "query"},
		"a;b=1":                                                        {"FORMAT_ERROR", "query"},
	} {
		q, err := p.read(query, of)

		if want.code == "" {
			if err != nil || q.From == "" || q.To == "" {
				t.Errorf("%s: %+v, %v", query, q, err)
			}
			continue
		}
		if f := fault.Of(err); err == nil || f.Code != want.code || f.Path != want.path || f.Kind != fault.Invalid {
			t.Errorf("%s: %v at %q", query, err, f.Path)
		}
	}
}

func TestAPageLinkCarriesEveryFilter(t *testing.T) {
	t.Parallel()
	p, of := pages{testkit.Ring(t)}, fetch{consent: "c", account: "a", begun: testkit.Start}
	q := asked{fetch: of, Query: bank.Query{Period: bank.Period{From: "2026-01-01", To: "2026-02-01"}, Status: bank.StatusBoth}}

	links := p.links("/cards/1", q, bank.Page{HasPrev: true, Prev: "p", HasNext: true, Next: "n"})

	for name, want := range map[string]bank.Query{
		"first": {}, "previous": {Before: "p"}, "next": {After: "n"}, "last": {Before: bank.CursorEnd},
	} {
		want.Period, want.Status = q.Period, q.Status
		got, err := p.read(queryOf(t, links, name), of)
		if err != nil || got.Query != want || got.continued != (name != "first") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	last := p.links("/cards/1", q, bank.Page{HasPrev: true, Prev: "p"})
	if _, ok := last["next"]; ok || len(last) != 3 {
		t.Errorf("on the last page: %v", last)
	}
}

func queryOf(t *testing.T, l links, name string) string {
	t.Helper()
	_, query, ok := strings.Cut(l[name].Href, "?")
	if !ok {
		t.Fatalf("no link %s", name)
	}
	return query
}

func TestAPageThatTheBankDidNotLinkToIsRefused(t *testing.T) {
	t.Parallel()
	p, of := pages{testkit.Ring(t)}, fetch{consent: "c", account: "a", begun: testkit.Start}
	q := asked{fetch: of, Query: bank.Query{Period: bank.Period{From: "2026-01-01", To: "2026-02-01"}, Status: bank.StatusBoth}}
	good := queryOf(t, p.links("/cards/1", q, bank.Page{HasNext: true, Next: "n"}), "next")
	body, seal, _ := strings.Cut(strings.TrimPrefix(good, "page="), ".")
	forged := base64.RawURLEncoding.EncodeToString([]byte(`{"f":"2020-01-01","t":"2026-02-01","s":"both","b":"end"}`))
	for name, c := range map[string]struct {
		query string
		of    fetch
	}{
		"made up":               {"page=" + forged, of},
		"with another's seal":   {"page=" + forged + "." + seal, of},
		"without its seal":      {"page=" + body, of},
		"with half a seal":      {"page=" + body + "." + seal[:20], of},
		"of another account":    {good, fetch{consent: "c", account: "b", begun: of.begun}},
		"of another consent":    {good, fetch{consent: "d", account: "a", begun: of.begun}},
		"with the border moved": {good, fetch{consent: "c|a", account: "", begun: of.begun}},
	} {
		if got, err := p.read(c.query, c.of); err == nil || fault.Of(err).Code != "FORMAT_ERROR" || fault.Of(err).Path != "page" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAPageBelongsToItsFetchForAnHour(t *testing.T) {
	t.Parallel()
	p, of := pages{testkit.Ring(t)}, fetch{consent: "c", account: "a", begun: testkit.Start}
	q := asked{fetch: of, Query: bank.Query{Period: bank.Period{From: "2026-01-01", To: "2026-02-01"}, Status: bank.StatusBoth}}
	link := queryOf(t, p.links("/cards/1", q, bank.Page{HasNext: true, Next: "n"}), "next")
	later := func(d time.Duration) asked {
		got, err := p.read(link, fetch{consent: "c", account: "a", begun: testkit.Start.Add(d)})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}

	soon, late := later(fetchLife-time.Second), later(fetchLife)
	further := queryOf(t, p.links("/cards/1", soon, bank.Page{HasNext: true, Next: "m"}), "next")
	end, err := p.read(further, fetch{consent: "c", account: "a", begun: testkit.Start.Add(fetchLife)})

	if !soon.continued || late.continued || err != nil || end.continued {
		t.Errorf("soon %v, late %v, from page to page %v, %v", soon.continued, late.continued, end.continued, err)
	}
}

func TestTheBodyOfAConsentIsReadStrictly(t *testing.T) {
	t.Parallel()
	const rest = `"recurringIndicator":true,"validUntil":"2026-12-31","frequencyPerDay":4,"combinedServiceIndicator":false`
	for body, path := range map[string]string{
		`{"access":{"allPsd2":"allAccounts"},` + rest + `}`: "ok",
		`{"access":{"accounts":[{"maskedPan":"5243 78** **** 8693","currency":"EUR"}],"additionalInformation":{"ownerName":[]}},` + rest + `}`: "ok",
		`{` + rest + `}`: "access",
		`{"access":{"allPsd2":"allAccounts"},"recurringIndicator":"true","validUntil":"2026-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`: "recurringIndicator",
		`{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2026-12-31","frequencyPerDay":"4","combinedServiceIndicator":false}`: "frequencyPerDay",
		`{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":20261231,"frequencyPerDay":4,"combinedServiceIndicator":false}`:       "validUntil",
		`{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2026-12-31","frequencyPerDay":4}`:                                    "combinedServiceIndicator",
		`{"access":{"allpsd2":"allAccounts"},` + rest + `}`:                                    "access.allpsd2",
		`{"access":{"accounts":[{"maskedPAN":"1"}]},` + rest + `}`:                             "access.accounts[0].maskedPAN",
		`{"access":{"accounts":{}},` + rest + `}`:                                              "access.accounts",
		`{"access":{"accounts":["1"]},` + rest + `}`:                                           "access.accounts[0]",
		`{"access":{"allPsd2":"allAccounts"},"access":{"allPsd2":"allAccounts"},` + rest + `}`: "access",
		``:                 "",
		`[]`:               "",
		`{}{}`:             "",
		`{ "test:" true }`: "",
	} {
		_, err := readConsentRequest([]byte(body))

		if path == "ok" {
			if err != nil {
				t.Errorf("%s: %v", body, err)
			}
			continue
		}
		if f := fault.Of(err); err == nil || f.Code != "FORMAT_ERROR" || f.Path != path {
			t.Errorf("%s: %v at %q", body, err, f.Path)
		}
	}
}

func TestTheTextOfAnAnswerKeepsItsLinkWithinTheStandardsLength(t *testing.T) {
	t.Parallel()
	page := "https://portal.example/docs/errors/SIGNATURE_INVALID?rid=1xyz"

	text := withHelp(strings.Repeat("ä", 900), page)

	if n := len([]rune(text)); n > 500 || !strings.HasSuffix(text, "… "+page) {
		t.Fatalf("%d characters: %s", n, text[len(text)-100:])
	}
}

func FuzzReadQuery(f *testing.F) {
	for _, seed := range []string{"", "dateFrom=2026-01-01&bookingStatus=booked", "page=e30", "%", "a=b&a=c"} {
		f.Add(seed)
	}
	p := pages{testkit.Ring(f)}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := p.read(raw, fetch{begun: testkit.Start})
		if err != nil && fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%q: %v", raw, err)
		}
	})
}

func FuzzReadConsentRequest(f *testing.F) {
	f.Add([]byte(`{"access":{"accounts":[{"maskedPan":"1"}]},"recurringIndicator":true}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := readConsentRequest(body)
		if err != nil && fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	})
}
