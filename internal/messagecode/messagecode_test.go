package messagecode_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairway/internal/messagecode"
)

func TestEveryRecordSaysWhatHappenedWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, r := range messagecode.Everything() {
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || len(r.Title) > 70 {
			t.Errorf("%s: the title %q is empty, a sentence or too long", r.Code, r.Title)
		}
		if !strings.HasSuffix(r.What, ".") {
			t.Errorf("%s: What is not a sentence", r.Code)
		}
		if len(r.Causes) == 0 || len(r.Causes) != len(r.Fixes) {
			t.Errorf("%s: %d causes and %d fixes; each cause has its fix", r.Code, len(r.Causes), len(r.Fixes))
		}
		for _, text := range slices.Concat([]string{r.What}, r.Causes, r.Fixes) {
			if !strings.HasSuffix(text, ".") || text != strings.TrimSpace(text) {
				t.Errorf("%s: %q does not end like a sentence", r.Code, text)
			}
			if unwanted.MatchString(text) {
				t.Errorf("%s: %q holds a word that we do not use", r.Code, text)
			}
		}
	}
}

var unwanted = regexp.MustCompile(`(?i)\b(simply|just|please|oops)\b`)

func TestCodesAreUniqueSortedAndFound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, list := range [][]messagecode.Record{messagecode.All(), messagecode.OAuth(), messagecode.Statuses(), messagecode.Checks()} {
		if !slices.IsSortedFunc(list, func(a, b messagecode.Record) int { return strings.Compare(a.Code, b.Code) }) {
			t.Error("a list is not sorted by code")
		}
		for _, r := range list {
			if seen[r.Code] {
				t.Errorf("%s is there twice", r.Code)
			}
			seen[r.Code] = true
			if found, ok := messagecode.Find(r.Code); !ok || found.Title != r.Title {
				t.Errorf("%s is not found", r.Code)
			}
		}
	}
	if len(seen) != len(messagecode.Everything()) {
		t.Errorf("the four lists hold %d codes, all together %d", len(seen), len(messagecode.Everything()))
	}
	for _, unknown := range []string{"", "signature_invalid", "SIGNATURE_INVALID ", "ZZZ", "\x00"} {
		if _, ok := messagecode.Find(unknown); ok {
			t.Errorf("%q is found", unknown)
		}
	}
}

// Form and status of each list: tppMessages are refusals, OAuth's codes are spelt as RFC 6749 spells them.
func TestCodesHaveTheFormAndStatusOfTheirList(t *testing.T) {
	t.Parallel()
	forms := map[*regexp.Regexp][]messagecode.Record{
		regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+$`): messagecode.All(),
		regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`): messagecode.OAuth(),
		regexp.MustCompile(`^[45][0-9]{2}$`):     messagecode.Statuses(),
	}
	for form, list := range forms {
		for _, r := range list {
			if !form.MatchString(r.Code) {
				t.Errorf("%s is not written like %s", r.Code, form)
			}
			if len(r.HTTP) == 0 && r.Code != "access_denied" && r.Code != "unsupported_response_type" {
				t.Errorf("%s has no status", r.Code)
			}
			for _, status := range r.HTTP {
				if status < 400 || status > 599 {
					t.Errorf("%s comes with %d", r.Code, status)
				}
			}
		}
	}
}

func TestAChangedListDoesNotChangeTheNextOne(t *testing.T) {
	t.Parallel()
	messagecode.All()[0].Code = "CHANGED"

	if messagecode.All()[0].Code == "CHANGED" {
		t.Error("callers share the list")
	}
}

// What nothing brings about can be rehearsed, which is proved where rehearsals are; the token endpoint has none.
func TestARecordSaysHowToSeeItsCodeForReal(t *testing.T) {
	t.Parallel()
	var none []string
	for _, r := range slices.Concat(messagecode.All(), messagecode.OAuth(), messagecode.Statuses()) {
		if r.Try == "" {
			none = append(none, r.Code)
		} else if !strings.HasSuffix(r.Try, ".") || unwanted.MatchString(r.Try) || len(r.Try) > 120 {
			t.Errorf("%s: %q", r.Code, r.Try)
		}
	}

	if want := []string{"BANK_ANSWER_INVALID", "BANK_TIMEOUT", "BANK_UNAVAILABLE", "BANK_UNREACHABLE", "CERTIFICATE_BLOCKED", "CERTIFICATE_EXPIRED", "STATUS_INVALID",
		"server_error", "408", "500", "503"}; !slices.Equal(none, want) {
		t.Errorf("nothing is said of %v, want %v", none, want)
	}
}

func TestOurOwnCodesAreMarked(t *testing.T) {
	t.Parallel()
	var own []string
	for _, r := range messagecode.Everything() {
		if !r.Standard && !r.OfCheck() {
			own = append(own, r.Code)
		}
	}

	if want := []string{"API_KEY_INVALID", "API_KEY_MISSING", "API_NOT_CONNECTED", "BANK_ANSWER_INVALID", "BANK_TIMEOUT", "BANK_UNAVAILABLE", "BANK_UNREACHABLE", "RATE_LIMIT_EXCEEDED"}; !slices.Equal(own, want) {
		t.Errorf("our own codes are %v, want %v", own, want)
	}
}

func TestACodeOfACheckListSaysTheRuleAndWhoCanPutItRight(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[A-Z]+(_[A-Z0-9]+)+$`)
	for _, r := range messagecode.Checks() {
		if !form.MatchString(r.Code) || r.Rule == "" || !r.OfCheck() || len(r.HTTP) > 0 {
			t.Errorf("%s: rule %q, by %v, statuses %v", r.Code, r.Rule, r.By, r.HTTP)
		}
	}
	for _, r := range slices.Concat(messagecode.All(), messagecode.OAuth(), messagecode.Statuses()) {
		if r.Rule != "" || r.OfCheck() {
			t.Errorf("%s is of an interface and has what only codes of check lists have", r.Code)
		}
	}
}
