package debugger_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fairway/internal/debugger"
)

// FuzzVerifyAPI sends whatever comes, as a script and as a form. Nothing is a 500, and each answer has its shape.
func FuzzVerifyAPI(f *testing.F) {
	w := newWorld(f)
	right, certificate, _ := w.example("1")
	for _, b := range broken {
		request, _, second := w.example(b.name)
		f.Add(request, second)
	}
	for _, seed := range [][2]string{{right, certificate}, {"", ""}, {"A: b", "x"}, {"> GET / HTTP/2\n> A: b\n>", "-----BEGIN"}, {strings.ToUpper(right), certificate + certificate}, {"\xff\x00", "\x00"},
		{strings.ReplaceAll(right, "\n", "\r\n"), ""}, {"Signature: headers=,keyId=\",signature=\nDigest: =", ""}, {"Digest: a\nDIGEST: b\n\n{\"password\":\"x\"}", ""}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, request, certificate string) {
		v := &world{t: t, handler: w.handler}
		w.clock.Advance(time.Minute) // so that the limit is none
		question, err := json.Marshal(map[string]string{"request": request, "certificate": certificate})
		if err != nil {
			t.Fatal(err)
		}

		script := v.ask(http.MethodPost, debugger.APIPath, "application/json", string(question))
		page := v.ask(http.MethodPost, debugger.Path, "application/x-www-form-urlencoded", url.Values{"request": {request}, "certificate": {certificate}}.Encode())

		var answer map[string]any
		if err := json.Unmarshal([]byte(script.body), &answer); err != nil {
			t.Errorf("%d %q", script.status, script.body)
		}
		for name, status := range map[string]int{"script": script.status, "page": page.status} {
			if !slices.Contains([]int{200, 400, 413, 422}, status) {
				t.Errorf("%s: %d for %q and %q", name, status, request, certificate)
			}
		}
		if members := map[bool]int{true: 4, false: 2}[script.status == http.StatusOK]; len(answer) != members {
			t.Errorf("%d with %d members: %s", script.status, len(answer), script.body)
		}
		if len(script.body) > 1<<20 || len(page.body) > 4<<20 {
			t.Errorf("an answer of %d bytes and a page of %d", len(script.body), len(page.body))
		}
	})
}
