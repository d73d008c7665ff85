package e2e

import (
	"net/http"
	"sync"
	"testing"

	"fairway/internal/testkit/pg"
)

// fleet is two servers on one empty PostgreSQL, started together: both want to migrate (security, trap 5).
func fleet(t *testing.T) [2]*server {
	t.Helper()
	shared := settings{database: pg.URL(t), limits: wideLimits, extra: []string{sealingKeys()}}
	var servers [2]*server
	var faults [2]error
	one := newBook()
	var wg sync.WaitGroup
	for i := range servers {
		wg.Go(func() { servers[i], faults[i] = launch(shared, one) })
	}
	wg.Wait()
	for i, sv := range servers {
		if faults[i] != nil {
			t.Fatal(faults[i])
		}
		t.Cleanup(func() {
			for _, problem := range sv.finish() {
				t.Error(problem)
			}
		})
	}
	return servers
}

// TestTwoServersOfOneDatabaseAreOneBank is security T18 and T22 across processes.
func TestTwoServersOfOneDatabaseAreOneBank(t *testing.T) {
	t.Parallel()
	servers := fleet(t)
	p := servers[0].newTPP(t)
	desks := [2]*tpp{p, p.at(servers[1])}
	g := p.granted(t, allAccounts)
	for i, desk := range desks {
		if a := desk.ask(t, desk.read(cardsPath, g)); a.status != http.StatusOK {
			t.Errorf("server %d: %s", i, a)
		}
	}
	own, id := p.ownToken(t), newUUID()

	made := everywhere(desks, 50, func(desk *tpp) answer {
		return desk.ask(t, desk.call(http.MethodPost, consentsPath, own, []byte(allAccounts)).set("X-Request-ID", id))
	})

	ids := map[string]bool{}
	for _, a := range made {
		if a.status != http.StatusCreated {
			t.Fatalf("a repeat: %s", a)
		}
		ids[jsonText(t, a.body, "consentId")] = true
	}
	if len(ids) != 1 {
		t.Errorf("fifty posts of one request made %d consents", len(ids))
	}
	consent := jsonText(t, made[0].body, "consentId")
	v := desks[1].visit(consent)
	code := desks[1].codeIn(t, desks[1].approve(t, servers[1].browser(t), v, nil), v)

	redeemed := everywhere(desks, 50, func(desk *tpp) answer { return desk.redeem(t, code, v) })

	won := 0
	for _, a := range redeemed {
		if a.status == http.StatusOK {
			won++
			p.tokens(t, a)
		} else if a.oauthCode() != "invalid_grant" {
			t.Errorf("a further redemption: %s", a)
		}
	}
	if won != 1 {
		t.Errorf("%d redemptions gave tokens", won)
	}
}

// everywhere does something many times at once, in turns at two servers.
func everywhere(desks [2]*tpp, n int, do func(*tpp) answer) []answer {
	answers := make([]answer, n)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = do(desks[i%2]) })
	}
	wg.Wait()
	return answers
}
