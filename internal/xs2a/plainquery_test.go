package xs2a

import (
	"net/url"
	"strings"
	"testing"

	"fairway/internal/fault"
)

func TestAQueryThatTwoReadersReadInTwoWaysIsNotHandedOn(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                               "",
		"dateFrom=2026-01-01&a=b":        "a=b&dateFrom=2026-01-01",
		"q=%C3%A4+b%26c":                 "q=%C3%A4+b%26c",
		"a":                              "a=",
		"a=1&a=2":                        "FORMAT_ERROR",
		"a=1&%61=2":                      "FORMAT_ERROR",
		"a=1;b=2":                        "FORMAT_ERROR",
		"a=%zz":                          "FORMAT_ERROR",
		strings.Repeat("a", 65):          "FORMAT_ERROR",
		strings.Repeat("a", 2049):        "FORMAT_ERROR",
		"a=" + strings.Repeat("b", 2046): "a=" + strings.Repeat("b", 2046),
	} {
		got, err := plainQuery(&url.URL{RawQuery: query})
		if err != nil {
			got = fault.Of(err).Code
		}

		if got != want {
			t.Errorf("%.40q is handed on as %.40q, %v", query, got, err)
		}
	}
}

func FuzzPlainQuery(f *testing.F) {
	for _, seed := range []string{"", "a=b&c=d", "a=1&a=2", "%61=1&a=2", "a;b", "a=%00%0d%0a", "=&=", "a=#?/", "\xff=\xff", "%ff=%fe", "+=+&%20=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := plainQuery(&url.URL{RawQuery: query})

		if err != nil {
			if fault.Of(err).Code != "FORMAT_ERROR" {
				t.Errorf("%q: %v", query, err)
			}
			return
		}
		again, err := plainQuery(&url.URL{RawQuery: got})
		to, parseErr := url.Parse("https://bank.example/x?" + got)
		if err != nil && len(got) <= maxQuery || err == nil && again != got || parseErr != nil || to.RawQuery != got || strings.ContainsAny(got, "#\r\n\x00 ") {
			t.Errorf("%q is handed on as %q, then as %q, %v, %v", query, got, again, err, parseErr)
		}
	})
}
