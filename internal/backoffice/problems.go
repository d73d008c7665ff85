package backoffice

import (
	"slices"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/web/templates/ui"
)

// problems are what was wrong with a form that is shown again.
type problems struct {
	httpkit.Problems
	status int
}

// problemsOf reads what a colleague can mend in the form that she sent.
func problemsOf(c *gin.Context, err error) (problems, error) {
	p, err := httpkit.ProblemsOf(c, err)
	return problems{p, p.Status}, err
}

func (p problems) any() bool { return p.Any() }

func (p problems) summary() []ui.FieldError { return p.Summary() }

func (p problems) at(field string) string { return p.At(field) }

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
