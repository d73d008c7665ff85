package callview_test

import (
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/httpsig"
)

func TestTheLogSaysWhyABodyIsLost(t *testing.T) {
	t.Parallel()
	sent := func(length string, digestOf string) [][2]string {
		return [][2]string{{"Content-Length", length}, {"Digest", httpsig.Digest("SHA-256", []byte(digestOf))}}
	}
	long := strings.Repeat("x", calls.MaxBody)
	for name, c := range map[string]struct {
		call calls.Call
		want string
	}{
		"whole":                        {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestBody: `{"a":"**"}`, RequestHeaders: sent("10", `{"a":"**"}`)}}, ""},
		"whole, with another's digest": {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestBody: `{}`, RequestHeaders: sent("2", "x")}}, ""},
		"none was sent":                {calls.Call{Method: "GET", Environment: "live", Detail: calls.Detail{Truncated: true}}, ""},
		"empty":                        {calls.Call{Method: "POST", Environment: "live", Detail: calls.Detail{RequestHeaders: sent("0", "x")}}, ""},
		"Live":                         {calls.Call{Method: "POST", Environment: "live", Detail: calls.Detail{RequestHeaders: sent("9", "x")}}, "In Live no"},
		"refused early":                {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestHeaders: sent("9", "x")}}, "before its body was read"},
		"cut":                          {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestBody: long, Truncated: true, RequestHeaders: sent("20000", "x")}}, "16 KiB"},
		"masked":                       {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestBody: `{"a":"524378******8693"}`, RequestHeaders: sent("24", "x")}}, "masks card numbers"},
		"replaced":                     {calls.Call{Method: "POST", Environment: "sandbox", Detail: calls.Detail{RequestBody: "{}\ufffd", RequestHeaders: sent("3", "x")}}, "masks card numbers"},
	} {
		got := callview.LostBody(c.call)

		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want something of %q", name, got, c.want)
		}
	}
}
