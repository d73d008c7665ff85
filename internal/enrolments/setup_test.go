package enrolments_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // working days are those of a place

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/testkit"
	"fairway/internal/workdays"
)

// world is the service with an organisation and a provider that issues certificates for it.
type world struct {
	*enrolments.Enrolments
	t     *testing.T
	db    *db.DB
	queue *jobs.Queue
	clock *clock.Manual
	qtsp  *demo.QTSP
	who   enrolments.Who
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	clk := testkit.Clock()
	testkit.EachAt(t, clk, func(t *testing.T, d *db.DB) { test(t, newWorld(t, d, clk)) })
}

func newWorld(t *testing.T, d *db.DB, clk *clock.Manual) *world {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	must(t, err)
	days, err := workdays.Named("finland")
	must(t, err)
	w := &world{t: t, db: d, queue: q, clock: clk, qtsp: demotest.New(t, clk.Now())}
	w.Enrolments = enrolments.New(d, q, enrolments.Config{
		Audience: "portal.example", Deadline: func(at time.Time) time.Time { return days.Deadline(at, 3) }, Resume: days.Moved,
	})
	w.who = w.organisation("Revontuli Oy")
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) organisation(name string) enrolments.Who {
	w.t.Helper()
	org, person := testkit.Organisation(w.t, w.db, name)
	return enrolments.Who{OrganisationID: org, PersonID: person}
}

// pair is a pair with a flaw, or none.
func (w *world) pair(flaw string) demo.Pair {
	w.t.Helper()
	return demotest.Issue(w.t, w.qtsp, demo.Request{At: w.clock.Now(), Flaw: flaw})
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func filesOf(p demo.Pair) enrolments.Files {
	return enrolments.Files{QWAC: pemOf(p.QWAC.Raw), QSeal: pemOf(p.Seal.Raw)}
}

// uploaded is a draft with both certificates.
func (w *world) uploaded(p demo.Pair) *enrolments.Enrolment {
	w.t.Helper()
	version := 0
	if e, err := w.Current(w.t.Context(), w.who.OrganisationID); err == nil && e.State == enrolments.Draft {
		version = e.Version
	}
	e, err := w.Upload(w.t.Context(), w.who, version, filesOf(p))
	must(w.t, err)
	return e
}

// challenged is a draft that waits for a signature.
func (w *world) challenged(p demo.Pair) *enrolments.Enrolment {
	w.t.Helper()
	e, err := w.NewChallenge(w.t.Context(), w.who, w.uploaded(p).Version)
	must(w.t, err)
	return e
}

// submitted is one that waits for a decision.
func (w *world) submitted(p demo.Pair) *enrolments.Enrolment {
	w.t.Helper()
	e := w.challenged(p)
	e, err := w.Prove(w.t.Context(), w.who, e.Version, sign(w.t, p.SealKey, e.Challenge.Text))
	must(w.t, err)
	e, err = w.Submit(w.t.Context(), w.who, e.Version)
	must(w.t, err)
	return e
}

func sign(t *testing.T, key crypto.Signer, text string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	must(t, err)
	return base64.StdEncoding.EncodeToString(sig)
}

func seen(e *enrolments.Enrolment) enrolments.Seen {
	return enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256}
}

// said is what a Form fault says at a field.
func said(err error, field string) string {
	var texts []string
	for _, f := range fault.Of(err).Fields {
		if f.Name == field {
			texts = append(texts, f.Message)
		}
	}
	return strings.Join(texts, " ")
}

// acts are how often the audit has each act on an object.
func (w *world) acts(object string) map[string]int {
	w.t.Helper()
	rows, err := w.db.Native().QueryContext(w.t.Context(), "SELECT act FROM audit_log WHERE object = '"+object+"'")
	must(w.t, err)
	defer func() { _ = rows.Close() }()
	n := map[string]int{}
	for rows.Next() {
		var act string
		must(w.t, rows.Scan(&act))
		n[act]++
	}
	return n
}

func (w *world) current(who enrolments.Who) *enrolments.Enrolment {
	w.t.Helper()
	e, err := w.Current(context.WithoutCancel(w.t.Context()), who.OrganisationID)
	must(w.t, err)
	return e
}
