package backoffice

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/templates/ui"
)

// problems are what was wrong with a form that is shown again.
type problems struct {
	status int
	fault  *fault.Error
}

var again = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Conflict:    http.StatusConflict,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// problemsOf reads what a colleague can mend in the form that she sent. What she cannot is the error itself, for the door
// to write. Without an error the page is shown for the first time.
func problemsOf(c *gin.Context, err error) (problems, error) {
	if err == nil {
		return problems{status: http.StatusOK}, nil
	}
	f := fault.Of(err)
	status, ok := again[f.Kind]
	if !ok {
		return problems{}, err
	}
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	return problems{status: status, fault: f}, nil
}

func (p problems) any() bool { return p.fault != nil }

// summary lists everything, each with a way to its field.
func (p problems) summary() []ui.FieldError {
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

// at is what is wrong with one field.
func (p problems) at(field string) string {
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

// together puts the findings about one form into one fault, the first of each field; without any there is none.
func together(errs ...error) error {
	var all []fault.Field
	for _, err := range errs {
		if err == nil {
			continue
		}
		for _, f := range fault.Of(err).Fields {
			if !slices.ContainsFunc(all, func(other fault.Field) bool { return other.Name == f.Name }) {
				all = append(all, f)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fault.Form(all...)
}

// goTo leads on after an act and says what it came to.
func goTo(c *gin.Context, path string, tone ui.Tone, text string) error {
	if err := httpkit.Flash(c, string(tone), text); err != nil {
		return err
	}
	return httpkit.SeeOther(c, path)
}
