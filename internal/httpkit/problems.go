package httpkit

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/web/templates/ui"
)

// Problems are what was wrong with a form that is shown again.
type Problems struct {
	// Status is the answer's: 200 where nothing was wrong.
	Status int
	fault  *fault.Error
}

// again are the kinds of faults that the sender of a form can mend in it, or by waiting.
var again = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Conflict:    http.StatusConflict,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// Mendable reports whether the sender can do something about an error.
func Mendable(err error) bool {
	_, ok := again[fault.Of(err).Kind]
	return ok
}

// ProblemsOf reads what the visitor can mend in the form that she sent. What she cannot is the error itself, for the door
// to write. Without an error the page is shown for the first time.
func ProblemsOf(c *gin.Context, err error) (Problems, error) {
	if err == nil {
		return Problems{Status: http.StatusOK}, nil
	}
	f := fault.Of(err)
	status, ok := again[f.Kind]
	if !ok {
		return Problems{}, err
	}
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	return Problems{Status: status, fault: f}, nil
}

// Any reports whether something was wrong.
func (p Problems) Any() bool { return p.fault != nil }

// Summary lists everything, each with a way to its field.
func (p Problems) Summary() []ui.FieldError {
	if p.fault == nil {
		return nil
	}
	if len(p.fault.Fields) == 0 {
		return []ui.FieldError{{Text: p.fault.Message}}
	}
	var list []ui.FieldError
	for _, f := range p.fault.Fields {
		list = append(list, ui.FieldError{Field: f.Name, Text: f.Message})
	}
	return list
}

// Sentences is the summary of a form that is not on the page any more.
func (p Problems) Sentences() []ui.FieldError {
	list := p.Summary()
	for i := range list {
		list[i].Field = ""
	}
	return list
}

// At is what is wrong with one field.
func (p Problems) At(field string) string {
	if p.fault == nil {
		return ""
	}
	var found []string
	for _, f := range p.fault.Fields {
		if f.Name == field {
			found = append(found, f.Message)
		}
	}
	return strings.Join(found, " ")
}
