package playground_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/enrolments"
)

const live = "/playground/live/certificates"

func TestTheWayToLiveIsFourStepsThatKeepTheirPlace(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	pair := m.pair("")
	start := m.mustGet(live)
	upload := m.mustGet(live + "/upload")
	read := m.post(live+"/upload", "version", upload.field("version"), "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))
	checks := m.mustGet(read.to())
	back := m.get(live)
	challenge := m.mustGet(live + "/challenge")
	made := m.post(live+"/challenge/new", "version", challenge.field("version"))
	text := m.challenge()
	file := m.get(live + "/challenge.txt")
	proved := m.post(live+"/challenge", "version", m.page.field("version"), "signature", m.sign(pair.SealKey, text))
	submit := m.mustGet(live + "/submit")
	handed := m.post(live+"/submit", "version", submit.field("version"))
	status := m.mustGet(live)

	if !start.says("Start") || !upload.says("A private key is refused") || read.status != http.StatusSeeOther || read.to() != live+"/checks" {
		t.Errorf("start %d, upload %d to %s", start.status, read.status, read.to())
	}
	if !checks.says("PSDFI-FINFSA-9900001-4") || !checks.says("Continue") || !checks.says("EU trusted list") || back.to() != live+"/challenge" {
		t.Errorf("the checks miss something, or the way leads to %s", back.to())
	}
	if made.status != http.StatusSeeOther || file.body != text || !strings.Contains(file.header.Get("Content-Disposition"), "challenge.txt") || proved.to() != live+"/submit" {
		t.Errorf("challenge %d, file %q, proof leads to %s", made.status, file.body, proved.to())
	}
	if !submit.says("Proved, RSASSA-PKCS1-v1_5 with SHA-256") || handed.to() != live || !status.says("Received") || !status.says("Reference enr_") || !status.says("Handed in") {
		t.Errorf("handed in leads to %s", handed.to())
	}
}

func TestWhoHandsInLearnsThatTheCertificatesNameAnotherCompany(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const told = "The certificates name another company than your account"
	for name, apart := range map[string]bool{"Nord TPP Oy": true, "REVONTULI TILINÄKYMÄ": false, "Revontuli Tilinakyma Oy": false} {
		m := d.member(name)
		pair := m.pair("")
		m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))

		page := m.mustGet(live + "/checks")

		if page.says(told) != apart || !page.says("Continue") || apart && !page.says("signed up as Nord TPP Oy; the certificates were issued to Revontuli Tilinakyma Oy") {
			t.Errorf("%s: %d", name, page.status)
		}
	}
}

func TestAStepCannotBeSkipped(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	for _, path := range []string{"/checks", "/challenge", "/submit", "/withdraw"} {
		if a := m.get(live + path); a.status != http.StatusSeeOther || a.to() != live {
			t.Errorf("without a draft %s: %d to %s", path, a.status, a.to())
		}
	}
	pair := m.pair("expired")
	m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))

	challenge, submit := m.get(live+"/challenge"), m.get(live+"/submit")
	page := m.mustGet(live + "/checks")
	made := m.post(live+"/challenge/new", "version", page.field("version"))
	handed := m.post(live+"/submit", "version", page.field("version"))

	if challenge.to() != live+"/checks" || submit.to() != live+"/checks" || !page.says("CERT_EXPIRED") || page.says("Continue") {
		t.Errorf("challenge leads to %s, submit to %s", challenge.to(), submit.to())
	}
	if made.status == http.StatusOK || handed.status == http.StatusOK {
		t.Errorf("by POST: %d and %d", made.status, handed.status)
	}
}

func TestAFormThatIsRefusedComesBackFilledButForKeys(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	pair := m.pair("")
	der := must(x509.MarshalPKCS8PrivateKey(pair.SealKey))(t)
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	bare := strings.Join(strings.Split(strings.TrimSpace(key), "\n")[1:], "")

	word := m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", "hello")
	armoured := m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", key)
	naked := m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", bare)
	stale := m.post(live+"/upload", "version", "7", "qwac", pemOf(pair.QWAC))

	if word.status != http.StatusUnprocessableEntity || !word.says("hello") || !word.says(strings.Split(pemOf(pair.QWAC), "\n")[1]) {
		t.Errorf("a word: %d", word.status)
	}
	for name, a := range map[string]answer{"in armour": armoured, "without": naked} {
		if a.status != http.StatusUnprocessableEntity || !a.says("exposed") || a.says(bare[40:100]) {
			t.Errorf("a key %s: %d, shown again %v", name, a.status, a.says(bare[40:100]))
		}
	}
	if stale.status != http.StatusSeeOther {
		t.Errorf("a first upload begins a draft whatever the form saw: %d", stale.status)
	}
}

func TestSwappedFilesAreSwappedByOneClick(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	pair := m.pair("")
	m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.Seal), "qseal", pemOf(pair.QWAC))
	page := m.mustGet(live + "/checks")

	swapped := m.post(live+"/swap", "version", page.field("version"))

	after := m.mustGet(live + "/checks")
	if !page.says("Swap them") || swapped.to() != live+"/checks" || after.says("Swap them") || !after.says("Continue") {
		t.Errorf("%d to %s", swapped.status, swapped.to())
	}
}

func TestAWrongSignatureIsExplainedOnThePage(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	pair := m.pair("")
	m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))
	m.post(live+"/challenge/new", "version", m.mustGet(live+"/challenge").field("version"))
	text := m.challenge()

	a := m.post(live+"/challenge", "version", m.page.field("version"), "signature", m.sign(pair.QWACKey, text))

	if a.status != http.StatusUnprocessableEntity || !a.says("QWAC") || !a.says("4 tries are left") || !a.says(text) {
		t.Errorf("%d", a.status)
	}
}

func TestAnotherOrganisationSeesNothingOfIt(t *testing.T) {
	t.Parallel()
	k := newDesk(t)
	m, other := k.member("Revontuli Oy"), k.member("Other Oy")
	pair := m.pair("")
	m.post(live+"/upload", "version", "0", "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))
	mine := must(k.enrolments.Current(t.Context(), m.org))(t)

	page := other.mustGet(live)
	again := other.post(live+"/again", "id", mine.ID)
	file := other.get(live + "/challenge.txt")

	if !page.says("What you need") || again.status != http.StatusNotFound || file.status != http.StatusNotFound {
		t.Errorf("%d %d %d", page.status, again.status, file.status)
	}
	if now := must(k.enrolments.Current(t.Context(), m.org))(t); now.State != enrolments.Draft || now.Version != mine.Version {
		t.Errorf("it changed: %+v", now)
	}
}

func TestEveryPageOfTheWayIsSoundMarkup(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Revontuli Oy")
	pages := map[string]answer{"start": m.mustGet(live), "upload": m.mustGet(live + "/upload"), "refused": m.post(live+"/upload", "version", "0", "qwac", "x")}
	hostile := m.pair("hostile-name")
	m.post(live+"/upload", "version", "0", "qwac", pemOf(hostile.Seal), "qseal", pemOf(hostile.QWAC))
	pages["swapped"] = m.mustGet(live + "/checks")
	pair := m.pair("")
	m.post(live+"/upload", "version", pages["swapped"].field("version"), "qwac", pemOf(pair.QWAC), "qseal", pemOf(pair.Seal))
	pages["checks"], pages["upload again"], pages["no challenge"] = m.mustGet(live+"/checks"), m.mustGet(live+"/upload"), m.mustGet(live+"/challenge")
	m.post(live+"/challenge/new", "version", pages["no challenge"].field("version"))
	text := m.challenge()
	pages["challenge"] = m.page
	pages["wrong"] = m.post(live+"/challenge", "version", m.page.field("version"), "signature", "x")
	m.post(live+"/challenge", "version", pages["challenge"].field("version"), "signature", m.sign(pair.SealKey, text))
	pages["proved"], pages["submit"], pages["withdraw"] = m.mustGet(live+"/challenge"), m.mustGet(live+"/submit"), m.mustGet(live+"/withdraw")
	m.post(live+"/submit", "version", pages["submit"].field("version"))
	pages["submitted"] = m.mustGet(live)
	e := must(m.enrolments.Current(t.Context(), m.org))(t)
	seen := enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256}
	if err := m.db.InTx(t.Context(), func(tx db.Tx) error { return m.enrolments.Ask(tx, e, seen, "per_admin", "<b>Which</b> country?") }); err != nil {
		t.Fatal(err)
	}
	pages["question"] = m.mustGet(live)
	pages["no answer"] = m.post(live+"/answer", "version", pages["question"].field("version"), "answer", " ")
	m.post(live+"/answer", "version", pages["question"].field("version"), "answer", "Finland.")
	e = must(m.enrolments.Current(t.Context(), m.org))(t)
	seen.Version = e.Version
	if err := m.db.InTx(t.Context(), func(tx db.Tx) error { return m.enrolments.Reject(tx, e, seen, "per_admin", "The <i>name</i> differs.") }); err != nil {
		t.Fatal(err)
	}
	pages["rejected"] = m.mustGet(live)
	m.post(live+"/again", "id", e.ID)
	pages["again"] = m.mustGet(live + "/challenge")

	for name, a := range pages {
		checkMarkup(t, name, a)
	}
	if !pages["rejected"].says("The <i>name</i> differs.") || !pages["question"].says("<b>Which</b> country?") || strings.Contains(pages["question"].body, "<b>Which") {
		t.Error("a reviewer's words are not shown as text")
	}
}
