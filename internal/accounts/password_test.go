package accounts

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"password1234", "Password2024!!", "P@ssw0rd1234", "passwordpassword", "qwertyuiop12", "1qaz2wsx3edc", "123456789012",
		"abcdefghijkl", "zyxwvutsrqpo", "aaaaaaaaaaaa", "121212121212", "abc123abc123", "iloveyou1234", "Correct-Horse-Battery-Staple",
		"correct horse battery staple", "dragon123456", "!!!sunshine2026", "January2026!", "00000000000000", "letmeinletmein", "Welcome123456789",
		"administrator1", "thisismypassword", "monkeymonkeymonkey", "superdragon!!!",
	} {
		if fields := passwordField(password, "maija@acme-payments.example", "Acme Payments Oy"); len(fields) != 1 {
			t.Errorf("%q is accepted", password)
		}
	}
}

func TestPasswordsOfContextWordsAreRefused(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"fairway-portal", "Fairway-2026-portal!", "maija.virtanen1", "MaijaVirtanen!!", "acme-payments-1", "Acme Payments Oy", "acmepaymentsoy12",
		"f41rw4y-p0rt4l", "fairwaypassword1", "m41j4v1rt4nen",
	} {
		if fields := passwordField(password, "maija.virtanen@acme-payments.example", "Acme Payments Oy"); len(fields) != 1 {
			t.Errorf("%q is accepted", password)
		}
	}
}

func TestOrdinaryPasswordsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"tall otter paints slowly", "kJ8#mQ2$vX9!", "öljylamppu ja kynä", "seven green umbrellas", "a portal to the cold sea", "日本語のパスワードです本当に",
		"  leading spaces count  ", "gravel-lantern-77", "nine lives of maija",
	} {
		if fields := passwordField(password, "maija@acme.example", "Acme"); len(fields) != 0 {
			t.Errorf("%q is refused: %s", password, fields[0].Message)
		}
	}
}

func TestLengthOfAPasswordIsCountedInCharacters(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("tall otters paint the harbour wall in nine shades of grey; ", 3))[:MaxPassword]
	cases := map[string]bool{
		"tall otter ": false, "tall otter p": true, "ä7ö-ü3é-å2ñ": false, "ä7ö-ü3é-å2ñx": true,
		long: true, long + "y": false, "": false,
		"tall otter\x00 paints": false, "tall otter \xff\xfe paints": false, strings.Repeat("tall otter ", 1000): false,
	}
	for password, accepted := range cases {
		if got := len(passwordField(password, "a@b.example", "Org")) == 0; got != accepted {
			t.Errorf("a password of %d characters: accepted %v, want %v", utf8.RuneCountInString(password), got, accepted)
		}
	}
}

func TestListOfCommonPasswordsIsLongEnough(t *testing.T) {
	t.Parallel()
	whole, twelve := 0, 0
	for entry := range commonPasswords() {
		if len(entry) < 8 {
			t.Errorf("%q is shorter than eight characters", entry)
		}
		whole++
		if len(entry) >= MinPassword {
			twelve++
		}
	}
	if whole < 3000 || twelve < 3000 {
		t.Errorf("%d entries, %d of the shortest length that is allowed; want 3000 of each", whole, twelve)
	}
}
