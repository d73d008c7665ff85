package portal

import (
	"context"
	"net/http"
	"time"
)

const readyTimeout = 3 * time.Second

// health answers /healthz (this process runs) and /readyz (it can do its work), on any host, with one word.
func (d *Door) health(w http.ResponseWriter, r *http.Request) bool {
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
	default:
		return false
	}
	return true
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the asker left: nobody to tell
}
