package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/config"
	"fairway/internal/demo"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/responder"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
)

// demo runs a command of the demonstration as another process does, in the same data folder.
func (p *program) demo(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var printed bytes.Buffer
	getenv := func(name string) string {
		return map[string]string{"PORTAL_DATA_DIR": p.cfg.DataDir, "PORTAL_BASE_URL": p.cfg.BaseURL.String(), "PORTAL_AUTH_URL": p.cfg.AuthURL.String()}[name]
	}
	err := run(t.Context(), append([]string{"demo", "qtsp"}, args...), getenv, &printed, &bytes.Buffer{})
	return printed.String(), err
}

// written is a pair as the command wrote it.
type written struct {
	printed    string
	qwac, seal *x509.Certificate
	chain      []*x509.Certificate
}

func (p *program) mustIssue(t *testing.T, args ...string) written {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pair")
	printed, err := p.demo(t, append([]string{"issue", "--out", dir}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	made := written{printed: printed}
	for name, into := range map[string]**x509.Certificate{"qwac": &made.qwac, "qseal": &made.seal} {
		pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		*into = pair.Leaf
	}
	text, err := os.ReadFile(filepath.Join(dir, "chain.pem"))
	if err == nil {
		made.chain, _, err = qcert.ReadPEM(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// issuers asks the program's trusted lists about both certificates.
func (p *program) issuers(t *testing.T, made written) map[trustlist.Verdict]int {
	t.Helper()
	found := map[trustlist.Verdict]int{}
	for kind, cert := range map[qcert.Kind]*x509.Certificate{qcert.QWAC: made.qwac, qcert.QSealC: made.seal} {
		j, err := p.lists.Judge(t.Context(), cert, made.chain, kind, p.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		found[j.Verdict]++
	}
	return found
}

func TestAServerThatWasThereBeforeBelievesInTheDemonstration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	made := w.mustIssue(t)

	testkit.Eventually(t, "the trusted lists", func() bool { return w.issuers(t, made)[trustlist.Granted] == 2 })
	a, err := w.register.Decide(t.Context(), register.Query{OrganizationIdentifier: "PSDFI-FINFSA-9900001-4", NCAID: "FI-FINFSA", Host: "FI", Role: qcert.RoleAI, At: w.clock.Now()})
	if err != nil || a.Verdict != register.Authorised {
		t.Errorf("the register says %s: %v", a.Verdict, err)
	}
	for _, cert := range []*x509.Certificate{made.qwac, made.seal} {
		i, err := qcert.Parse(cert)
		if err != nil || len(qcert.CheckProfile(i, cert, qcert.Unknown, w.clock.Now())) != 0 {
			t.Errorf("%s: %v, %v", i.Subject, qcert.CheckProfile(i, cert, qcert.Unknown, w.clock.Now()), err)
		}
	}
}

func TestARevocationByTheCommandIsAnsweredByTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, flawed := w.mustIssue(t), written{}
	status := func(cert *x509.Certificate) int {
		t.Helper()
		question, err := ocsp.CreateRequest(cert, made.chain[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, cert.OCSPServer[0], bytes.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/ocsp-request")
		a := exchange(t, http.DefaultTransport, request)
		if len(a.header.Values("Set-Cookie")) != 0 {
			t.Error("the responder sets a cookie")
		}
		answer, err := ocsp.ParseResponseForCert([]byte(a.body), cert, made.chain[0])
		if err != nil {
			t.Fatalf("%d: %v", a.status, err)
		}
		return answer.Status
	}

	before := status(made.qwac)
	printed, err := w.demo(t, "revoke", made.qwac.SerialNumber.Text(16))
	flawed = w.mustIssue(t, "--flaw", "revoked")

	if before != ocsp.Good || err != nil || status(made.qwac) != ocsp.Revoked || !strings.HasPrefix(printed, "tpp.example.com is revoked since ") {
		t.Errorf("before %d, after %d: %s %v", before, status(made.qwac), printed, err)
	}
	if status(flawed.qwac) != ocsp.Revoked {
		t.Errorf("issued as revoked: status %d", status(flawed.qwac))
	}
	if _, err := w.demo(t, "revoke", "1234"); err == nil || !strings.HasPrefix(err.Error(), "The demonstration provider issued no certificate") {
		t.Errorf("a number that was never issued: %v", err)
	}
}

func TestTheDemonstrationIsMadeOnceAndImportedOnce(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)

	first, second := p.mustIssue(t), p.mustIssue(t, "--flaw", "other-ca", "--organisation", "Norrsken Betalkonto AB", "--number", "990000-0036", "--nca", "SE-FINA", "--roles", "PSP_AI,PSP_PI")

	if !strings.Contains(first.printed, "Made a provider") || !strings.Contains(first.printed, "Imported the sample register") || !strings.Contains(first.printed, "Imported trusted lists") {
		t.Errorf("first:\n%s", first.printed)
	}
	if strings.Contains(second.printed, "Made a provider") || strings.Contains(second.printed, "Imported t") || !strings.Contains(second.printed, "must say CHAIN_INCOMPLETE (warning)") {
		t.Errorf("second:\n%s", second.printed)
	}
	i, err := qcert.Parse(second.seal)
	if err != nil || i.OrganizationIdentifier != "PSDSE-FINA-990000-0036" || i.Country != "SE" || len(i.Roles) != 2 || i.NCAName != "Swedish Financial Supervision Authority" {
		t.Errorf("%+v: %v", i, err)
	}
	if got := p.issuers(t, second); got[trustlist.Unknown] != 2 {
		t.Errorf("another provider's pair: %v", got)
	}
}

func TestAProviderThatIsMadeAnewIsBelievedInsteadOfTheFormerOne(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	former := p.mustIssue(t)
	if err := os.RemoveAll(p.demoFolder().Dir); err != nil {
		t.Fatal(err)
	}

	present := p.mustIssue(t)

	p.lists = trustlist.New(p.db, nil, p.log) // as it is read by whoever starts now
	if got := p.issuers(t, present); got[trustlist.Granted] != 2 {
		t.Errorf("the present provider's pair: %v", got)
	}
	if got := p.issuers(t, former); got[trustlist.Granted] != 0 {
		t.Errorf("the former provider's pair: %v", got)
	}
}

func TestOtherTrustedListsAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	by := newListSigner(t)
	p.lists = trustlist.New(p.db, []*x509.Certificate{by.Certificate}, p.log)
	file, err := xades.Sign(xades.List{LOTL: true, Sequence: 400, Territory: "EU", Operator: "Commission", IssuedAt: by.At, NextUpdate: by.At.AddDate(0, 5, 0)}, xades.About{}, by)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := p.lists.Import(t.Context(), "test", [][]byte{file}); err != nil || report.Refused() != 0 {
		t.Fatal(report, err)
	}

	made := p.mustIssue(t)

	if got := p.issuers(t, made); got[trustlist.Unknown] != 2 || !strings.Contains(made.printed, "holds other trusted lists") {
		t.Errorf("%v\n%s", got, made.printed)
	}
}

func TestProductionKnowsNoDemonstration(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "pair")
	for _, command := range [][]string{{"issue", "--out", out}, {"revoke", "12"}} {
		getenv := func(name string) string { return map[string]string{"PORTAL_MODE": "production"}[name] }

		err := run(t.Context(), append([]string{"demo", "qtsp"}, command...), getenv, &bytes.Buffer{}, &bytes.Buffer{})

		if _, stat := os.Stat(out); !errors.Is(err, errDemoInProduction) || stat == nil {
			t.Errorf("%s: %v", command[0], err)
		}
	}
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	p.mustIssue(t)
	development, err := p.listSigners()
	p.cfg.Mode = config.Production
	production, productionErr := p.listSigners()
	people, _, doorsErr := p.doors()
	if err != nil || productionErr != nil || doorsErr != nil {
		t.Fatal(err, productionErr, doorsErr)
	}

	if len(development) != 1 || len(production) != 0 {
		t.Errorf("%d signers in development, %d in production", len(development), len(production))
	}
	for _, r := range people.Routes() {
		if strings.HasPrefix(r.Path, responder.Path) {
			t.Errorf("production answers at %s", r.Path)
		}
	}
	if err := p.serve(t.Context()); !errors.Is(err, errDemoData) {
		t.Errorf("production starts on what a demonstration left: %v", err)
	}
}

func TestTheCommandThatIsPrintedRevokesFromAnyFolder(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	made := p.mustIssue(t)
	_, rest, _ := strings.Cut(made.printed, " --data-dir ")
	line, _, _ := strings.Cut(rest, "\n")
	args := append([]string{"--data-dir"}, strings.Fields(line)...)
	getenv := func(name string) string {
		return map[string]string{"PORTAL_BASE_URL": p.cfg.BaseURL.String(), "PORTAL_AUTH_URL": p.cfg.AuthURL.String()}[name]
	}

	var printed bytes.Buffer
	err := run(t.Context(), args, getenv, &printed, &bytes.Buffer{})

	if err != nil || !filepath.IsAbs(args[1]) || !strings.Contains(made.printed, "\n       cd /") {
		t.Errorf("%q: %v %s\n%s", args, err, printed.String(), made.printed)
	}
}

func TestTheSampleRegisterIsOfTheDayOnWhichItIsTakenIn(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	issued := p.mustIssue(t).qwac.NotBefore

	held, ok, err := p.register.Status(t.Context())
	p.cfg.Mode = config.Production
	refused := p.refuseDemo(t.Context())

	if err != nil || !ok || issued.Sub(held.Date).Abs() > 25*time.Hour || !errors.Is(refused, errDemoData) {
		t.Errorf("%v %t of %v, production: %v", err, ok, held.Date, refused)
	}
}

func TestProductionDoesNotStartOnTheSampleRegisterAlone(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	p.cfg.Mode = config.Production
	none := p.refuseDemo(t.Context())
	file := demo.Register()
	if _, err := p.register.Import(t.Context(), "test", bytes.NewReader(file), int64(len(file)), register.Options{}); err != nil {
		t.Fatal(err)
	}

	if err := p.refuseDemo(t.Context()); none != nil || !errors.Is(err, errDemoData) {
		t.Errorf("before %v, after %v", none, err)
	}
}

func TestWhatTheCommandCannotIssueIsNamed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	out := filepath.Join(t.TempDir(), "pair")
	for want, args := range map[string][]string{
		`there is no flaw "ugly"`:             {"--flaw", "ugly"},
		"are given together":                  {"--number", "1"},
		`"FI-FIENF" is not on the EBA's list`: {"--nca", "FI-FIENF"},
		`"PSP_XX" is none of`:                 {"--roles", "PSP_XX"},
	} {
		if _, err := p.demo(t, append([]string{"issue", "--out", out}, args...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func TestTheFlawsAreListedWithTheirCodes(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer

	err := run(t.Context(), []string{"demo", "qtsp", "flaws"}, func(string) string { return "" }, &printed, &bytes.Buffer{})

	if lines := strings.Count(printed.String(), "\n"); err != nil || lines != len(demo.Flaws()) || !strings.Contains(printed.String(), demo.CertRevoked) {
		t.Errorf("%d lines: %v", lines, err)
	}
}

func TestKeysOfAPairAreReplacedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	dir := filepath.Join(t.TempDir(), "pair")
	key := func() string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, "qwac.key"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if _, err := p.demo(t, "issue", "--out", dir); err != nil {
		t.Fatal(err)
	}
	first := key()

	_, refused := p.demo(t, "issue", "--out", dir)
	kept := key()
	_, forced := p.demo(t, "issue", "--out", dir, "--force")

	if refused == nil || !strings.Contains(refused.Error(), "--force") || kept != first {
		t.Errorf("%v; the key is the same: %v", refused, kept == first)
	}
	if forced != nil || key() == first {
		t.Errorf("with --force: %v", forced)
	}
}
