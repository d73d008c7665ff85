package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fairway/internal/httpkit"
	"fairway/internal/testkit/golden"
)

// The tables of both doors, for a reviewer to see what a change opens.
func TestEveryRouteStandsInTheTableThatReviewersRead(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "localhost:8080", "localhost:8443", generous)
	people, machines, err := p.doors()
	if err != nil {
		t.Fatal(err)
	}

	golden.Compare(t, "people.routes", listed(people.Routes()))
	golden.Compare(t, "machines.routes", listed(machines.Routes()))
}

// listed is one line a route: method, path, guard, handler, sorted by path.
func listed(routes []httpkit.Route) []byte {
	var lines []string
	for _, r := range routes {
		lines = append(lines, fmt.Sprintf("%-60s %-6s %-9s %s\n", r.Path, r.Method, r.Guard, r.Handler))
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}
