package notify_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/notify"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
	"fairway/internal/workdays"
)

// postbox stands in for the mail server. While broken, it takes a letter and then fails, as a server does whose answer
// is lost.
type postbox struct {
	mu      sync.Mutex
	letters []mail.Message
	broken  int
	down    bool // nobody answers
	tried   int  // in vain
}

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		p.tried++
		return errors.New("connection refused")
	}
	p.letters = append(p.letters, m)
	if p.broken > 0 {
		p.broken--
		return errors.New("connection lost")
	}
	return nil
}

// breaks has the next so many answers of the server be lost.
func (p *postbox) breaks(times int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = times
}

// goes takes the server away, or brings it back, and tells how often it was tried in vain so far.
func (p *postbox) goes(down bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	return p.tried
}

func (p *postbox) all() []mail.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]mail.Message(nil), p.letters...)
}

type office struct {
	t          *testing.T
	db         *db.DB
	queue      *jobs.Queue
	accounts   *accounts.Accounts
	certs      *certs.Certs
	enrolments *enrolments.Enrolments
	days       workdays.Calendar
	notify     *notify.Notify
	post       *postbox
}

const (
	home    = "https://portal.example:8080"
	support = "support@portal.example"
)

func newOffice(t *testing.T, d *db.DB) office {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	days, err := workdays.Named("finland")
	if err != nil {
		t.Fatal(err)
	}
	o := office{t: t, db: d, queue: q, days: days, post: &postbox{}}
	o.accounts = accounts.New(d, q, testkit.Ring(t), testkit.Log(t))
	o.certs = certs.New(d, q, testkit.Ring(t), certs.Config{BaseURL: home, AuthURL: "https://auth.example"}, testkit.Log(t))
	o.enrolments = enrolments.New(d, q, enrolments.Config{
		Audience: "portal.example", Deadline: func(at time.Time) time.Time { return days.Deadline(at, 3) }, Resume: days.Moved,
	})
	o.notify, err = notify.New(notify.Deps{
		DB: d, Queue: q, Accounts: o.accounts, Certs: o.certs, Enrolments: o.enrolments, Days: days, Out: o.post, Home: home + "/", Support: support,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.notify.Listen(q)
	return o
}

// work runs the queue until the test ends.
func (o office) work() { testkit.Run(o.t, o.queue.Run) }

func (o office) signUp(email string) {
	o.t.Helper()
	_, err := o.accounts.SignUp(o.t.Context(), accounts.SignUp{
		Email: email, Password: "tall otter paints slowly", Organisation: "Acme <b>Payments</b>", Country: "FI", IP: "192.0.2.7",
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o office) wait(n int) []mail.Message {
	o.t.Helper()
	testkit.Eventually(o.t, "the letters", func() bool { return len(o.post.all()) >= n && o.idle() })
	return o.post.all()
}

// idle reports whether every fact has been worked.
func (o office) idle() bool {
	var n int
	err := o.db.Native().QueryRowContext(o.t.Context(), "SELECT COUNT(*) FROM river_job WHERE kind = 'fact' AND state NOT IN ('completed', 'discarded', 'cancelled')").Scan(&n)
	return err == nil && n == 0
}

var link = regexp.MustCompile(`https://portal\.example:8080/(verify|reset)/(\S+)`)

func mustLink(t *testing.T, m mail.Message, purpose string) string {
	t.Helper()
	found := link.FindStringSubmatch(m.Text)
	if found == nil || found[1] != purpose || !strings.Contains(m.HTML, found[0]) {
		t.Fatalf("no link to %s in both versions of:\n%s", purpose, m.Text)
	}
	return found[2]
}

func TestLettersCarryTheLinksThatOpenAnAccount(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.work()

		o.signUp("Maija@acme.example")
		confirm := o.wait(1)[0]
		if confirm.To != "Maija@acme.example" || confirm.Subject != "Confirm your e-mail address" || !strings.HasSuffix(confirm.ID, "@portal.example") {
			t.Errorf("%+v", confirm)
		}
		if _, err := o.accounts.Verify(t.Context(), mustLink(t, confirm, "verify")); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(confirm.Text+confirm.HTML, "Acme") {
			t.Error("the letter repeats what a stranger may have typed")
		}

		o.signUp("maija@acme.example")
		if taken := o.wait(2)[1]; taken.Subject != "You have an account already" || link.MatchString(taken.Text) {
			t.Errorf("%+v", taken)
		}

		if err := o.accounts.RequestReset(t.Context(), "maija@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.accounts.Reset(t.Context(), mustLink(t, o.wait(3)[2], "reset"), "gravel lantern seventy"); err != nil {
			t.Fatal(err)
		}
		if changed := o.wait(4)[3]; changed.Subject != "Your password was changed" || !strings.Contains(changed.Text, "21 Nov 2026, 09:00 UTC") {
			t.Errorf("%+v", changed)
		}
	})
}

func TestNobodyGetsALetterForAnAddressWithoutAnAccount(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.work()

		if err := o.accounts.RequestReset(t.Context(), "nobody@acme.example", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		if err := o.accounts.ResendVerification(t.Context(), accounts.Pending{PersonID: "per_nobody", Email: "nobody@acme.example"}); err != nil {
			t.Fatal(err)
		}

		if letters := o.wait(0); len(letters) != 0 {
			t.Errorf("%+v", letters)
		}
	})
}

func TestALetterThatIsSentAgainCarriesTheSameMessageIDAndLink(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.post.broken = 1
		o.signUp("maija@acme.example")
		o.work()

		letters := o.wait(2)

		if len(letters) != 2 || letters[0] != letters[1] {
			t.Fatalf("%d letters: %+v", len(letters), letters)
		}
		if _, err := o.accounts.Verify(t.Context(), mustLink(t, letters[1], "verify")); err != nil {
			t.Error(err)
		}
	})
}

func TestALetterThatWasSentIsNotSentAgainWhenItsFactComesBack(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.work()
		o.signUp("maija@acme.example")
		_, err := o.accounts.Verify(t.Context(), mustLink(t, o.wait(1)[0], "verify"))
		if err != nil {
			t.Fatal(err)
		}
		o.signUp("maija@acme.example")
		o.wait(2)

		if _, err := o.db.Native().ExecContext(t.Context(), "UPDATE river_job SET state = 'available', attempt = 0, finalized_at = NULL WHERE kind = 'fact'"); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the facts worked again", o.idle)

		if letters := o.post.all(); len(letters) != 2 {
			t.Errorf("%d letters", len(letters))
		}
	})
}

func TestAReplacedSetIsToldToEveryMemberAndAFirstOneToNobody(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		if err := o.certs.EnsureAuthorities(t.Context()); err != nil {
			t.Fatal(err)
		}
		organisation, person := testkit.Organisation(t, d, "Budget Buddy")
		o.work()
		keys, err := o.certs.Prepare(t.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI}})
		if err != nil {
			t.Fatal(err)
		}
		generate := func() certs.Set {
			var set certs.Set
			err := d.InTx(t.Context(), func(tx db.Tx) error {
				var err error
				set, _, err = o.certs.Generate(t.Context(), tx, certs.Organisation{ID: organisation, Name: "Budget Buddy", Country: "FI"}, person, keys, "")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return set
		}

		generate()
		if letters := o.wait(0); len(letters) != 0 {
			t.Fatalf("the first set: %+v", letters)
		}
		second := generate()

		letters := o.wait(1)
		if len(letters) != 1 || letters[0].Subject != "Your sandbox certificates were replaced" {
			t.Fatalf("%+v", letters)
		}
		for _, words := range []string{"Budget Buddy", second.QWAC.Serial, second.QSeal.Serial, home + "/playground/certificates"} {
			if !strings.Contains(letters[0].Text, words) {
				t.Errorf("%q is missing in:\n%s", words, letters[0].Text)
			}
		}
		if active, err := o.certs.Active(t.Context(), organisation, catalog.Sandbox); err != nil || active.ID != second.ID {
			t.Errorf("%v", err)
		}
	})
}

func TestStaffHearsOfWhatHappensToTheSecondFactor(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		o.work()
		c := accountstest.Enter(t, o.accounts, "ada@fairway.example", accounts.Admin, d.Now())
		deeds := []struct {
			subject string
			do      func() error
		}{
			{"A second factor was set up", func() error { return nil }}, // done on the way in
			{"A recovery code was used", func() error {
				_, err := o.accounts.ProveFactor(t.Context(), accounts.Proof{Session: c.Session(), Code: c.Codes[0].Reveal()})
				return err
			}},
			{"Your recovery codes were replaced", func() error {
				codes, err := o.accounts.ReplaceRecoveryCodes(t.Context(), c.Session())
				c.Codes = append(c.Codes, codes...)
				return err
			}},
			{"Your second factor was reset", func() error {
				_, err := o.accounts.ResetFactor(t.Context(), "ada@fairway.example")
				return err
			}},
		}
		for i, deed := range deeds {
			if err := deed.do(); err != nil {
				t.Fatal(err)
			}

			letter := o.wait(i + 1)[i]

			if letter.Subject != deed.subject || letter.To != "ada@fairway.example" || !strings.Contains(letter.Text, "21 Nov 2026, 09:00 UTC") {
				t.Errorf("%+v", letter)
			}
			for _, code := range c.Codes {
				if strings.Contains(strings.ToLower(letter.Text+letter.HTML), code.Reveal()) {
					t.Errorf("the letter %q gives a recovery code away", letter.Subject)
				}
			}
			if strings.Contains(letter.Text, "/staff/") {
				t.Errorf("the letter %q carries the one-time link", letter.Subject)
			}
		}
	})
}
