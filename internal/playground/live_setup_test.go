package playground_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"html"
	"regexp"
	"time"
	_ "time/tzdata" // working days are those of a place

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/workdays"
)

// answersGood stands for the revocation services outside.
type answersGood struct{}

func (answersGood) Check(context.Context, *x509.Certificate, *x509.Certificate) (revocation.Result, error) {
	return revocation.Result{State: revocation.Good, Source: revocation.OCSP, CheckedAt: testkit.Start, Sentence: "Not revoked."}, nil
}

// addLive adds what the way to Live needs, without any list or register.
func (k *desk) addLive(q *jobs.Queue) {
	k.t.Helper()
	log := testkit.Log(k.t)
	k.days = must(workdays.Named("finland"))(k.t)
	k.qtsp = demotest.New(k.t, k.clock.Now())
	k.enrolments = enrolments.New(k.db, q, enrolments.Config{
		Audience: "portal.example", Deadline: func(at time.Time) time.Time { return k.days.Deadline(at, 3) }, Resume: k.days.Moved,
	})
	k.nca = nca.New(nca.Deps{DB: k.db, Queue: q, Accounts: k.accounts, Enrolments: k.enrolments, Revocations: answersGood{}, Log: log,
		Lists: trustlist.New(k.db, nil, log), Register: register.New(k.db, q)}, nca.Config{Host: "FI"})
}

func (k *desk) pair(flaw string) demo.Pair {
	k.t.Helper()
	return demotest.Issue(k.t, k.qtsp, demo.Request{At: k.clock.Now(), Flaw: flaw})
}

func pemOf(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

func (k *desk) sign(key crypto.Signer, text string) string {
	k.t.Helper()
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(must(key.Sign(rand.Reader, sum[:], crypto.SHA256))(k.t))
}

var challengeText = regexp.MustCompile(`<code id="challenge-text">([^<]+)</code>`)

// challenge is the text on the page of the third step.
func (m *member) challenge() string {
	m.t.Helper()
	found := challengeText.FindStringSubmatch(m.mustGet("/playground/live/certificates/challenge").body)
	if found == nil {
		m.t.Fatal("the page shows no challenge")
	}
	return html.UnescapeString(found[1])
}
