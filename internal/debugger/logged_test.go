package debugger_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/debugger"
	"fairway/internal/httpsig"
)

// wrongCase are the headers of a call of the member as the log keeps them, signed with names in capitals.
func (w *world) wrongCase(set certs.Set) [][2]string {
	w.t.Helper()
	_, _, key, err := w.certs.PlaygroundKeys(w.t.Context(), w.visitor.OrganisationID, catalog.Sandbox)
	w.must(err)
	const id = "99391c7e-ad88-49ec-a2ad-99ddcb1f7756"
	digest := httpsig.Digest("SHA-256", []byte(`{"a":1}`))
	sum := sha256.Sum256([]byte("Digest: " + digest + "\nX-Request-ID: " + id))
	sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	w.must(err)
	return [][2]string{
		{"Authorization", "Bearer sbx_at_…"}, {"Content-Length", "7"}, {"Content-Type", "application/json"}, {"Digest", digest},
		{"Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="digest x-request-id",signature="%s"`, httpsig.KeyID(set.QSeal.X509), base64.StdEncoding.EncodeToString(sig))},
		{"TPP-Signature-Certificate", "(the registered seal, 1700 characters)"}, {"X-Api-Key", "sbx_ak_…"}, {"X-Request-ID", id},
	}
}

func TestWhatTheLogDoesNotKeepIsSaidAndNotJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.member("Owner Oy")
	headers := w.wrongCase(set)
	with := func(name, value string) [][2]string {
		out := append([][2]string(nil), headers...)
		for i := range out {
			if out[i][0] == name {
				out[i][1] = value
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		headers [][2]string
		body    string
		edit    func(*calls.Call)
		says    string
		result  bool
	}{
		"a masked body":       {headers, `{"a":"524378******8693"}`, nil, "masks card numbers", true},
		"a cut body":          {headers, `{"a"`, func(c *calls.Call) { c.Detail.Truncated = true }, "first 16 KiB", true},
		"Live":                {headers, "", func(c *calls.Call) { c.Environment = string(catalog.Live) }, "no bodies are kept", false},
		"another certificate": {with("TPP-Signature-Certificate", "MIIDXTCC… (1700 characters)"), `{"a":1}`, nil, "beginning only", false},
		"a long header":       {append(with("X", ""), [2]string{"PSU-Agent", strings.Repeat("x", 2048) + "…"}), `{"a":1}`, nil, "beginning of PSU-Agent", true},
	} {
		a := w.get(debugger.Path + "?request=" + w.record(c.headers, c.body, c.edit))

		if a.status != 200 || !a.says(c.says) || a.says(`id="result"`) != c.result {
			t.Errorf("%s: %d, and the page does not say %q, or has a result: %v", name, a.status, c.says, a.says(`id="result"`))
		}
		if strings.Contains(a.field(t, "request"), "sbx_") {
			t.Errorf("%s: the form holds what is left of a secret", name)
		}
		if c.result && name != "a long header" && !a.says("not decided") {
			t.Errorf("%s: the digest was judged", name)
		}
	}
}

func TestALoggedRequestIsLookedAtWithTheSealOfItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.member("Owner Oy")

	a := w.get(debugger.Path + "?request=" + w.record(w.wrongCase(set), `{"a":1}`, nil))

	if a.status != 200 || !a.says(`You signed "X-Request-ID" with capital letters`) || a.says("Not everything is here") || strings.TrimSpace(a.field(t, "certificate")) != strings.TrimSpace(pemOf(set.QSeal.DER)) {
		t.Errorf("%d %s", a.status, a.field(t, "certificate"))
	}
	if pasted := w.paste("request", a.field(t, "request"), "certificate", a.field(t, "certificate")); !pasted.says("with capital letters") {
		t.Error("the form of a logged request does not say the same when it is sent")
	}
}
