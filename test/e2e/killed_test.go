//go:build e2e_full

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// rescue is how long a job that a dead process was at may lie before another one takes it up, with room.
const rescue = 4 * time.Minute

// TestAKillBetweenTwoWritesOfADecisionLeavesOneOfEverything takes the power away at other moments of a decision, again and
// again: what was decided is on record once, and told in one letter.
func TestAKillBetweenTwoWritesOfADecisionLeavesOneOfEverything(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		sv := start(t, settings{database: database})
		tpp, admin := sv.browser(t), sv.browser(t)
		tpp.signUp(t, "owner@revontuli.example")
		admin.enter(t, sv.link(t, "add", "--email", colleagueEmail, "--role", "admin"))
		tpp.handIn(t, sv.pair(t, ""))
		var asked []string
		for round, wait := range []time.Duration{0, 2 * time.Millisecond, 5 * time.Millisecond, 9 * time.Millisecond, 14 * time.Millisecond, 25 * time.Millisecond, 60 * time.Millisecond} {
			path := admin.review(t)
			question := fmt.Sprintf("Which of your services comes as number %d?", round+1)

			admin.killWithin(path, question, wait)
			sv.again(t)

			if tpp.open(livePath); !strings.Contains(tpp.page.words(), question) {
				admin.review(t)
				admin.decide(path, "ask", question) // what failed works when it is tried again
			}
			asked = append(asked, question)
			sv.awaitLetter(t, question)
			tpp.open(livePath)
			tpp.submit(tpp.formTo(livePath+"/answer"), "answer", "Account information.")
		}

		db, _, err := sv.openDatabase()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		rows, err := texts(db, "SELECT object FROM audit_log WHERE act = 'enrolments.asked'")
		if err != nil || len(rows) != len(asked) {
			t.Errorf("%d questions, %d rows, %v", len(asked), len(rows), err)
		}
		told, err := texts(db, "SELECT text FROM outbox WHERE subject LIKE '%question%'")
		if err != nil {
			t.Fatal(err)
		}
		for _, question := range asked {
			if n := len(slices.DeleteFunc(slices.Clone(told), func(text string) bool { return !strings.Contains(text, question) })); n != 1 {
				t.Errorf("%d letters ask: %s", n, question)
			}
		}
	})
}

// awaitLetter waits for a letter with a text: an answer before it would make it untrue, and then it is not written.
func (sv *server) awaitLetter(t *testing.T, text string) {
	t.Helper()
	db, _, err := sv.openDatabase()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for deadline := time.Now().Add(rescue); time.Now().Before(deadline); <-time.After(100 * time.Millisecond) {
		found, err := texts(db, "SELECT id FROM outbox WHERE text LIKE '%"+text+"%'")
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return
		}
	}
	t.Errorf("no letter asks: %s", text)
}

// killWithin sends a decision and takes the server's power away a moment later, whether it has answered or not.
func (b *browser) killWithin(path, question string, wait time.Duration) {
	b.t.Helper()
	values := b.formTo(path+"/decide").values("verdict", "ask", "reason", question)
	to, err := url.Parse(b.sv.portal + path + "/decide")
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.sv.portal)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range b.jar.Cookies(to) {
		r.AddCookie(c)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-time.After(wait)
	b.sv.kill()
	<-done
}
