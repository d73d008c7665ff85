package site_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/bank/sandbox"
	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/site"
	"fairway/internal/testkit"
	"fairway/internal/xs2a"
)

var (
	codeBlock = regexp.MustCompile(`(?s)<code id="([^"]+)">(.*?)</code>`)
	tag       = regexp.MustCompile(`<[^>]*>`)
)

// blocks are the blocks of code of a page, as a reader would copy them.
func blocks(page string) []string {
	var out []string
	for _, m := range codeBlock.FindAllStringSubmatch(page, -1) {
		out = append(out, html.UnescapeString(tag.ReplaceAllString(m[2], "")))
	}
	return out
}

func blockWith(t *testing.T, page, text string) string {
	t.Helper()
	for _, b := range blocks(page) {
		if strings.Contains(b, text) {
			return b
		}
	}
	t.Fatalf("no block of the page holds %q", text)
	return ""
}

func mustSamples(t *testing.T) map[string]site.Sample {
	t.Helper()
	list, err := site.Samples()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]site.Sample{}
	for _, s := range list {
		byName[s.Name] = s
	}
	return byName
}

func TestTheSignatureOnThePageVerifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page, samples := w.page("/docs/signing"), mustSamples(t)
	h := http.Header{}
	for line := range strings.Lines(blockWith(t, page, "TPP-Signature-Certificate: MII")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		h.Add(name, value)
	}
	block, _ := pem.Decode([]byte(blockWith(t, page, "BEGIN CERTIFICATE")))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}

	result, err := httpsig.Verify(h, cert)
	_, digestErr := httpsig.CheckDigest(h, []byte(strings.TrimSpace(samples["example-body.json"].Text)))

	if err != nil || digestErr != nil {
		t.Fatalf("%v, %v", err, digestErr)
	}
	if shown := blockWith(t, page, "x-request-id: 99391c7e"); shown != result.SigningString {
		t.Errorf("the page shows the signing string %q, the right one is %q", shown, result.SigningString)
	}
	if len(result.Notes) > 0 {
		t.Errorf("other banks may refuse the example: %v", result.Notes)
	}
}

func TestThePKCEExampleIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sum := sha256.Sum256([]byte("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))

	mustContain(t, "Authentication", w.page("/docs/auth"), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", base64.RawURLEncoding.EncodeToString(sum[:]))
}

// The scripts that need no server are run here; the end-to-end tests run all of them.
func TestTheScriptsThatNeedNoServerPrintWhatThePagesSay(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"sh", "openssl", "tr"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s on this machine", program)
		}
	}
	folder := t.TempDir()
	samples := mustSamples(t)
	for name, s := range samples {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(s.Text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"pkce.sh": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "verify-example.sh": "Verified OK"} {
		cmd := exec.CommandContext(t.Context(), "sh", name)
		cmd.Dir = folder
		out, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
	for name, s := range samples {
		if s.Language != "sh" {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-n", name)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s is no shell script: %s", name, out)
		}
	}
}

func TestThePageVerifiesWithItsOwnCommands(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("there is no openssl on this machine")
	}
	w, folder := newWorld(t), t.TempDir()
	page, samples := w.page("/docs/signing"), mustSamples(t)
	signature := regexp.MustCompile(`signature="([^"]+)"`).FindStringSubmatch(blockWith(t, page, "TPP-Signature-Certificate: MII"))
	for name, text := range map[string]string{
		"example-qseal.pem": blockWith(t, page, "BEGIN CERTIFICATE"), "example-signature.txt": signature[1],
		"example-body.json": samples["example-body.json"].Text, "verify-example.sh": samples["verify-example.sh"].Text,
	} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}

	cmd := exec.CommandContext(t.Context(), "sh", "verify-example.sh")
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()

	if err != nil || strings.TrimSpace(string(out)) != "Verified OK" {
		t.Errorf("%v %s", err, out)
	}
}

// bankAnswers asks the bank's interface itself, behind a door that lets everybody in.
func bankAnswers(t *testing.T) (created, cards string) {
	t.Helper()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	organisation, _ := testkit.Organisation(t, d, "Acme Payments")
	bank, keeper := sandbox.New(clk), consents.New(d, consents.Config{MaxDays: 180})
	caller := xs2a.Caller{Environment: catalog.Sandbox, Brand: "rocker", OrganisationID: organisation, AppID: "app_documentation", RequestID: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756",
		Now: clk.Now(), BasePath: "/sandbox/rocker", MetadataURL: "https://localhost:8443/auth/sandbox/rocker/.well-known/oauth-authorization-server"}
	e := gin.New()
	e.Use(func(c *gin.Context) {
		ctx := xs2a.WithCaller(c.Request.Context(), &caller)
		var body bytes.Buffer
		_, _ = body.ReadFrom(c.Request.Body)
		c.Request = c.Request.WithContext(xs2a.WithBody(ctx, body.Bytes()))
	})
	fail := func(c *gin.Context, err error) { t.Error(err) }
	xs2a.New(keeper, bank, xs2a.Live{}, testkit.Ring(t)).Mount(httpkit.NewRoutes(e.Group(""), httpkit.Machine, &httpkit.Table{}, fail))
	ask := func(method, path, body string) string {
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		return answer.Body.String()
	}

	created = ask(http.MethodPost, "/consent/v1/consents", `{"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"9999-12-31","frequencyPerDay":4,"combinedServiceIndicator":false}`)
	var consent struct {
		ID string `json:"consentId"`
	}
	if err := json.Unmarshal([]byte(created), &consent); err != nil {
		t.Fatalf("%v: %s", err, created)
	}
	approve(t, d, keeper, bank, consent.ID)
	caller.ConsentID, caller.PSU, caller.Attended = consent.ID, "1345611", true
	return strings.ReplaceAll(created, consent.ID, "<id>"), ask(http.MethodGet, "/card-account/v1/card-accounts", "")
}

func approve(t *testing.T, d *db.DB, keeper *consents.Consents, bank *sandbox.Bank, id string) {
	t.Helper()
	consent, err := keeper.ForBank(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	cards, err := bank.Cards(t.Context(), "rocker", "1345611")
	if err != nil {
		t.Fatal(err)
	}
	var grants []consents.Grant
	for _, c := range cards {
		grants = append(grants, consents.Grant{ResourceID: c.ResourceID, MaskedPAN: c.MaskedPAN, Currency: c.Currency, Balances: true, Transactions: true})
	}
	err = d.InTx(t.Context(), func(tx db.Tx) error {
		_, err := keeper.Approve(tx, consent, "1345611", grants)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return b.String()
}

func TestTheAnswersOnThePagesAreTheBanksOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created, cards := bankAnswers(t)
	flow, landing := w.page("/docs/flow"), w.page("/")

	shown := compact(t, blockWith(t, flow, `"consentStatus"`))
	for name, page := range map[string]string{"the flow": flow, "the landing page": landing} {
		if got := compact(t, blockWith(t, page, `"cardAccounts"`)); got != compact(t, cards) {
			t.Errorf("%s shows\n%s\nthe bank answers\n%s", name, got, cards)
		}
	}

	if id := "6d1b0a52-7c0e-4a53-9f0b-2f6f1f0c9a11"; strings.ReplaceAll(shown, id, "<id>") != compact(t, created) {
		t.Errorf("the flow shows\n%s\nthe bank answers\n%s", shown, created)
	}
}
