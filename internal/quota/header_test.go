package quota_test

import (
	"testing"
	"time"

	"fairway/internal/quota"
)

func TestTheHeadersTellTheLimitsAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	d := quota.Decision{LeftInSecond: 4, UntilSecond: 1 * time.Millisecond, LeftInDay: 987, UntilDay: 3 * time.Hour}

	policy, left := quota.Limits{PerSecond: 5, PerDay: 1000}.Policy(), d.Header()

	if want := `"second";q=5;w=1, "day";q=1000;w=86400`; policy != want {
		t.Errorf("%s, want %s", policy, want)
	}
	if want := `"second";r=4;t=1, "day";r=987;t=10800`; left != want {
		t.Errorf("%s, want %s", left, want)
	}
}
