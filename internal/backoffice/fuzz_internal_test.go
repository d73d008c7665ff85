package backoffice

import (
	"strings"
	"testing"
)

func FuzzASearchIsReadAsWhatItCanBe(f *testing.F) {
	for _, seed := range []string{"", "0x0A:1b", "AB CD", "PSDFI-FINFSA-1234567-8", "psdfi-finfsa-", "org_", "fwy_x", "a@b", "\x00", "é", strings.Repeat("0", 64)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range ways {
			w.may(text)
		}
		if digits := hexadecimal(text); strings.Trim(digits, "0123456789abcdef") != "" {
			t.Errorf("%q is read as %q", text, digits)
		}
		if authorisation.MatchString(text) && len(strings.SplitN(text, "-", 3)) != 3 {
			t.Errorf("%q has no number", text)
		}
	})
}
