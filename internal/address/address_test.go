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
	for _, text := range []string{"", "localhost:8443", "ftp://x/{brand}", "https://x/{brand}/{brand}", "https://x/{tenant}", "https://u:p@x/", "https://x/?a=b", "https://x/#f", "https:///x",
		"https://x/?", "https://x#", "https://x//y", "https://x./", "https://.x", "https://:8443", "https://api-{brand}.x", "https://{environment}-{brand}.x", "https://x/v{brand}",
		"https://x/a%20b", "https://x/a b", "//x/{brand}", "https://x:port/", "https://x\\y"} {
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

func TestSchemeAndHostComeBackInLowerCase(t *testing.T) {
	t.Parallel()
	tpl, err := address.Parse("HTTPS://Portal.Example.COM:8443/Path/")
	if err != nil {
		t.Fatal(err)
	}

	if tpl.String() != "https://portal.example.com:8443/Path" || tpl.Origin("", "") != "https://portal.example.com:8443" || tpl.Path() != "/Path" || !tpl.HTTPS() {
		t.Errorf("%s, %s, %s", tpl, tpl.Origin("", ""), tpl.Path())
	}
	if _, _, rest, ok := tpl.Match("PORTAL.example.com:8443", "/Path/x"); !ok || rest != "/x" {
		t.Errorf("%q, %v", rest, ok)
	}
}

func TestNamesOfThisMachineAreKnown(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost:8080": true, "127.0.0.1": true, "127.9.9.9:1": true, "[::1]:8080": true, "::1": true, "rocker.localhost:8080": true,
		"": false, "localhost.example": false, "notlocalhost": false, "10.0.0.1": false, "portal.example": false, "127.0.0.1.example": false,
	} {
		if address.LoopbackHost(host) != want {
			t.Errorf("%q is not %v", host, want)
		}
	}
}

func TestSharedHostsAreFoundWhateverThePort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://portal.example", "https://portal.example:8444/bank/{environment}/{brand}", true},
		{"https://portal.example", "https://{brand}.example/{environment}", true},
		{"https://portal.example", "https://{brand}.ui.example/{environment}", false},
		{"https://portal.example", "https://ui.example", false},
		{"http://localhost:8080", "http://localhost:8080/bank/{environment}/{brand}", true},
		{"http://[::1]:8080", "http://[::1]:8081", true},
	} {
		a, errA := address.Parse(c.a)
		b, errB := address.Parse(c.b)
		if errA != nil || errB != nil || a.SharesHost(b) != c.want || b.SharesHost(a) != c.want {
			t.Errorf("%s and %s: %v expected, %v %v", c.a, c.b, c.want, errA, errB)
		}
	}
}

func TestMatchingAllocatesNothing(t *testing.T) {
	byPath, err := address.Parse("https://localhost:8443/{environment}/{brand}")
	if err != nil {
		t.Fatal(err)
	}
	byHost, err := address.Parse("https://{environment}.api.{brand}.example.com/base")
	if err != nil {
		t.Fatal(err)
	}

	allocations := testing.AllocsPerRun(100, func() {
		_, _, rest, ok := byPath.Match("localhost:8443", "/sandbox/rocker/card-account/v1/card-accounts")
		_, brand, _, ok2 := byHost.Match("sandbox.api.rocker.example.com", "/base/x")
		if !ok || !ok2 || rest != "/card-account/v1/card-accounts" || brand != "rocker" {
			t.Error("the addresses are not matched")
		}
	})

	if allocations != 0 {
		t.Errorf("matching an address allocates %.0f times", allocations)
	}
}
