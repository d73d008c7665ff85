package backoffice

import (
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

// backendForm is how a brand's own system is reached.
type backendForm struct {
	Upstream  string `form:"upstream"`
	Authorise string `form:"authorise"`
	Roots     string `form:"roots"`
	Callers   string `form:"callers"`
	Code      string `form:"code"`
}

func (b backendForm) backend() catalog.Backend {
	return catalog.Backend{Upstream: b.Upstream, Authorise: b.Authorise, Roots: strings.ReplaceAll(b.Roots, "\r\n", "\n"), Callers: []string{b.Callers}}
}

func (f *Face) askBackend(c *gin.Context) error {
	b, err := f.Catalog.Brand(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return f.showBackend(c, b, backendForm{Upstream: b.Live.Upstream, Authorise: b.Live.Authorise, Roots: b.Live.Roots, Callers: strings.Join(b.Live.Callers, "\n")}, nil)
}

func (f *Face) showBackend(c *gin.Context, b catalog.Brand, form backendForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	tone, state := openState(b)
	view := page.BackendView{
		Head: ui.HeadView{Title: "Live of " + b.Name, Tone: tone, Status: state, Lead: "How the door reaches the brand’s own system. With all fields empty, the brand is closed in Live.",
			Crumbs: []ui.Crumb{{Text: "Brands", Href: brandsPath}, {Text: b.Name, Href: brandPath(b.ID)}, {Text: "Live"}}},
		Problems: found.summary(), Action: brandPath(b.ID) + "/live", CancelHref: brandPath(b.ID),
		Open:    b.Live.Open(),
		Fields:  []ui.FieldView{{Name: "upstream", Label: "Upstream", Value: form.Upstream, Mono: true, Hint: "The https address below which the brand answers the operations of its APIs."}, {Name: "authorise", Label: "Customer page", Value: form.Authorise, Mono: true, Hint: "The brand’s https page to which its customers are sent for a consent."}},
		Roots:   ui.FieldView{Name: "roots", Label: "Authorities", Value: form.Roots, Mono: true, Rows: 8, Optional: true, Error: found.at("roots"), Hint: "PEM of the roots that vouch for both addresses. Empty where those of the operating system do."},
		Callers: ui.FieldView{Name: "callers", Label: "Callers", Value: form.Callers, Mono: true, Rows: 4, Error: found.at("callers"), Hint: "SHA-256 of each client certificate with which the brand tells us what its customers decided: one a line, at most four."},
		Factor:  httpkit.FactorField(c, f.Clock.Now(), failed),
	}
	for i := range view.Fields {
		view.Fields[i].Error = found.at(view.Fields[i].Name)
	}
	return httpkit.Page(c, found.status, page.Backend(staffFrame(c, view.Head.Title, brandPath(b.ID), found), view))
}

// setBackend opens a brand in Live, changes how it is reached, or closes it.
func (f *Face) setBackend(c *gin.Context) error {
	ctx := c.Request.Context()

	b, err := f.Catalog.Brand(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	var form backendForm
	err = httpkit.BindForm(c, &form)
	if err == nil {
		err = form.backend().Check()
	}
	if err == nil {
		err = f.proved(c, form.Code)
	}
	if err == nil {
		err = f.DB.InTx(ctx, func(tx db.Tx) error { return catalog.SetBackend(tx, b.ID, form.backend(), httpkit.Who(c).PersonID) })
	}
	if err != nil {
		return f.showBackend(c, b, form, err)
	}

	if form.backend().Empty() {
		return goTo(c, brandPath(b.ID), ui.OK, "Closed in Live. Calls are refused from now on.")
	}
	return goTo(c, brandPath(b.ID), ui.OK, "Saved. Calls in Live go there from now on.")
}
