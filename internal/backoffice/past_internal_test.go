package backoffice

import (
	"testing"

	"fairway/internal/audit"
)

func TestTheTrailIsFoldedBehindItsLastTenRows(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "", 10: "", 11: "1 earlier row", 45: "35 earlier rows"} {
		v := trailView(dossier{deeds: make([]audit.Line, n)})

		if v.Fold != want || len(v.Latest) != min(n, latestDeeds) || len(v.Latest)+len(v.Older) != n {
			t.Errorf("%d rows: %q, %d and %d", n, v.Fold, len(v.Latest), len(v.Older))
		}
	}
	if v := trailView(dossier{deeds: make([]audit.Line, mostDeeds)}); len(v.Older) != mostDeeds-latestDeeds || v.Fold == "" {
		t.Errorf("%q", v.Fold)
	}
}
