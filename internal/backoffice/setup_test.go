package backoffice_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/address"
	"fairway/internal/audit"
	"fairway/internal/backoffice"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/httpkit"
	"fairway/internal/jobs"
	"fairway/internal/nca"
	"fairway/internal/notify"
	"fairway/internal/portal"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/signin"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
	"fairway/internal/trustlist/xades"
	"fairway/internal/workdays"
)

const base = "http://localhost:8080"

// qtsps are what the issuers of the demonstration say about revocation, without a network.
type qtsps struct {
	clock clock.Clock
	// slow keeps every answer back until the question is given up.
	slow bool
}

func (q *qtsps) Check(ctx context.Context, _, _ *x509.Certificate) (revocation.Result, error) {
	if q.slow {
		<-ctx.Done()
		return revocation.Result{}, ctx.Err()
	}
	now := q.clock.Now()
	return revocation.Result{State: revocation.Good, Source: revocation.OCSP, URL: demotest.Base + "/ocsp", Responder: "CN=Responder", ProducedAt: now,
		ThisUpdate: now, NextUpdate: now.Add(time.Hour), CheckedAt: now, Sentence: "Not revoked: the QTSP says so."}, nil
}

// office is a portal with this face, and what a test needs beside it.
type office struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Manual
	accounts *accounts.Accounts
	enrols   *enrolments.Enrolments
	nca      *nca.NCA
	lists    *trustlist.Lists
	register *register.Register
	trail    *audit.Trail
	qtsp     *demo.QTSP
	issuers  *qtsps
	signer   xades.Signer
	at       string
	handler  http.Handler
}

// closed stands where the banks' pages would be.
type closed struct{}

func (closed) MountBank(httpkit.Routes)           {}
func (closed) FailBank(c *gin.Context, err error) { c.String(http.StatusNotFound, err.Error()) }

func must[T any](value T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// newOffice has an imported register and trusted lists.
func newOffice(t *testing.T, config nca.Config) *office {
	t.Helper()
	clk := testkit.Clock()
	o := newOfficeOn(t, testkit.SQLiteAt(t, clk), clk, config, base)
	o.importAll()
	return o
}

func newOfficeOn(t *testing.T, d *db.DB, clk *clock.Manual, config nca.Config, at string) *office {
	t.Helper()
	log, ring := testkit.Log(t), testkit.Ring(t)
	q := must(jobs.New(d, log))(t)
	days := must(workdays.Named("finland"))(t)
	config.Host = "FI"
	o := &office{t: t, db: d, clock: clk, at: at, qtsp: demotest.New(t, clk.Now()), issuers: &qtsps{clock: clk}, register: register.New(d, q), trail: audit.New(d, log),
		accounts: accounts.New(d, q, ring, log)}
	o.signer = operator(t, clk.Now())
	o.lists = trustlist.New(d, []*x509.Certificate{o.signer.Certificate}, log)
	o.enrols = enrolments.New(d, q, enrolments.Config{Audience: "localhost:8080", Resume: days.Moved,
		Deadline: func(t time.Time) time.Time { return days.Deadline(t, 3) }})
	o.nca = nca.New(nca.Deps{DB: d, Queue: q, Accounts: o.accounts, Enrolments: o.enrols, Lists: o.lists, Register: o.register, Revocations: o.issuers, Log: log}, config)
	if config.Automatic {
		o.nca.Listen(q)
		testkit.Run(t, q.Run)
	}
	writer := must(notify.New(notify.Deps{DB: d, Queue: q, Accounts: o.accounts, Enrolments: o.enrols, Days: days, Home: at}))(t)
	face := backoffice.New(backoffice.Deps{DB: d, Letters: writer, Clock: clk, Accounts: o.accounts, Enrolments: o.enrols, NCA: o.nca, Lists: o.lists, Register: o.register, Refresh: refresh.New(refresh.Deps{DB: d}, refresh.Config{}), Trail: o.trail, Days: days, SourcesWithin: time.Second})
	door := must(portal.New(portal.Deps{
		Faces: []portal.Face{face}, Bank: closed{}, Keeper: signin.NewKeeper(o.accounts.Sessions()), Ring: ring, Log: log,
		BaseURL: must(address.Parse(at))(t), BankURL: must(address.Parse(at + "/bank/{environment}/{brand}"))(t), Ready: func(context.Context) error { return nil },
	}))(t)
	o.handler = door.Handler()
	return o
}

// operator signs the trusted lists of these tests.
func operator(t *testing.T, now time.Time) xades.Signer {
	t.Helper()
	pair := demotest.Issue(t, demotest.New(t, now), demo.Request{At: now})
	return xades.Signer{Key: pair.SealKey, Certificate: pair.Seal, At: now}
}

// importAll imports the sample register and lists that name the demonstration's issuers.
func (o *office) importAll() {
	o.t.Helper()
	body := must(os.ReadFile("../register/testdata/eba-register-sample.json"))(o.t)
	must(o.register.Import(o.t.Context(), "command", bytes.NewReader(body), int64(len(body)), register.Options{}))(o.t)
	o.publish(7, demo.Websites, demo.Seals)
}

// publish imports lists with that number that name these authorities.
func (o *office) publish(sequence int64, listed ...demo.CA) {
	o.t.Helper()
	var services []xades.Service
	for _, ca := range listed {
		services = append(services, o.service(ca, xades.State{Web: ca == demo.Websites, Seal: ca == demo.Seals}))
	}
	now, signers := o.clock.Now(), [][]byte{o.signer.Certificate.Raw}
	national := xades.List{Sequence: sequence, Territory: "FI", Operator: "Agency", IssuedAt: now.AddDate(0, 0, -5), NextUpdate: now.AddDate(0, 5, 0),
		Providers: []xades.Provider{{Name: "Demonstration QTSP", Services: services}}}
	union := xades.List{LOTL: true, Sequence: 293 + sequence, Territory: "EU", Operator: "Commission", IssuedAt: now.AddDate(0, 0, -9), NextUpdate: now.AddDate(0, 5, 0),
		Pointers: []xades.Pointer{{Territory: "EU", Location: "https://eu.example/lotl.xml", LOTL: true, Signers: signers}, {Territory: "FI", Location: "https://fi.example/tl.xml", Signers: signers}}}
	for _, l := range []xades.List{union, national} {
		report := must(o.lists.Import(o.t.Context(), "per_admin", [][]byte{must(xades.Sign(l, xades.About{}, o.signer))(o.t)}))(o.t)
		if report.Refused() > 0 {
			o.t.Fatal(report.Lines[0].Text())
		}
	}
}

func (o *office) service(ca demo.CA, state xades.State) xades.Service {
	state.Granted, state.Since = true, o.clock.Now().AddDate(-2, 0, 0)
	return xades.Service{Type: xades.TypeCAQC, Name: "Qualified certificates", Certificates: [][]byte{o.qtsp.Certificate(ca).Raw}, States: []xades.State{state}}
}

// applicant is an organisation with what it handed in.
type applicant struct {
	*office
	who enrolments.Who
	*enrolments.Enrolment
}

// submitted walks an organisation to the queue, without an examination.
func (o *office) submitted(name string, r demo.Request) *applicant {
	o.t.Helper()
	org, person := testkit.Organisation(o.t, o.db, name)
	a := &applicant{office: o, who: enrolments.Who{OrganisationID: org, PersonID: person}}
	r.At = o.clock.Now()
	a.handIn(demotest.Issue(o.t, o.qtsp, r))
	return a
}

// examined is submitted, and the sources have answered.
func (o *office) examined(name string, r demo.Request) *applicant {
	o.t.Helper()
	a := o.submitted(name, r)
	a.examine()
	return a
}

func (a *applicant) examine() {
	a.t.Helper()
	if err := a.nca.Refresh(a.t.Context(), nca.System, a.ID); err != nil {
		a.t.Fatal(err)
	}
}

func (a *applicant) handIn(p demo.Pair) {
	a.t.Helper()
	a.Enrolment = enrolmentstest.HandIn(a.t, a.enrols, a.who, p)
}

// now is the enrolment as it stands.
func (a *applicant) now() *enrolments.Enrolment {
	a.t.Helper()
	return must(a.enrols.ForReview(a.t.Context(), a.ID))(a.t)
}

// deeds counts the lines of the audit trail with an act about the enrolment.
func (a *applicant) deeds(acts ...string) int {
	a.t.Helper()
	n := 0
	for _, line := range must(a.trail.List(a.t.Context(), audit.Filter{Object: a.ID, Limit: 200}))(a.t).Lines {
		for _, act := range acts {
			if line.Act == act {
				n++
			}
		}
	}
	return n
}

// colleague is somebody of the service provider with a browser that is signed in.
type colleague struct {
	*office
	accountstest.Colleague
	cookie string
	// elsewhere says that the session came into another browser.
	elsewhere bool
}

func (o *office) colleague(email string, role accounts.Role) *colleague {
	o.t.Helper()
	c := accountstest.Enter(o.t, o.accounts, email, role, o.clock.Now())
	return &colleague{office: o, Colleague: c, cookie: c.Token.Reveal()}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// says reports whether a reader of the page sees the text.
func (a answer) says(text string) bool {
	return strings.Contains(space.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(a.body, "")), " "), text)
}

// field is the value of a field of a page.
func (a answer) field(name string) string {
	found := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `"[^>]*value="([^"]*)"`).FindStringSubmatch(a.body)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

func (c *colleague) send(method, path string, form url.Values) answer {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, c.at+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "fairway", Value: c.cookie})
	if !c.elsewhere {
		r.AddCookie(&http.Cookie{Name: "fairway_device", Value: c.Device.Reveal()})
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (c *colleague) get(path string) answer { return c.send(http.MethodGet, path, nil) }

func (c *colleague) mustGet(path string) answer {
	c.t.Helper()
	a := c.get(path)
	if a.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.to())
	}
	return a
}

func path(a *applicant) string { return "/admin/reviews/" + a.ID }

// form is what the decision form of a page carries, with changes.
func (a answer) form(changes ...string) url.Values {
	form := url.Values{}
	for _, name := range []string{"_token", "version", "qwac", "qseal", "evidence"} {
		form.Set(name, a.field(name))
	}
	form["roles"] = a.ticked("roles")
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// ticked are the values of the boxes of a name that a page shows ticked.
func (a answer) ticked(name string) []string {
	var values []string
	for _, found := range regexp.MustCompile(`name="`+regexp.QuoteMeta(name)+`" type="checkbox" value="([^"]*)" checked`).FindAllStringSubmatch(a.body, -1) {
		values = append(values, found[1])
	}
	return values
}

// decide opens the screen and sends its form, with changes.
func (c *colleague) decide(a *applicant, changes ...string) answer {
	c.t.Helper()
	return c.send(http.MethodPost, path(a)+"/decide", c.mustGet(path(a)).form(changes...))
}

const reason = "The register and the lists agree."

func issued(o *office, r demo.Request) demo.Pair {
	o.t.Helper()
	r.At = o.clock.Now()
	return demotest.Issue(o.t, o.qtsp, r)
}
