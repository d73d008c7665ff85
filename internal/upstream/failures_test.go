package upstream_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/demobank"
	"fairway/internal/fault"
	"fairway/internal/upstream"
)

func mustRead(t *testing.T, body []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
}

func TestASystemThatIsNotProvedToBeTheBrandsIsUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	now := clock.System{}.Now()
	asked := func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") }
	own := must(demobank.NewIdentity("127.0.0.1", now))(t)
	stranger := must(demobank.NewIdentity("127.0.0.1", now))(t)
	former := must(demobank.NewIdentity("127.0.0.1", now.AddDate(0, 0, -100)))(t)
	other := must(demobank.NewIdentity("bank.example", now))(t)
	closed := brandOf(serve(t, own, asked), own)
	gone := serve(t, own, asked)
	gone.Close()
	closed.Live.Upstream = gone.URL
	elsewhere := brandOf(serve(t, own, asked), own)
	elsewhere.Live.Roots = stranger.Roots
	system := brandOf(serve(t, own, asked), own)
	system.Live.Roots = ""

	for name, brand := range map[string]catalog.Brand{
		"another authority": elsewhere, "expired": brandOf(serve(t, former, asked), former), "another host": brandOf(serve(t, other, asked), other),
		"the authorities of the operating system": system, "nobody listens": closed,
	} {
		brand.ID = name
		a := w.ask(brand)

		if f := fault.Of(w.lastFailure()); a.code() != "BANK_UNREACHABLE" || f.Kind != fault.Unavailable || strings.Contains(f.Message, "certificate") {
			t.Errorf("%s: %s, %v", name, a.code(), f)
		}
	}
	if w.charges() != 0 {
		t.Errorf("%d charged", w.charges())
	}
}

func TestABrandThatDoesNotAnswerInTimeIsATimeout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick)
	brand := w.at(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })

	if a := w.ask(brand); a.code() != "BANK_TIMEOUT" || w.charges() != 0 {
		t.Errorf("%s, %d charged", a.code(), w.charges())
	}
}

func TestAHalfIsNeverTakenForTheWhole(t *testing.T) {
	t.Parallel()
	half := goodBody[:8]
	begin := func(length string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			_, _ = io.WriteString(w, half)
			_ = http.NewResponseController(w).Flush()
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	broken := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		begin, goOn http.HandlerFunc
		code        string
	}{
		"silent, of a known length":  {begin("19"), silent, "BANK_TIMEOUT"},
		"silent, in chunks":          {begin(""), silent, "BANK_TIMEOUT"},
		"cut off, of a known length": {begin("19"), broken, "BANK_UNREACHABLE"},
		"cut off, in chunks":         {begin(""), broken, "BANK_UNREACHABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick)
			brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
				c.begin(rw, r)
				c.goOn(rw, r)
			})

			a := w.ask(brand)

			if a.cut == nil || a.status != http.StatusOK || strings.Contains(a.body, "}") {
				t.Errorf("the client takes %d %q, %v", a.status, a.body, a.cut)
			}
			if f := fault.Of(w.lastFailure()); f.Code != c.code || !strings.Contains(f.Message, "broke off") {
				t.Errorf("the log says %v", f)
			}
		})
	}
}

func TestABodyThatNeverBeginsIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick)
	brand := w.at(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_ = http.NewResponseController(rw).Flush()
		<-r.Context().Done()
	})

	if a := w.ask(brand); a.code() != "BANK_TIMEOUT" || w.charges() != 0 {
		t.Errorf("%s, %d charged", a.code(), w.charges())
	}
}

func TestABrandThatIsAwaySaysForHowLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{Rest: 7 * time.Second})
	for text, want := range map[string]string{
		"": "7s", "30": "30s", " 30 ": "30s", "0": "7s", "-5": "7s", "soon": "7s", "1.5": "7s", "86401": "24h0m0s", "10000000000": "24h0m0s", "99999999999999999999": "7s",
		w.clock.Now().Add(90 * time.Second).Format(http.TimeFormat):    "1m30s",
		w.clock.Now().Add(-time.Hour).Format(http.TimeFormat):          "7s",
		w.clock.Now().Add(1000 * time.Hour).Format(http.TimeFormat):    "24h0m0s",
		w.clock.Now().AddDate(500, 0, 0).UTC().Format(http.TimeFormat): "24h0m0s",
	} {
		brand := w.at(answering(http.StatusServiceUnavailable, "text/html", "<h1>Maintenance</h1>", "Retry-After", text))
		brand.ID = "away " + text

		if a := w.ask(brand); a.code() != "BANK_UNAVAILABLE" || a.header.Get("Fault-After") != want {
			t.Errorf("Retry-After %q: %s after %s, want %s", text, a.code(), a.header.Get("Fault-After"), want)
		}
	}
}

func TestWhatIsNoAnswerOfTheInterfaceIsNotPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	refusal := `{"tppMessages":[{"category":"ERROR","code":"RESOURCE_UNKNOWN"}]}`
	switching := func(rw http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: bank\r\nConnection: Upgrade\r\n\r\n")
		_ = conn.Close()
	}
	for name, c := range map[string]struct {
		brand http.HandlerFunc
		code  string
	}{
		"500":                          {answering(500, "application/json", refusal), "BANK_ANSWER_INVALID"},
		"502":                          {answering(502, "text/html", "<h1>"), "BANK_ANSWER_INVALID"},
		"504":                          {answering(504, "text/html", "<h1>"), "BANK_TIMEOUT"},
		"101":                          {switching, "BANK_ANSWER_INVALID"},
		"201":                          {answering(201, "application/json", goodBody), "BANK_ANSWER_INVALID"},
		"204":                          {answering(204, "", ""), "BANK_ANSWER_INVALID"},
		"206":                          {answering(206, "application/json", goodBody), "BANK_ANSWER_INVALID"},
		"304":                          {answering(304, "", ""), "BANK_ANSWER_INVALID"},
		"a page":                       {answering(200, "text/html; charset=utf-8", "<!doctype html>"), "BANK_ANSWER_INVALID"},
		"XML":                          {answering(200, "application/xml", "<a/>"), "BANK_ANSWER_INVALID"},
		"text":                         {answering(200, "text/plain", goodBody), "BANK_ANSWER_INVALID"},
		"text that is called JSON":     {answering(200, "application/json", "All is well."), "BANK_ANSWER_INVALID"},
		"a list":                       {answering(200, "application/json", "[]"), "BANK_ANSWER_INVALID"},
		"nothing":                      {answering(200, "application/json", ""), "BANK_ANSWER_INVALID"},
		"packed":                       {answering(200, "application/json", goodBody, "Content-Encoding", "gzip"), "BANK_ANSWER_INVALID"},
		"a type that cannot be read":   {answering(200, ";;;", goodBody), "BANK_ANSWER_INVALID"},
		"a refusal without messages":   {answering(404, "application/json", `{"error":"no"}`), "BANK_ANSWER_INVALID"},
		"a refusal with an empty list": {answering(404, "application/json", `{"tppMessages":[]}`), "BANK_ANSWER_INVALID"},
		"a refusal without a code":     {answering(404, "application/json", `{"tppMessages":[{"text":"no"}]}`), "BANK_ANSWER_INVALID"},
		"a code that is a sentence":    {answering(404, "application/json", `{"tppMessages":[{"code":"not <b>here</b>"}]}`), "BANK_ANSWER_INVALID"},
		"a refusal in text":            {answering(404, "text/plain", refusal), "BANK_ANSWER_INVALID"},
		"half a refusal":               {answering(404, "application/json", refusal[:20]), "BANK_ANSWER_INVALID"},
		"a refusal of 65 kB":           {answering(404, "application/json", strings.Repeat(" ", 65_000)+strings.Repeat(" ", 600)+refusal), "BANK_ANSWER_INVALID"},
		"a status nobody has":          {answering(418, "application/json", refusal), "BANK_ANSWER_INVALID"},
	} {
		brand := w.at(c.brand)
		brand.ID = name

		if a := w.ask(brand); a.code() != c.code || a.body != "" {
			t.Errorf("%s: %d %s %q", name, a.status, a.code(), a.body)
		}
	}
	if w.charges() != 0 || len(w.refused) != 0 {
		t.Errorf("%d charged, refused with %v", w.charges(), w.refused)
	}
}

func TestABrandsOwnRefusalIsPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	for _, status := range []int{400, 401, 403, 404, 406, 409, 429} {
		body := `{"tppMessages":[{"category":"ERROR","code":"PERIOD_INVALID","text":"<b>too long</b>"}]}`
		brand := w.at(answering(status, "application/json", body, "Retry-After", "120", "Set-Cookie", "a=b", "WWW-Authenticate", `Basic realm="bank"`, "Server", "bank"))

		a := w.ask(brand)

		if a.status != status || a.body != body || a.header.Get("Content-Type") != "application/json" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d: %d %s %v", status, a.status, a.body, a.header)
		}
		if a.header.Get("Retry-After") != "120" || a.header.Get("Set-Cookie") != "" || a.header.Get("Server") != "" {
			t.Errorf("%d: %v", status, a.header)
		}
		if want := map[bool]string{true: "Bearer"}[status == 401]; a.header.Get("WWW-Authenticate") != want {
			t.Errorf("%d: WWW-Authenticate %q", status, a.header.Get("WWW-Authenticate"))
		}
	}
	if w.charges() != 0 || !slices.Equal(w.refused, slices.Repeat([]string{"PERIOD_INVALID"}, 7)) {
		t.Errorf("%d charged, refused with %v", w.charges(), w.refused)
	}
}

func TestAReadThatCannotBeCountedGivesNoByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t, upstream.Config{})
	brand := w.at(good)
	w.call.Charge = func(bool) error { return fault.New(fault.TooMany, "ACCESS_EXCEEDED", "Enough for today.") }

	a := w.ask(brand)

	if a.code() != "ACCESS_EXCEEDED" || a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("%s %q %v", a.code(), a.body, a.header)
	}
	if errors.Is(w.lastFailure(), upstream.ErrAnswer) {
		t.Errorf("%v", w.lastFailure())
	}
}
