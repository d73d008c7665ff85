package accounts

import (
	"strings"
	"testing"
)

func TestAnAddressIsOneAddrSpec(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"maija@acme.example":                       "maija@acme.example",
		" Maija.Virtanen+psd2@ACME.eu\t":           "maija.virtanen+psd2@acme.eu",
		"o'brien@bank.ie":                          "o'brien@bank.ie",
		"a@xn--4ca.example":                        "a@xn--4ca.example",
		"Maija <maija@acme.example>":               "",
		"maija@acme.example (comment)":             "",
		`"maija v"@acme.example`:                   "",
		"maija@acme.example, b@c.de":               "",
		"maija@acme.example\nBcc: x@y.z":           "",
		"maija@acme.example\r\n":                   "",
		"maija\x00@acme.example":                   "",
		"maija@[192.0.2.1]":                        "",
		"maija@localhost":                          "",
		"maija@-acme.example":                      "",
		"maija@acme..example":                      "",
		"maija@acme.example.":                      "",
		"@acme.example":                            "",
		"maija":                                    "",
		"ma ija@acme.example":                      "",
		"mäija@acme.example":                       "",
		"maija@äcme.example":                       "",
		"maija@acme@b.example":                     "",
		".maija@acme.example":                      "",
		"\xff\xfe@acme.example":                    "",
		strings.Repeat("a", 10_000) + "@b.example": "",
		strings.Repeat("a", 65) + "@b.example":     "",
		"":                                         "",
	}
	for typed, key := range cases {
		got, ok := parseAddress(typed)
		if ok != (key != "") || got.key != key {
			t.Errorf("%.80q: key %q, ok %v; want %q", typed, got.key, ok, key)
		}
	}
}

func TestAnAddressHasAtMost254Characters(t *testing.T) {
	t.Parallel()
	local := strings.Repeat("a", 64) + "@"
	domain := strings.Repeat(strings.Repeat("b", 60)+".", 3)
	fits := local + domain + strings.Repeat("c", 254-len(local)-len(domain))

	if _, ok := parseAddress(fits); !ok || len(fits) != 254 {
		t.Errorf("an address of %d characters is refused", len(fits))
	}
	if _, ok := parseAddress("x" + fits[1:] + "c"); ok {
		t.Error("an address of 255 characters is accepted")
	}
}

func TestAnOrganisationHasAPrintableName(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		"Acme Payments Oy": true, "Ålandsbanken Abp": true, "H&M": true, "株式会社": true, "X1": true, strings.Repeat("n", 100): true, "=cmd|calc": true,
		"X": false, "": false, "   ": false, strings.Repeat("n", 101): false, "Acme\r\nBcc: x": false, "Acme\u202eyO": false, "Acme\u200b": false, "Acme\x00": false,
		"Acme\u00a0Oy": false, "Acme\tOy": false, "\xff\xfe": false, "...": false, strings.Repeat("n", 10_000): false, "\u2066Acme\u2069": false, "<svg onload=x>": true,
	}
	for name, accepted := range cases {
		if _, fields := organisationName(name); (len(fields) == 0) != accepted {
			t.Errorf("%.60q: accepted %v, want %v", name, !accepted, accepted)
		}
	}
}

func TestCountriesAreThoseOfISO3166WithTheEEAFirst(t *testing.T) {
	t.Parallel()
	list := Countries()
	if len(list) != 249 {
		t.Fatalf("%d countries, want the 249 of ISO 3166-1", len(list))
	}
	seen := map[string]bool{}
	for i, c := range list {
		if len(c.Code) != 2 || strings.ToUpper(c.Code) != c.Code || c.Name == "" || seen[c.Code] {
			t.Errorf("country %d is %+v", i, c)
		}
		if c.EEA != (i < 31) { // the 30 states, and Åland
			t.Errorf("%s stands at %d", c.Name, i)
		}
		seen[c.Code] = true
	}
	for _, code := range []string{"", "fi", "XX", "EU", "FI\x00", "FIN"} {
		if len(countryField(code)) == 0 {
			t.Errorf("country %q is accepted", code)
		}
	}
}
