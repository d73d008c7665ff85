package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fairway/internal/testkit/pg"
)

// TestTheScanFindsSecretsWhereTheyWouldBe proves that the search for leaks can fail.
func TestTheScanFindsSecretsWhereTheyWouldBe(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		sv, err := launch(settings{database: database}, newBook())
		if err != nil {
			t.Fatal(err)
		}
		p := sv.newTPP(t)
		inDetail := randomText(32)
		if a := p.ask(t, p.call(http.MethodGet, consentsPath+"/"+newUUID(), p.ownToken(t), nil).set("User-Agent", inDetail)); a.code() != "CONSENT_UNKNOWN" {
			t.Errorf("%s", a)
		}
		sv.book.hide("the client id", p.app.ClientID)
		sv.book.hide("the client's name", inDetail)

		found := strings.Join(sv.finish(), "\n")

		for _, want := range []string{"the table apps holds the client id", "the table calls holds the client's name"} {
			if !strings.Contains(found, want) {
				t.Errorf("the scan did not find that %s:\n%s", want, found)
			}
		}
	})
	b := newBook()
	b.hide("a token", "sbx_at_"+strings.Repeat("x", 43))
	for _, text := range []string{"Bearer sbx_at_" + strings.Repeat("x", 43), "-----BEGIN RSA PRIVATE KEY-----"} {
		if len(b.leaksIn("a page", text)) != 1 {
			t.Errorf("nothing was found in %q", text)
		}
	}
}

// onBoth runs a test on SQLite and, where it is, on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, "")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, pg.URL(t))
	})
}

// logged gives the request ids of the calls that the server's database holds.
func (sv *server) logged(t testing.TB) map[string]bool {
	t.Helper()
	db, _, err := sv.openDatabase()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ids, err := texts(db, "SELECT request_id FROM calls")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out
}

func TestAnEndBySIGTERMLosesNoLoggedCall(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		sv := start(t, settings{database: database, limits: wideLimits})
		p := sv.newTPP(t)
		g := p.granted(t, allAccounts)
		var ids []string
		var mu sync.Mutex
		answers, _ := p.burst(t, 300, func() *call {
			c := p.read(cardsPath, g).sign(t)
			mu.Lock()
			defer mu.Unlock()
			ids = append(ids, c.header.Get("X-Request-ID"))
			return c
		})
		for _, a := range answers {
			if a.status != http.StatusOK {
				t.Fatalf("%s", a)
			}
		}
		for _, problem := range sv.stop() {
			t.Error(problem)
		}

		kept := sv.logged(t)

		lost := 0
		for _, id := range ids {
			if !kept[id] {
				lost++
			}
		}
		if lost > 0 {
			t.Errorf("%d of %d logged calls are lost", lost, len(ids))
		}
		sv.again(t)
		if a := p.ask(t, p.read(cardsPath, g)); a.status != http.StatusOK {
			t.Errorf("after the restart: %s", a)
		}
	})
}

// TestAKillLosesNoConsentAndOfTheLogASecondAtMost keeps a server busy and takes its power away.
func TestAKillLosesNoConsentAndOfTheLogASecondAtMost(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		sv := start(t, settings{database: database, limits: wideLimits})
		p := sv.newTPP(t)
		g := p.granted(t, allAccounts)
		own := p.ownToken(t)
		busy := &busyClient{answered: map[string]time.Time{}}
		var wg sync.WaitGroup
		for n := range 2 {
			wg.Go(func() { busy.run(t, p, g, own, n == 0) })
		}
		until(t, "a while of work", func() bool { return busy.span() > 1600*time.Millisecond })
		killed := time.Now()
		sv.kill()
		wg.Wait()
		sv.again(t)

		kept := sv.logged(t)

		early, lost := 0, 0
		for id, at := range busy.answered {
			if at.Before(killed.Add(-time.Second)) {
				early++
				if !kept[id] {
					lost++
				}
			}
		}
		if lost > 0 || early < 10 {
			t.Errorf("of %d calls that were answered more than a second before the end %d are lost", early, lost)
		}
		for _, id := range busy.consents {
			if status := p.consentStatus(t, own, id); status != "received" {
				t.Errorf("the consent %s is %s", id, status)
			}
		}
		if len(busy.consents) == 0 {
			t.Error("no consent was made")
		}
	})
}

// busyClient remembers what it was answered.
type busyClient struct {
	mu       sync.Mutex
	first    time.Time
	answered map[string]time.Time
	consents []string
}

func (b *busyClient) span() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.first.IsZero() {
		return 0
	}
	return time.Since(b.first)
}

// run reads, or asks for consents, until the server is gone.
func (b *busyClient) run(t *testing.T, p *tpp, g grant, own string, reading bool) {
	for {
		c := p.read(cardsPath, g)
		if !reading {
			c = p.call(http.MethodPost, consentsPath, own, []byte(allAccounts))
		}
		a, err := p.trySend(t, c.sign(t))
		if err != nil {
			return
		}
		b.mu.Lock()
		if b.first.IsZero() {
			b.first = time.Now()
		}
		b.answered[c.header.Get("X-Request-ID")] = time.Now()
		if a.status == http.StatusCreated {
			b.consents = append(b.consents, jsonText(t, a.body, "consentId"))
		}
		b.mu.Unlock()
	}
}
