package portal

import (
	"net/http"
	"testing"

	"fairway/internal/fault"
)

func TestEveryKindHasItsStatusAndTitle(t *testing.T) {
	t.Parallel()
	want := map[fault.Kind]int{
		fault.Internal: 500, fault.Invalid: 422, fault.Unauthenticated: 401, fault.Forbidden: 403,
		fault.NotFound: 404, fault.Conflict: 409, fault.TooMany: 429, fault.Unavailable: 503,
	}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if statuses[k] != want[k] || titles[k] == "" || http.StatusText(statuses[k]) == "" {
			t.Errorf("%s: %d, %q", k, statuses[k], titles[k])
		}
	}
	if len(statuses) != len(want) || len(titles) != len(want) {
		t.Errorf("%d statuses and %d titles for %d kinds", len(statuses), len(titles), len(want))
	}
}

func TestTheLogInLeadsBackToWhereOneWantedToGo(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/playground": "/login?next=%2Fplayground", "/playground/apps?a=b&c=d": "/login?next=%2Fplayground%2Fapps%3Fa%3Db%26c%3Dd", "/": "/login",
		"/x%2Fy?next=//evil.example": "/login?next=%2Fx%252Fy%3Fnext%3D%2F%2Fevil.example",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := loginPath(r); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
