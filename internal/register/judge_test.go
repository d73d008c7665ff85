package register

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/qcert"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestAnOddNumberOfChangesIsInForce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dates string
		state standing
		when  string
	}{
		"none":                     {"", undated, ""},
		"one":                      {"2020-01-01", inForce, "2020-01-01"},
		"today":                    {"2026-11-21", inForce, "2026-11-21"},
		"tomorrow":                 {"2026-11-22", pending, "2026-11-22"},
		"two":                      {"2020-01-01 2021-01-01", ended, "2021-01-01"},
		"withdrawn today":          {"2020-01-01 2026-11-21", ended, "2026-11-21"},
		"withdrawn tomorrow":       {"2020-01-01 2026-11-22", inForce, "2020-01-01"},
		"withdrawn the same day":   {"2020-01-01 2020-01-01", ended, "2020-01-01"},
		"three":                    {"2020-01-01 2021-01-01 2022-01-01", inForce, "2022-01-01"},
		"three, the last to come":  {"2020-01-01 2021-01-01 2027-01-01", ended, "2021-01-01"},
		"five":                     {"2016-01-01 2017-01-01 2018-01-01 2019-01-01 2020-01-01", inForce, "2020-01-01"},
		"backwards":                {"2021-01-01 2020-01-01", undated, ""},
		"backwards behind the end": {"2020-01-01 2028-01-01 2027-01-01", undated, ""},
		"no date":                  {"2020-13-01", undated, ""},
		"a time":                   {"2020-01-01T00:00:00Z", undated, ""},
		"a date among words":       {"2020-01-01 null", undated, ""},
	} {
		state, when := standingOf(strings.Fields(c.dates), noon)

		if state != c.state || (state != undated && when.Format(time.DateOnly) != c.when) {
			t.Errorf("%s: %d since %s", name, state, when)
		}
	}
}

func TestWhatOpensAccountsIsDecidedStepByStep(t *testing.T) {
	t.Parallel()
	inForceSince := []string{"2020-01-01"}
	for name, c := range map[string]struct {
		entity Entity
		role   qcert.Role
		want   Verdict
	}{
		"listed here":                        {Entity{Type: PaymentInstitution, Dates: inForceSince, Services: map[string][]string{"FI": {"PS_05A"}}}, qcert.RoleIC, Authorised},
		"listed elsewhere":                   {Entity{Type: PaymentInstitution, Dates: inForceSince, Services: map[string][]string{"SE": {"PS_080"}}}, qcert.RoleAI, NotPassported},
		"another service here":               {Entity{Type: PaymentInstitution, Dates: inForceSince, Services: map[string][]string{"SE": {"PS_080"}, "FI": {"PS_060"}}}, qcert.RoleAI, NotEntitled},
		"the service nowhere":                {Entity{Type: PaymentInstitution, Dates: inForceSince, Services: map[string][]string{"SE": {"PS_060"}}}, qcert.RoleAI, NotEntitled},
		"no services":                        {Entity{Type: PaymentInstitution, Dates: inForceSince}, qcert.RoleAI, NotEntitled},
		"payments of an information service": {Entity{Type: AccountInformation, Dates: inForceSince, Services: map[string][]string{"FI": {"PS_070", "PS_080"}}}, qcert.RolePI, NotEntitled},
		"withdrawn with its services":        {Entity{Type: EMoneyInstitution, Dates: []string{"2020-01-01", "2021-01-01"}, Services: map[string][]string{"FI": {"PS_080"}}}, qcert.RoleAI, Withdrawn},
		"an exempt one beside an exclusion":  {Entity{Type: ExemptEMoneyInstitution, Dates: inForceSince, Services: map[string][]string{"FI": {"PS_080"}}}, qcert.RoleAI, NotEntitled},
		"national law":                       {Entity{Type: NationalLaw, Dates: inForceSince, Services: map[string][]string{"FI": {"PS_080"}}}, qcert.RoleAI, NotAPSP},
	} {
		f := finding{key: keyOf("PSDFI-FINFSA-1", ""), imported: true, entities: []Entity{{Type: Excluded}, c.entity}}

		if a := f.answer(c.role, "FI", noon); a.Verdict != c.want || a.Cause != "" {
			t.Errorf("%s: %s %s: %s", name, a.Verdict, a.Cause, a.Sentence)
		}
	}
}

func TestASentenceShowsNoInvisibleLetters(t *testing.T) {
	t.Parallel()
	e := Entity{Type: PaymentInstitution, Names: []string{"Malli\u202e Oy"}, Dates: []string{"2020-01-01"}, Services: map[string][]string{"FI": {"PS_080"}}}
	f := finding{key: keyOf("PSDFI-FINFSA-1", ""), imported: true, entities: []Entity{e}}

	a := f.answer(qcert.RoleAI, "FI", noon)

	if want := "Malli[U+202E] Oy is a payment institution and may offer account information in Finland."; a.Sentence != want {
		t.Errorf("%q", a.Sentence)
	}
}

func TestANumberIsTheSameHoweverItIsSet(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"C 102960", "c102960", "C-102.960", "C/102\u00a0960", "C102960"} {
		if got := normal(written); got != "C102960" {
			t.Errorf("%q became %q", written, got)
		}
	}
}

func TestANameIsTheSameApartFromItsSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		certificate, register string
		same                  bool
	}{
		{"Revontuli Tilinakyma Oy", "Revontuli Tilinäkymä OY", true},
		{"REVONTULI TILINÄKYMÄ", "Revontuli Tilinäkymä Oy", true},
		{"Oy Malli Ab", "Malli Oy", true},
		{"Malli Oy", "Malli Oyj", false},
		{"Voorbeeld Betaaldienst BV", "Voorbeeld Betaaldienst B.V.", true},
		{"Eksempel A/S", "Eksempel AS", true},
		{"Przykładowe Konto Sp. z o.o.", "Przykladowe Konto sp. z o. o.", false},
		{"Przykładowe Konto Sp. z o.o.", "Przykladowe Konto SP ZOO", true},
		{"Example Harbour Limited", "Example Harbour Ltd.", true},
		{"Example Harbour Limited", "Example Harbour plc", false},
		{"Example Harbour E-Money DAC", "Example Harbour E Money Designated Activity Company", true},
		{"UAB Bandomasis", "Bandomasis, UAB", true},
		{"Straße GmbH", "STRASSE Gesellschaft mit beschränkter Haftung", true},
		{"Øresund ApS", "Oresund", true},
		{"Примерни Плащания ЕАД", "примерни плащания еад", true},
		{"Limited", "Limited", true},
		{"Oy", "Ab", false},
		{"Malli Oy", "Mallit Oy", false},
		{"", "", false},
		{"...", "///", false},
	} {
		if got := SameName(c.certificate, Entity{Names: []string{c.register}}); got != c.same {
			t.Errorf("%q and %q: %v", c.certificate, c.register, got)
		}
		if got := SameName(c.register, Entity{Names: []string{"Other"}, TradeNames: []string{c.certificate}}); got != c.same {
			t.Errorf("%q and the trade name %q: %v", c.register, c.certificate, got)
		}
	}
}
