package letters_test

import (
	"strings"
	"testing"

	"fairway/internal/testkit/golden"
	"fairway/web/templates/letters"
)

// every is each letter once, filled with what strangers can write.
func every() map[string]letters.Letter {
	account := letters.AccountView{Home: "https://portal.example", Support: "support@portal.example", Href: "https://portal.example/verify/lnk_0123456789.abcDEF-_", When: "21 Nov 2026, 09:00 UTC"}
	live := letters.LiveView{
		Home: "https://portal.example", Support: "support@portal.example", Organisation: `<svg onload=x> "Budget" & Buddy`, Reference: "enr_0123456789abcdefghijklmnop",
		Submitted: "23 Nov 2026, 09:00 UTC", Due: "Thursday 26 November 2026, Helsinki time", Decided: "24 Nov 2026, 09:00 UTC",
		Said:  []string{"The seal names <b>another</b> company than the register:", "", "[U+202E]which one is yours?"},
		Roles: "PSP_AI, PSP_PI", Beside: "PSP_PI", QWAC: "serial 5D01F2, until 21 Nov 2027, 09:00 UTC", Seal: "serial 5D01F3, until 21 Nov 2027, 09:00 UTC",
	}
	evening := live
	evening.Automatic, evening.Counted = true, "Tuesday 24 November 2026, Helsinki time"
	end := letters.EndingView{
		Home: "https://portal.example", Support: "support@portal.example", Organisation: `<svg onload=x> "Budget" & Buddy`, Reference: "set_0123456789abcdefghijklmnop",
		In: "in 30 days", On: "21 Dec 2026, 09:00 UTC", QWAC: "5D01F2", Seal: "5D01F3",
	}
	reviews := letters.ReviewsView{
		Home: "https://portal.example", Support: "support@portal.example", Next: "Thursday 26 November 2026, Helsinki time", More: "The queue has 7 more.",
		Waiting: []string{`enr_0123456789abcdefghijklmnop, due by the end of Thursday 26 November 2026, Helsinki time: <svg onload=x> "Budget" & Buddy`},
	}
	return map[string]letters.Letter{
		"confirm_address":          letters.ConfirmAddress(account),
		"address_taken":            letters.AddressTaken(account),
		"new_password":             letters.NewPassword(account),
		"password_changed":         letters.PasswordChanged(account),
		"factor_enrolled":          letters.FactorEnrolled(account),
		"factor_reset":             letters.FactorReset(account),
		"recovery_code_used":       letters.RecoveryCodeUsed(account),
		"new_device":               letters.NewDevice(account),
		"recovery_codes_replaced":  letters.RecoveryCodesReplaced(account),
		"live_submitted":           letters.LiveSubmitted(live),
		"live_submitted_automatic": letters.LiveSubmitted(evening),
		"live_answered":            letters.LiveAnswered(live),
		"live_question":            letters.LiveQuestion(live),
		"live_approved":            letters.LiveApproved(live),
		"live_rejected":            letters.LiveRejected(live),
		"live_suspended":           letters.LiveSuspended(live),
		"approval_suspended":       letters.ApprovalSuspended(live),
		"live_restored":            letters.LiveRestored(live),
		"live_narrowed":            letters.LiveNarrowed(live),
		"approval_narrowed":        letters.ApprovalNarrowed(live),
		"approval_doubted":         letters.ApprovalDoubted(letters.DoubtView{LiveView: live, What: "The issuer is on no list.", Do: "Import the lists.", Ends: "1 Dec 2026, 09:00 UTC"}),
		"live_delayed":             letters.LiveDelayed(live),
		"live_ends":                letters.LiveEnds(end),
		"sandbox_ends":             letters.SandboxEnds(end),
		"reviews_waiting":          letters.ReviewsWaiting(reviews),
		"certificates_replaced": letters.CertificatesReplaced(letters.CertificatesView{
			Home: "https://portal.example", Support: "support@portal.example", Organisation: `<svg onload=x> "Budget" & Buddy`, When: "21 Nov 2026, 09:00 UTC", QWAC: "5D01F2", Seal: "5D01F3",
		}),
	}
}

func TestLettersReadAsTheyWereApproved(t *testing.T) {
	t.Parallel()
	for name, letter := range every() {
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
