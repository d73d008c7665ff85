package portal

import (
	"context"
	"net/http"
	"time"

	"fairway/internal/httpkit"
)

const readyTimeout = 3 * time.Second

// health answers /healthz (this process runs) and /readyz (it can do its work), on any host, with one word.
func (d *Door) health(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
		return false
	}
	httpkit.SetHeaders(w.Header(), hsts(d.deps.BaseURL))
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		answer(w, http.StatusMethodNotAllowed, "Only GET and HEAD are answered here.\n")
		return true
	}
	switch r.URL.Path {
	case "/healthz":
		answer(w, http.StatusOK, "ok\n")
	case "/readyz":
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := d.deps.Ready(ctx); err != nil {
			d.deps.Log.Warn("not ready", "error", err.Error())
			answer(w, http.StatusServiceUnavailable, "not ready\n")
			return true
		}
		answer(w, http.StatusOK, "ready\n")
	}
	return true
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the asker left: nobody to tell
}
