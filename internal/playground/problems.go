package playground

import (
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// problems are what was wrong with a form that is shown again.
type problems struct {
	httpkit.Problems
	status int
}

// problemsOf reads what the visitor can mend in the form that she sent.
func problemsOf(c *gin.Context, err error) (problems, error) {
	p, err := httpkit.ProblemsOf(c, err)
	return problems{p, p.Status}, err
}

func (p problems) any() bool { return p.Any() }

func (p problems) summary() []ui.FieldError { return p.Summary() }

func (p problems) sentences() []ui.FieldError { return p.Sentences() }

func (p problems) at(field string) string { return p.At(field) }

// frame is the frame of a page of the workbench. Path is its address for GET: where the navigation marks it, and where
// a change of colours leads back to.
func frame(c *gin.Context, title, path string, found problems) layout.Page {
	f := httpkit.Frame(c, title)
	f.Path, f.Error = path, found.any()
	return f
}
