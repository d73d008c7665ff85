package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// entry is one institution of a file, with the given properties and services.
func entry(properties, services string) string {
	return `{"EntityType":"PSD_PI","Properties":` + properties + `,"Services":` + services + `,"CA_OwnerID":"FI_FIN-FSA","EntityCode":"FI_FIN_FSA!1","__EBA_EntityVersion":"20261119223344848"}`
}

func readAll(t *testing.T, text string) ([]Entity, error) {
	t.Helper()
	var all []Entity
	_, _, err := read(t.Context(), strings.NewReader(text), func(e Entity) error {
		all = append(all, e)
		return nil
	})
	return all, err
}

func TestTheEntriesAreFoundWhereverTheirListStands(t *testing.T) {
	t.Parallel()
	one := entry(`[]`, `[]`)
	for name, text := range map[string]string{
		"as published":        `[[{"disclaimer":"x"}],[` + one + `]]`,
		"first":               `[[` + one + `],[{"disclaimer":"x"}]]`,
		"alone":               `[` + one + `]`,
		"behind an empty one": ` [ [ ] , [ ` + one + ` ] ] ` + "\n",
		"after its preface":   `[{"disclaimer":{"text":["x"]}},` + one + `]`,
		"one deeper":          `[[[` + one + `]]]`,
	} {
		if got, err := readAll(t, text); err != nil || len(got) != 1 || got[0].Reference != "1" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestValuesMayBeTextsOrLists(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		properties, services string
		dates, names, codes  []string
	}{
		"texts":              {`[{"ENT_AUT":"2020-01-01"},{"ENT_NAM":"A"}]`, `[{"FI":"PS_080"}]`, []string{"2020-01-01"}, []string{"A"}, []string{"PS_080"}},
		"lists":              {`[{"ENT_AUT":["2020-01-01","2021-01-01"]},{"ENT_NAM":["A","B"]}]`, `[{"FI":["PS_070","PS_080"]}]`, []string{"2020-01-01", "2021-01-01"}, []string{"A", "B"}, []string{"PS_070", "PS_080"}},
		"one object":         {`{"ENT_AUT":"2020-01-01","ENT_NAM":"A"}`, `{"FI":"PS_080"}`, []string{"2020-01-01"}, []string{"A"}, []string{"PS_080"}},
		"null":               {`null`, `null`, nil, nil, nil},
		"null inside":        {`[{"ENT_AUT":null},{"ENT_NAM":null}]`, `[{"FI":null}]`, nil, nil, nil},
		"numbers":            {`[{"ENT_AUT":[20200101,null]},{"ENT_NAM":7}]`, `[{"FI":[80]}]`, []string{"20200101", "null"}, []string{"7"}, []string{"80"}},
		"a country twice":    {`[]`, `[{"FI":"PS_070"},{"FI":["PS_080"]}]`, nil, nil, []string{"PS_070", "PS_080"}},
		"blanks and nothing": {`[{"ENT_NAM":["", " A "]}]`, `[]`, nil, []string{"A"}, nil},
	} {
		got, err := readAll(t, "["+entry(c.properties, c.services)+"]")

		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e := got[0]; !slices.Equal(e.Dates, c.dates) || !slices.Equal(e.Names, c.names) || !slices.Equal(e.Services["FI"], c.codes) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestWhatDecidesIsBoundedAndNeverCut(t *testing.T) {
	t.Parallel()
	many := func(n int, text string) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	long := strings.Repeat("9", maxCode+1)
	for name, e := range map[string]string{
		"many dates":       entry(`[{"ENT_AUT":[`+many(maxValues+1, `"2020-01-01"`)+`]}]`, `[]`),
		"a long date":      entry(`[{"ENT_AUT":"`+long+`"}]`, `[]`),
		"a long number":    entry(`[{"ENT_NAT_REF_COD":"`+long+`"}]`, `[]`),
		"many properties":  entry(`[`+many(maxPairs+1, `{"A":"x"}`)+`]`, `[]`),
		"many countries":   entry(`[]`, `[`+many(maxPairs+1, `{"FI":"x"}`)+`]`),
		"a long country":   entry(`[]`, `[{"`+long+`":"x"}]`),
		"a long service":   entry(`[]`, `[{"FI":"`+long+`"}]`),
		"properties twice": entry(`[{"ENT_AUT":"2020-01-01"},{"ENT_AUT":"2021-01-01"}]`, `[]`),
		"a text for all":   entry(`"x"`, `[]`),
		"a deep value":     entry(`[{"ENT_AUT":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+`}]`, `[]`),
	} {
		if _, err := readAll(t, "["+e+"]"); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextsForTheEyeAreCutAndTakenByEveryDatabase(t *testing.T) {
	t.Parallel()
	got, err := readAll(t, "["+entry(`[{"ENT_NAM":"`+strings.Repeat("ä", maxShown)+`"},{"ENT_ADD":"a\u0000b\ud800"}]`, `[]`)+"]")
	if err != nil {
		t.Fatal(err)
	}

	if name := got[0].Names[0]; len(name) > maxShown+3 || !utf8.ValidString(name) || !strings.HasSuffix(name, "…") {
		t.Errorf("a name of %d bytes", len(name))
	}
	if got[0].Addresses[0] != "a\ufffdb\ufffd" {
		t.Errorf("%q", got[0].Addresses[0])
	}
}

func TestAFaultOfTheDatabaseIsNotTheFiles(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")

	_, _, err := read(t.Context(), strings.NewReader("["+entry(`[]`, `[]`)+"]"), func(Entity) error { return gone })

	if !errors.Is(err, gone) || errors.Is(err, ErrForeign) {
		t.Errorf("got %v", err)
	}
}

// FuzzRead reads files of strangers: whatever is kept is bounded, of a known type, and survives being stored.
func FuzzRead(f *testing.F) {
	sample, err := os.ReadFile("testdata/eba-register-sample.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(sample), "", "[]", "[[[[[[", "[" + entry(`[{"ENT_AUT":["2020-01-01",null,7]}]`, `{"FI":"PS_080"}`) + "]", "[" + entry(`[{"A":{"B":[]}}]`, `[[]]`) + "]",
		`[{"EntityCode":"a","EntityType":"PSD_AG"},` + entry(`null`, `null`) + `]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, entries, err := read(t.Context(), bytes.NewReader(data), func(e Entity) error {
			stored, err := json.Marshal(e)
			if err != nil || bytes.ContainsRune(stored, 0) || kinds[e.Type] == "" || len(e.Dates) > maxValues || len(e.Names) > maxNames || len(e.Reference) > maxCode {
				t.Errorf("%+v, %v", e, err)
			}
			f := finding{key: keyOf("PSDFI-FINFSA-1", ""), imported: true, entities: []Entity{e}}
			if a := f.answer("PSP_AI", "FI", noon); a.Verdict == "" || a.Sentence == "" || a.Verdict == Authorised && (len(e.Dates) == 0 || len(e.Services["FI"]) == 0) {
				t.Errorf("%+v", a)
			}
			SameName(e.Name(), e)
			return nil
		})
		if (err == nil) == (entries == 0) {
			t.Errorf("%d entries, %v", entries, err)
		}
	})
}
