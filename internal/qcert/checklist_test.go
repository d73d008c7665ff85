package qcert

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
)

func TestEveryFindingStandsInExactlyOneLine(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	good := map[Kind]*x509.Certificate{QWAC: f.mustIssue(t, profile(t, QWAC), rsaKey().Public()), QSealC: f.mustIssue(t, profile(t, QSealC), rsaKey().Public())}
	certs := []*x509.Certificate{good[QWAC], good[QSealC], mustSelf(t, withStatements(nil), rsaKey()), mustSelf(t, &x509.Certificate{}, ecKey())}
	for _, flaw := range flaws(t) {
		certs = append(certs, flawed(t, flaw))
	}

	for n, cert := range certs {
		i := mustParse(t, cert)
		for _, kind := range []Kind{QWAC, QSealC, Unknown} {
			lines, seen := Checklist(i, cert, kind, instant), map[Finding]int{}
			for _, line := range lines {
				for _, found := range line.Findings {
					seen[found]++
				}
				if line.Title == "" || line.Rule == "" || line.Expected == "" || line.Found == "" || (line.Level == LevelPassed) != (len(line.Findings) == 0) {
					t.Errorf("certificate %d: %+v", n, line)
				}
			}
			for _, found := range CheckProfile(i, cert, kind, instant) {
				if seen[found] != 1 {
					t.Errorf("certificate %d as %s: %s stands in %d lines: %s", n, kind, found.Code, seen[found], found.Text)
				}
			}
		}
	}
}

func TestACheckListShowsWhatIsKeptAndWhatIsBroken(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	p := profile(t, QWAC)
	cert := f.mustIssue(t, p, rsaKey().Public())
	i := mustParse(t, cert)

	now, later := Checklist(i, cert, QWAC, instant), Checklist(i, cert, QWAC, p.NotAfter.AddDate(0, 0, 1))
	asSeal := Checklist(i, cert, QSealC, instant)

	if c := line(t, now, "in-time"); c.Level != LevelPassed || !strings.Contains(c.Found, "2026") {
		t.Errorf("now: %+v", c)
	}
	if c := line(t, later, "in-time"); c.Level != LevelError || c.Findings[0].Code != CertExpired {
		t.Errorf("later: %+v", c)
	}
	if c := line(t, asSeal, "kind"); c.Level != LevelError || c.Expected != "an eSeal" || c.Found != "a QWAC" {
		t.Errorf("as a seal: %+v", c)
	}
	if slices.ContainsFunc(asSeal, func(c Check) bool { return c.ID == "names" }) {
		t.Error("a seal needs no DNS names")
	}
	if Worst(now) != LevelError { // it is the sandbox's
		t.Errorf("the worst is %s", Worst(now))
	}
}

func TestAPairHasAListOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFamily(t, ForTPPs)
	qwac, seal := mustParse(t, f.mustIssue(t, profile(t, QWAC), rsaKey().Public())), mustParse(t, f.mustIssue(t, profile(t, QSealC), secondKey().Public()))
	other := seal
	other.OrganizationIdentifier = "PSDFI-FINFSA-7654321-8"
	for name, c := range map[string]struct {
		first, second Info
		failed        string
	}{
		"a good pair":         {qwac, seal, ""},
		"one key":             {qwac, qwac, "two-keys"},
		"swapped":             {seal, qwac, "right-places"},
		"two organisations":   {qwac, other, "one-organisation"},
		"nothing of a second": {qwac, Info{}, "one-organisation"},
	} {
		lines := PairChecklist(c.first, c.second)

		var failed []string
		for _, l := range lines {
			if l.Level != LevelPassed {
				failed = append(failed, l.ID)
			}
		}
		if got := strings.Join(failed, " "); got != c.failed {
			t.Errorf("%s: %q failed", name, got)
		}
	}
}

func line(t *testing.T, lines []Check, id string) Check {
	t.Helper()
	n := slices.IndexFunc(lines, func(c Check) bool { return c.ID == id })
	if n < 0 {
		t.Fatalf("there is no line %s", id)
	}
	return lines[n]
}
