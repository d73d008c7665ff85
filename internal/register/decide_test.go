package register_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/testkit"
)

var roles = map[string]qcert.Role{"AIS": qcert.RoleAI, "PIS": qcert.RolePI}

func TestEveryQuestionOfTheSampleIsAnsweredAsExpected(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/eba-register-sample-expected.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	_ = f.Close()
	if err != nil || len(rows) != 25 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		made := mustTake(t, r, sample(t))
		for _, row := range rows[1:] {
			id, host, role, want, why := row[0], row[1], roles[row[2]], register.Verdict(row[3]), row[4]

			a, err := r.Decide(t.Context(), register.Query{OrganizationIdentifier: id, Host: host, Role: role, At: testkit.Start})

			if err != nil || a.Verdict != want {
				t.Errorf("%s, %s in %s: %s, %v; want %s: %s", id, role, host, a.Verdict, err, want, why)
			}
			if a.Snapshot != made || a.Authority.Register == "" || a.Sentence == "" || a.Role != role || (len(a.Entities) == 0) != (want == register.NotFound) {
				t.Errorf("%s: %+v", id, a)
			}
		}
	})
}

func ask(t *testing.T, r *register.Register, id, nca string, role qcert.Role) register.Answer {
	t.Helper()
	a, err := r.Decide(t.Context(), register.Query{OrganizationIdentifier: id, NCAID: nca, Host: "FI", Role: role, At: testkit.Start})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestWhatTheRegisterCannotSayIsUnknown(t *testing.T) {
	t.Parallel()
	r := newRegister(t, testkit.SQLite(t))
	mustTake(t, r, sample(t))
	for name, c := range map[string]struct {
		id, nca string
		role    qcert.Role
		want    register.Cause
		hints   int
	}{
		"no identifier":                     {"", "FI-FINFSA", qcert.RoleAI, register.NoNumber, 0},
		"a number of signs only":            {"PSDFI-FINFSA- -.", "FI-FINFSA", qcert.RoleAI, register.NoNumber, 0},
		"a long identifier":                 {"PSDFI-FINFSA-" + strings.Repeat("1", 300), "FI-FINFSA", qcert.RoleAI, register.NoNumber, 0},
		"another number, which is found":    {"NTRFI-9900001-4", "FI-FINFSA", qcert.RoleAI, register.NoNumber, 1},
		"another number, without authority": {"NTRFI-9900001-4", "", qcert.RoleAI, register.NoNumber, 0},
		"an authority outside the area":     {"PSDGB-FCA-123456", "GB-FCA", qcert.RoleAI, register.NoAuthority, 0},
		"the sandbox's authority":           {"PSDXX-FWYSBX-1", "FI-FINFSA", qcert.RoleAI, register.NoAuthority, 0},
		"a role without a service":          {"PSDFI-FINFSA-9900001-4", "FI-FINFSA", qcert.RoleAS, register.NoService, 1},
		"dates that are none":               {"PSDES-BE-99013", "ES-BE", qcert.RoleAI, register.Undated, 1},
	} {
		a := ask(t, r, c.id, c.nca, c.role)

		if a.Verdict != register.Unknown || a.Cause != c.want || len(a.Entities) != c.hints || !strings.Contains(a.Sentence, "a person must") {
			t.Errorf("%s: %s %s, %d entries, %s", name, a.Verdict, a.Cause, len(a.Entities), a.Sentence)
		}
	}
}

func TestWithoutARegisterNothingIsAuthorised(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		a := ask(t, newRegister(t, d), "PSDFI-FINFSA-9900001-4", "FI-FINFSA", qcert.RoleAI)

		if a.Verdict != register.Unknown || a.Cause != register.NoRegister || a.Authority.ID != "FI-FINFSA" {
			t.Errorf("%+v", a)
		}
	})
}

func TestTheStatementsAuthorityStandsInForAnUnknownOneOfTheSameCountry(t *testing.T) {
	t.Parallel()
	r := newRegister(t, testkit.SQLite(t))
	mustTake(t, r, sample(t))
	for id, c := range map[string]struct {
		nca  string
		want register.Verdict
	}{
		"PSDLV-FCMC-99000019": {"", register.Authorised},
		"PSDLV-FKTK-99000019": {"LV-BL", register.Authorised},
		"PSDLV-LB-99000019":   {"LT-BL", register.Unknown},
		"PSDLT-BL-99000019":   {"LV-BL", register.NotFound},
	} {
		if a := ask(t, r, id, c.nca, qcert.RoleAI); a.Verdict != c.want {
			t.Errorf("%s and %s: %s, %s", id, c.nca, a.Verdict, a.Sentence)
		}
	}
}

func TestTwoProvidersUnderOneNumberAreForAPerson(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		twice := strings.ReplaceAll(string(document(friday, 3)), "0000003", "000-0002")
		withExclusion := strings.Replace(twice, `"EntityType":"PSD_AISP","Properties":[{"ENT_NAT_REF_COD":"0000001"}`,
			`"EntityType":"PSD_EXC","Properties":[{"ENT_NAT_REF_COD":"000 0002"}`, 1)
		mustTake(t, r, []byte(withExclusion))

		a := ask(t, r, "PSDFI-FINFSA-0000002", "FI-FINFSA", qcert.RoleAI)

		if a.Verdict != register.Unknown || a.Cause != register.Ambiguous || len(a.Entities) != 2 || !strings.Contains(a.Sentence, "a person must choose") {
			t.Errorf("%s %s %d %s", a.Verdict, a.Cause, len(a.Entities), a.Sentence)
		}
	})
}

func TestAProviderIsJudgedBesideEntriesThatAreNone(t *testing.T) {
	t.Parallel()
	r := newRegister(t, testkit.SQLite(t))
	body := strings.Replace(string(document(friday, 2)), `"EntityType":"PSD_AISP","Properties":[{"ENT_NAT_REF_COD":"0000001"}`,
		`"EntityType":"PSD_EXC","Properties":[{"ENT_NAT_REF_COD":"0000002"}`, 1)
	mustTake(t, r, []byte(body))

	a := ask(t, r, "PSDFI-FINFSA-0000002", "FI-FINFSA", qcert.RoleAI)

	if a.Verdict != register.Authorised || len(a.Entities) != 1 || a.Entities[0].Type != register.AccountInformation {
		t.Errorf("%s, %+v", a.Verdict, a.Entities)
	}
}

func TestOnlyRolesOfBothCertificateAndRegisterAreGranted(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		mustTake(t, r, sample(t))
		q := register.Query{OrganizationIdentifier: "PSDIE-CBI-C990005", Host: "FI", At: testkit.Start}

		all, err := r.Evidence(t.Context(), q, []qcert.Role{qcert.RoleAS, qcert.RolePI, qcert.RoleAI, qcert.RoleIC})
		one, errOne := r.Evidence(t.Context(), q, []qcert.Role{qcert.RoleAI})

		if err != nil || len(all.Answers) != 4 || len(all.Granted) != 2 || all.Granted[0] != qcert.RolePI || all.Granted[1] != qcert.RoleAI {
			t.Errorf("four roles: %v, %v", all.Granted, err)
		}
		if errOne != nil || len(one.Granted) != 1 || one.Granted[0] != qcert.RoleAI {
			t.Errorf("one role: %v, %v", one.Granted, errOne)
		}
	})
}

func TestAnAnswerCarriesWhatAPersonLooksAt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRegister(t, d)
		mustTake(t, r, sample(t))

		a := ask(t, r, "PSDBG-BNB-990000009", "BG-BNB", qcert.RoleAI)

		e := a.Entities[0]
		if e.Name() != "Primerni Plashtania EAD" || len(e.Names) != 2 || len(e.Addresses) != 2 || e.Towns[1] != "Sofia" || e.Dates[0] != "2021-10-10" || e.Services["FI"][1] != "PS_080" {
			t.Errorf("%+v", e)
		}
		if got := e.Page(); got != "https://euclid.eba.europa.eu/register/pir/view/PSD_PI/BG_BNB!990000009" {
			t.Error(got)
		}
		if want := "Primerni Plashtania EAD is a payment institution and may offer account information in Finland."; a.Sentence != want {
			t.Errorf("%s", a.Sentence)
		}
	})
}

func TestAHostIsACountry(t *testing.T) {
	t.Parallel()
	r := newRegister(t, testkit.SQLite(t))
	for _, host := range []string{"", "fi", "FIN", "F1"} {
		if _, err := r.Decide(t.Context(), register.Query{OrganizationIdentifier: "PSDFI-FINFSA-1", Host: host, Role: qcert.RoleAI}); err == nil {
			t.Errorf("the host %q was taken", host)
		}
	}
}
