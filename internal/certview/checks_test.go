package certview_test

import (
	"testing"

	"fairway/internal/certview"
	"fairway/internal/qcert"
	"fairway/web/templates/ui"
)

func TestEveryCodeOfACheckListLeadsToItsPage(t *testing.T) {
	t.Parallel()
	line := qcert.Check{ID: "in-time", Level: qcert.LevelError, Findings: []qcert.Finding{
		{Code: qcert.CertExpired, Level: qcert.LevelError, Text: "It has ended."},
		{Code: "CODE_OF_AN_OLD_REPORT", Level: qcert.LevelError, Text: "It was worse."},
	}}

	got := certview.Checks("qwac", []qcert.Check{line}).Open[0].Notes

	want := []ui.RuleNote{
		{Code: "CERT_EXPIRED", Href: "/docs/errors/CERT_EXPIRED", Text: "It has ended."},
		{Code: "CODE_OF_AN_OLD_REPORT", Text: "It was worse."},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("the notes are %+v, want %+v", got, want)
	}
}
