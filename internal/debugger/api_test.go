package debugger_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairway/internal/debugger"
)

func TestAnAnswerThatIsNoVerdictHasOneShape(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const kind = "application/json"
	for name, c := range map[string]struct {
		kind, body string
		status     int
		code       string
	}{
		"no type":             {"", "{}", 415, "content-type"},
		"a form":              {"application/x-www-form-urlencoded", "request=x", 415, "content-type"},
		"plain text":          {"text/plain", `{"request":"x"}`, 415, "content-type"},
		"not JSON":            {kind, "{", 400, "json"},
		"a list":              {kind, "[]", 400, "json"},
		"no request":          {kind, "{}", 400, "json"},
		"another member":      {kind, `{"request":"A: b","key":"x"}`, 400, "json"},
		"a number":            {kind, `{"request":1}`, 400, "json"},
		"twice":               {kind, `{"request":"a","request":"b"}`, 400, "json"},
		"too large":           {kind, `{"request":"` + strings.Repeat("x", 128<<10) + `"}`, 413, "body-too-large"},
		"no text":             {kind, `{"request":""}`, 422, "request-empty"},
		"an answer":           {kind, `{"request":"HTTP/1.1 200 OK"}`, 422, "not-a-request"},
		"a long request":      {kind, `{"request":"` + strings.Repeat("x", 65<<10) + `"}`, 422, "request-too-large"},
		"a folded header":     {kind, `{"request":"Digest: a\n b"}`, 422, "header-folded"},
		"no certificate":      {kind, `{"request":"Digest: a","certificate":"abc"}`, 422, "certificate-unreadable"},
		"UTF-8 and a charset": {kind + "; charset=utf-8", `{"request":"Digest: a"}`, 200, ""},
	} {
		a := w.ask(http.MethodPost, debugger.APIPath, c.kind, c.body)

		var got map[string]any
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatalf("%s: %d %q", name, a.status, a.body)
		}
		code, _ := got["code"].(string)
		if a.status != c.status || code != c.code || a.header.Get("Content-Type") != kind || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", name, a.status, a.body, a.header)
		}
		if text, _ := got["text"].(string); c.code != "" && (len(got) != 2 || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "”.")) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestAVerdictHasItsFourMembersAlways(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	a, v := w.script(map[string]string{"request": "Digest: a"})

	if a.status != http.StatusOK || v.Valid == nil || *v.Valid || v.SigningString == nil || v.SignedInstead == nil || len(v.Findings) == 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, f := range v.Findings {
		if f.Code == "" || f.Path == "" || f.Text == "" || f.Severity != "error" {
			t.Errorf("%+v", f)
		}
	}
}

func TestOneAddressMayCheckSoOftenAndThenWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	right, _, _ := w.example("1")
	ask := func() answer { a, _ := w.script(map[string]string{"request": right}); return a }
	tries := 0
	for ask().status == http.StatusOK {
		if tries++; tries > 100 {
			t.Fatal("there is no limit")
		}
	}

	refused, page := ask(), w.paste("request", right)
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	w.clock.Advance(time.Duration(wait) * time.Second)

	if err != nil || refused.status != http.StatusTooManyRequests || !strings.Contains(refused.body, `"code":"too-many-checks"`) || page.status != http.StatusTooManyRequests {
		t.Errorf("%d %v %s, the page %d", refused.status, refused.header, refused.body, page.status)
	}
	if !page.says("Too many requests were checked") || page.field(t, "request") == "" {
		t.Error("the page does not keep what was pasted")
	}
	if again := ask(); tries < 30 || again.status != http.StatusOK {
		t.Errorf("after %d tries and a wait of %d s: %d", tries, wait, again.status)
	}
}

func TestALoggedRequestOfOnesOwnIsOpenedAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.member("Owner Oy")
	id := w.record(w.wrongCase(set), `{"a":1}`, nil)
	owner := w.visitor

	own := w.get(debugger.Path + "?request=" + id)
	w.member("Other Oy")
	foreign, unknown := w.get(debugger.Path+"?request="+id), w.get(debugger.Path+"?request=zzzzzzzz")
	w.visitor.PersonID = ""
	nobody := w.get(debugger.Path + "?request=" + id)
	w.visitor = owner
	w.visitor.OrganisationID, w.visitor.Role = "", "support"
	staff := w.get(debugger.Path + "?request=" + id)

	if own.status != http.StatusOK || !own.says("Names are") && !own.says("header names must be lower case") || !own.says("/playground/requests/"+id) {
		t.Errorf("one's own: %d", own.status)
	}
	if foreign.status != http.StatusNotFound || foreign.body != unknown.body || staff.body != unknown.body || nobody.status != http.StatusUnauthorized {
		t.Errorf("foreign %d, unknown %d, staff %d, nobody %d", foreign.status, unknown.status, staff.status, nobody.status)
	}
}
