package httpkit_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/templates/ui"
)

func TestWhatASenderCanMendIsShownInTheFormAgain(t *testing.T) {
	t.Parallel()
	busy := fault.New(fault.TooMany, "x", "Wait a moment.")
	busy.RetryAfter = 1500 * time.Millisecond
	for name, c := range map[string]struct {
		err     error
		status  int
		summary []ui.FieldError
	}{
		"nothing":    {nil, http.StatusOK, nil},
		"fields":     {fault.Form(fault.Field{Name: "a", Message: "One."}, fault.Field{Name: "b", Message: "Two."}), http.StatusUnprocessableEntity, []ui.FieldError{{Field: "a", Text: "One."}, {Field: "b", Text: "Two."}}},
		"a conflict": {fault.New(fault.Conflict, "x", "It changed."), http.StatusConflict, []ui.FieldError{{Text: "It changed."}}},
		"too many":   {busy, http.StatusTooManyRequests, []ui.FieldError{{Text: "Wait a moment."}}},
	} {
		w := httptest.NewRecorder()
		gc, _ := gin.CreateTestContext(w)

		p, err := httpkit.ProblemsOf(gc, c.err)

		if err != nil || p.Status != c.status || p.Any() != (c.err != nil) || !slices.Equal(p.Summary(), c.summary) {
			t.Errorf("%s: %d, %v, %v", name, p.Status, p.Summary(), err)
		}
		for _, s := range p.Sentences() {
			if s.Field != "" || s.Text == "" {
				t.Errorf("%s: a sentence leads to the field %q", name, s.Field)
			}
		}
		if name == "fields" && (p.At("b") != "Two." || p.At("c") != "") {
			t.Errorf("at the fields: %q, %q", p.At("b"), p.At("c"))
		}
		if got := w.Header().Get("Retry-After"); (got == "2") != (name == "too many") {
			t.Errorf("%s: Retry-After %q", name, got)
		}
	}
}

func TestWhatASenderCannotMendIsLeftToTheDoor(t *testing.T) {
	t.Parallel()
	for _, failed := range []error{errors.New("broken"), fault.New(fault.Forbidden, "x", "No."), fault.New(fault.NotFound, "x", "No.")} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())

		p, err := httpkit.ProblemsOf(c, failed)

		if !errors.Is(err, failed) || p.Any() {
			t.Errorf("%v: %v", failed, err)
		}
	}
}
