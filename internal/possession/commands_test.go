package possession

import (
	"strings"
	"testing"
)

func TestCommandsNameTheFiles(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, c := range Commands(Files{Key: "my key.pem"}) {
		if ids[c.ID] || c.ID == "" || c.Title == "" {
			t.Errorf("the id %q is empty or there twice", c.ID)
		}
		ids[c.ID] = true
		if strings.ContainsAny(strings.ReplaceAll(c.Text, "pkcs11", ""), "{}") {
			t.Errorf("%s has a gap: %s", c.ID, c.Text)
		}
		if c.Purpose == Sign && c.Key != ECKey && !strings.HasPrefix(c.ID, "pkcs11") && !strings.Contains(c.Text, "'my key.pem'") {
			t.Errorf("%s does not name the key: %s", c.ID, c.Text)
		}
		if c.Purpose == Sign && !strings.Contains(c.Text, ChallengeFile) {
			t.Errorf("%s does not name the challenge: %s", c.ID, c.Text)
		}
	}
}

func TestEachKindOfKeyHasItsCommands(t *testing.T) {
	t.Parallel()
	for kind, want := range map[KeyKind]string{
		RSAKey: "openssl openssl-sha512 openssl-pkeyutl openssl-pss pkcs11 powershell encode check check-pss",
		ECKey:  "openssl openssl-sha512 openssl-pkeyutl pkcs11-ec powershell-ec encode check",
	} {
		var got []string
		for _, c := range Commands(Files{}) {
			if c.Fits(kind) {
				got = append(got, c.ID)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

func TestNamesAreQuotedForTheirShell(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"qseal.key":    {`qseal.key`, `'qseal.key'`},
		"keys/my.key":  {`keys/my.key`, `'keys/my.key'`},
		"my key":       {`'my key'`, `'my key'`},
		"o'key; rm x":  {`'o'\''key; rm x'`, `'o''key; rm x'`},
		"-out":         {`'./-out'`, `'-out'`},
		"$(id)`id`\n!": {"'$(id)`id`\n!'", "'$(id)`id`\n!'"},
	} {
		if got := [2]string{quotePOSIX(name), quotePowerShell(name)}; got != want {
			t.Errorf("%q is quoted as %q, want %q", name, got, want)
		}
	}
}
