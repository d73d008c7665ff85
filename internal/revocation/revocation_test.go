package revocation_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/clock"
	"fairway/internal/outbound"
	"fairway/internal/revocation"
)

func TestTheListAnswersWhereTheResponderDoesNot(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	for name, responder := range map[string]http.HandlerFunc{
		"try later": serving(ocsp.TryLaterErrorResponse),
		"missing":   http.NotFound,
		"redirect":  http.RedirectHandler(q.url+"/crl", http.StatusFound).ServeHTTP,
		"garbage":   serving([]byte("garbage")),
	} {
		cert, revoked := q.leaf(nil), q.leaf(nil)
		q.set(responder, serving(q.signedList(q.revokedList(revoked.SerialNumber), q.ca)))

		good, bad := q.check(cert), q.check(revoked)

		if good.State != revocation.Good || bad.State != revocation.Revoked || good.Source != revocation.CRL || len(good.Notes) != 1 || !strings.HasPrefix(good.Notes[0], "OCSP: ") {
			t.Errorf("%s: %+v, %+v", name, good, bad)
		}
	}
}

func TestAListDoesNotClearWhatTheResponderDoesNotKnow(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert, revoked := q.leaf(nil), q.leaf(nil)
	unknown := func(of *x509.Certificate) http.HandlerFunc {
		template := q.response(of)
		template.Status = ocsp.Unknown
		return serving(q.signed(template, q.ca))
	}
	list := serving(q.signedList(q.revokedList(revoked.SerialNumber), q.ca))

	q.set(unknown(cert), list)
	uncleared := q.check(cert)
	q.set(unknown(revoked), list)
	known := q.check(revoked)

	if uncleared.State != revocation.Unavailable || len(uncleared.Notes) != 2 || !strings.Contains(uncleared.Notes[1], "counts for nothing") {
		t.Errorf("%+v", uncleared)
	}
	if known.State != revocation.Revoked {
		t.Errorf("%+v", known)
	}
}

func TestWhereBothAreDownTheQTSPIsTriedAgain(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)
	q.server.Close()

	r := q.check(cert)

	if r.State != revocation.Unavailable || r.RetryAfter != 5*time.Minute || r.Sentence != "We could not reach the QTSP; we try again automatically." || r.Allows() {
		t.Errorf("%+v", r)
	}
	if len(r.Notes) != 2 || r.Notes[0] != "OCSP: "+q.url+"/ocsp cannot be reached." || r.Notes[1] != "CRL: "+q.url+"/crl cannot be reached." {
		t.Errorf("%q", r.Notes)
	}
}

func TestASlowSourceIsGivenUp(t *testing.T) {
	t.Parallel()
	q := newQTSPWithin(t, 50*time.Millisecond)
	wait := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	q.set(wait, wait)

	r := q.check(q.leaf(nil))

	if r.State != revocation.Unavailable || len(r.Notes) != 2 || !strings.HasSuffix(r.Notes[0], "/ocsp did not answer within 50ms.") {
		t.Errorf("%+v", r)
	}
}

func TestAServerSaysWhenToAskAgainWithinReason(t *testing.T) {
	t.Parallel()
	for header, wait := range map[string]time.Duration{"": 5 * time.Minute, "1": 5 * time.Minute, "600": 10 * time.Minute, "999999": time.Hour} {
		q := newQTSP(t)
		q.set(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusServiceUnavailable)
		}, nil)

		if r := q.check(q.leaf(nil)); r.RetryAfter != wait || !strings.Contains(r.Notes[0], "HTTP status 503") {
			t.Errorf("%q: %+v", header, r)
		}
	}
}

func TestAtMostThreeAddressesOfAKindAreTried(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(func(c *x509.Certificate) {
		c.OCSPServer = []string{q.url + "/ocsp/1", q.url + "/ocsp/2", q.url + "/ocsp/3", q.url + "/ocsp/4", q.url + "/ocsp/5"}
		c.CRLDistributionPoints = []string{"ldap://ldap.example/cn=x", q.url + "/crl/1", q.url + "/crl/2", q.url + "/crl/3"}
	})

	r := q.check(cert)

	for path, want := range map[string]int{"/ocsp/1": 1, "/ocsp/3": 1, "/ocsp/4": 0, "/ocsp/5": 0, "/crl/1": 1, "/crl/3": 1} {
		if q.times(path) != want {
			t.Errorf("%s was asked %d times", path, q.times(path))
		}
	}
	said := strings.Join(r.Notes, "\n")
	for _, want := range []string{"OCSP: the certificate names 5 addresses; those after the first 3 were left out.", "CRL: 1 of the certificate’s addresses are neither http nor https and were left out."} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not among\n%s", want, said)
		}
	}
}

func TestAddressesOfOurOwnNetworkAreNotAsked(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	var touched atomic.Int64
	count := func(http.ResponseWriter, *http.Request) { touched.Add(1) }
	q.set(count, count)
	outside := revocation.New(revocation.Config{Client: outbound.New(outbound.Config{}), Clock: q.clock})
	cert := q.leaf(func(c *x509.Certificate) {
		c.OCSPServer = append(c.OCSPServer, "http://169.254.169.254/latest/meta-data")
	})

	r, err := outside.Check(t.Context(), cert, q.ca.cert)

	if err != nil || r.State != revocation.Unavailable || touched.Load() != 0 || len(r.Notes) != 3 || !strings.Contains(r.Notes[1], "169.254.169.254/latest/meta-data was not asked") {
		t.Errorf("asked %d times: %+v, %v", touched.Load(), r, err)
	}
}

func TestACertificateWithoutPointersIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	shortTerm := pkix.Extension{Id: asn1.ObjectIdentifier{0, 4, 0, 194121, 2, 1}, Value: []byte{5, 0}}
	bare := func(c *x509.Certificate) { c.OCSPServer, c.CRLDistributionPoints = nil, nil }

	plain := q.check(q.leaf(bare))
	short := q.check(q.leaf(func(c *x509.Certificate) {
		bare(c)
		c.NotAfter = time.Date(2030, 11, 3, 4, 0, 0, 0, time.UTC)
		c.ExtraExtensions = []pkix.Extension{shortTerm}
	}))
	both := q.check(q.leaf(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{shortTerm} }))

	if plain.State != revocation.NoPointer || plain.ShortTerm || plain.Allows() || plain.Sentence != "The certificate names no place to ask whether it was revoked." {
		t.Errorf("%+v", plain)
	}
	if short.State != revocation.NoPointer || !short.ShortTerm || !short.Allows() || !strings.HasSuffix(short.Sentence, "ends on 3 Nov 2030.") {
		t.Errorf("%+v", short)
	}
	if both.State != revocation.Unavailable {
		t.Errorf("a short-term certificate that names sources was not asked about: %+v", both)
	}
}

func TestOnlyTheIssuersCertificateIsAskedAbout(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)
	for name, issuer := range map[string]*x509.Certificate{
		"another": newAuthority(t, "Another CA", caKey(), q.now).cert, "a namesake": newAuthority(t, "QTSP CA", otherKey(), q.now).cert, "itself": cert,
	} {
		r, err := q.checker.Check(t.Context(), cert, issuer)

		if err == nil || r.State != "" || q.times("/ocsp")+q.times("/crl") != 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestAnAnswerIsHeldUntilTheNextOneWithinBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		next, held time.Duration
	}{{7 * time.Minute, 7 * time.Minute}, {time.Minute, 5 * time.Minute}, {7 * 24 * time.Hour, 10 * time.Minute}} {
		q := newQTSP(t)
		cert := q.leaf(nil)
		template := q.response(cert)
		template.NextUpdate = q.now.Add(c.next)
		q.set(serving(q.signed(template, q.ca)), nil)

		first := q.check(cert)
		q.clock.Advance(c.held - time.Second)
		again := q.check(cert)
		before := q.times("/ocsp")
		q.clock.Advance(time.Second)
		q.check(cert)

		if before != 1 || !same(first, again) || q.times("/ocsp") != 2 {
			t.Errorf("%s: asked %d times, then %d; %+v", c.next, before, q.times("/ocsp"), again)
		}
	}
}

func TestARevocationIsSeenHoweverLongTheAnswerBeforeMayBeBelieved(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)
	template := q.response(cert)
	template.NextUpdate = q.now.Add(7 * 24 * time.Hour)
	q.set(serving(q.signed(template, q.ca)), nil)

	before := q.check(cert)
	q.clock.Advance(15 * time.Minute)
	template.Status, template.RevokedAt = ocsp.Revoked, q.now.Add(time.Minute)
	q.set(serving(q.signed(template, q.ca)), nil)
	after := q.check(cert)

	if before.State != revocation.Good || after.State != revocation.Revoked {
		t.Errorf("%s, then %s", before.State, after.State)
	}
}

func TestNoAnswerIsHeldForAMinute(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)

	q.check(cert)
	q.clock.Advance(59 * time.Second)
	q.check(cert)
	before := q.times("/ocsp")
	q.set(serving(q.signed(q.response(cert), q.ca)), nil)
	q.clock.Advance(time.Second)
	r := q.check(cert)

	if before != 1 || r.State != revocation.Good {
		t.Errorf("asked %d times: %+v", before, r)
	}
}

func TestTheCallersEndIsNoResult(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	cert := q.leaf(nil)
	ctx, cancel := context.WithCancel(t.Context())
	q.set(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, nil)

	r, err := q.checker.Check(ctx, cert, q.ca.cert)

	if !errors.Is(err, context.Canceled) || r.State != "" || q.times("/crl") != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	q.set(serving(q.signed(q.response(cert), q.ca)), nil)
	if r := q.check(cert); r.State != revocation.Good {
		t.Errorf("it was held: %+v", r)
	}
}

func TestFourCertificatesAreAskedAboutAtATime(t *testing.T) {
	t.Parallel()
	q := newQTSP(t)
	arrived, release := make(chan struct{}, 5), make(chan struct{})
	q.set(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		http.NotFound(w, r)
	}, nil)
	done := make(chan error, 4)
	for range 4 {
		cert := q.leaf(nil)
		go func() {
			_, err := q.checker.Check(t.Context(), cert, q.ca.cert)
			done <- err
		}()
	}
	for range 4 {
		<-arrived
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()

	_, err := q.checker.Check(ctx, q.leaf(nil), q.ca.cert)

	if !errors.Is(err, context.DeadlineExceeded) || len(arrived) != 0 {
		t.Errorf("the fifth: %v", err)
	}
	close(release)
	for range 4 {
		must(t, <-done)
	}
}

func TestStrangersTextsAreShownWithoutTricks(t *testing.T) {
	t.Parallel()
	now := clock.System{}.Now().Truncate(time.Second)
	q := newQTSP(t)
	q.ca = newAuthority(t, "QTSP \u202ekcab\x01", caKey(), now)
	cert := q.leaf(func(c *x509.Certificate) {
		c.OCSPServer = []string{"http://a.example:22/\u202e" + strings.Repeat("x", 1000), q.url + "/ocsp"}
		c.SerialNumber = big.NewInt(77)
	})
	q.set(serving(q.signed(q.response(cert), q.ca)), nil)

	r := q.check(cert)

	if r.State != revocation.Good || !strings.Contains(r.Responder, `\E2\80\AE`) || !strings.Contains(r.Notes[0], "[U+202E]") || strings.ContainsAny(strings.Join(append(r.Notes, r.Responder), ""), "\u202e\x01") || len(r.Notes[0]) > 400 {
		t.Errorf("%+v", r)
	}
}

func TestAServerThatHangsCostsOneTimeOutAndNotOneForEachCertificate(t *testing.T) {
	t.Parallel()
	q := newQTSPWithin(t, 100*time.Millisecond)
	q.set(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil)

	for range 20 {
		if r := q.check(q.leaf(withoutCRL)); r.State != revocation.Unavailable {
			t.Fatalf("%+v", r)
		}
	}

	if n := q.times("/ocsp"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

func TestAServerThatHungIsAskedAgainAfterAMinute(t *testing.T) {
	t.Parallel()
	q := newQTSPWithin(t, 100*time.Millisecond)
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	q.set(hang, nil)
	q.check(q.leaf(withoutCRL))
	early := q.check(q.leaf(withoutCRL))
	q.clock.Advance(61 * time.Second)
	q.check(q.leaf(withoutCRL))
	still := q.times("/ocsp")
	q.clock.Advance(61 * time.Second)
	leaf := q.leaf(withoutCRL)
	q.set(serving(q.signed(q.response(leaf), q.ca)), nil)
	back := q.check(leaf)
	other := q.leaf(withoutCRL)
	q.set(serving(q.signed(q.response(other), q.ca)), nil)

	next := q.check(other)

	if still != 2 || back.State != revocation.Good || next.State != revocation.Good || !strings.Contains(strings.Join(early.Notes, " "), "did not answer in time a moment ago") {
		t.Errorf("asked %d times while it hung, then %s and %s; %q", still, back.State, next.State, early.Notes)
	}
}

func TestAListIsReadWhereItsResponderHangs(t *testing.T) {
	t.Parallel()
	q := newQTSPWithin(t, 100*time.Millisecond)
	q.set(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, serving(q.signedList(q.revokedList(), q.ca)))

	for range 3 {
		if r := q.check(q.leaf(nil)); r.State != revocation.Good || r.Source != revocation.CRL {
			t.Errorf("%+v", r)
		}
	}

	if n := q.times("/ocsp"); n != 1 {
		t.Errorf("the responder was asked %d times", n)
	}
}
