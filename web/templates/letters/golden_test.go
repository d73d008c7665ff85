package letters_test

import (
	"strings"
	"testing"

	"fairway/internal/testkit/golden"
	"fairway/web/templates/letters"
)

func TestLettersReadAsTheyWereApproved(t *testing.T) {
	t.Parallel()
	account := letters.AccountView{Home: "https://portal.example", Href: "https://portal.example/verify/lnk_0123456789.abcDEF-_", When: "21 Nov 2026, 09:00 UTC"}
	for name, letter := range map[string]letters.Letter{
		"confirm_address":         letters.ConfirmAddress(account),
		"address_taken":           letters.AddressTaken(account),
		"new_password":            letters.NewPassword(account),
		"password_changed":        letters.PasswordChanged(account),
		"factor_enrolled":         letters.FactorEnrolled(account),
		"factor_reset":            letters.FactorReset(account),
		"recovery_code_used":      letters.RecoveryCodeUsed(account),
		"recovery_codes_replaced": letters.RecoveryCodesReplaced(account),
		"certificates_replaced": letters.CertificatesReplaced(letters.CertificatesView{
			Home: "https://portal.example", Organisation: `<svg onload=x> "Budget" & Buddy`, When: "21 Nov 2026, 09:00 UTC", QWAC: "5D01F2", Seal: "5D01F3",
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var html strings.Builder
			if err := letters.Shell(letter).Render(t.Context(), &html); err != nil {
				t.Fatal(err)
			}

			golden.Compare(t, name+".txt", []byte("Subject: "+letter.Subject+"\n\n"+letters.Text(letter)))
			golden.Compare(t, name+".html", []byte(strings.ReplaceAll(html.String(), "><", ">\n<")))
		})
	}
}
