package backoffice

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const apisPath = "/admin/apis"

func apiPath(id string) string { return apisPath + "/" + url.PathEscape(id) }

func versionPath(api, brand, version string) string {
	return apiPath(api) + "/" + url.PathEscape(brand) + "/" + url.PathEscape(version)
}

func (f *Face) mountAPIs(m httpkit.Mounts) {
	m.Admin.Get(apisPath, f.showAPIs)
	m.Admin.Get(apisPath+"/:api", f.askAPI)
	m.Admin.Post(apisPath+"/:api", f.changeAPI)
	m.Admin.Get(apisPath+"/:api/:brand/new", f.askVersion)
	m.Admin.Post(apisPath+"/:api/:brand/new", f.addVersion)
	m.Admin.Get(apisPath+"/:api/:brand/:version", f.showVersion)
	m.Admin.Post(apisPath+"/:api/:brand/:version", f.changeVersion)
}

func (f *Face) showAPIs(c *gin.Context) error {
	ctx := c.Request.Context()

	apis, err := f.Catalog.APIs(ctx)
	if err != nil {
		return err
	}
	brands, err := f.Catalog.Brands(ctx)
	if err != nil {
		return err
	}
	view := page.APIsView{Head: ui.HeadView{Title: "APIs", Lead: "Which bank offers what, in which version, since when and until when. What an API can do is built into this program; its name, its words and its days are not."}}
	for _, a := range apis {
		lines, err := f.linesOf(ctx, []catalog.API{a}, brands)
		if err != nil {
			return err
		}
		view.APIs = append(view.APIs, apiView(a, lines, f.Clock.Now()))
	}
	return httpkit.Page(c, http.StatusOK, page.APIs(wideFrame(c, view.Head.Title, apisPath, problems{}), view))
}

// apiForm is what can be said about an API.
type apiForm struct {
	Name     string `form:"name"`
	Summary  string `form:"summary"`
	Position string `form:"position"`
	Code     string `form:"code"`
}

func (f *Face) askAPI(c *gin.Context) error {
	a, err := f.Catalog.API(c.Request.Context(), c.Param("api"))
	if err != nil {
		return err
	}
	return f.showAPI(c, a, apiForm{Name: a.Name, Summary: a.Summary, Position: strconv.Itoa(a.Position)}, nil)
}

func (f *Face) showAPI(c *gin.Context, a catalog.API, form apiForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := apiFormView(a, form, found)
	view.Factor = httpkit.FactorField(c, f.Clock.Now(), failed)
	return httpkit.Page(c, found.status, page.API(staffFrame(c, view.Head.Title, apiPath(a.ID), found), view))
}

func (f *Face) changeAPI(c *gin.Context) error {
	ctx := c.Request.Context()

	a, err := f.Catalog.API(ctx, c.Param("api"))
	if err != nil {
		return err
	}
	var form apiForm
	err = httpkit.BindForm(c, &form)
	to := catalog.API{ID: a.ID, Name: form.Name, Summary: form.Summary, Position: typedNumber(form.Position)}
	if err == nil {
		err = catalog.CheckAPI(to)
	}
	if err == nil {
		err = f.proved(c, form.Code)
	}
	if err == nil {
		err = f.DB.InTx(ctx, func(tx db.Tx) error { return catalog.ChangeAPI(tx, to, httpkit.Who(c).PersonID) })
	}
	if err != nil {
		return f.showAPI(c, a, form, err)
	}

	return goTo(c, apisPath, ui.OK, "Saved.")
}

// versionForm is a version with its days, as they were typed.
type versionForm struct {
	Version      string `form:"version"`
	SandboxFrom  string `form:"sandbox_from"`
	ReleasedAt   string `form:"released_at"`
	DeprecatedAt string `form:"deprecated_at"`
	RemovedAt    string `form:"removed_at"`
	Code         string `form:"code"`
}

// typed is the version that the form says. A day is its midnight in UTC.
func (v versionForm) typed(l apiLine) (catalog.Version, error) {
	out := catalog.Version{API: l.api.ID, Brand: l.brand.ID, Version: strings.TrimSpace(v.Version)}
	var wrong []fault.Field
	read := func(name, text string) *time.Time {
		at, problems := readDay(name, strings.TrimSpace(text))
		wrong = append(wrong, problems...)
		if at.IsZero() {
			return nil
		}
		return &at
	}
	if from := read("sandbox_from", v.SandboxFrom); from != nil {
		out.SandboxFrom = *from
	} else if len(wrong) == 0 {
		wrong = append(wrong, fault.Field{Name: "sandbox_from", Message: "Enter the day on which it opens in the sandbox."})
	}
	out.ReleasedAt, out.DeprecatedAt, out.RemovedAt = read("released_at", v.ReleasedAt), read("deprecated_at", v.DeprecatedAt), read("removed_at", v.RemovedAt)
	if len(wrong) > 0 {
		return out, fault.Form(wrong...)
	}
	return out, nil
}

func versionFormOf(v catalog.Version) versionForm {
	iso := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	}
	return versionForm{Version: v.Version, SandboxFrom: iso(&v.SandboxFrom), ReleasedAt: iso(v.ReleasedAt), DeprecatedAt: iso(v.DeprecatedAt), RemovedAt: iso(v.RemovedAt)}
}

// lineOf is the API and the brand of an address, with the versions as they were entered.
func (f *Face) lineOf(c *gin.Context) (l apiLine, err error) {
	ctx := c.Request.Context()
	if l.api, err = f.Catalog.API(ctx, c.Param("api")); err != nil {
		return l, err
	}
	if l.brand, err = f.Catalog.Brand(ctx, c.Param("brand")); err != nil {
		return l, err
	}
	l.versions, err = f.Catalog.Entered(ctx, l.api.ID, l.brand.ID)
	return l, err
}

// askVersion begins with the next number, in the sandbox from today on.
func (f *Face) askVersion(c *gin.Context) error {
	l, err := f.lineOf(c)
	if err != nil {
		return err
	}
	next := 1
	for _, v := range l.versions {
		next = max(next, typedNumber(strings.TrimPrefix(v.Version, "v"))+1)
	}
	return f.showVersionForm(c, l, nil, versionForm{Version: "v" + strconv.Itoa(next), SandboxFrom: f.Clock.Now().UTC().Format(time.DateOnly)}, nil)
}

// addVersion announces a version.
func (f *Face) addVersion(c *gin.Context) error {
	l, err := f.lineOf(c)
	if err != nil {
		return err
	}
	var form versionForm
	err = f.keepVersion(c, l, &form, announcing)
	if err != nil {
		return f.showVersionForm(c, l, nil, form, err)
	}

	return goTo(c, versionPath(l.api.ID, l.brand.ID, strings.TrimSpace(form.Version)), ui.OK, "Announced. TPPs see it among the APIs now.")
}

func (f *Face) showVersion(c *gin.Context) error {
	l, v, err := f.versionOf(c)
	if err != nil {
		return err
	}
	return f.showVersionForm(c, l, &v, versionFormOf(v), nil)
}

func (f *Face) versionOf(c *gin.Context) (apiLine, catalog.Version, error) {
	l, err := f.lineOf(c)
	if err != nil {
		return l, catalog.Version{}, err
	}
	for _, v := range l.versions {
		if v.Version == c.Param("version") {
			return l, v, nil
		}
	}
	return l, catalog.Version{}, catalog.ErrUnknownVersion
}

// changeVersion changes the days of a version.
func (f *Face) changeVersion(c *gin.Context) error {
	l, v, err := f.versionOf(c)
	if err != nil {
		return err
	}
	form := versionForm{Version: v.Version}
	err = f.keepVersion(c, l, &form, moving)
	if err != nil {
		return f.showVersionForm(c, l, &v, form, err)
	}

	return goTo(c, versionPath(l.api.ID, l.brand.ID, v.Version), ui.OK, "Saved. TPPs see the days now.")
}

// versionDeed is what is done with a version, and what is refused before.
type versionDeed struct {
	check func([]catalog.Version, catalog.Version, time.Time) error
	keep  func(db.Tx, catalog.Version, string) error
}

var (
	announcing = versionDeed{catalog.CheckNew, catalog.AddVersion}
	moving     = versionDeed{catalog.CheckChange, catalog.ChangeVersion}
)

// keepVersion says what is wrong with a version, asks for the second factor, and keeps it. The version of an address stays
// what it is, whatever the form says.
func (f *Face) keepVersion(c *gin.Context, l apiLine, form *versionForm, deed versionDeed) error {
	name := form.Version
	err := httpkit.BindForm(c, form)
	if name != "" {
		form.Version = name
	}
	if err != nil {
		return err
	}
	v, err := form.typed(l)
	if err == nil {
		err = deed.check(l.versions, v, f.Clock.Now())
	}
	if err == nil {
		err = f.proved(c, form.Code)
	}
	if err != nil {
		return err
	}
	return f.DB.InTx(c.Request.Context(), func(tx db.Tx) error { return deed.keep(tx, v, httpkit.Who(c).PersonID) })
}

// showVersionForm shows a version's days in the line of the others; v is nil for a new one.
func (f *Face) showVersionForm(c *gin.Context, l apiLine, v *catalog.Version, form versionForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := versionView(l, v, form, found, f.Clock.Now())
	view.Factor = httpkit.FactorField(c, f.Clock.Now(), failed)
	return httpkit.Page(c, found.status, page.Version(staffFrame(c, view.Head.Title, apiPath(l.api.ID), found), view))
}
