package playground_test

import (
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/certs"
)

func TestWithoutCertificatesThePageIsTheFormThatMakesThem(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	page := m.mustGet("/playground/certificates")
	regenerate, download := m.get("/playground/certificates/regenerate"), m.get("/playground/certificates/download")

	if !page.says("Generate your test certificates") || !strings.Contains(page.body, `value="PSP_AI" checked`) || strings.Contains(page.body, `value="PSP_PI" checked`) || !strings.Contains(page.body, `value="2048" checked`) {
		t.Error("the form is not filled in")
	}
	for name, a := range map[string]answer{"regenerate": regenerate, "download": download} {
		if a.status != http.StatusSeeOther || a.to() != "/playground/certificates" {
			t.Errorf("%s: %d to %s", name, a.status, a.to())
		}
	}
}

func TestTheActiveSetIsShownWithItsEightFacts(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")

	made := m.post("/playground/certificates", "once", "first", "roles", "PSP_AI", "roles", "PSP_IC", "key_bits", "3072")
	page := m.mustGet("/playground/certificates")
	later := m.mustGet("/playground/certificates")

	if made.status != http.StatusSeeOther || !page.says("Your certificates are ready.") || later.says("Your certificates are ready.") {
		t.Errorf("%d, flash once %t", made.status, page.says("Your certificates are ready."))
	}
	set := m.sets()[0]
	for _, cert := range []certs.Certificate{set.QWAC, set.QSeal} {
		for _, want := range []string{cert.Info.Organization, cert.Info.OrganizationIdentifier, "PSP_AI – account information, PSP_IC – card-based payment instruments",
			"Fairway Sandbox TPP CA", cert.Info.SerialHex, "21 Nov 2026 to 20 May 2027", cert.Thumbprint, "RSA, 3072 bits", cert.Info.Subject, cert.Info.PDS,
			string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.DER}))} {
			if !page.says(want) {
				t.Errorf("the page does not say %q", want)
			}
		}
	}
	if page.says("PRIVATE KEY") || page.says("Former sets") {
		t.Error("the page shows what is not there to see")
	}
}

func TestAFormForCertificatesComesBackWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	cases := []struct {
		name   string
		fields []string
		says   string
	}{
		{"no role", []string{"once", "first", "key_bits", "3072"}, "Choose at least one of the roles"},
		{"a role that is not offered", []string{"once", "first", "roles", "PSP_AS", "key_bits", "2048"}, "Choose at least one of the roles"},
		{"a key that is not offered", []string{"once", "first", "roles", "PSP_AI", "key_bits", "1024"}, "Choose a key of 2048 or 3072 bits."},
		{"no key", []string{"once", "first", "roles", "PSP_AI"}, "Choose a key of 2048 or 3072 bits."},
		{"a key that is no number", []string{"once", "first", "roles", "PSP_AI", "key_bits", "x"}, "Choose a key of 2048 or 3072 bits."},
	}
	for _, c := range cases {
		a := m.post("/playground/certificates", c.fields...)

		if a.status != http.StatusUnprocessableEntity || !a.says(c.says) || !a.says("<title>Error: ") || !a.says(`role="alert"`) {
			t.Errorf("%s: %d", c.name, a.status)
		}
	}
	kept := m.post("/playground/certificates", "once", "first", "roles", "PSP_PI", "key_bits", "1")
	if !strings.Contains(kept.body, `value="PSP_PI" checked`) || strings.Contains(kept.body, `value="PSP_AI" checked`) {
		t.Error("what was chosen is lost")
	}
	if stale := m.post("/playground/certificates", "roles", "PSP_AI", "key_bits", "2048"); stale.status != http.StatusConflict {
		t.Errorf("a form that follows no set: %d", stale.status)
	}
	if len(m.sets()) != 0 {
		t.Error("a refused form made a set")
	}
}

func TestRegeneratingAsksFirstAndReplacesAtOnce(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	old := m.sets()[0]

	ask := m.mustGet("/playground/certificates/regenerate")
	again := m.post("/playground/certificates/regenerate", "once", ask.field("once"), "key_bits", "2048")
	made := m.post("/playground/certificates/regenerate", "once", ask.field("once"), "roles", "PSP_AI", "key_bits", "2048")
	page := m.mustGet("/playground/certificates")

	for _, want := range []string{old.QWAC.Serial, old.QSeal.Serial, "My first app keeps its client id", "CERTIFICATE_REVOKED"} {
		if !ask.says(want) {
			t.Errorf("the question does not say %q", want)
		}
	}
	if again.status != http.StatusUnprocessableEntity || again.field("once") != old.ID {
		t.Errorf("without a role: %d", again.status)
	}
	set := m.active()
	if made.to() != "/playground/certificates" || set.ID == old.ID || !page.says(set.QWAC.Serial) {
		t.Errorf("%d, active is still the old set: %t", made.status, set.ID == old.ID)
	}
	if history := page.body[strings.Index(page.body, "former-sets"):]; !strings.Contains(history, old.QWAC.Serial) || strings.Contains(history, set.QWAC.Serial) {
		t.Error("the former set is not in the history, or the active one is")
	}
}

func TestAFormOfCertificatesThatIsSentTwiceMakesOneSet(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	twenty := func(path, once string) {
		form := m.form("once", once, "roles", "PSP_AI", "key_bits", "2048")
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if a := m.send(http.MethodPost, path, form); a.status != http.StatusSeeOther {
					t.Errorf("%s: %d", path, a.status)
				}
			})
		}
		group.Wait()
	}

	twenty("/playground/certificates", "first")
	first := m.sets()
	twenty("/playground/certificates/regenerate", first[0].ID)

	if len(first) != 1 || len(m.sets()) != 2 {
		t.Fatalf("%d sets, then %d", len(first), len(m.sets()))
	}
	m.post("/playground/certificates/regenerate", "once", m.active().ID, "roles", "PSP_AI", "key_bits", "2048")
	stale := m.post("/playground/certificates/regenerate", "once", first[0].ID, "roles", "PSP_AI", "key_bits", "2048")
	empty := m.post("/playground/certificates", "once", "first", "roles", "PSP_AI", "key_bits", "2048")
	if stale.status != http.StatusConflict || empty.status != http.StatusConflict || len(m.sets()) != 3 {
		t.Errorf("a page from before: %d and %d, %d sets", stale.status, empty.status, len(m.sets()))
	}
}

func TestTheEleventhSetOfAnHourIsRefusedInWords(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/certificates", "once", "first", "roles", "PSP_AI", "key_bits", "2048")
	for range 9 {
		m.post("/playground/certificates/regenerate", "once", m.active().ID, "roles", "PSP_AI", "key_bits", "2048")
	}

	refused := m.post("/playground/certificates/regenerate", "once", m.active().ID, "roles", "PSP_AI", "key_bits", "2048")

	if refused.status != http.StatusTooManyRequests || refused.header.Get("Retry-After") != "3600" || !refused.says("10 certificate sets within the last hour") || !refused.says("Replace both certificates?") {
		t.Errorf("%d, retry after %q, %d sets", refused.status, refused.header.Get("Retry-After"), len(m.sets()))
	}
}

func TestTheArchiveAsksForThePasswordUnlessItIsFresh(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	zipped := func(fields ...string) answer { return m.post("/playground/certificates/download", fields...) }

	if a := zipped(); a.status != http.StatusOK || !m.mustGet("/playground/certificates").says(`action="/playground/certificates/download"`) {
		t.Errorf("right after signing in: %d", a.status)
	}
	m.clock.Advance(6 * time.Minute)
	asked := m.mustGet("/playground/certificates/download")
	without, wrong := zipped("client_secret", "sbx_sk_kept"), zipped("password", "not her password at all")
	right := zipped("password", password)
	soon := zipped()
	m.clock.Advance(6 * time.Minute)
	late := zipped()

	if m.mustGet("/playground/certificates").says(`action="/playground/certificates/download"`) || !asked.says("Your password") {
		t.Error("the page does not ask for the password")
	}
	for name, a := range map[string]answer{"without": without, "wrong": wrong, "late": late} {
		if a.status != http.StatusUnprocessableEntity || !a.says(`id="password-error"`) || strings.Contains(a.body, "not her password") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if without.field("client_secret") != "sbx_sk_kept" {
		t.Error("the secret of the page before is lost")
	}
	if env := unzip(t, right)["env.sh"]; !strings.Contains(env, "FAIRWAY_CLIENT_SECRET=''") || !strings.Contains(env, m.list()[0].ClientID) {
		t.Errorf("env.sh without secrets: %s", env)
	}
	if soon.status != http.StatusOK {
		t.Errorf("a minute after the password: %d", soon.status)
	}
}

func TestAPasswordThatIsGuessedTooOftenHasToWait(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/setup")
	m.clock.Advance(6 * time.Minute)
	var last answer
	for range 8 {
		last = m.post("/playground/certificates/download", "password", "a wrong guess")
	}

	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" || !last.says("Too many tries") {
		t.Errorf("%d", last.status)
	}
}

func TestTheArchiveIsForTheAppThatIsChosen(t *testing.T) {
	t.Parallel()
	m := newDesk(t).member("Budget Buddy Oy")
	m.post("/playground/certificates", "once", "first", "roles", "PSP_AI", "key_bits", "2048")
	none := unzip(t, m.post("/playground/certificates/download", "client_secret", "sbx_sk_stray"))
	m.create("Alpha")
	beta, _ := m.create("Beta")

	choice := m.mustGet("/playground/certificates/download?app=" + beta.ID)
	chosen := unzip(t, m.post("/playground/certificates/download", "app", beta.ID, "client_secret", "$(touch x)'"))

	if !strings.Contains(none["env.sh"], "FAIRWAY_CLIENT_ID=''") || strings.Contains(none["env.sh"], "stray") {
		t.Error("without an app env.sh is not empty")
	}
	if !choice.says("Alpha") || !strings.Contains(choice.body, `<option value="`+beta.ID+`" selected`) {
		t.Error("the apps are not offered")
	}
	if !strings.Contains(chosen["env.sh"], beta.ClientID) || strings.Contains(chosen["env.sh"], "touch") || !strings.Contains(chosen["env.sh"], "https://app.example/callback") {
		t.Errorf("env.sh: %s", chosen["env.sh"])
	}
}
