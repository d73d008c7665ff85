package playground

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/messagecode"
	"fairway/internal/rehearsals"
	page "fairway/web/templates/playground"
)

const rehearsalsPath = "/playground/rehearsals"

func (p *Playground) mountRehearsals(m httpkit.Mounts) {
	m.SignedIn.Get(rehearsalsPath, p.rehearsals)
	m.SignedIn.Post(rehearsalsPath, p.arm)
	m.SignedIn.Post(rehearsalsPath+"/disarm", p.disarm)
}

// rehearsalForm is an order as it was filled in. Outcome is written as in the header; From is "code" where the form stood on
// the page of a code.
type rehearsalForm struct {
	App       string `form:"app"`
	Outcome   string `form:"outcome"`
	Operation string `form:"operation"`
	Calls     string `form:"calls"`
	Seconds   string `form:"seconds"`
	From      string `form:"from"`
}

// order checks the form. The fault is that of a form.
func (f rehearsalForm) order() (rehearsals.Order, error) {
	w, ok := rehearsals.ParseWish(f.Outcome)
	if !ok {
		w = rehearsals.Wish{Outcome: f.Outcome}
	}
	w.Operation, w.Calls = f.Operation, number(f.Calls)
	if o, known := rehearsals.Find(w.Outcome); known && o.Effect == rehearsals.Slow && w.Seconds == 0 {
		w.Seconds = number(f.Seconds) // the field stands there whatever is chosen
	}
	return w.Order()
}

// number is what was typed: zero for nothing, and what no order takes for what is no number.
func number(typed string) int {
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n == 0 {
		return -1
	}
	return n
}

// back is the page that the form stood on.
func (f rehearsalForm) back() string {
	if w, ok := rehearsals.ParseWish(f.Outcome); ok && f.From == "code" {
		if r, known := messagecode.Find(w.Outcome); known {
			return messagecode.Path(r.Code) + "#rehearse"
		}
	}
	return rehearsalsPath
}

// rehearsals shows what is armed and what can be.
func (p *Playground) rehearsals(c *gin.Context) error {
	f := rehearsalForm{App: clip(c.Query("app"), maxFilter), Outcome: clip(c.Query("outcome"), maxFilter)}
	return p.showRehearsals(c, f, nil)
}

func (p *Playground) showRehearsals(c *gin.Context, f rehearsalForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	list, armed, err := p.rehearsing(c.Request.Context(), httpkit.Who(c))
	if err != nil {
		return err
	}
	view := rehearsalsView(f, list, armed, found)
	fr := frame(c, view.Head.Title, rehearsalsPath, found)
	fr.Wide = true
	return httpkit.Page(c, found.status, page.Rehearsals(fr, view))
}

// rehearsing are the apps that can be armed, and what they are armed with.
func (p *Playground) rehearsing(ctx context.Context, v httpkit.Visitor) ([]apps.App, map[string]rehearsals.Armed, error) {
	list, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return nil, nil, err
	}
	armed, err := p.Rehearsals.List(ctx, v.OrganisationID)
	return list, armed, err
}

// arm orders an answer.
func (p *Playground) arm(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f rehearsalForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showRehearsals(c, f, err)
	}
	order, err := f.order()
	if err != nil {
		return p.showRehearsals(c, f, err)
	}

	_, err = p.Rehearsals.Arm(ctx, v.OrganisationID, f.App, order)
	if fault.Is(err, fault.Forbidden) {
		return p.showRehearsals(c, f, err)
	}
	if err != nil {
		return err
	}

	return p.goTo(c, f.back(), "ok", "Armed: "+meets(order)+". Send a call, or send one from the playground.")
}

// disarm takes an order back.
func (p *Playground) disarm(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)

	var f rehearsalForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showRehearsals(c, f, err)
	}

	if err := p.Rehearsals.Disarm(ctx, v.OrganisationID, f.App); err != nil {
		return err
	}

	return p.goTo(c, f.back(), "ok", "Disarmed: calls are answered as they deserve.")
}
