package demo_test

import (
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"fairway/internal/demo"
	"fairway/internal/demo/demotest"
	"fairway/internal/qcert"
)

// instant is when these tests happen.
var instant = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func mustParse(t *testing.T, cert *x509.Certificate) qcert.Info {
	t.Helper()
	i, err := qcert.Parse(cert)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// judged is what the checks say that need nothing but the pair.
type judged struct{ qwac, seal, pair []qcert.Finding }

func judge(t *testing.T, p demo.Pair) judged {
	t.Helper()
	qwac, seal := mustParse(t, p.QWAC), mustParse(t, p.Seal)
	return judged{
		qwac: qcert.CheckProfile(qwac, p.QWAC, qcert.QWAC, instant),
		seal: qcert.CheckProfile(seal, p.Seal, qcert.QSealC, instant),
		pair: qcert.CheckPair(qwac, seal),
	}
}

// holds tells whether a code was found at a level.
func holds(all []qcert.Finding, code, level string) bool {
	return slices.ContainsFunc(all, func(f qcert.Finding) bool { return f.Code == code && f.Level == level })
}

func TestAGoodPairHasNoFindingInLive(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)

	for what, r := range map[string]demo.Request{
		"as it comes": {At: instant},
		"on a device": {At: instant, OnDevice: true},
		"Swedish": {At: instant, Organisation: "Norrsken Betalkonto AB", Country: "SE", Number: "990000-0036", NCAID: "SE-FINA",
			NCAName: "Swedish Financial Supervision Authority", Roles: []qcert.Role{qcert.RoleAI, qcert.RolePI}, DNSName: "api.norrsken.example"},
	} {
		p := demotest.Issue(t, q, r)

		if found := judge(t, p); len(found.qwac)+len(found.seal)+len(found.pair) != 0 {
			t.Errorf("%s: %+v", what, found)
		}
		if i := mustParse(t, p.Seal); i.OnDevice != r.OnDevice || i.Sandbox {
			t.Errorf("%s: device %v, sandbox %v", what, i.OnDevice, i.Sandbox)
		}
	}
}

func TestAGoodPairLeadsToItsAuthorities(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)
	p := demotest.Issue(t, q, demo.Request{At: instant})

	for ca, cert := range map[demo.CA]*x509.Certificate{demo.Websites: p.QWAC, demo.Seals: p.Seal} {
		anchors := x509.NewCertPool()
		anchors.AddCert(q.Certificate(ca))
		_, err := cert.Verify(x509.VerifyOptions{Roots: anchors, CurrentTime: instant, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if by, ok := q.Issuer(cert); err != nil || by != ca || !ok {
			t.Errorf("%s: issued by %q, %v", ca, by, err)
		}
		if err := q.Certificate(ca).CheckSignatureFrom(q.Certificate(demo.Root)); err != nil {
			t.Errorf("%s: %v", ca, err)
		}
		if got, want := cert.CRLDistributionPoints[0], demotest.Base+"/"+string(ca)+".crl"; got != want {
			t.Errorf("%s: list at %s, want %s", ca, got, want)
		}
	}
	if len(p.Chain) != 3 || p.QWACKey.Public() == p.SealKey.Public() {
		t.Errorf("chain of %d", len(p.Chain))
	}
}

func TestEachFlawIsFoundUnderItsCode(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)

	for _, flaw := range demo.Flaws() {
		t.Run(flaw.Name, func(t *testing.T) {
			t.Parallel()

			found := judge(t, demotest.Issue(t, q, demo.Request{At: instant, Flaw: flaw.Name}))

			switch flaw.Finder {
			case demo.ByProfile:
				if !holds(found.qwac, flaw.Code, flaw.Level) {
					t.Errorf("no %s %s in %v", flaw.Level, flaw.Code, found.qwac)
				}
			case demo.ByPair:
				if !holds(found.pair, flaw.Code, flaw.Level) {
					t.Errorf("no %s %s in %v", flaw.Level, flaw.Code, found.pair)
				}
			default:
				if all := slices.Concat(found.qwac, found.seal, found.pair); len(all) != 0 {
					t.Errorf("a flaw for the %s shows earlier: %v", flaw.Finder, all)
				}
			}
		})
	}
}

func TestAFlawIsAloneWhereverItCanBe(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)
	// What cannot be wrong alone: a bare statement is the only one, and a kind out of place has the other kind's usages.
	together := map[string][]string{
		"bare-statements": {qcert.QCNotQualified, qcert.QCType, qcert.QCPDS},
		"sandbox-nca":     {qcert.NCASandbox},
		"swapped":         {qcert.CertSwapped, qcert.CertWrongEKU, qcert.CertNames},
	}

	for _, flaw := range demo.Flaws() {
		found := judge(t, demotest.Issue(t, q, demo.Request{At: instant, Flaw: flaw.Name}))
		for _, f := range slices.Concat(found.qwac, found.seal, found.pair) {
			if f.Code != flaw.Code && !slices.Contains(together[flaw.Name], f.Code) {
				t.Errorf("%s: %+v", flaw.Name, f)
			}
		}
	}
}

func TestWhatNobodyCanIssueIsRefused(t *testing.T) {
	t.Parallel()
	q := demotest.New(t, instant)

	for what, r := range map[string]demo.Request{
		"no instant":                 {},
		"a flaw that nobody knows":   {At: instant, Flaw: "ugly"},
		"a country that is none":     {At: instant, Country: "ZZ"},
		"an authority that is none":  {At: instant, NCAID: "FINFSA"},
		"a name that runs backwards": {At: instant, Organisation: "\u202eOy"},
		"a host that is none":        {At: instant, DNSName: "*"},
	} {
		if _, err := q.Issue(r); err == nil {
			t.Errorf("%s: a pair was issued", what)
		}
	}
}

func TestAProviderNeedsAnAddress(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "localhost:8080", "file:///etc"} {
		if _, err := demo.NewQTSP(instant, base); err == nil {
			t.Errorf("%q: a provider was made", base)
		}
	}
}
