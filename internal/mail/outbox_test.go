package mail_test

import (
	"strings"
	"testing"

	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/mail"
	"fairway/internal/testkit"
)

func letter(id, subject string) mail.Message {
	return mail.Message{ID: id, To: "dev@tpp.example", Subject: subject, Text: "Öffne\nhttp://localhost/verify/x", HTML: "<p>ö</p>"}
}

func send(t *testing.T, o *mail.Outbox, letters ...mail.Message) {
	t.Helper()
	for _, m := range letters {
		if err := o.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheOutboxKeepsLettersAsTheyWere(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := mail.NewOutbox(d)
		var sender mail.Sender = o
		if err := sender.Send(t.Context(), letter("1@x", "first")); err != nil {
			t.Fatal(err)
		}
		send(t, o, letter("2@x", "second"), letter("3@x", "third"))

		two, err := o.Newest(t.Context(), 2)
		one, oneErr := o.ByNumber(t.Context(), two[1].Number)

		if err != nil || len(two) != 2 || two[0].Subject != "third" || two[1].Message != letter("2@x", "second") {
			t.Errorf("%+v, %v", two, err)
		}
		if oneErr != nil || one != two[1] || !one.At.Equal(testkit.Start) {
			t.Errorf("%+v, %v", one, oneErr)
		}
	})
}

func TestALetterThatIsSentAgainIsKeptOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := mail.NewOutbox(d)

		send(t, o, letter("1@x", "first"), letter("1@x", "again"), letter("2@x", "other"))

		kept, err := o.Newest(t.Context(), 10)
		if err != nil || len(kept) != 2 || kept[1].Subject != "first" {
			t.Errorf("%+v, %v", kept, err)
		}
	})
}

func TestALetterThatIsNotThereIsUnknown(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o := mail.NewOutbox(d)

		for _, number := range []int64{0, -1, 1, 1 << 62} {
			if _, err := o.ByNumber(t.Context(), number); !fault.Is(err, fault.NotFound) || strings.Contains(fault.Of(err).Message, "record") {
				t.Errorf("%d: %v", number, err)
			}
		}

		if kept, err := o.Newest(t.Context(), 10); err != nil || len(kept) != 0 {
			t.Errorf("%+v, %v", kept, err)
		}
	})
}
