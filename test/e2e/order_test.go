package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// step is one of the door's checks: how a call fails it, and with what it is answered.
type step struct {
	name  string
	spoil func(w *asking)
	code  string
}

// asking is a call with everything that may be spoilt about it.
type asking struct {
	as    *tpp // whose connection
	c     *call
	after []func(*call) // what happens to the call once it is signed
}

// steps are the checks in the order that the product promises, but for the quota, which has a test of its own. The TPP
// without the role has the whole call made for it.
func steps(t *testing.T) []step {
	return []step{
		{"certificate", func(w *asking) { w.as = w.as.with(t, nil) }, "CERTIFICATE_MISSING"},
		{"key", func(w *asking) { w.c.set("X-API-Key", "sbx_ak_"+randomText(32)) }, "API_KEY_INVALID"},
		{"token", func(w *asking) { w.c.set("Authorization", "Bearer sbx_at_"+randomText(32)) }, "TOKEN_UNKNOWN"},
		{"role", nil, "ROLE_INVALID"},
		{"connection", func(w *asking) { w.c.url = strings.Replace(w.c.url, "/rocker/", "/alisa/", 1) }, "API_NOT_CONNECTED"},
		{"headers", func(w *asking) { w.c.without("PSU-IP-Address") }, "FORMAT_ERROR"},
		{"digest", func(w *asking) { w.c.set("Digest", "SHA-256="+emptySum) }, "SIGNATURE_INVALID"},
		{"signature", func(w *asking) { w.after = append(w.after, func(c *call) { c.header.Del("Signature") }) }, "SIGNATURE_MISSING"},
	}
}

func TestARequestThatIsWrongTwiceAnswersTheEarlierCheck(t *testing.T) {
	t.Parallel()
	sv := town(t, wideLimits)
	able, unable := sv.newTPP(t), sv.newTPP(t, "--roles", "PSP_PI")
	tokens := map[*tpp]string{able: able.ownToken(t), unable: unable.ownToken(t)}
	all := steps(t)
	for i, first := range all {
		for _, second := range all[i:] {
			p := able
			if first.name == "role" || second.name == "role" {
				p = unable
			}
			w := &asking{as: p, c: p.call(http.MethodPost, consentsPath, tokens[p], []byte(allAccounts))}
			for _, s := range []step{first, second} {
				if s.spoil != nil {
					s.spoil(w)
				}
			}
			w.c.sign(t)
			for _, change := range w.after {
				change(w.c)
			}
			if a := w.as.send(t, w.c); a.code() != first.code {
				t.Errorf("wrong in %s and %s: want %s, got %s", first.name, second.name, first.code, a)
			}
		}
	}
}

// burst sends calls at once and gives the answers and how long they took together.
func (p *tpp) burst(t testing.TB, n int, one func() *call) ([]answer, time.Duration) {
	t.Helper()
	calls, answers := []*call{}, make([]answer, n)
	for range n {
		calls = append(calls, one())
	}
	var wg sync.WaitGroup
	started := time.Now()
	for i, c := range calls {
		wg.Go(func() { answers[i], _ = p.trySend(t, c) })
	}
	wg.Wait()
	return answers, time.Since(started)
}

func count(answers []answer, code string) int {
	n := 0
	for _, a := range answers {
		if a.code() == code {
			n++
		}
	}
	return n
}

// near tells whether a number of seconds in a header is about this many.
func near(header string, seconds float64) bool {
	n, err := strconv.ParseFloat(header, 64)
	return err == nil && n > seconds-10 && n < seconds+10
}

func TestFiveRequestsASecondPassHoweverManyComeAtOnce(t *testing.T) {
	t.Parallel()
	p := town(t, "").newTPP(t)
	g := p.granted(t, allAccounts)
	<-time.After(1100 * time.Millisecond) // the second in which the consent was made

	answers, took := p.burst(t, 60, func() *call { return p.read(cardsPath, g).sign(t) })

	passed, refused := count(answers, ""), count(answers, "RATE_LIMIT_EXCEEDED")
	if most := 5 * (1 + int(took/time.Second)); passed < 5 || passed > most || passed+refused != 60 {
		t.Errorf("in %s %d passed, of at most %d, and %d were refused", took, passed, most, refused)
	}
	for _, a := range answers {
		if a.header.Get("RateLimit-Policy") != `"second";q=5;w=1, "day";q=1000;w=86400` || !strings.HasPrefix(a.header.Get("RateLimit"), `"second";r=`) {
			t.Errorf("the limits are %q %q", a.header.Get("RateLimit-Policy"), a.header.Get("RateLimit"))
		}
		if a.code() != "" && (a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "1" || !strings.Contains(a.text(), "5 requests")) {
			t.Errorf("refused with Retry-After %q: %s", a.header.Get("Retry-After"), a)
		}
	}
	within(t, 3*time.Second, "the next second", func() bool { return p.ask(t, p.read(cardsPath, g)).status == http.StatusOK })
}

func TestTheQuotaStandsBetweenHeadersAndDigest(t *testing.T) {
	t.Parallel()
	p := town(t, "").newTPP(t)
	own := p.ownToken(t)
	post := func() *call { return p.call(http.MethodPost, consentsPath, own, []byte(allAccounts)) }

	early, _ := p.burst(t, 20, func() *call { return post().without("PSU-IP-Address").sign(t) })
	late, took := p.burst(t, 40, func() *call { return post().set("Digest", "SHA-256="+emptySum).sign(t) })

	if n := count(early, "FORMAT_ERROR"); n != 20 {
		t.Errorf("of 20 calls with a wrong header %d were told so", n)
	}
	told, refused := count(late, "SIGNATURE_INVALID"), count(late, "RATE_LIMIT_EXCEEDED")
	if most := 5 * (1 + int(took/time.Second)); told > most || told+refused != 40 || refused == 0 {
		t.Errorf("in %s %d calls with a wrong digest were told so, of at most %d, and %d were refused", took, told, most, refused)
	}
}

func TestTheLimitOfADayIsTold(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{limits: "100/s,3/d"})
	p := sv.newTPP(t)
	own := p.ownToken(t)
	status := func() answer {
		return p.ask(t, p.call(http.MethodGet, consentsPath+"/"+newUUID(), own, nil))
	}
	for range 3 {
		if a := status(); a.code() != "CONSENT_UNKNOWN" || a.status != http.StatusForbidden {
			t.Errorf("within the limit: %s", a)
		}
	}

	over := status()

	seconds := time.Until(time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)).Seconds()
	if over.code() != "RATE_LIMIT_EXCEEDED" || !strings.Contains(over.text(), "00:00 UTC") || !near(over.header.Get("Retry-After"), seconds) {
		t.Errorf("the fourth call, Retry-After %q: %s", over.header.Get("Retry-After"), over)
	}
	for _, problem := range sv.stop() {
		t.Error(problem)
	}
	sv.again(t)
	if a := status(); a.code() != "RATE_LIMIT_EXCEEDED" {
		t.Errorf("after a restart: %s", a)
	}
}
