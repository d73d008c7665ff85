package callview_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/web/templates/ui"
)

func TestACallSaysWhereItStopped(t *testing.T) {
	t.Parallel()
	call := calls.Call{Method: "GET", Path: "/accounts?x=1", Status: 401, Code: "TOKEN_EXPIRED", Detail: calls.Detail{
		Steps: []calls.Step{
			{Name: "Certificate", Verdict: calls.Passed, Micros: 1234}, {Name: "Token", Verdict: calls.Failed, Micros: 7}, {Name: "Quota", Verdict: calls.Skipped},
		},
		RequestHeaders: [][2]string{{"X-Api-Key", "sbx_ak_…"}}, RequestBody: `{"a":1}`, ResponseBody: `{"b":2}`, SigningString: "digest: x", Truncated: true,
	}}

	v := callview.Of(call, callview.Names{App: ui.KV{Key: "App", Value: "Buddy"}})

	if !strings.HasPrefix(v.StepsNote, "It stopped at “Token”") || v.Steps[0].Took != "1,234 µs" || v.Steps[1].Tone != ui.Bad || v.Steps[2].Took != "–" {
		t.Errorf("%q %+v", v.StepsNote, v.Steps)
	}
	if v.Start != "GET /accounts?x=1" || v.Status != "401 Unauthorized TOKEN_EXPIRED" || callview.Name(call) != "GET /accounts" || v.Facts[2].Value != "Buddy" {
		t.Errorf("%q %q %q %+v", v.Start, v.Status, callview.Name(call), v.Facts)
	}
	if v.Request[0].Name != "X-API-Key" || v.Signing == nil || v.Body == nil || v.AnswerTo == nil || !strings.Contains(v.BodyNote, "16 KiB") {
		t.Errorf("%+v", v)
	}
}

func TestALongPathIsCutAtACharacter(t *testing.T) {
	t.Parallel()
	if name := callview.Name(calls.Call{Method: "GET", Path: "/" + strings.Repeat("é", 100)}); len(name) > 84 || !strings.HasSuffix(name, "é") {
		t.Errorf("%q", name)
	}
}

func TestADurationIsExactWhereItIsShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "< 1 µs", 900 * time.Microsecond: "900 µs", 9999 * time.Microsecond: "9,999 µs", 10 * time.Millisecond: "10 ms", 2 * time.Second: "2000 ms"} {
		if got := callview.Duration(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
