package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// afterwards are flaws that only an authority outside the files can tell, once the pair was handed in.
var afterwards = map[string]bool{"revoked": true}

// TestEveryFlawIsToldOnTheUploadPage hands the portal a pair for each thing that can be wrong: the page names its code, leads to
// what to do, and lets nothing through that is an error.
func TestEveryFlawIsToldOnTheUploadPage(t *testing.T) {
	t.Parallel()
	sv := start(t, settings{})
	table, complaint, err := sv.command(t, "demo", "qtsp", "flaws")
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint)
	}
	tpp := sv.browser(t)
	tpp.signUp(t, "owner@revontuli.example")
	told := 0
	for line := range strings.Lines(table) {
		columns := strings.Fields(line)
		if len(columns) < 3 || afterwards[columns[0]] {
			continue
		}
		flaw, code, level := columns[0], columns[1], columns[2]
		dir := sv.pair(t, flaw)

		tpp.open(livePath + "/upload")
		tpp.submit(tpp.formTo(livePath+"/upload"), "qwac", read(t, dir, "qwac.pem"), "qseal", read(t, dir, "qseal.pem"))
		tpp.follow()

		words := tpp.page.words()
		if tpp.page.status != http.StatusOK || !strings.Contains(words, code) || !strings.Contains(tpp.page.body, "/docs/errors/"+code) {
			t.Errorf("%s: the page does not say %s: %s", flaw, code, tpp.page)
		}
		if challenge := tpp.open(livePath + "/challenge"); level == "error" && strings.Contains(challenge.body, livePath+"/challenge/new") && challenge.url == sv.portal+livePath+"/challenge" && beforeTheLists(code) {
			t.Errorf("%s: a challenge is offered for a pair with %s", flaw, code)
		}
		told++
	}
	if told < 31 {
		t.Errorf("only %d flaws were tried", told)
	}
}

// beforeTheLists tells the codes that the files alone show: those stand in the way of a challenge, the others in the way of an
// approval.
func beforeTheLists(code string) bool {
	return !strings.HasPrefix(code, "REG_") && code != "QTSP_NOT_GRANTED"
}
