package playground

import (
	"context"
	"errors"
	"testing"

	"fairway/internal/httpkit"
	"fairway/internal/testkit"
)

func TestTheSearchesOfAnOrganisationFollowOneAnother(t *testing.T) {
	t.Parallel()
	p, v := &Playground{Deps: Deps{Clock: testkit.Clock()}}, httpkit.Visitor{PersonID: "per_1", OrganisationID: "org_1"}
	end, err := p.turns.take(t.Context(), v.OrganisationID)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	gone, leave := context.WithCancel(t.Context())
	leave()

	_, err = p.find(gone, v, logQuery{search: "5f1c2d3e"})

	if !errors.Is(err, context.Canceled) {
		t.Errorf("a second search did not wait for the first: %v", err)
	}
}
