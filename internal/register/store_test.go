package register

import (
	"strings"
	"testing"

	"fairway/internal/testkit"
)

func TestALookUpFindsTheNumberByItsIndex(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)

	rows, err := d.Native().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+lookUpQuery, "FI_FIN-FSA", "99000014", stateCurrent, maxHits)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if text := strings.Join(plan, "; "); !strings.Contains(text, "register_institutions_reference (snapshot_id=? AND owner_id=? AND reference=?)") || strings.Contains(text, "SCAN") {
		t.Errorf("the plan is %s", text)
	}
}
