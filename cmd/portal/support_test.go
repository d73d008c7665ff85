package main

import (
	"net/http"
	"strings"
	"testing"
)

// Whoever is stuck is told an address, on a page that works as on one that does not.
func TestEveryPageSaysWhereToAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger, member := w.anybody(), w.member("Asker Oy")
	for path, status := range map[string]int{"/": http.StatusOK, "/login": http.StatusOK, "/docs/contact": http.StatusOK, "/nowhere": http.StatusNotFound} {
		if a := stranger.get(path); a.status != status || !strings.Contains(a.body, `href="mailto:support@localhost"`) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := member.get("/playground"); !strings.Contains(a.body, `href="mailto:support@localhost"`) {
		t.Errorf("the dashboard: %d", a.status)
	}
}
