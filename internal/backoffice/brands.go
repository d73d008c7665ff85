package backoffice

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const brandsPath = "/admin/brands"

func brandPath(id string) string { return brandsPath + "/" + url.PathEscape(id) }

func (f *Face) mountBrands(m httpkit.Mounts) {
	m.Admin.Get(brandsPath, f.showBrands)
	m.Admin.Get(brandsPath+"/new", f.askBrand)
	m.Admin.Post(brandsPath+"/new", f.addBrand)
	m.Admin.Get(previewCSSPath, f.sendPreviewCSS)
	m.Admin.Get(brandsPath+"/:id", f.showBrand)
	m.Admin.Post(brandsPath+"/:id", f.changeBrand)
	m.Admin.Get(brandsPath+"/:id/live", f.askBackend)
	m.Admin.Post(brandsPath+"/:id/live", f.setBackend)
}

// brandForm is what a brand is called and how it looks. Do is what the button that was pressed asks for.
type brandForm struct {
	ID           string `form:"id"`
	Name         string `form:"name"`
	FormerName   string `form:"former_name"`
	SupportEmail string `form:"support_email"`
	SupportHours string `form:"support_hours"`
	Position     string `form:"position"`

	LightAccent       string `form:"light_accent"`
	LightAccentHover  string `form:"light_accent_hover"`
	LightAccentSubtle string `form:"light_accent_subtle"`
	LightOnAccent     string `form:"light_on_accent"`
	LightLink         string `form:"light_link"`
	DarkAccent        string `form:"dark_accent"`
	DarkAccentHover   string `form:"dark_accent_hover"`
	DarkAccentSubtle  string `form:"dark_accent_subtle"`
	DarkOnAccent      string `form:"dark_on_accent"`
	DarkLink          string `form:"dark_link"`

	Do   string `form:"do"`
	Code string `form:"code"`
}

func (b brandForm) brand() catalog.Brand {
	return catalog.Brand{ID: b.ID, Name: b.Name, FormerName: b.FormerName, SupportEmail: b.SupportEmail, SupportHours: b.SupportHours, Position: typedNumber(b.Position), Colours: catalog.Colours{
		Light: catalog.Palette{Accent: b.LightAccent, AccentHover: b.LightAccentHover, AccentSubtle: b.LightAccentSubtle, OnAccent: b.LightOnAccent, Link: b.LightLink},
		Dark:  catalog.Palette{Accent: b.DarkAccent, AccentHover: b.DarkAccentHover, AccentSubtle: b.DarkAccentSubtle, OnAccent: b.DarkOnAccent, Link: b.DarkLink},
	}}
}

func brandFormOf(b catalog.Brand) brandForm {
	light, dark := b.Colours.Light, b.Colours.Dark
	return brandForm{ID: b.ID, Name: b.Name, FormerName: b.FormerName, SupportEmail: b.SupportEmail, SupportHours: b.SupportHours, Position: strconv.Itoa(b.Position),
		LightAccent: light.Accent, LightAccentHover: light.AccentHover, LightAccentSubtle: light.AccentSubtle, LightOnAccent: light.OnAccent, LightLink: light.Link,
		DarkAccent: dark.Accent, DarkAccentHover: dark.AccentHover, DarkAccentSubtle: dark.AccentSubtle, DarkOnAccent: dark.OnAccent, DarkLink: dark.Link}
}

func (f *Face) showBrands(c *gin.Context) error {
	ctx := c.Request.Context()

	brands, err := f.Catalog.Brands(ctx)
	if err != nil {
		return err
	}
	apis, err := f.Catalog.APIs(ctx)
	if err != nil {
		return err
	}
	lines, err := f.linesOf(ctx, apis, brands)
	if err != nil {
		return err
	}

	view := brandsView(brands, lines, f.Clock.Now())
	return httpkit.Page(c, http.StatusOK, page.Brands(wideFrame(c, view.Head.Title, brandsPath, problems{}), view))
}

// askBrand begins behind the last brand, with the colours of the first.
func (f *Face) askBrand(c *gin.Context) error {
	brands, err := f.Catalog.Brands(c.Request.Context())
	if err != nil {
		return err
	}
	b := catalog.Brand{Position: 1}
	for i, other := range brands {
		if i == 0 {
			b.Colours = other.Colours
		}
		b.Position = max(b.Position, other.Position+1)
	}
	return f.showNewBrand(c, brandFormOf(b), nil)
}

func (f *Face) showNewBrand(c *gin.Context, form brandForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := page.BrandView{New: true, Form: brandFormView(form, found, httpkit.FactorField(c, f.Clock.Now(), failed)),
		Head: ui.HeadView{Title: "Add a brand", Lead: "It works in the sandbox as soon as an API is opened for it. Live is closed until its own system can be reached.",
			Crumbs: []ui.Crumb{{Text: "Brands", Href: brandsPath}, {Text: "Add"}}}}
	view.Form.Action = brandsPath + "/new"
	return httpkit.Page(c, found.status, page.Brand(wideFrame(c, view.Head.Title, brandsPath, found), view))
}

// addBrand adds a brand, or shows first what it would look like.
func (f *Face) addBrand(c *gin.Context) error {
	var form brandForm
	if err := httpkit.BindForm(c, &form); err != nil {
		return f.showNewBrand(c, form, err)
	}
	if form.Do == doEdit {
		return f.showNewBrand(c, form, nil)
	}
	if err := f.checkBrand(c, form, f.checkHosts(strings.TrimSpace(form.ID))); err != nil {
		return f.showNewBrand(c, form, err)
	}
	if form.Do == doPreview {
		return f.showPreview(c, form)
	}

	b := form.brand()
	err := f.DB.InTx(c.Request.Context(), func(tx db.Tx) error { return catalog.AddBrand(tx, b, httpkit.Who(c).PersonID) })
	if err != nil {
		return f.showNewBrand(c, form, err)
	}

	return goTo(c, brandPath(strings.TrimSpace(b.ID)), ui.OK, "Added. Open an API for it in the sandbox next.")
}

// checkBrand says all that is wrong with a brand at once, and then asks for the second factor where it is to be kept.
func (f *Face) checkBrand(c *gin.Context, form brandForm, more ...error) error {
	b := form.brand()
	if err := together(append(more, catalog.CheckBrand(b), checkColours(b.Colours))...); err != nil || form.Do == doPreview {
		return err
	}
	return f.proved(c, form.Code)
}

// checkHosts refuses an id under which the brand would have a host that is another part's already.
func (f *Face) checkHosts(id string) error {
	ours := map[string]bool{hostOf(f.Addresses.Portal, "", ""): true, hostOf(f.Addresses.Auth, "", ""): true}
	for _, t := range []address.Template{f.Addresses.API, f.Addresses.Bank} {
		if !strings.Contains(t.Host(), "{brand}") {
			continue
		}
		for _, env := range catalog.Environments() {
			if host := hostOf(t, string(env), id); ours[host] {
				return fault.Form(fault.Field{Name: "id", Message: "Its host would be " + host + ", which is another one’s. Choose another id."})
			}
		}
	}
	return nil
}

// hostOf is a host without its port: cookies know no ports.
func hostOf(t address.Template, env, brand string) string {
	_, host, _ := strings.Cut(t.Origin(env, brand), "://")
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

func (f *Face) showBrand(c *gin.Context) error {
	b, err := f.Catalog.Brand(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return f.showChangedBrand(c, b, brandFormOf(b), nil)
}

func (f *Face) showChangedBrand(c *gin.Context, b catalog.Brand, form brandForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	apis, err := f.Catalog.APIs(c.Request.Context())
	if err != nil {
		return err
	}
	lines, err := f.linesOf(c.Request.Context(), apis, []catalog.Brand{b})
	if err != nil {
		return err
	}
	view := f.brandView(b, lines)
	view.Form = brandFormView(form, found, httpkit.FactorField(c, f.Clock.Now(), failed))
	view.Form.Action = brandPath(b.ID)
	return httpkit.Page(c, found.status, page.Brand(wideFrame(c, view.Head.Title, brandPath(b.ID), found), view))
}

// changeBrand changes what a brand is called and how it looks, or shows first what that would be.
func (f *Face) changeBrand(c *gin.Context) error {
	ctx := c.Request.Context()

	b, err := f.Catalog.Brand(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	var form brandForm
	err = httpkit.BindForm(c, &form)
	form.ID = b.ID
	if err == nil && form.Do != doEdit {
		err = f.checkBrand(c, form)
	}
	if err != nil || form.Do == doEdit {
		return f.showChangedBrand(c, b, form, err)
	}
	if form.Do == doPreview {
		return f.showPreview(c, form)
	}

	err = f.DB.InTx(ctx, func(tx db.Tx) error { return catalog.ChangeBrand(tx, form.brand(), httpkit.Who(c).PersonID) })
	if err != nil {
		return f.showChangedBrand(c, b, form, err)
	}

	return goTo(c, brandPath(b.ID), ui.OK, "Saved. The pages of the bank show it now.")
}

// apiLine is the versions of one API at one brand, oldest first.
type apiLine struct {
	api      catalog.API
	brand    catalog.Brand
	versions []catalog.Version
}

// linesOf are the versions of APIs at brands, also where there is none yet.
func (f *Face) linesOf(ctx context.Context, apis []catalog.API, brands []catalog.Brand) ([]apiLine, error) {
	var lines []apiLine
	for _, a := range apis {
		for _, b := range brands {
			versions, err := f.Catalog.Versions(ctx, a.ID, b.ID)
			if err != nil {
				return nil, err
			}
			lines = append(lines, apiLine{a, b, versions})
		}
	}
	return lines, nil
}
