package demo_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"testing"

	"golang.org/x/crypto/ocsp"

	"fairway/internal/db"
	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/jobs"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/testkit"
	"fairway/internal/trustlist"
)

// evidence is the rest of what an upload meets: the register and the trusted lists, with the demonstration in them.
type evidence struct {
	register *register.Register
	lists    *trustlist.Lists
}

func newEvidence(t *testing.T, d *db.DB, q *demo.QTSP) evidence {
	t.Helper()
	queue, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	e := evidence{register.New(d, queue), trustlist.New(d, []*x509.Certificate{q.LOTLSigner()}, testkit.Log(t))}
	file := demo.Register()
	if _, err := e.register.Import(t.Context(), "test", bytes.NewReader(file), int64(len(file)), register.Options{}); err != nil {
		t.Fatal(err)
	}
	union, national, err := q.Lists(testkit.Start)
	if err != nil {
		t.Fatal(err)
	}
	report, err := e.lists.Import(t.Context(), "test", [][]byte{national, union})
	if err != nil || report.Refused() != 0 {
		t.Fatalf("%+v: %v", report, err)
	}
	return e
}

// codes are what the evidence says about a pair, under the codes of an upload.
func (e evidence) codes(t *testing.T, q *demo.QTSP, p demo.Pair, l demo.Ledger) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for kind, cert := range map[qcert.Kind]*x509.Certificate{qcert.QWAC: p.QWAC, qcert.QSealC: p.Seal} {
		i := mustParse(t, cert)
		said, err := e.lists.Judge(t.Context(), cert, p.Chain, kind, testkit.Start)
		if err != nil {
			t.Fatal(err)
		}
		found[map[trustlist.Verdict]string{trustlist.Unknown: demo.ChainIncomplete, trustlist.Withdrawn: demo.QTSPNotGranted, trustlist.WrongKind: demo.QTSPNotGranted, trustlist.Granted: ""}[said.Verdict]] = true
		for _, role := range i.Roles {
			a, err := e.register.Decide(t.Context(), register.Query{OrganizationIdentifier: i.OrganizationIdentifier, NCAID: i.NCAID, Host: "FI", Role: role, At: testkit.Start})
			if err != nil {
				t.Fatal(err)
			}
			found[registerCode(a)] = true
		}
		if by, ok := q.Issuer(cert); ok && ask(t, q, cert, by, l, crypto.SHA1).Status == ocsp.Revoked {
			found[demo.CertRevoked] = true
		}
	}
	delete(found, "")
	return found
}

func registerCode(a register.Answer) string {
	switch {
	case a.Cause == register.NoAuthority:
		return demo.NCAUnknown
	case a.Verdict == register.NotEntitled:
		return demo.RoleNotRegistered
	case a.Verdict == register.Withdrawn:
		return demo.RegWithdrawn
	case a.Verdict == register.NotFound:
		return demo.RegNotFound
	case a.Verdict == register.Authorised:
		return ""
	}
	return string(a.Verdict)
}

func TestEachFlawOfTheEvidenceIsFoundAndNoOther(t *testing.T) {
	t.Parallel()
	testkit.EachAt(t, testkit.Clock(), func(t *testing.T, d *db.DB) {
		q := demotest.New(t, testkit.Start)
		e := newEvidence(t, d, q)
		evidenced := map[demo.Finder]bool{demo.ByList: true, demo.ByRegister: true, demo.ByRevocation: true}

		for _, flaw := range append(demo.Flaws(), demo.Flaw{}) {
			if !evidenced[flaw.Finder] && flaw.Name != "" {
				continue
			}
			p := demotest.Issue(t, q, demo.Request{At: testkit.Start, Flaw: flaw.Name})
			l := demo.Ledger{{Certificate: p.QWAC}, {Certificate: p.Seal}}
			if flaw.Finder == demo.ByRevocation {
				l[0].RevokedAt, l[1].RevokedAt = testkit.Start, testkit.Start
			}

			found := e.codes(t, q, p, l)

			want := map[string]bool{flaw.Code: true}
			delete(want, "")
			if len(found) != len(want) || !found[flaw.Code] && flaw.Code != "" {
				t.Errorf("%q: found %v, want %v", flaw.Name, found, want)
			}
		}
	})
}

func TestTheListsAreCurrentAndSayThatTheyAreADemonstration(t *testing.T) {
	t.Parallel()
	d := testkit.SQLiteAt(t, testkit.Clock())
	e := newEvidence(t, d, demotest.New(t, testkit.Start))

	status, err := e.lists.Status(t.Context())

	if err != nil || len(status.Lists) != 2 || len(status.Missing) != 0 {
		t.Fatalf("%+v: %v", status, err)
	}
	for _, l := range status.Lists {
		if l.Stale || !demo.IsDemonstration(l.Operator) || l.Version != 6 {
			t.Errorf("%+v", l)
		}
	}
	if fi := status.Lists[1]; fi.Services != 3 || fi.Web != 1 || fi.Seal != 1 {
		t.Errorf("%d services, %d for websites, %d for eSeals", fi.Services, fi.Web, fi.Seal)
	}
}
