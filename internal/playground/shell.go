package playground

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/enrolments"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/httpsig"
	"fairway/internal/script"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// shellPath is where scripts for the TPP's own shell are written. No form there asks for a secret, and none goes out: the
// calls of Live are made where the keys are.
const (
	shellPath = "/playground/live/shell"
	shellFile = "fairway-live.sh"
)

// errNoScript is a script for nothing that can be called.
var errNoScript = fault.New(fault.NotFound, "script_unknown",
	"There is no script for this. It takes approved certificates, and an app in Live with a connection and a redirect URI; the page where calls are chosen says what is missing.")

func (p *Playground) mountShell(m httpkit.Mounts) {
	m.SignedIn.Get(shellPath, p.shell)
	m.SignedIn.Get(shellPath+"/"+shellFile, p.downloadShell)
}

// shellCall is one call as it was chosen. What is not there is left empty, and the page asks for it.
type shellCall struct {
	shut     *page.NoticeView
	apps     []apps.App // with a connection
	all      int        // how many apps there are, with a connection or not
	app      apps.App
	brands   []catalog.Brand // to which the app is connected
	brand    catalog.Brand
	requests []script.Request
	request  script.Request
	pair     *enrolments.Admitted
}

// shell shows the script of one call, each header explained beside it.
func (p *Playground) shell(c *gin.Context) error {
	f, err := p.readShell(c)
	if err != nil {
		return err
	}

	view := p.shellView(f)
	fr := section{p, catalog.Live}.frame(c, view.Head.Title, shellPath, problems{})
	fr.Wide = true
	return httpkit.Page(c, http.StatusOK, page.Shell(fr, view))
}

// downloadShell answers with the script of the whole way.
func (p *Playground) downloadShell(c *gin.Context) error {
	f, err := p.readShell(c)
	if err != nil {
		return err
	}
	if f.pair == nil || f.brand.ID == "" || redirectOf(f.app) == "" {
		return errNoScript
	}

	text := script.Flow(p.caller(f), p.Clock.Now().UTC())
	return httpkit.Download(c, shellFile, "text/x-shellscript; charset=utf-8", []byte(text))
}

// readShell reads what was chosen, and takes the first of what was not.
func (p *Playground) readShell(c *gin.Context) (f shellCall, err error) {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	if f.shut, err = (section{p, catalog.Live}).shut(ctx, v); err != nil || f.shut != nil {
		return f, err
	}
	if f.pair, err = p.approval(ctx, v.OrganisationID); err != nil {
		return f, err
	}
	list, err := p.Apps.List(ctx, v.OrganisationID, catalog.Live)
	if err != nil {
		return f, err
	}
	f.all = len(list)
	f.apps = slices.DeleteFunc(list, func(a apps.App) bool { return len(a.Connections) == 0 })
	if len(f.apps) > 0 {
		f.app = f.apps[0]
	}
	if id := c.Query("app"); id != "" {
		if f.app, err = (section{p, catalog.Live}).ownApp(ctx, v, id); err != nil {
			return f, err
		}
	}
	if err := p.chooseBrand(ctx, &f, c.Query("brand")); err != nil || f.brand.ID == "" {
		return f, err
	}
	return f, p.chooseRequest(ctx, &f, c.Query("operation"))
}

func (p *Playground) chooseBrand(ctx context.Context, f *shellCall, id string) error {
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return err
	}
	for _, b := range brands {
		if !f.app.ConnectedBrand(b.ID) {
			continue
		}
		f.brands = append(f.brands, b)
		if f.brand.ID == "" || b.ID == id {
			f.brand = b
		}
	}
	return nil
}

func (p *Playground) chooseRequest(ctx context.Context, f *shellCall, id string) error {
	var apis []catalog.API
	for _, connection := range f.app.Connections {
		if connection.Brand != f.brand.ID {
			continue
		}
		api, err := p.Catalog.API(ctx, connection.API)
		if err != nil {
			return err
		}
		apis = append(apis, api)
	}
	f.requests = script.Requests(apis)
	f.request = f.requests[0]
	for _, r := range f.requests {
		if r.ID == id {
			f.request = r
		}
	}
	return nil
}

// caller is who calls whom with the script.
func (p *Playground) caller(f shellCall) script.Caller {
	env, brand := string(catalog.Live), f.brand.ID
	return script.Caller{
		App: f.app.Name, Brand: f.brand.Name, ClientID: f.app.ClientID, RedirectURI: redirectOf(f.app),
		Issuer: p.Addresses.Auth + "/" + env + "/" + brand, TokenURL: p.Addresses.Auth + "/token",
		AuthorisationURL: p.Addresses.Bank.URL(env, brand) + "/v1/authorizations", APIURL: p.Addresses.API.URL(env, brand),
		KeyID: httpsig.KeyID(f.pair.QSeal.Cert), SealSHA256: f.pair.QSeal.Info.SHA256, LogURL: p.Addresses.Portal + requestsPath,
	}
}

// shellQuery names one call in an address.
func shellQuery(appID, brand, operation string) string {
	query := url.Values{"app": {appID}}
	for name, value := range map[string]string{"brand": brand, "operation": operation} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query.Encode()
}

func shellButton(app apps.App) *ui.LinkView {
	return &ui.LinkView{Text: "Call from your shell", For: app.Name, Href: shellPath + "?" + shellQuery(app.ID, "", ""), Icon: "square-terminal"}
}
