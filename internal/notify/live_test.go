package notify_test

import (
	"strings"
	"testing"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/accounts/accountstest"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/enrolments/enrolmentstest"
	"fairway/internal/mail"
	"fairway/internal/nca"
	"fairway/internal/qcert"
)

func mustSay(t *testing.T, m mail.Message, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(m.Text, w) {
			t.Errorf("%q is missing in:\n%s", w, m.Text)
		}
	}
}

func TestEachTurnOnTheWayToLiveIsToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, clk *clock.Manual) {
		live := home + "/playground/live/certificates"

		e := o.submit("Budget Buddy")
		letter := o.wait(1)[0]
		if letter.Subject != "We received your certificates for Live" || !strings.HasSuffix(letter.ID, "@portal.example") {
			t.Errorf("%+v", letter)
		}
		mustSay(t, letter, "Budget Buddy", "the end of Thursday 26 November 2026, Helsinki time", "Reference: "+e.ID, live)

		clk.Advance(24 * time.Hour)
		e = o.ask(e, "Which of the two numbers is yours?\n\nThe register knows both.")
		letter = o.wait(2)[1]
		if letter.Subject != "We have a question about your certificates" {
			t.Errorf("%+v", letter)
		}
		mustSay(t, letter, "> Which of the two numbers is yours?\n> \n> The register knows both.\n", "24 Nov 2026, 08:00 UTC", "stands still", e.ID, live)

		clk.Advance(24 * time.Hour)
		e = o.reply(e, "The first one.")
		letter = o.wait(3)[2]
		if letter.Subject != "We received your answer" {
			t.Errorf("%+v", letter)
		}
		mustSay(t, letter, "the end of Friday 27 November 2026, Helsinki time", "25 Nov 2026, 08:00 UTC", e.ID, live)
		if strings.Contains(letter.Text, "The first one.") {
			t.Error("the letter repeats what was answered")
		}

		o.decide(e, true, "Every check passed.")
		letter = o.wait(4)[3]
		if letter.Subject != "Your certificates are accepted for Live" {
			t.Errorf("%+v", letter)
		}
		mustSay(t, letter, "Budget Buddy", "> Every check passed.", e.QWAC.Info.SerialHex, e.QSeal.Info.SerialHex, "23 Nov 2027, 08:00 UTC", e.ID, live)

		again(t, o.db)
		ids := map[string]bool{}
		for _, m := range o.settled() {
			ids[m.ID] = true
		}
		if n := len(o.settled()); n != 4 || len(ids) != 4 {
			t.Errorf("%d letters with %d ids", n, len(ids))
		}
	})
}

func TestARejectionSaysWhyAndHowToGoOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		reason := "The seal names another authority than the register does.\n" + strings.Repeat("Long stories are read to their end. ", 50) + "The end."

		e := o.decide(o.hand("Budget Buddy"), false, reason)

		letters := o.wait(1)
		if len(letters) != 1 || letters[0].Subject != "Your certificates were not accepted for Live" {
			t.Fatalf("%+v", letters)
		}
		mustSay(t, letters[0], "> "+strings.ReplaceAll(reason, "\n", "\n> "), "Start again with the same files", "23 Nov 2026, 08:00 UTC", e.ID)
	})
}

func TestASuspensionIsToldToTheOrganisationAndToAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		admin := accountstest.Enter(t, o.accounts, "ada@fairway.example", accounts.Admin, o.db.Now())
		e := o.decide(o.hand("Budget Buddy"), true, "Everything agrees.")
		before := len(o.settled())
		err := o.db.InTx(t.Context(), func(tx db.Tx) error {
			if _, err := o.enrolments.Suspend(tx, e, "system", "The QWAC was revoked."); err != nil {
				return err
			}
			return o.queue.Tell(tx, nca.Suspended{EnrolmentID: e.ID})
		})
		if err != nil {
			t.Fatal(err)
		}

		told := map[string]string{}
		for _, letter := range o.wait(before + 2)[before:] {
			mustSay(t, letter, "> The QWAC was revoked.", e.ID)
			told[letter.Subject] = letter.To
		}
		if told["An approval for Live was suspended"] != admin.Person.Email || told["Your certificates are suspended from Live"] == "" {
			t.Errorf("told were %v", told)
		}
	})
}

func TestARoleThatIsTakenBackIsToldToTheOrganisationAndToAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		admin := accountstest.Enter(t, o.accounts, "ada@fairway.example", accounts.Admin, o.db.Now())
		e := o.decide(o.hand("Budget Buddy"), true, "Everything agrees.")
		change(t, o.db, "UPDATE enrolments SET rights = 'PSP_AI PSP_PI' WHERE id = ?", e.ID)
		e = enrolmentstest.Now(t, o.enrolments, e)
		before := len(o.settled())
		o.deed(func(tx db.Tx) error {
			if _, err := o.enrolments.Narrow(tx, e, []qcert.Role{qcert.RolePI}, "system", "The register no longer grants PSP_PI."); err != nil {
				return err
			}
			return o.queue.Tell(tx, nca.Narrowed{EnrolmentID: e.ID, Version: e.Version + 1})
		})
		o.tell(nca.Narrowed{EnrolmentID: e.ID, Version: e.Version}) // of a state that is gone

		told := map[string]string{}
		for _, letter := range o.wait(before + 2)[before:] {
			mustSay(t, letter, "> The register no longer grants PSP_PI.", "Roles that are left: PSP_AI", e.ID)
			told[letter.Subject] = letter.To
		}
		if len(told) != 2 || told["An approval for Live lost a role"] != admin.Person.Email || told["A role of your certificates does not count in Live any more"] == "" {
			t.Errorf("told were %v", told)
		}
	})
}

func TestAReturnIsToldToTheOrganisation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		e := o.decide(o.hand("Budget Buddy"), true, "Everything agrees.")
		before := len(o.settled())

		o.tell(nca.Restored{EnrolmentID: e.ID, Version: e.Version}, nca.Restored{EnrolmentID: "enr_nobody", Version: 1})

		letters := o.wait(before + 1)[before:]
		if len(letters) != 1 || letters[0].Subject != "Your certificates are accepted for Live again" {
			t.Fatalf("%+v", letters)
		}
		mustSay(t, letters[0], "> Everything agrees.", "PSP_AI", e.ID)
	})
}

func TestADoubtIsToldToAdministratorsAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		admin := accountstest.Enter(t, o.accounts, "ada@fairway.example", accounts.Admin, o.db.Now())
		e := o.decide(o.hand("Budget Buddy"), true, "Everything agrees.")
		before := len(o.settled())

		o.tell(nca.Doubted{EnrolmentID: e.ID, Code: nca.ChainIncomplete, Since: monday}, nca.Doubted{EnrolmentID: e.ID, Code: nca.ListStale, Since: monday})

		ends := 0
		letters := o.wait(before + 2)[before:]
		for _, letter := range letters {
			mustSay(t, letter, "Budget Buddy", e.ID, "23 Nov 2026, 08:00 UTC")
			if strings.Contains(letter.Text, "it is suspended on 30 Nov 2026, 08:00 UTC") {
				ends++
			}
			if letter.To != admin.Person.Email {
				t.Errorf("told was %s", letter.To)
			}
		}
		if len(letters) != 2 || ends != 1 || letters[0].ID == letters[1].ID {
			t.Errorf("%+v", letters)
		}
	})
}

func TestEveryMemberGetsALetterOfHerOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		e := o.hand("Budget Buddy")
		join(t, o.db, e.OrganisationID, "second@buddy.example")
		o.hand("Another one")

		o.tell(enrolments.Submission{EnrolmentID: e.ID})

		letters := o.wait(2)
		if len(letters) != 2 || letters[0].ID == letters[1].ID || letters[0].To == letters[1].To {
			t.Errorf("%+v", letters)
		}
	})
}

func TestALetterAboutWhatDoesNotStandAnyMoreIsNotWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		withdrawn := o.hand("Withdrawn")
		o.withdraw(withdrawn)
		o.tell(enrolments.Submission{EnrolmentID: withdrawn.ID})

		answered := o.hand("Answered")
		asked := answered.Version + 1
		o.reply(o.ask(answered, "Which one is yours?"), "The first one.") // the question's letter and the answer's
		told := len(o.settled())
		o.tell(nca.Asked{EnrolmentID: answered.ID, Version: asked})

		decided := o.hand("Decided")
		o.decide(decided, true, "Every check passed.")
		told++
		o.tell(enrolments.Submission{EnrolmentID: decided.ID}, nca.Asked{EnrolmentID: decided.ID, Version: decided.Version}, nca.Decided{EnrolmentID: decided.ID})

		another := o.hand("Another question")
		change(t, o.db, "UPDATE enrolments SET state = 'question', version = version + 3 WHERE id = ?", another.ID)
		o.tell(nca.Asked{EnrolmentID: another.ID, Version: another.Version + 1})

		o.tell(enrolments.Submission{EnrolmentID: "enr_nobody"}, nca.Asked{EnrolmentID: "enr_nobody", Version: 1}, nca.Decided{EnrolmentID: "enr_nobody", Approved: true})

		letters := o.wait(told)
		if len(letters) != told || told > 3 {
			t.Errorf("%d letters, want %d: %+v", len(letters), told, letters)
		}
		if last := letters[told-1].Subject; last != "Your certificates are accepted for Live" {
			t.Errorf("the last letter is %q", last)
		}
	})
}

func TestASuspensionTakesTheLetterOfAnAcceptanceBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		e := o.hand("Budget Buddy")
		change(t, o.db, "UPDATE enrolments SET state = 'suspended' WHERE id = ?", e.ID)

		o.tell(nca.Decided{EnrolmentID: e.ID, Approved: true})

		if letters := o.settled(); len(letters) != 0 {
			t.Errorf("%+v", letters)
		}
	})
}

func TestALetterAboutLiveThatIsSentAgainIsTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o office, _ *clock.Manual) {
		o.post.breaks(1)

		o.submit("Budget Buddy")

		letters := o.wait(2)
		if len(letters) != 2 || letters[0] != letters[1] {
			t.Errorf("%d letters: %+v", len(letters), letters)
		}
	})
}
