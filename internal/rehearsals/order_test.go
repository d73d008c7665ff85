package rehearsals_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fairway/internal/fault"
	"fairway/internal/messagecode"
	"fairway/internal/rehearsals"
)

func TestEveryCodeAndStatusOfTheInterfaceCanBeOrdered(t *testing.T) {
	t.Parallel()
	for _, r := range slices.Concat(messagecode.All(), messagecode.Statuses()) {
		for _, status := range r.HTTP {
			o, err := rehearsals.Wish{Outcome: r.Code, Status: status}.Order()

			if err != nil || o.Status != status || o.Calls != 1 || o.Outcome.Title != r.Title || !strings.HasPrefix(o.Fault(time.Time{}).Message, "Rehearsed: you ordered this answer.") {
				t.Errorf("%s with %d: %+v, %v", r.Code, status, o, err)
			}
		}
	}
}

func TestOutcomesHaveDifferentNamesAndSayThatTheyWereOrdered(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range rehearsals.Outcomes() {
		if seen[o.Name] || o.Title == "" || !strings.HasPrefix(o.Text, "Rehearsed: ") || (o.Effect == rehearsals.Refuse) != (len(o.Statuses) > 0) {
			t.Errorf("%+v", o)
		}
		seen[o.Name] = true
	}
	for _, name := range []string{"slow", "cut-off", "empty", "malformed", "500", "502", "503", "504"} {
		if !seen[name] {
			t.Errorf("%s cannot be ordered", name)
		}
	}
}

func TestAWishIsMetOrToldWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wish  rehearsals.Wish
		wrong []string
	}{
		"a code":                       {rehearsals.Wish{Outcome: "CONSENT_EXPIRED"}, nil},
		"the second status of a code":  {rehearsals.Wish{Outcome: "CONSENT_UNKNOWN", Status: 403}, nil},
		"slow as it comes":             {rehearsals.Wish{Outcome: "slow"}, nil},
		"slow for one operation":       {rehearsals.Wish{Outcome: "slow", Seconds: 30, Operation: "card-accounts.list", Calls: 10}, nil},
		"nothing":                      {rehearsals.Wish{}, []string{"outcome"}},
		"a code in small letters":      {rehearsals.Wish{Outcome: "consent_expired"}, []string{"outcome"}},
		"a code of a check list":       {rehearsals.Wish{Outcome: "KEY_TOO_SHORT"}, []string{"outcome"}},
		"a status that it never has":   {rehearsals.Wish{Outcome: "CONSENT_UNKNOWN", Status: 401}, []string{"status"}},
		"a status of a bad day":        {rehearsals.Wish{Outcome: "cut-off", Status: 200}, []string{"status"}},
		"seconds of a refusal":         {rehearsals.Wish{Outcome: "503", Seconds: 5}, []string{"seconds"}},
		"too many seconds":             {rehearsals.Wish{Outcome: "slow", Seconds: 31}, []string{"seconds"}},
		"an operation that is none":    {rehearsals.Wish{Outcome: "503", Operation: "payments.create"}, []string{"operation"}},
		"too many calls":               {rehearsals.Wish{Outcome: "503", Calls: 11}, []string{"calls"}},
		"less than nothing":            {rehearsals.Wish{Outcome: "slow", Seconds: -1, Calls: -1}, []string{"seconds", "calls"}},
		"everything wrong, at once":    {rehearsals.Wish{Outcome: "x", Operation: "y", Calls: 99}, []string{"outcome", "operation", "calls"}},
		"a name that is longer than a": {rehearsals.Wish{Outcome: strings.Repeat("Ä", 5000)}, []string{"outcome"}},
	} {
		_, err := c.wish.Order()

		var wrong []string
		if err != nil {
			for _, f := range fault.Of(err).Fields {
				wrong = append(wrong, f.Name)
				if !utf8.ValidString(f.Message) || len(f.Message) > 400 {
					t.Errorf("%s: %q", name, f.Message)
				}
			}
		}
		if !slices.Equal(wrong, c.wrong) {
			t.Errorf("%s: wrong are %v, want %v", name, wrong, c.wrong)
		}
	}
}

func TestAnOrderInAHeaderIsReadStrictly(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"CONSENT_EXPIRED": "CONSENT_EXPIRED 401 0", "slow": "slow 0 10", "slow;seconds=5": "slow 0 5", "slow ; seconds=5": "slow 0 5", "CONSENT_UNKNOWN;status=403": "CONSENT_UNKNOWN 403 0",
		"503": "503 503 0", "cut-off": "cut-off 0 0",
		"": "", ";": "", "slow;": "", "slow;seconds": "", "slow;seconds=": "", "slow;seconds=0": "", "slow;seconds=31": "", "slow;seconds=+5": "", "slow;seconds=5;seconds=6": "",
		"slow;second=5": "", "slow;seconds=99999999999999999999": "", "slow, cut-off": "", "503;seconds=5": "", "SLOW": "", "\x00": "", "slow;seconds=5\r\nX: y": "",
		strings.Repeat("slow;", 20): "",
	} {
		o, err := rehearsals.ParseHeader(value)

		if want == "" {
			if f := fault.Of(err); err == nil || f.Code != "FORMAT_ERROR" || f.Path != "Fairway-Rehearse" || f.Message == "" {
				t.Errorf("%q: %+v, %v", value, o, err)
			}
			continue
		}
		if got := o.Outcome.Name + " " + itoa(o.Status) + " " + itoa(o.Seconds); err != nil || got != want {
			t.Errorf("%q: %s, %v", value, got, err)
		}
	}
}

func FuzzParseHeader(f *testing.F) {
	for _, seed := range []string{"CONSENT_EXPIRED", "slow;seconds=5", "CONSENT_UNKNOWN;status=403", "", ";;;", "slow;seconds=1;status=2", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		o, err := rehearsals.ParseHeader(value)
		if err != nil {
			if m := fault.Of(err).Message; m == "" || len(m) > 400 || !utf8.ValidString(m) {
				t.Errorf("%q is refused with %q", value, m)
			}
			return
		}
		if _, known := rehearsals.Find(o.Outcome.Name); !known || o.Calls != 1 || o.Seconds > rehearsals.MaxSeconds || !strings.HasPrefix(strings.TrimSpace(value), o.Outcome.Name) {
			t.Errorf("%q is %+v", value, o)
		}
	})
}

func TestWhatAsksToWaitSaysHowLong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 20, 59, 30, 0, time.UTC) // in Helsinki the day ends in half a minute
	for name, want := range map[string]time.Duration{"RATE_LIMIT_EXCEEDED": time.Second, "503": 5 * time.Second, "500": 0, "ACCESS_EXCEEDED": 30 * time.Second} {
		o, err := rehearsals.Wish{Outcome: name}.Order()

		if err != nil || o.Fault(now).RetryAfter != want {
			t.Errorf("%s: %v, %v", name, o.Fault(now).RetryAfter, err)
		}
	}
}
