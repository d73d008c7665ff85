package playground_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"html"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/apps"
	"fairway/internal/bankclient"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/flows"
)

// ownPair are keys of a TPP's own, made once: QWAC, seal, and two more.
var ownPair = sync.OnceValue(func() [4]*rsa.PrivateKey {
	var all [4]*rsa.PrivateKey
	for n := range all {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		all[n] = key
	}
	return all
})

func csr(t *testing.T, key crypto.Signer, name pkix.Name) string {
	t.Helper()
	der := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: name}, key))(t)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

const ownPath = "/playground/certificates/own"

// issueOwn gets a set for keys of the member's own.
func (m *member) issueOwn(once string, qwac, seal *rsa.PrivateKey) answer {
	m.t.Helper()
	return m.post(ownPath, "once", once, "act", "issue", "roles", "PSP_AI", "qwac", csr(m.t, qwac, pkix.Name{}), "qseal", csr(m.t, seal, pkix.Name{}))
}

func TestRequestsAreCheckedBeforeAnythingIsIssued(t *testing.T) {
	t.Parallel()
	m, own := newDesk(t).member("Budget Buddy Oy"), ownPair()
	ask := m.mustGet(ownPath)

	checked := m.post(ownPath, "once", ask.field("once"), "roles", "PSP_AI", "qwac", csr(t, own[0], pkix.Name{Organization: []string{"Other Oy"}}), "qseal", csr(t, own[1], pkix.Name{}))
	before := len(m.sets())
	issued := m.post(ownPath, "once", checked.field("once"), "act", "issue", "roles", "PSP_AI", "qwac", checked.field("qwac"), "qseal", checked.field("qseal"))
	page := m.mustGet("/playground/certificates")

	for _, want := range []string{"openssl req -new -sha256", "PSDXX-FWYSBX-", "Budget Buddy Oy SANDBOX"} {
		if !ask.says(want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, want := range []string{`O reads "Other Oy". The certificate gets Budget Buddy Oy SANDBOX.`, "EN 319 412-3 §4.2", "CSR_SUBJECT", "Issue the certificates", "/docs/errors/CSR_SUBJECT"} {
		if checked.status != http.StatusOK || !checked.says(want) {
			t.Errorf("%d, the check list does not say %q", checked.status, want)
		}
	}
	if before != 0 || issued.to() != "/playground/certificates" || m.active().Origin != certs.ByRequest {
		t.Fatalf("%d sets before, then %d to %s", before, issued.status, issued.to())
	}
	for _, want := range []string{"Your certificates are issued.", "Your keys are with you", "A QWAC of your organisation for the playground", m.active().Playground.Serial, `data-seal="` + m.active().QSeal.Info.KeySHA256} {
		if !page.says(want) {
			t.Errorf("the certificates' page does not say %q", want)
		}
	}
	files := unzip(t, m.post("/playground/certificates/download"))
	if files["qwac.key"] != "" || files["qwac.p12"] != "" || !strings.Contains(files["README"], "not in this archive") {
		t.Error("the archive is another one")
	}
	again := m.mustGet("/playground/certificates/regenerate")
	if !again.says("Replace with keys of my browser") || !again.says("Use my own requests") {
		t.Error("the question offers one way only")
	}
}

func TestWhatStandsAgainstARequestIssuesNothing(t *testing.T) {
	t.Parallel()
	m, own := newDesk(t).member("Budget Buddy Oy"), ownPair()
	good, key := csr(t, own[0], pkix.Name{}), must(x509.MarshalPKCS8PrivateKey(own[1]))(t)
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	hostile := csr(t, own[1], pkix.Name{CommonName: "<script>alert(1)</script>\u202e", Organization: []string{strings.Repeat("x", 10_000)}})
	cases := []struct {
		name, seal string
		status     int
		says       string
	}{
		{"nothing", "", http.StatusUnprocessableEntity, "There is no certificate signing request here."},
		{"a private key", private, http.StatusUnprocessableEntity, "a private key. Nothing of it was kept."},
		{"the same key", good, http.StatusUnprocessableEntity, "Both requests hold the same key."},
		{"hostile text", hostile, http.StatusUnprocessableEntity, "[U+202E]"},
		{"two in one", csr(t, own[1], pkix.Name{}) + csr(t, own[2], pkix.Name{}), http.StatusUnprocessableEntity, "There are 2 blocks in this field."},
		{"a flood", strings.Repeat("A", 70_000), http.StatusUnprocessableEntity, "larger than"},
	}
	for _, c := range cases {
		a := m.post(ownPath, "once", "first", "act", "issue", "roles", "PSP_AI", "qwac", good, "qseal", c.seal)

		if a.status != c.status || !a.says(c.says) || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d", c.name, a.status)
		}
		if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "\u202e") || strings.Contains(a.body, private[40:100]) {
			t.Errorf("%s: the page shows what it must not", c.name)
		}
	}
	if none := m.post(ownPath, "once", "first", "act", "issue", "qwac", good, "qseal", csr(t, own[1], pkix.Name{})); none.status != http.StatusUnprocessableEntity || !none.says("Choose at least one of the roles") {
		t.Errorf("without a role: %d", none.status)
	}
	if stale := m.post(ownPath, "act", "issue", "roles", "PSP_AI", "qwac", good, "qseal", csr(t, own[1], pkix.Name{})); stale.status != http.StatusConflict {
		t.Errorf("a form that follows no set: %d", stale.status)
	}
	if len(m.sets()) != 0 {
		t.Error("a refused request made a set")
	}
}

func TestRequestsThatAreSentTwiceMakeOneSet(t *testing.T) {
	t.Parallel()
	m, own := newDesk(t).member("Budget Buddy Oy"), ownPair()

	first, second := m.issueOwn("first", own[0], own[1]), m.issueOwn("first", own[0], own[1])
	other := m.issueOwn("first", own[2], own[3])

	if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || len(m.sets()) != 1 {
		t.Errorf("%d, %d, %d sets", first.status, second.status, len(m.sets()))
	}
	if other.status != http.StatusConflict || !other.says("Another window made a set in the meantime") {
		t.Errorf("other keys: %d", other.status)
	}
}

// ownTPP is a member whose organisation keeps its keys, with an app that is connected.
func (s *street) ownTPP(name string) (*member, apps.App) {
	s.t.Helper()
	m := s.member(name)
	if a := m.issueOwn("first", ownPair()[0], ownPair()[1]); a.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	app, _ := m.create("My app")
	err := m.db.InTx(s.t.Context(), func(tx db.Tx) error {
		return m.apps.Connect(s.t.Context(), tx, m.org, app.ID, "rocker", "card-account", m.person)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return m, must(m.apps.ByID(s.t.Context(), m.org, app.ID))(s.t)
}

var textToSign = regexp.MustCompile(`(?s)id="to-sign">(.*?)</code>`)

// signed is what a browser does: it signs the text of the page with a key.
func (a answer) signed(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	found := textToSign.FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("the page has nothing to sign: %s", a.body)
	}
	sum := sha256.Sum256([]byte(html.UnescapeString(found[1])))
	return base64.StdEncoding.EncodeToString(must(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]))(t))
}

func TestTheFlowGoesToA200WithSignaturesOfTheBrowser(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	seal := ownPair()[1]

	at := m.post("/playground/flow", "app", app.ID, "brand", "rocker", "access", "all").to()
	page := m.mustGet(at)
	signature := page.signed(t, seal)
	wrong := m.post(at+"/sign", "signature", page.signed(t, ownPair()[0]))
	told := m.mustGet(at)
	m.post(at+"/sign", "signature", signature)
	bank := m.mustGet(at).bankHref()
	m.get(m.customer(bank, false))
	accounts := m.mustGet(at)
	m.post(at+"/sign", "signature", accounts.signed(t, seal))
	done := m.mustGet(at)
	twice := m.post(at+"/sign", "signature", signature)

	if !page.says("Waits for your signature") || !page.says("Sign and send") || !strings.Contains(page.body, "/sign.js") {
		t.Error("the page does not ask for a signature")
	}
	if wrong.to() != at || !told.says("not made with the key of your registered seal") || told.signed(t, seal) != signature {
		t.Error("another key's signature was taken, or the request was prepared anew")
	}
	if !done.says("200 OK") || !done.says("5243 66** **** 8694") {
		t.Errorf("no card accounts: %s", done.body)
	}
	if twice.status != http.StatusSeeOther {
		t.Errorf("signed once more: %d", twice.status)
	}
	if run := must(s.flows.ByID(t.Context(), flows.Owner{OrganisationID: m.org, Environment: "sandbox"}, strings.TrimPrefix(at, "/playground/flow/")))(t); run.Secrets.Waiting.RequestID != "" {
		t.Error("it still waits")
	}
}

func TestAPreparedStepThatWaitedTenMinutesIsPreparedAnew(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	at := m.post("/playground/flow", "app", app.ID, "brand", "rocker", "access", "all").to()
	old := m.mustGet(at).signed(t, ownPair()[1])

	s.clock.Advance(flows.HeldFor)
	stale := m.mustGet(at)
	m.post(at+"/sign", "signature", old)
	page := m.mustGet(at)

	if !stale.says("Run this step") || strings.Contains(stale.body, "to-sign") {
		t.Error("an old request is still offered")
	}
	if !page.says("prepared anew") || page.signed(t, ownPair()[1]) == old {
		t.Error("the old signature was taken, or nobody says so")
	}
	for name, value := range map[string]string{"none": "", "no base64": "%%%", "a flood": strings.Repeat("A", 800), "short": "AAAA"} {
		if a := m.post(at+"/sign", "signature", value); a.status != http.StatusSeeOther || m.mustGet(at).bankHref() != "" {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

func TestASingleRequestIsSignedInTheBrowserAndSentOnce(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	colleague := s.member("Other Oy")
	fields := []string{"app", app.ID, "brand", "rocker", "operation", "consents.create",
		"header-PSU-IP-Address", "192.0.2.10", "body", `{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2026-12-24","frequencyPerDay":4,"combinedServiceIndicator":false}`}

	page := m.post("/playground/request", fields...)
	held, signature := page.field("held"), page.signed(t, ownPair()[1])
	stolen := colleague.post("/playground/request/sign", "held", held, "signature", signature)
	wrong := m.post("/playground/request/sign", "held", held, "signature", page.signed(t, ownPair()[2]))
	sent := m.post("/playground/request/sign", "held", wrong.field("held"), "signature", signature, "body", "{}", "operation", "card-accounts.list")
	twice := m.post("/playground/request/sign", "held", wrong.field("held"), "signature", signature)
	unsigned := m.post("/playground/request", append(fields[:6:6], "mistake", "unsigned", "header-PSU-IP-Address", "192.0.2.10", "body", "{}")...)

	if !page.says("Nothing was sent yet.") || held == "" {
		t.Fatalf("%d: the page does not ask for a signature", page.status)
	}
	if stolen.to() != "/playground/request" || !colleague.mustGet("/playground/request").says("does not wait for a signature any more") {
		t.Errorf("another's request: %d", stolen.status)
	}
	if wrong.status != http.StatusUnprocessableEntity || !wrong.says("not made with the key of your registered seal") || wrong.field("held") == held {
		t.Errorf("another key: %d", wrong.status)
	}
	if !sent.says("201 Created") || !sent.says("allAccounts") {
		t.Errorf("%d: it was not sent as it was prepared: %s", sent.status, sent.body)
	}
	if twice.to() != "/playground/request" {
		t.Errorf("a second time: %d", twice.status)
	}
	if !unsigned.says("The header Digest is missing.") {
		t.Errorf("without a signature it does not go as before: %d", unsigned.status)
	}
}

func TestAMistakeIsSignedInTheBrowserWhereItsKeyIsThere(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	fields := []string{"app", app.ID, "brand", "rocker", "operation", "consents.create", "header-PSU-IP-Address", "192.0.2.10", "body", "{}", "mistake"}

	page := m.post("/playground/request", append(fields[:len(fields):len(fields)], "crlf")...)
	text := ""
	if err := json.Unmarshal([]byte(html.UnescapeString(exactText.FindStringSubmatch(page.body)[1])), &text); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	signature := must(rsa.SignPKCS1v15(rand.Reader, ownPair()[1], crypto.SHA256, sum[:]))(t)
	sent := m.post("/playground/request/sign", "held", page.field("held"), "signature", base64.StdEncoding.EncodeToString(signature))
	if !strings.Contains(text, "\r\nx-request-id: ") || !sent.says("and that came. All else was right.") || !sent.says("You joined the lines with CR LF.") {
		t.Errorf("%q: %d", text, sent.status)
	}
}

func TestEachMistakeIsMadeWithAKeyThatIsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	s.limit(m.org, 5)
	fields := []string{"app", app.ID, "brand", "rocker", "header-PSU-IP-Address", "192.0.2.10", "path-consentId", "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", "body", "{}", "operation"}
	ask := func(operation string, mistake bankclient.Mistake) answer {
		s.clock.Advance(2 * time.Second)
		return m.post("/playground/request", append(fields[:len(fields):len(fields)], operation, "mistake", string(mistake))...)
	}
	sign := func(page answer, how crypto.SignerOpts) answer {
		text := ""
		if err := json.Unmarshal([]byte(html.UnescapeString(exactText.FindStringSubmatch(page.body)[1])), &text); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		signature := must(ownPair()[1].Sign(rand.Reader, sum[:], how))(t)
		return m.post("/playground/request/sign", "held", page.field("held"), "signature", base64.StdEncoding.EncodeToString(signature))
	}

	byQWAC := ask("consents.create", bankclient.QWACKey)
	pss := ask("consents.create", bankclient.PSS)
	usual := sign(pss, crypto.SHA256)
	bySalt := sign(usual, &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256})
	many := ask("consents.read", bankclient.SixAtOnce)
	tooMany := sign(many, crypto.SHA256)

	for name, a := range map[string]answer{"the QWAC's key": byQWAC, "RSA-PSS": bySalt, "too many": tooMany} {
		if a.status != http.StatusOK || !a.says("and that came. All else was right.") {
			t.Errorf("%s: %d %s", name, a.status, came(a))
		}
	}
	if !strings.Contains(pss.body, `data-scheme="RSA-PSS"`) || strings.Contains(many.body, `data-scheme="RSA-PSS"`) {
		t.Error("the page does not say how to sign")
	}
	if usual.status != http.StatusUnprocessableEntity || !usual.says("not made with the key of your registered seal") {
		t.Errorf("signed the right way, and taken as wrong: %d", usual.status)
	}
}

var exactText = regexp.MustCompile(`data-sign="([^"]+)"`)

func TestAnEndedSetEndsThePlaygroundsTokens(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	m, app := s.ownTPP("Budget Buddy Oy")
	at := m.post("/playground/flow", "app", app.ID, "brand", "rocker", "access", "all").to()
	signature := m.mustGet(at).signed(t, ownPair()[1])

	m.post("/playground/certificates/regenerate", "once", m.active().ID, "roles", "PSP_AI", "key_bits", "2048")
	m.post(at+"/sign", "signature", signature)
	page := m.mustGet(at)

	if page.bankHref() != "" || !page.says("TOKEN_INVALID") {
		t.Errorf("the token of the ended QWAC still works: %s", page.body)
	}
}
