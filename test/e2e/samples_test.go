package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fairway/internal/site"
)

// TestEverySampleOfTheDocumentationRuns saves each file as a reader would, beside what the archive holds, and runs the
// scripts in reading order against the server. The customer's part is played where the pages say so.
func TestEverySampleOfTheDocumentationRuns(t *testing.T) {
	t.Parallel()
	samples, err := site.Samples()
	if err != nil {
		t.Fatal(err)
	}
	sv := town(t, wideLimits)
	b := sv.browser(t)
	b.signUp(t, "reader-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, b.setUp(t))
	p := sv.unpacked(t, dir)
	ran := map[string]string{}
	for _, s := range samples {
		if err := os.WriteFile(filepath.Join(dir, s.Name), []byte(s.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s.Language != "sh" {
			continue
		}
		if s.Name == "exchange.sh" {
			p.customerPart(t, dir)
		}
		out, complaints, err := runScript(t, dir, s.Name)
		if err != nil {
			t.Fatalf("%s of %s: %v\n%s\n%s", s.Name, s.Page, err, out, complaints)
		}
		ran[s.Name] = out
	}
	for name, want := range map[string]string{
		"first-call.sh": "5243 78** **** 8693", "consent.sh": `"consentStatus":"received"`, "accounts.sh": "5243 66** **** 8694", "transactions.sh": "cardTransactionId",
		"unsigned.sh": "SIGNATURE_MISSING", "verify-example.sh": "Verified OK", "verify-signature.sh": `"valid":true`, "metadata.sh": "token_endpoint", "refresh.sh": "",
		"rehearse.sh": `"callsLeft":2`,
	} {
		out, ok := ran[name]
		if !ok || !strings.Contains(squeezed(out), squeezed(want)) {
			t.Errorf("%s ran: %t, and did not print %q:\n%s", name, ok, want, out)
		}
	}
	sv.hideTokens(t, dir)
}

// customerPart does what the page tells the customer to do between authorise.sh and exchange.sh.
func (p *tpp) customerPart(t testing.TB, dir string) {
	t.Helper()
	address := strings.TrimSpace(string(mustRead(t, filepath.Join(dir, "authorisation.txt"))))
	back := p.approve(t, p.sv.browser(t), visit{url: address}, nil)
	if err := os.WriteFile(filepath.Join(dir, "callback.txt"), []byte(back+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// hideTokens writes the tokens that scripts saved into the book.
func (sv *server) hideTokens(t testing.TB, dir string) {
	t.Helper()
	saved, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for _, file := range saved {
		for _, name := range []string{"access_token", "refresh_token"} {
			if token, ok := jsonAt(t, string(mustRead(t, file)), name).(string); ok {
				sv.book.hide("a token that a sample saved", token)
				hidden++
			}
		}
	}
	if hidden < 3 {
		t.Errorf("the samples saved %d tokens", hidden)
	}
}
