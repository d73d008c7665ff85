package codeview_test

import (
	"bytes"
	"errors"
	"html"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/codeview"
	"fairway/internal/httpkit"
	"fairway/internal/samples"
	"fairway/web/templates/ui"
)

func request() samples.Request {
	return samples.Request{Method: "POST", URL: "https://bank.example/consents", Signed: true, Body: "{\"a\": \"</script>&amp;\"}", ClientID: samples.Value{Text: "fwy_<b>"},
		Token: samples.OwnToken, TokenURL: "https://bank.example/token"}
}

func rendered(t *testing.T, v *ui.SamplesView) string {
	t.Helper()
	var b bytes.Buffer
	if err := ui.Samples(*v).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	shownPanel = regexp.MustCompile(`<section class="tabpanel sample" id="([^"]+)" aria-label="[^"]+">`)
	current    = regexp.MustCompile(`<a href="([^"]+)" [^>]*aria-current="true"`)
	code       = regexp.MustCompile(`(?s)<code id="x-python-text">(.*?)</code>`)
	tag        = regexp.MustCompile(`<[^>]*>`)
)

func TestTheServerShowsTheVisitorsLanguageAndHidesTheOthers(t *testing.T) {
	t.Parallel()

	text := rendered(t, codeview.Programs("x", request(), httpkit.Coding{Language: "go", Query: "?a=1&lang="}))

	if shown := shownPanel.FindAllStringSubmatch(text, -1); len(shown) != 1 || shown[0][1] != "x-go" {
		t.Errorf("these panels show: %v", shown)
	}
	if at := current.FindAllStringSubmatch(text, -1); len(at) != 1 || at[0][1] != "?a=1&amp;lang=go#x-go" {
		t.Errorf("the tab of the page is %v", at)
	}
	if n := strings.Count(text, `<section class="tabpanel sample"`); n != len(samples.Languages()) || strings.Count(text, "data-copy=") != n {
		t.Errorf("%d panels", n)
	}
}

func TestWhatIsCopiedIsTheProgramByteForByte(t *testing.T) {
	t.Parallel()
	p, err := samples.Write("python", request())
	if err != nil {
		t.Fatal(err)
	}

	text := rendered(t, codeview.Programs("x", request(), httpkit.Coding{Language: "curl"}))

	got := html.UnescapeString(tag.ReplaceAllString(code.FindStringSubmatch(text)[1], ""))
	if got != strings.TrimSuffix(p.Text, "\n") {
		t.Errorf("the page says\n%s\nthe program is\n%s", got, p.Text)
	}
	if strings.Contains(text, "<b>") || strings.Contains(text, "</script>") {
		t.Error("markup of the request is on the page")
	}
}

// The answer to a form has no address, so its tabs stay on the page and without script all panels show.
func TestTheAnswerToAFormLosesNothingWithoutScript(t *testing.T) {
	t.Parallel()

	for _, v := range []*ui.SamplesView{codeview.Programs("x", request(), httpkit.Coding{Language: "go"}), codeview.Program("x", request(), httpkit.Coding{Language: "go"})} {
		text := rendered(t, v)

		if strings.Contains(text, "lang=go") || strings.Contains(text, " hidden") || !strings.Contains(text, `href="#x-java"`) || strings.Count(text, "<section") != 6 {
			t.Error(text)
		}
	}
}

func TestAProgramAloneLeadsToTheOtherLanguages(t *testing.T) {
	t.Parallel()

	text := rendered(t, codeview.Program("x", request(), httpkit.Coding{Language: "java", Query: "?lang="}))

	if strings.Count(text, "<section") != 1 || strings.Count(text, `#x"`) != 6 || !strings.Contains(text, `id="x"`) || !strings.Contains(text, "Main.java") || strings.Contains(text, "data-tabs") {
		t.Error(text)
	}
}

func TestARequestThatNoProgramCanCarryHasNone(t *testing.T) {
	t.Parallel()
	r := request()
	r.Body = "\xff"

	_, err := codeview.Draw("x", r)

	if !errors.Is(err, samples.ErrUnwritable) || codeview.Programs("x", r, httpkit.Coding{}) != nil || codeview.Program("x", r, httpkit.Coding{Query: "?lang="}) != nil {
		t.Error(err)
	}
}
