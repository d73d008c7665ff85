package nca_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // working days are those of a place

	"fairway/internal/accounts"
	"fairway/internal/audit"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
	"fairway/internal/workdays"
)

// services stand for the revocation services outside.
type services struct {
	mu    sync.Mutex
	state revocation.State
	asked int
	// hangs keeps every answer back until it is closed; nil keeps none.
	hangs chan struct{}
}

func (s *services) Check(ctx context.Context, cert, issuer *x509.Certificate) (revocation.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.hangs != nil {
		s.mu.Unlock()
		select {
		case <-s.hangs:
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
	if err := cert.CheckSignatureFrom(issuer); err != nil {
		return revocation.Result{}, err
	}
	return revocation.Result{State: s.state, Source: revocation.OCSP, CheckedAt: testkit.Start, Sentence: "The service says " + string(s.state) + "."}, nil
}

func (s *services) set(state revocation.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state
}

func (s *services) times() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// world is the service with everything below it and a provider whose lists and register are imported.
type world struct {
	*nca.NCA
	t          *testing.T
	db         *db.DB
	queue      *jobs.Queue
	clock      *clock.Manual
	enrolments *enrolments.Enrolments
	outside    *services
	qtsp       *demo.QTSP
	lists      *trustlist.Lists
	register   *register.Register
	signer     xades.Signer // of further lists
	published  int64
	who        enrolments.Who
}

func each(t *testing.T, config nca.Config, test func(t *testing.T, w *world)) {
	t.Helper()
	config.Demonstrations = true
	eachAs(t, config, test)
}

// eachAs takes the configuration as it is, as production does.
func eachAs(t *testing.T, config nca.Config, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := testkit.Clock()
			test(t, newWorld(t, open(t, clk), clk, config))
		})
	}
}

func newWorld(t *testing.T, d *db.DB, clk *clock.Manual, config nca.Config) *world {
	t.Helper()
	log := testkit.Log(t)
	q, err := jobs.New(d, log)
	must(t, err)
	days, err := workdays.Named("finland")
	must(t, err)
	w := &world{t: t, db: d, queue: q, clock: clk, outside: &services{state: revocation.Good}, qtsp: demotest.New(t, clk.Now())}
	w.enrolments = enrolments.New(d, q, enrolments.Config{Audience: "portal.example", Deadline: func(at time.Time) time.Time { return days.Deadline(at, 3) }, Resume: days.Moved})
	operator := demotest.Issue(t, demotest.New(t, clk.Now()), demo.Request{At: clk.Now()})
	w.signer = xades.Signer{Key: operator.SealKey, Certificate: operator.Seal, At: clk.Now()}
	lists, reg := trustlist.New(d, []*x509.Certificate{w.qtsp.LOTLSigner(), w.signer.Certificate}, log), register.New(d, q)
	w.lists, w.register = lists, reg
	union, national, err := w.qtsp.Lists(clk.Now())
	must(t, err)
	report, err := lists.Import(t.Context(), "per_tester", [][]byte{union, national})
	must(t, err)
	if report.Refused() > 0 {
		t.Fatalf("%+v", report)
	}
	sample := demo.Register()
	_, err = reg.Import(t.Context(), "per_tester", bytes.NewReader(sample), int64(len(sample)), register.Options{})
	must(t, err)
	config.Host = "FI"
	w.NCA = nca.New(nca.Deps{DB: d, Queue: q, Accounts: accounts.New(d, q, testkit.Ring(t), log), Enrolments: w.enrolments, Lists: lists, Register: reg, Revocations: w.outside, Log: log}, config)
	w.Listen(q)
	w.who = w.organisation("Revontuli Oy")
	return w
}

// publish imports newer lists that name these authorities of the provider, current for a while.
func (w *world) publish(current time.Duration, listed ...demo.CA) {
	w.t.Helper()
	w.published++
	now, sequence := w.clock.Now(), 1_000_000+w.published
	var services []xades.Service
	for _, ca := range listed {
		state := xades.State{Granted: true, Since: now.AddDate(-1, 0, 0), Web: ca == demo.Websites, Seal: ca == demo.Seals}
		services = append(services, xades.Service{Type: xades.TypeCAQC, Name: "Qualified certificates", Certificates: [][]byte{w.qtsp.Certificate(ca).Raw}, States: []xades.State{state}})
	}
	by := [][]byte{w.signer.Certificate.Raw}
	for _, l := range []xades.List{
		{LOTL: true, Sequence: sequence, Territory: "EU", Operator: "Commission", IssuedAt: now, NextUpdate: now.AddDate(0, 5, 0), Pointers: []xades.Pointer{
			{Territory: "EU", Location: "https://eu.example/lotl.xml", LOTL: true, Signers: by}, {Territory: "FI", Location: "https://fi.example/tl.xml", Signers: by}}},
		{Sequence: sequence, Territory: "FI", Operator: "Agency", IssuedAt: now, NextUpdate: now.Add(current), Providers: []xades.Provider{{Name: "A provider", Services: services}}},
	} {
		file, err := xades.Sign(l, xades.About{}, w.signer)
		must(w.t, err)
		report, err := w.lists.Import(w.t.Context(), "per_tester", [][]byte{file})
		must(w.t, err)
		if report.Refused() > 0 {
			w.t.Fatal(report.Lines[0].Text())
		}
	}
}

// registered imports the sample register with changes, old and new in turn.
func (w *world) registered(changes ...string) {
	w.t.Helper()
	text := strings.NewReplacer(changes...).Replace(string(demo.Register()))
	_, err := w.register.Import(w.t.Context(), "per_tester", strings.NewReader(text), int64(len(text)), register.Options{})
	must(w.t, err)
}

// approved is one that a person let into Live.
func (w *world) approved(r demo.Request, roles ...qcert.Role) *enrolments.Enrolment {
	w.t.Helper()
	e := w.submitted(r)
	must(w.t, w.Refresh(w.t.Context(), "per_admin", e.ID))
	d := w.decision(e.ID, nca.Approve, "per_admin")
	d.Roles = roles
	_, err := w.Decide(w.t.Context(), d)
	must(w.t, err)
	return w.now(e)
}

// now is an enrolment as it stands.
func (w *world) now(e *enrolments.Enrolment) *enrolments.Enrolment {
	w.t.Helper()
	e, err := w.enrolments.ByID(context.WithoutCancel(w.t.Context()), e.OrganisationID, e.ID)
	must(w.t, err)
	return e
}

// detail is what the audit says beside an act on an object.
func (w *world) detail(object, act string) map[string]string {
	w.t.Helper()
	found, err := audit.New(w.db, testkit.Log(w.t)).List(w.t.Context(), audit.Filter{Object: object, Limit: 50})
	must(w.t, err)
	for _, line := range found.Lines {
		if line.Act == act {
			return line.Detail
		}
	}
	return nil
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

func pemOf(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// submitted is an enrolment with a pair that waits for us.
func (w *world) submitted(r demo.Request) *enrolments.Enrolment {
	w.t.Helper()
	r.At = w.clock.Now()
	pair := demotest.Issue(w.t, w.qtsp, r)
	e, err := w.enrolments.Upload(w.t.Context(), w.who, 0, enrolments.Files{QWAC: pemOf(pair.QWAC), QSeal: pemOf(pair.Seal)})
	must(w.t, err)
	e, err = w.enrolments.NewChallenge(w.t.Context(), w.who, e.Version)
	must(w.t, err)
	e, err = w.enrolments.Prove(w.t.Context(), w.who, e.Version, sign(w.t, pair.SealKey, e.Challenge.Text))
	must(w.t, err)
	e, err = w.enrolments.Submit(w.t.Context(), w.who, e.Version)
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

// decision is a decision on the case as it stands.
func (w *world) decision(id string, verdict nca.Verdict, by string) nca.Decision {
	w.t.Helper()
	c, err := w.Case(w.t.Context(), id)
	must(w.t, err)
	e := c.Enrolment
	return nca.Decision{Seen: enrolments.Seen{EnrolmentID: e.ID, Version: e.Version, QWAC: e.QWAC.Info.SHA256, QSeal: e.QSeal.Info.SHA256},
		Evidence: c.Fingerprint, Verdict: verdict, Reason: "Everything is as it should be.", By: by}
}

func (w *world) state(e *enrolments.Enrolment) enrolments.State {
	w.t.Helper()
	return w.now(e).State
}
