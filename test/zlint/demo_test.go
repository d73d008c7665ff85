package zlint

import (
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"github.com/zmap/zlint/v3/lint"

	"fairway/internal/demo"
)

// demonstration is a provider and a good pair of it, today: zlint judges by the day of issue.
func demonstration(t *testing.T, r demo.Request) map[string]*x509.Certificate {
	t.Helper()
	now := time.Now()
	q := must(demo.NewQTSP(now, "http://qtsp.example.com"))(t)
	r.At = now
	p := must(q.Issue(r))(t)
	all := map[string]*x509.Certificate{"QWAC": p.QWAC, "eSeal": p.Seal}
	for _, ca := range demo.CAs() {
		all[string(ca)] = q.Certificate(ca)
	}
	return all
}

func TestADemonstrationPairPassesEveryLintOfETSIAndOfRFC5280(t *testing.T) {
	t.Parallel()
	for what, r := range map[string]demo.Request{"as it comes": {}, "on a device": {OnDevice: true}} {
		for name, cert := range demonstration(t, r) {
			passed := 0
			for _, found := range lintAll(t, cert) {
				switch {
				case found.status == lint.Pass:
					passed++
				case found.status == lint.NA, found.status == lint.NE, found.status == lint.Notice:
				case found.source != lint.CABFBaselineRequirements:
					t.Errorf("%s, %s: %s of %s is %s: %s", what, name, found.name, found.source, found.status, found.details)
				case found.status != lint.Warn && publicOnly[found.name] == "" && name != "eSeal":
					t.Errorf("%s, %s breaks a rule for websites: %s: %s", what, name, found.name, found.details)
				}
			}
			if passed < 30 {
				t.Errorf("%s, %s: only %d lints applied", what, name, passed)
			}
		}
	}
}

func TestDemonstrationsThatAreBrokenOnPurposeFail(t *testing.T) {
	t.Parallel()
	for _, flaw := range []string{"not-qualified", "hostile-name"} {
		if !slices.ContainsFunc(lintAll(t, demonstration(t, demo.Request{Flaw: flaw})["eSeal"]), func(r result) bool {
			return r.source != lint.CABFBaselineRequirements && r.status == lint.Error
		}) {
			t.Errorf("%s: no lint objects", flaw)
		}
	}
}
