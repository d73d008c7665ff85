package accounts

import (
	"strings"
	"testing"
)

func FuzzReadFactor(f *testing.F) {
	for _, seed := range []string{"", "123456", "123 456", "0123-4567-89ab-cdef", "OIL0-iiii-LLLL-oooo", "\x00", "１２３４５６", strings.Repeat("-", 70), "123456\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, ok := readFactor(typed)
		switch {
		case !ok && c != (factorCode{}):
			t.Errorf("%q is refused and read", typed)
		case ok && (c.digits == "") == (c.recovery == ""):
			t.Errorf("%q is both or neither", typed)
		case c.digits != "" && (len(c.digits) != 6 || strings.Trim(c.digits, "0123456789") != ""):
			t.Errorf("%q is read as %q", typed, c.digits)
		case c.recovery != "" && len(c.recovery.Reveal()) != 19:
			t.Errorf("%q is read as %q", typed, c.recovery.Reveal())
		}
	})
}
