package backoffice

import "testing"

func TestServicesAreToldInWordsAndOnceForCountriesThatAreAlike(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		services map[string][]string
		want     string
	}{
		"none":             {nil, none},
		"alike":            {map[string][]string{"FI": {"PS_080"}, "EE": {"PS_080"}}, "EE, FI: account information (PS_080)"},
		"in another order": {map[string][]string{"FI": {"PS_080", "PS_070"}, "EE": {"PS_070", "PS_080"}}, "EE, FI: payment initiation (PS_070), account information (PS_080)"},
		"not alike":        {map[string][]string{"FI": {"PS_080"}, "NO": {"PS_999"}, "SE": nil}, "FI: account information (PS_080); NO: PS_999; SE: –"},
	} {
		if got := serviceList(c.services); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
