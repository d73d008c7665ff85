package httpkit_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
)

func TestWhatIsNoTextReachesNoHandler(t *testing.T) {
	t.Parallel()
	e := gin.New()
	unknown := errors.New("unknown")
	e.Use(httpkit.Readable(func(c *gin.Context, err error) {
		if errors.Is(err, unknown) {
			c.Status(http.StatusNotFound)
		}
	}, unknown))
	var path, query, raw string
	e.GET("/apps/:id", func(c *gin.Context) { path, query, raw = c.Param("id"), c.Query("q"), c.Request.URL.RawQuery })
	for address, want := range map[string]struct {
		status           int
		path, query, raw string
	}{
		"/apps/a%20b?q=%C3%A4+b&x": {200, "a b", "ä b", "q=%C3%A4+b&x"},
		"/apps/a?q=b%00c":          {200, "a", "b\uFFFDc", "q=b%EF%BF%BDc"},
		"/apps/a?q=%ff&%00=1":      {200, "a", "\uFFFD", "q=%EF%BF%BD&%EF%BF%BD=1"},
		"/apps/a?q=%zz":            {200, "a", "", "q=%zz"},
		"/apps/a%00":               {404, "", "", ""},
		"/apps/%ff":                {404, "", "", ""},
	} {
		path, query, raw = "", "", ""
		rec := httptest.NewRecorder()

		e.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))

		if rec.Code != want.status || path != want.path || query != want.query || raw != want.raw {
			t.Errorf("%s: %d %q %q %q", address, rec.Code, path, query, raw)
		}
	}
}
