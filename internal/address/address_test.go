package address_test

import (
	"testing"

	"fairway/internal/address"
)

func TestATemplateReadsWhatItBuilds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://localhost:8443/{environment}/{brand}",
		"https://{environment}.api.{brand}.example.com",
		"https://{environment}.api.{brand}.example.com:8443/base",
		"http://localhost:8080/bank/{environment}/{brand}",
		"https://api.example.com/{brand}/x/{environment}",
	} {
		tpl, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}

		built, err := address.Parse(tpl.URL("sandbox", "rocker"))
		if err != nil {
			t.Fatal(err)
		}
		env, brand, rest, ok := tpl.Match(built.Host(), built.Path()+"/consent/v1/consents")

		if !ok || env != "sandbox" || brand != "rocker" || rest != "/consent/v1/consents" {
			t.Errorf("%s: %q %q %q %v", text, env, brand, rest, ok)
		}
	}
}

func TestARequestForAnotherPlaceIsNotMatched(t *testing.T) {
	t.Parallel()
	tpl, err := address.Parse("https://{environment}.api.{brand}.example.com/base")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"sandbox.api.rocker.example.org", "/base/x"},
		{"api.rocker.example.com", "/base/x"},
		{"sandbox.api.rocker.example.com", "/other/x"},
		{"sandbox.api.rocker.example.com", "/basement"},
		{"sandbox.api..example.com", "/base"},
		{"evil.sandbox.api.rocker.example.com", "/base"},
	} {
		if _, _, _, ok := tpl.Match(c[0], c[1]); ok {
			t.Errorf("%v was matched", c)
		}
	}

	if _, brand, rest, ok := tpl.Match("Sandbox.API.Rocker.example.com:443", "/base"); !ok || brand != "rocker" || rest != "" {
		t.Errorf("default port and letter case: %q %q %v", brand, rest, ok)
	}
}

func TestAFaultyTemplateIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "localhost:8443", "ftp://x/{brand}", "https://x/{brand}/{brand}", "https://x/{tenant}", "https://u:p@x/", "https://x/?a=b", "https://x/#f", "https:///x"} {
		if _, err := address.Parse(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestAHostIsKnownWhateverThePath(t *testing.T) {
	t.Parallel()
	tpl, err := address.Parse("https://ui.{brand}.example.com/{environment}")
	if err != nil {
		t.Fatal(err)
	}

	if !tpl.MatchesHost("ui.rocker.example.com:443") || tpl.MatchesHost("ui.example.com") || tpl.MatchesHost("evil.example") {
		t.Error("hosts are told apart wrongly")
	}
}
