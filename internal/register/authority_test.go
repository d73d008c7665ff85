package register

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAnAuthorityIsFoundInEachOfItsSpellings(t *testing.T) {
	t.Parallel()
	for id, owner := range map[string]string{
		"FI-FINFSA": "FI_FIN-FSA", "LV-BL": "LV_LV", "LV-FCMC": "LV_LV", "LT-BL": "LT_BL", "HR-CNB": "HR_HNB", "IS-FME": "IS_CBI", "ES-BDE": "ES_BE",
		"AT-FMA": "AT_FMA", "LI-FMA": "LI_FMA",
	} {
		a, ok := AuthorityByID(id)

		if !ok || a.Owners[0] != owner || a.Country != id[:2] {
			t.Errorf("%s: %+v", id, a)
		}
	}
}

func TestAnAuthorityOutsideTheAreaIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "GB-FCA", "XX-FWYSBX", "FI_FINFSA", "fi-finfsa", "FI-FIN-FSA", "FINFSA"} {
		if a, ok := AuthorityByID(id); ok {
			t.Errorf("%q: %+v", id, a)
		}
	}
}

func TestTheTableIsTheReferences(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("FAIRWAY_TESTDATA")
	if dir == "" {
		t.Skip("FAIRWAY_TESTDATA names no folder of reference data")
	}
	f, err := os.Open(filepath.Join(dir, "nca.csv"))
	if err != nil {
		t.Skipf("the authorities' reference table is absent: %v", err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 1+len(Authorities()) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}

	for _, row := range rows[1:] {
		a, ok := AuthorityByID(row[2])

		older, _, _ := strings.Cut(row[3], " ")
		if !ok || a.Country != row[0] || a.CountryName != row[1] || a.Older != older || !slices.Equal(a.Owners, strings.Split(row[5], " or ")) || a.Register != row[9] {
			t.Errorf("%v is %+v", row, a)
		}
	}
}
