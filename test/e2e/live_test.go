package e2e

import (
	"html"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	livePath    = "/playground/live/certificates"
	reviewsPath = "/admin/reviews"
)

// pair issues a demonstration pair into a folder, with a flaw or none.
func (sv *server) pair(t testing.TB, flaw string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pair")
	args := []string{"demo", "qtsp", "issue", "--out", dir}
	if flaw != "" {
		args = append(args, "--flaw", flaw)
	}
	if _, complaint, err := sv.command(t, args...); err != nil {
		t.Fatalf("portal demo qtsp issue: %v\n%s", err, complaint)
	}
	return dir
}

func read(t testing.TB, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// openssl signs a text as the page says, and encodes the signature for pasting.
func openssl(t testing.TB, dir, key, text string) string {
	t.Helper()
	tool := needTool(t, "openssl")
	if err := os.WriteFile(filepath.Join(dir, "challenge.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, args := range [][]string{{"dgst", "-sha256", "-sign", key, "-out", "challenge.sig", "challenge.txt"}, {"base64", "-A", "-in", "challenge.sig"}} {
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = dir
		said, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		out = string(said)
	}
	return out
}

var shownChallenge = regexp.MustCompile(`<code id="challenge-text">([^<]+)</code>`)

// handIn walks the four steps with a pair.
func (b *browser) handIn(t testing.TB, dir string) {
	t.Helper()
	b.open(livePath + "/upload")
	b.submit(b.formTo(livePath+"/upload"), "qwac", read(t, dir, "qwac.pem"), "qseal", read(t, dir, "qseal.pem")+read(t, dir, "chain.pem"))
	b.follow()
	b.open(livePath + "/challenge")
	b.submit(b.formTo(livePath + "/challenge/new"))
	b.follow()
	found := shownChallenge.FindStringSubmatch(b.page.body)
	if found == nil {
		t.Fatalf("no challenge: %s", b.page)
	}
	text := html.UnescapeString(found[1])
	if file := b.open(livePath + "/challenge.txt"); file.body != text {
		t.Errorf("the file holds %q", file.body)
	}
	b.open(livePath + "/challenge")
	b.submit(b.formTo(livePath+"/challenge"), "signature", openssl(t, dir, "qwac.key", text))
	if b.page.status != http.StatusUnprocessableEntity || !strings.Contains(b.page.words(), "QWAC") {
		t.Errorf("signed with the QWAC's key: %s", b.page)
	}
	b.submit(b.formTo(livePath+"/challenge"), "signature", openssl(t, dir, "qseal.key", text))
	b.follow()
	b.submit(b.formTo(livePath + "/submit"))
	if b.follow(); !strings.Contains(b.page.words(), "Received") {
		t.Fatalf("after it was handed in: %s", b.page)
	}
}

// review opens what waits longest once it was examined, and examined again after an answer.
func (b *browser) review(t testing.TB) (path string) {
	t.Helper()
	until(t, "the examination", func() bool {
		for _, link := range b.open(reviewsPath).links() {
			if at := strings.Index(link, reviewsPath+"/enr_"); at >= 0 {
				path = link[at:]
				words := b.open(path).words()
				return strings.Contains(words, "Record decision") && !strings.Contains(words, "too old to decide on")
			}
		}
		return false
	})
	return path
}

// decide records a decision on the open page; the factor was proved a moment ago.
func (b *browser) decide(path, verdict, reason string) {
	b.t.Helper()
	b.submit(b.formTo(path+"/decide"), "verdict", verdict, "reason", reason)
	if b.page.status != http.StatusSeeOther {
		b.t.Fatalf("%s: %s", verdict, b.page)
	}
	b.follow()
}

func TestAnOrganisationGoesLiveByUploadProofAndDecision(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	dir := sv.pair(t, "")
	tpp, admin := sv.browser(t), sv.browser(t)
	tpp.signUp(t, "owner@revontuli.example")
	admin.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))

	tpp.handIn(t, dir)
	path := admin.review(t)
	shown := admin.page.words()
	admin.decide(path, "ask", "Which of your services do you start with?")
	admin.expectLetter(t, "owner@revontuli.example", "We have a question about your certificates")
	tpp.open(livePath)
	tpp.submit(tpp.formTo(livePath+"/answer"), "answer", "Account information, in Finland.")
	tpp.follow()
	admin.review(t)
	answered := admin.page.words()
	admin.decide(path, "approve", "Certificates, register and proof agree.")
	tpp.open(livePath)

	for _, want := range []string{"PSDFI-FINFSA-9900001-4", "OCSP", "Granted", "RSASSA-PKCS1-v1_5"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the review screen does not say %q", want)
		}
	}
	if !strings.Contains(answered, "Account information, in Finland.") {
		t.Error("the reviewer does not see the answer")
	}
	if words := tpp.page.words(); !strings.Contains(words, "Your certificates are accepted for Live.") || !strings.Contains(words, "Certificates, register and proof agree.") {
		t.Errorf("after the decision: %s", tpp.page)
	}
	admin.expectLetter(t, "owner@revontuli.example", "Your certificates are accepted for Live")
}

// expectLetter waits for a letter whose subject holds a text.
func (b *browser) expectLetter(t testing.TB, email, subject string) {
	t.Helper()
	until(t, "a letter about "+subject, func() bool {
		return strings.Contains(strings.ToLower(b.open("/dev/outbox").words()), strings.ToLower(subject)) && strings.Contains(b.page.words(), email)
	})
}

func TestWhatIsRejectedStartsAgainWithTheSameFiles(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	dir := sv.pair(t, "not-in-register")
	tpp, admin := sv.browser(t), sv.browser(t)
	tpp.signUp(t, "owner@stranger.example")
	admin.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	tpp.handIn(t, dir)
	path := admin.review(t)
	if !strings.Contains(admin.page.body, "REG_NOT_FOUND") {
		t.Errorf("the review screen does not say that the register lacks it: %s", admin.page)
	}

	admin.decide(path, "reject", "Your authority does not list this number.")
	tpp.open(livePath)
	rejected := tpp.page.words()
	tpp.submit(tpp.formTo(livePath + "/again"))
	tpp.follow()

	if !strings.Contains(rejected, "Your authority does not list this number.") || !strings.HasSuffix(tpp.page.url, "/challenge") {
		t.Errorf("rejected: %s, then %s", rejected, tpp.page)
	}
}

func TestTheWayToLiveInABrowser(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	dir := sv.pair(t, "")
	axe := axeSource(t)
	tpp, staff := newTab(t, sv), newTab(t, sv)
	tpp.axe, staff.axe = axe, axe
	tpp.signUp("owner@revontuli.example")

	tpp.handIn(dir)
	staff.enter(sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
	staff.approve()
	tpp.open(livePath)
	tpp.look()

	if !strings.Contains(tpp.words(), "accepted for Live") {
		t.Error(tpp.words())
	}
	tpp.open("/inspector")
	tpp.look()
	tpp.paste("certificate", read(t, dir, "qwac.pem"))
	tpp.press("Inspect")
	tpp.look()
	tpp.expectQuiet()
	staff.expectQuiet()
}

// handIn walks the four steps, with each slip of hand that the pages help out of.
func (b *tab) handIn(dir string) {
	b.t.Helper()
	b.open(livePath)
	b.look()
	b.press("Start")
	b.paste("qwac", read(b.t, dir, "qseal.pem"))
	b.paste("qseal", read(b.t, dir, "qwac.pem"))
	b.look()
	b.press("Read certificates")
	b.look()
	b.press("Swap them")
	b.press("Continue")
	b.press("Make a challenge")
	b.look()
	text := ask[string](b, `document.getElementById('challenge-text').textContent`)
	b.paste("signature", openssl(b.t, dir, "qwac.key", text))
	b.press("Check the signature")
	b.look()
	b.paste("signature", openssl(b.t, dir, "qseal.key", text))
	b.press("Check the signature")
	b.look()
	b.press("Hand in")
	until(b.t, "the automatic checks", func() bool { return strings.Contains(b.words(), "What they found is below.") })
	b.look()
}

// enter chooses the password at a one-time link and sets up an app.
func (b *tab) enter(link string) {
	b.t.Helper()
	b.open(link)
	b.fill("password", password)
	b.press("Set the password")
	app, _ := scan(b.t, ask[string](b, "document.documentElement.outerHTML"))
	b.fill("code", app.Code(time.Now()))
	b.press("Turn it on")
	b.press("I have kept them")
}

// mostReviewClicks is how many clicks a decision on a good submission takes at most, from the queue to the next.
const mostReviewClicks = 6

func (b *tab) approve() {
	b.t.Helper()
	b.open(reviewsPath)
	b.look()
	b.clicks = 0
	b.press("Review next")
	b.look()
	b.tick("verdict", "approve")
	b.paste("reason", "Certificates, register and proof agree.")
	b.press("Record decision")
	b.t.Logf("decided with %d clicks", b.clicks)
	if b.look(); b.clicks > mostReviewClicks || !strings.HasPrefix(b.address(), b.sv.portal+reviewsPath) {
		b.t.Errorf("%d clicks to %s", b.clicks, b.address())
	}
}
