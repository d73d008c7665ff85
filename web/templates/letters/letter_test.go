package letters_test

import (
	"regexp"
	"strings"
	"testing"

	"fairway/web/templates/letters"
)

var sample = letters.Letter{
	Subject: "Confirm your e-mail address", Preview: "The link works for 24 hours.", Greeting: "Hello Maija,",
	Parts: []letters.Part{
		{Text: "Confirm the address to open your sandbox."}, {Link: letters.Link{Text: "Confirm the address", Href: "https://portal.example/verify?token=lnk_1.abc&x=1"}},
		{Heading: "What comes next"}, {List: []string{"Test certificates", "An app"}},
		{Facts: []letters.Fact{{Name: "Organisation", Value: "Budget & Buddy <Oy>"}}}, {Code: "482913"},
		{Quote: []string{"Which one is <yours>?", "", "We see two."}},
	},
	Reference: "req_3f9a", Why: "You get this letter because somebody signed up with this address.", Contact: "Ask openbanking@rocker.example.",
}

func TestBothVersionsOfALetterSayTheSame(t *testing.T) {
	t.Parallel()
	var html strings.Builder
	if err := letters.Shell(sample).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	text := letters.Text(sample)

	for _, words := range []string{sample.Greeting, sample.Parts[0].Text, "Confirm the address", "Test certificates", "An app", "Organisation", "482913", "We see two.", "req_3f9a", sample.Why, sample.Contact} {
		if !strings.Contains(html.String(), words) || !strings.Contains(text, words) {
			t.Errorf("%q is missing in one of the versions", words)
		}
	}
	if !strings.Contains(text, "https://portal.example/verify?token=lnk_1.abc&x=1\n") || !strings.Contains(text, "Organisation: Budget & Buddy <Oy>\n") {
		t.Errorf("the text spells addresses and names out:\n%s", text)
	}
	if !strings.Contains(text, "\n> Which one is <yours>?\n> \n> We see two.\n") {
		t.Errorf("the text marks what somebody else wrote:\n%s", text)
	}
	if !strings.Contains(html.String(), "<blockquote><p>Which one is &lt;yours&gt;?</p>") {
		t.Error("the HTML marks what somebody else wrote")
	}
	if !strings.Contains(html.String(), "Budget &amp; Buddy &lt;Oy&gt;") {
		t.Error("the HTML escapes names")
	}
}

func TestALetterNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	var html strings.Builder
	if err := letters.Shell(sample).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}

	if found := regexp.MustCompile(`style=|<style|<script|<img|<link|\ssrc=`).FindString(html.String()); found != "" {
		t.Errorf("the letter has %q", found)
	}
	if n := strings.Count(html.String(), "<a "); n != 1 {
		t.Errorf("the letter has %d links", n)
	}
}
