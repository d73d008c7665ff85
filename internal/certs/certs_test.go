package certs_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"sync"
	"testing"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/testkit"
)

var addresses = certs.Config{BaseURL: "https://portal.example/", AuthURL: "https://auth.example"}

// process is what one running program has of this domain, on a database that others may share.
type process struct {
	*certs.Certs
	db    *db.DB
	queue *jobs.Queue
}

func newProcess(t *testing.T, d *db.DB) process {
	t.Helper()
	q, err := jobs.New(d, testkit.Log(t))
	must(t, err)
	c := certs.New(d, q, testkit.Ring(t), addresses, testkit.Log(t))
	must(t, c.EnsureAuthorities(t.Context()))
	return process{Certs: c, db: d, queue: q}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) *fault.Error {
	t.Helper()
	f := fault.Of(err)
	if err == nil || f.Kind != kind || f.Code != code {
		t.Fatalf("got %v, want %v %s", err, kind, code)
	}
	return f
}

func newOrganisation(t *testing.T, d *db.DB, name string) certs.Organisation {
	t.Helper()
	id, _ := testkit.Organisation(t, d, name)
	return certs.Organisation{ID: id, Name: name, Country: "FI"}
}

// Keys are what these tests would spend their time on, so most share a pair.
var sharedKeys struct {
	sync.Mutex
	keys *certs.Keys
}

func (p process) prepared(t *testing.T) certs.Keys {
	t.Helper()
	sharedKeys.Lock()
	defer sharedKeys.Unlock()
	if sharedKeys.keys == nil {
		keys, err := p.Prepare(t.Context(), certs.Request{Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}})
		must(t, err)
		sharedKeys.keys = &keys
	}
	return *sharedKeys.keys
}

func (p process) generate(t *testing.T, org certs.Organisation, once string) (certs.Set, certs.PrivateKeys) {
	t.Helper()
	set, private, err := p.tryGenerate(t, org, once)
	must(t, err)
	return set, private
}

func (p process) tryGenerate(t *testing.T, org certs.Organisation, once string) (set certs.Set, private certs.PrivateKeys, err error) {
	t.Helper()
	keys := p.prepared(t)
	err = p.db.InTx(t.Context(), func(tx db.Tx) (err error) {
		set, private, err = p.Generate(t.Context(), tx, org, "per_tester", keys, once)
		return err
	})
	return set, private, err
}

func pool(t *testing.T, pems []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pems) {
		t.Fatal("no certificate in the PEM text")
	}
	return p
}

func parsePEM(t *testing.T, text []byte) []*x509.Certificate {
	t.Helper()
	var out []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		must(t, err)
		out = append(out, cert)
	}
	return out
}

func TestAnOrganisationGetsAPairThatIsWhatItSays(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Åland Pay & Söhne")

		set, _ := p.generate(t, org, "")

		for _, cert := range []certs.Certificate{set.QWAC, set.QSeal} {
			if found := qcert.ForSandbox(qcert.CheckProfile(cert.Info, cert.X509, cert.Kind, testkit.Start)); len(found) > 0 {
				t.Errorf("the profile of the %s has findings: %v", cert.Kind, found)
			}
			_, err := cert.X509.Verify(x509.VerifyOptions{
				Roots: pool(t, p.Roots()), Intermediates: pool(t, p.Chain()), CurrentTime: testkit.Start, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
			})
			must(t, err)
			if !cert.IssuedByUs || cert.RevokedAt != nil || cert.OrganisationID != org.ID || cert.Environment != catalog.Sandbox {
				t.Errorf("got %+v", cert)
			}
			if got := cert.Info.Organization; got != "Åland Pay & Söhne SANDBOX" {
				t.Errorf("organisation is %q", got)
			}
			if !slices.Equal(cert.Info.Roles, []qcert.Role{qcert.RoleAI, qcert.RolePI}) {
				t.Errorf("roles are %v", cert.Info.Roles)
			}
			if got := cert.X509.CRLDistributionPoints; !slices.Equal(got, []string{"https://portal.example/pki/tpp.crl"}) {
				t.Errorf("revocation list is at %v", got)
			}
			if got := cert.X509.NotAfter.Sub(cert.X509.NotBefore); got != 180*24*time.Hour+5*time.Minute {
				t.Errorf("valid for %v", got)
			}
			if cert.Serial != cert.Info.SerialHex {
				t.Errorf("serial is %s in one place and %s in the other", cert.Serial, cert.Info.SerialHex)
			}
		}
		if found := qcert.CheckPair(set.QWAC.Info, set.QSeal.Info); len(found) > 0 {
			t.Errorf("the pair has findings: %v", found)
		}
		if set.QWAC.Info.CommonName != set.QWAC.Info.DNSNames[0] || set.QSeal.Info.CommonName != "Åland Pay & Söhne SANDBOX eSeal" {
			t.Errorf("common names are %q and %q", set.QWAC.Info.CommonName, set.QSeal.Info.CommonName)
		}
	})
}

func TestTheSandboxIdentityOutlivesASet(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")

		first, _ := p.generate(t, org, "")
		org.Name = "Renamed Oy"
		second, _ := p.generate(t, org, "")

		if a, b := first.QWAC.Info.OrganizationIdentifier, second.QSeal.Info.OrganizationIdentifier; a != b {
			t.Errorf("the identifier changed from %s to %s", a, b)
		}
		if a, b := first.QWAC.Info.DNSNames, second.QWAC.Info.DNSNames; !slices.Equal(a, b) {
			t.Errorf("the DNS name changed from %s to %s", a, b)
		}
	})
}

func TestReGenerateEndsTheOldSetInTheSameTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")

		old, _ := p.generate(t, org, "")
		fresh, _ := p.generate(t, org, "")

		active, err := p.Active(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if active.ID != fresh.ID {
			t.Errorf("active is %s, want %s", active.ID, fresh.ID)
		}
		history, err := p.History(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		at := slices.IndexFunc(history, func(s certs.Set) bool { return s.ID == old.ID })
		if len(history) != 2 || at < 0 {
			t.Fatalf("history has %d sets", len(history))
		}
		was := history[at]
		if was.Status != certs.Replaced || was.ReplacedAt == nil || was.QWAC.RevokedAt == nil || was.QSeal.RevokedAt == nil || was.QWAC.RevocationReason != 4 {
			t.Errorf("the old set is %+v", was)
		}
		var keys string
		must(t, d.Native().QueryRowContext(t.Context(), "SELECT MAX(sealed_key) FROM certificates WHERE set_id = "+quoted(old.ID)).Scan(&keys))
		if keys != "" {
			t.Error("the old set's keys are still there")
		}
		wantActs(t, d, org.ID, "certs.generated", "certs.replaced", "certs.generated")
	})
}

func quoted(id string) string { return "'" + id + "'" }

func wantActs(t *testing.T, d *db.DB, organisationID string, want ...string) {
	t.Helper()
	rows, err := d.Native().QueryContext(t.Context(), "SELECT act FROM audit_log WHERE organisation_id = "+quoted(organisationID)+" ORDER BY id")
	must(t, err)
	defer func() { _ = rows.Close() }()
	var got []string
	for rows.Next() {
		var act string
		must(t, rows.Scan(&act))
		got = append(got, act)
	}
	must(t, rows.Err())
	if !slices.Equal(got, want) {
		t.Errorf("the audit trail says %v, want %v", got, want)
	}
}

func TestAFailedDeedLeavesTheOldSetAtWork(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		old, _ := p.generate(t, org, "")
		keys := p.prepared(t)

		err := d.InTx(t.Context(), func(tx db.Tx) error {
			if _, _, err := p.Generate(t.Context(), tx, org, "per_tester", keys, ""); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "elsewhere", "Something else failed.")
		})

		wantFault(t, err, fault.Conflict, "elsewhere")
		active, err := p.Active(t.Context(), org.ID, catalog.Sandbox)
		must(t, err)
		if active.ID != old.ID || active.QWAC.RevokedAt != nil {
			t.Errorf("active is %s, want %s", active.ID, old.ID)
		}
	})
}

func TestAFormThatIsSentTwiceMakesOneSet(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")

		first, firstKeys := p.generate(t, org, "form-1")
		prepared, err := p.Prepare(t.Context(), certs.Request{OrganisationID: org.ID, Once: "form-1", Roles: []qcert.Role{qcert.RoleAI}})
		must(t, err)
		var again certs.Set
		var againKeys certs.PrivateKeys
		err = d.InTx(t.Context(), func(tx db.Tx) (err error) {
			again, againKeys, err = p.Generate(t.Context(), tx, org, "per_tester", prepared, "form-1")
			return err
		})
		must(t, err)

		if first.ID != again.ID || again.QSeal.Thumbprint != first.QSeal.Thumbprint || len(again.Roles) != 2 {
			t.Errorf("the second click made %+v", again)
		}
		if firstKeys.QSeal() != againKeys.QSeal() || firstKeys.QWAC() != againKeys.QWAC() || againKeys.QWAC() == againKeys.QSeal() {
			t.Error("the second click got other keys")
		}
		wantActs(t, d, org.ID, "certs.generated")

		p.generate(t, org, "form-2")
		_, _, err = p.tryGenerate(t, org, "form-1")
		wantFault(t, err, fault.Conflict, "certificates_replaced")
		other, _ := p.generate(t, newOrganisation(t, d, "Other Oy"), "form-1")
		if other.ID == first.ID {
			t.Error("the form of one organisation answered another")
		}
	})
}

func TestParallelClicksLeaveExactlyOneActiveSet(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		p.prepared(t)
		clicks := []string{"a", "a", "b", "b", "", ""}

		made := make([]string, len(clicks))
		var wg sync.WaitGroup
		for n, once := range clicks {
			wg.Go(func() {
				set, _, err := p.tryGenerate(t, org, once)
				if err != nil && fault.Of(err).Code != "certificates_replaced" {
					t.Error(err)
				}
				made[n] = set.ID
			})
		}
		wg.Wait()

		var active, sets, live int
		row := d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*), SUM(CASE WHEN status = 'active' THEN 1 ELSE 0 END) FROM certificate_sets")
		must(t, row.Scan(&sets, &active))
		must(t, d.Native().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM certificates WHERE revoked_at IS NULL").Scan(&live))
		if sets != 4 || active != 1 || live != 2 {
			t.Errorf("%d sets, %d active, %d certificates not revoked; want 4, 1, 2", sets, active, live)
		}
	})
}

func TestTenSetsAnHourAreEnough(t *testing.T) {
	t.Parallel()
	clk := testkit.Clock()
	d := testkit.SQLiteAt(t, clk)
	p := newProcess(t, d)
	org := newOrganisation(t, d, "Example Oy")
	for range 10 {
		p.generate(t, org, "")
		clk.Advance(time.Minute)
	}

	_, _, err := p.tryGenerate(t, org, "")
	f := wantFault(t, err, fault.TooMany, "certificates_limit")
	_, early := p.Prepare(t.Context(), certs.Request{OrganisationID: org.ID, Roles: []qcert.Role{qcert.RoleAI}})

	wantFault(t, early, fault.TooMany, "certificates_limit")
	if f.RetryAfter != 50*time.Minute {
		t.Errorf("wait %v, want 50 minutes", f.RetryAfter)
	}
	p.generate(t, newOrganisation(t, d, "Other Oy"), "")
	clk.Advance(f.RetryAfter)
	p.generate(t, org, "")
}

func TestWithoutASetThereIsAnAnswerThatHelps(t *testing.T) {
	t.Parallel()
	p := newProcess(t, testkit.SQLite(t))
	org := newOrganisation(t, p.db, "Example Oy")
	other := newOrganisation(t, p.db, "Other Oy")
	p.generate(t, other, "")

	_, active := p.Active(t.Context(), org.ID, catalog.Sandbox)
	_, seal := p.RegisteredSeal(t.Context(), org.ID, catalog.Sandbox)
	_, _, _, keys := p.PlaygroundKeys(t.Context(), org.ID, catalog.Sandbox)
	_, live := p.Active(t.Context(), other.ID, catalog.Live)
	_, bundle := p.BundleOf(t.Context(), other.ID, catalog.Live, "per_tester", certs.EnvFile{})

	for _, err := range []error{active, seal, keys, live, bundle} {
		wantFault(t, err, fault.NotFound, "no_certificates")
	}
}

func TestAListenerHearsOfTheSet(t *testing.T) {
	t.Parallel()
	testkit.EachAt(t, clock.System{}, func(t *testing.T, d *db.DB) {
		p := newProcess(t, d)
		org := newOrganisation(t, d, "Example Oy")
		heard := make(chan certs.Generated, 4)
		jobs.On(p.queue, "test.generated", func(_ context.Context, f certs.Generated) error {
			heard <- f
			return nil
		})
		testkit.Run(t, p.queue.Run)

		first, _ := p.generate(t, org, "")
		second, _ := p.generate(t, org, "")

		got := map[string]string{}
		for range 2 {
			select {
			case f := <-heard:
				got[f.SetID] = f.Replaced
			case <-time.After(20 * time.Second):
				t.Fatal("nobody told")
			}
		}
		if got[first.ID] != "" || got[second.ID] != first.ID {
			t.Errorf("heard %v", got)
		}
	})
}
