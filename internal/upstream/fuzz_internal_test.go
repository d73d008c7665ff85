package upstream

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fairway/internal/fault"
	"fairway/internal/testkit"
)

func FuzzARefusalIsPassedOnWholeOrNotAtAll(f *testing.F) {
	f.Add(404, "application/json", `{"tppMessages":[{"category":"ERROR","code":"RESOURCE_UNKNOWN"}]}`, "")
	f.Add(429, "application/json; charset=utf-8", `{"tppMessages":[{"code":"ACCESS_EXCEEDED"},{"code":""}]}`, "30")
	f.Add(400, "application/json", `{"TPPMESSAGES":[{"CODE":"FORMAT_ERROR"}]}`, "Sun, 22 Nov 2026 09:00:00 GMT")
	f.Add(401, "application/json", `{"tppMessages":[{"code":"A\r\nSet-Cookie: a=b"}]}`, "9223372037")
	f.Add(403, "text/html", `<h1>`, "-1")
	f.Add(503, "", "", "99999999999")
	f.Add(200, "application/json", "{}", "")
	f.Add(404, "application/json", strings.Repeat("[", 10_000), "1e9")
	u := &Upstream{clock: testkit.Clock(), config: Config{Rest: 10 * time.Second}}
	f.Fuzz(func(t *testing.T, status int, kind, body, after string) {
		answer := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "Retry-After": {after}, "Set-Cookie": {"a=b"}}}
		rec, code := httptest.NewRecorder(), ""

		err := u.hand(rec, answer, strings.NewReader(body), func(c string) { code = c })

		if wait := u.retryAfter(answer.Header); wait < 0 || wait > maxRetryAfter {
			t.Errorf("Retry-After %q is %s", after, wait)
		}
		if err != nil {
			if f := fault.Of(err); f.Kind != fault.Unavailable || rec.Body.Len() > 0 || len(rec.Header()) > 0 || code != "" {
				t.Errorf("%v, and yet %q %v", err, rec.Body, rec.Header())
			}
			return
		}
		if !refusals[status] || rec.Code != status || rec.Body.String() != body || len(body) > maxError || !codeForm.MatchString(code) || rec.Header().Get("Set-Cookie") != "" {
			t.Errorf("%d %q was passed on as %d %q with %q", status, body, rec.Code, rec.Body, code)
		}
	})
}
