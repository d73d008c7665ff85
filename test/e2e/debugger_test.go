package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// spoilt is a usual mistake as it is made in a shell, and what the debugger calls it.
type spoilt struct {
	name string
	// text writes the signing string, hashed the digest's input; key signs.
	text, hashed, key string
	code, says        string
}

const (
	rightText   = `printf 'digest: %s\nx-request-id: %s' "$digest" "$id"`
	rightHashed = `printf '%s' "$body"`
)

// spoilts are the eight ways in which anybody gets it wrong.
var spoilts = []spoilt{
	{"letter case", `printf 'Digest: %s\nX-Request-ID: %s' "$digest" "$id"`, rightHashed, "qseal.key", "case", "lower case"},
	{"separator", `printf 'digest:%s\nx-request-id:%s' "$digest" "$id"`, rightHashed, "qseal.key", "separator", "no blank after the colon"},
	{"line end", `printf 'digest: %s\r\nx-request-id: %s' "$digest" "$id"`, rightHashed, "qseal.key", "line-end", "CR LF"},
	{"echo", `printf 'digest: %s\nx-request-id: %s\n' "$digest" "$id"`, rightHashed, "qseal.key", "trailing-newline", "after the last line"},
	{"order", `printf 'x-request-id: %s\ndigest: %s' "$id" "$digest"`, rightHashed, "qseal.key", "order", "in the order"},
	{"missing header", `printf 'digest: %s' "$digest"`, rightHashed, "qseal.key", "missing-header", "did not sign x-request-id"},
	{"wrong key", rightText, rightHashed, "qwac.key", "wrong-key", "key of your QWAC"},
	{"wrong digest", rightText, `printf '%s\n' "$body"`, "qseal.key", "body-changed", "as echo adds one"},
}

// send is a script that sends a consent and keeps what curl says about the request.
func (s spoilt) send(p *tpp, secret string) string {
	return `set -e
body='{"access":{"availableAccounts":"allAccounts"},"recurringIndicator":false}'
id=$(cat /proc/sys/kernel/random/uuid)
digest="SHA-256=$(` + s.hashed + ` | openssl dgst -sha256 -binary | openssl base64 -A)"
signature=$(` + s.text + ` | openssl dgst -sha256 -sign ` + s.key + ` | openssl base64 -A)
serial=$(openssl x509 -in qseal.pem -noout -serial | sed 's/.*=//')
issuer=$(openssl x509 -in qseal.pem -noout -issuer -nameopt RFC2253 | sed 's/^issuer= *//; s/ /%20/g')
curl -sv --cacert ca.pem --cert qwac.pem --key qwac.key -o answer.json "` + p.app.APIURL + `/consent/v1/consents" \
  -H "X-API-Key: ` + secret + `" -H "Authorization: Bearer ` + secret + `" -H "Content-Type: application/json" -H "X-Request-ID: $id" -H "Digest: $digest" \
  -H "Signature: keyId=\"SN=$serial,CA=$issuer\",algorithm=\"rsa-sha256\",headers=\"digest x-request-id\",signature=\"$signature\"" \
  -H "TPP-Signature-Certificate: $(openssl x509 -in qseal.pem -outform DER | openssl base64 -A)" --data-binary "$body" 2>said.txt
grep '^>' said.txt >request.txt
printf '%s' "$body" >>request.txt
`
}

// pasted is a request as curl prints it, with its body behind it.
func (s spoilt) pasted(t testing.TB, p *tpp, secret string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "spoilt.sh"), []byte(s.send(p, secret)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, complaints, err := runScript(t, p.dir, "spoilt.sh")
	if err != nil {
		t.Fatalf("%s: %v\n%s\n%s", s.name, err, out, complaints)
	}
	return string(mustRead(t, filepath.Join(p.dir, "request.txt")))
}

// verdict is what scripts get.
type verdict struct {
	Valid         bool   `json:"valid"`
	SignedInstead string `json:"signed_instead"`
	Findings      []struct{ Code, Severity, Path, Text string }
}

// verify asks as a script does, with curl.
func (p *tpp) verify(t testing.TB, request string) (v verdict) {
	t.Helper()
	question, err := json.Marshal(map[string]string{"request": request, "certificate": string(mustRead(t, filepath.Join(p.dir, "qseal.pem")))})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"question.json": string(question),
		"verify.sh": "curl -sS -f -H 'Content-Type: application/json' --data-binary @question.json '" + p.sv.portal + "/api/verify-signature'\n"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, complaints, err := runScript(t, p.dir, "verify.sh")
	if err != nil || json.Unmarshal([]byte(out), &v) != nil {
		t.Fatalf("%v %s %s", err, out, complaints)
	}
	return v
}

func TestEightWaysToGetItWrongAreNamedByTheDebugger(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	p, stranger := sv.newTPP(t), sv.browser(t)
	qwac := string(mustRead(t, filepath.Join(p.dir, "qwac.pem")))
	for _, s := range spoilts {
		secret := "hush" + randomHex(12)
		request := s.pasted(t, p, secret)

		v := p.verify(t, request)
		stranger.open("/debugger")
		asked := time.Now()
		shown := stranger.submit(stranger.formTo("/debugger"), "request", request, "second", qwac)

		t.Logf("%s: named after %d ms", s.name, time.Since(asked).Milliseconds())
		if v.Valid || !slices.ContainsFunc(v.Findings, func(f struct{ Code, Severity, Path, Text string }) bool { return f.Code == s.code }) {
			t.Errorf("%s: scripts get %+v", s.name, v)
		}
		if shown.status != http.StatusOK || !strings.Contains(shown.words(), s.says) {
			t.Errorf("%s: the page does not say %q: %s", s.name, s.says, shown)
		}
		if strings.Contains(shown.body, secret) || !strings.Contains(shown.words(), "Secrets were left out") {
			t.Errorf("%s: the token is shown again, or its end is not told", s.name)
		}
		if mended := p.mended(t, shown, request); !p.verify(t, mended).Valid {
			t.Errorf("%s: what the page's commands make is not right:\n%s", s.name, mended)
		}
	}
}

// mended runs the commands of the page beside the keys, and puts the headers that they print into the request.
func (p *tpp) mended(t testing.TB, shown page, request string) string {
	t.Helper()
	commands := ""
	shown.each("code", func(n *html.Node) {
		if attribute(n, "id") == "commands" {
			commands = textOf(n)
		}
	})
	if err := os.WriteFile(filepath.Join(p.dir, "mend.sh"), []byte(commands+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, complaints, err := runScript(t, p.dir, "mend.sh")
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, complaints, commands)
	}
	for line := range strings.Lines(out) {
		name, _, _ := strings.Cut(line, ":")
		request = regexp.MustCompile(`(?mi)^> `+name+`: .*\r?\n`).ReplaceAllLiteralString(request, "> "+line)
	}
	return request
}

func TestARefusedCallIsOpenedInTheDebuggerByItsOwner(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	owner, stranger := sv.browser(t), sv.browser(t)
	owner.signUp(t, "debugger-"+randomHex(4)+"@acme.example")
	stranger.signUp(t, "other-"+randomHex(4)+"@acme.example")
	dir, _ := sv.unpack(t, owner.setUp(t))
	p := sv.unpacked(t, dir)
	g := p.granted(t, allAccounts)
	c := p.read(cardsPath, g).sign(t)
	c.header.Set("Signature", c.signatureOver(t, c.signingString()+"\n"))
	refused := p.send(t, c)
	_, rid, _ := strings.Cut(regexp.MustCompile(`http://\S+$`).FindString(jsonMessage(t, refused)), "rid=")

	logged := owner.open("/playground/requests/" + rid)
	link := ""
	for _, to := range logged.links() {
		if strings.Contains(to, "/debugger?") {
			link = to
		}
	}
	opened := owner.open(link)

	if opened.status != http.StatusOK || !strings.Contains(opened.words(), "You signed a line feed after the last line") {
		t.Errorf("%q opens %s", link, opened)
	}
	if other := stranger.open(link); other.status != http.StatusNotFound {
		t.Errorf("somebody else sees %s", other)
	}
	if nobody := sv.browser(t).open(link); nobody.status != http.StatusSeeOther {
		t.Errorf("nobody in particular sees %s", nobody)
	}
}
