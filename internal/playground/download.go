package playground

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/certs"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// downloadForm asks for the archive. The secrets come along from the page that showed them, or not at all.
type downloadForm struct {
	App          string `form:"app"`
	ClientSecret string `form:"client_secret"`
	APIKey       string `form:"api_key"`
	Password     string `form:"password"`
}

// askDownload is the page of the archive.
func (p *Playground) askDownload(c *gin.Context) error {
	return p.showDownload(c, downloadForm{App: c.Query("app")}, nil)
}

// download answers with the archive of the active set.
func (p *Playground) download(c *gin.Context) error {
	var f downloadForm
	if err := httpkit.BindForm(c, &f); err != nil {
		return p.showDownload(c, f, err)
	}

	packed, err := p.pack(c, f)
	if err != nil {
		return p.showDownload(c, f, err)
	}

	return httpkit.Download(c, "fairway-sandbox.zip", "application/zip", packed)
}

// pack makes the archive for who made the set a moment ago, and for who knows the password.
func (p *Playground) pack(c *gin.Context, f downloadForm) ([]byte, error) {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	set, err := p.Certs.Active(ctx, v.OrganisationID, env)
	if err != nil {
		return nil, err
	}
	filled, err := p.envFile(ctx, v, f)
	if err != nil {
		return nil, err
	}
	if !p.madeHere(c, set.ID) {
		if err := p.confirm(c, f.Password); err != nil {
			return nil, err
		}
	}
	return p.Certs.BundleOf(ctx, v.OrganisationID, env, v.PersonID, filled)
}

// envFile says where the app finds what. Without an app there is nothing to say but the addresses.
func (p *Playground) envFile(ctx context.Context, v httpkit.Visitor, f downloadForm) (certs.EnvFile, error) {
	app, err := p.appOf(ctx, v, f.App)
	if err != nil {
		return certs.EnvFile{}, err
	}
	brand, err := p.brandOf(ctx, app)
	if err != nil {
		return certs.EnvFile{}, err
	}
	psu, err := p.testCustomer(ctx, brand)
	if err != nil {
		return certs.EnvFile{}, err
	}
	e := certs.EnvFile{
		ClientID: app.ClientID, Brand: brand, PSUID: psu, PortalURL: p.Addresses.Portal, TokenURL: p.Addresses.Auth + "/token",
		AuthorizationURL: p.Addresses.Bank.URL(string(env), brand) + "/v1/authorizations", APIURL: p.Addresses.API.URL(string(env), brand),
		RedirectURI: redirectOf(app),
	}
	if app.ID != "" {
		e.ClientSecret, e.APIKey = token(f.ClientSecret), token(f.APIKey)
	}
	return e, nil
}

// appOf is the named app, or without a name the only one, or none.
func (p *Playground) appOf(ctx context.Context, v httpkit.Visitor, id string) (apps.App, error) {
	if id != "" {
		return section{p, env}.ownApp(ctx, v, id)
	}
	all, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil || len(all) != 1 {
		return apps.App{}, err
	}
	return all[0], nil
}

// brandOf is the brand that the app is connected to, or the first one.
func (p *Playground) brandOf(ctx context.Context, app apps.App) (string, error) {
	for _, connection := range app.Connections {
		return connection.Brand, nil
	}
	first, err := p.firstOffer(ctx)
	return first.brand.ID, err
}

// testCustomer is the first of the brand's test customers that the bank serves.
func (p *Playground) testCustomer(ctx context.Context, brand string) (string, error) {
	if brand == "" {
		return "", nil
	}
	customers, err := p.Bank.Customers(ctx, brand)
	for _, customer := range customers {
		if !customer.Blocked {
			return customer.ID, err
		}
	}
	return "", err
}

// redirectOf is the app's first own redirect URI, else the playground's: the script follows neither.
func redirectOf(app apps.App) string {
	if len(app.RedirectURIs) == 0 {
		return ""
	}
	return app.RedirectURIs[0].URI // the TPP's own come first
}

// token lets through what a secret or key of ours can look like, and nothing else.
func token(value string) string {
	odd := strings.ContainsFunc(value, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
	if odd || len(value) > 100 {
		return ""
	}
	return value
}

func (p *Playground) showDownload(c *gin.Context, f downloadForm, failed error) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	set, has, err := p.activeSet(ctx, v.OrganisationID)
	if err != nil {
		return err
	}
	if !has {
		return httpkit.SeeOther(c, certificatesPath)
	}
	all, err := p.Apps.List(ctx, v.OrganisationID, env)
	if err != nil {
		return err
	}
	view := page.DownloadView{
		Head: ui.HeadView{Title: "Download the set", Lead: "Certificates, keys and a script that gets a 200 from card-accounts.",
			Crumbs: []ui.Crumb{{Text: "Certificates", Href: certificatesPath}, {Text: "Download"}}},
		Files: archiveFiles(), Apps: appChoice(all, f), Fields: keptFields(all, f), Confirm: confirmView(!p.entered(c) && !p.madeHere(c, set.ID), found),
	}
	view.Action, view.Problems, view.WithoutSecrets = downloadPath, found.summary(), f.ClientSecret == "" || f.APIKey == ""
	return httpkit.Page(c, found.status, page.Download(frame(c, view.Head.Title, downloadPath, found), view))
}

// appChoice is there where env.sh could be for more than one app, and its secrets are not here already.
func appChoice(all []apps.App, f downloadForm) *ui.SelectView {
	if len(all) < 2 || f.ClientSecret != "" || f.APIKey != "" {
		return nil
	}
	s := &ui.SelectView{Name: "app", Label: "App", Value: f.App, Hint: "env.sh gets its client id and redirect URI. Its client secret and API key are shown once, so the script asks you to fill them in."}
	for _, a := range all {
		s.Options = append(s.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	return s
}

// keptFields carry what the page that showed the secrets sent, so that a wrong password does not lose them.
func keptFields(all []apps.App, f downloadForm) []ui.Hidden {
	var fields []ui.Hidden
	if f.App != "" && appChoice(all, f) == nil {
		fields = append(fields, ui.Hidden{Name: "app", Value: f.App})
	}
	if value := token(f.ClientSecret); value != "" {
		fields = append(fields, ui.Hidden{Name: "client_secret", Value: value})
	}
	if value := token(f.APIKey); value != "" {
		fields = append(fields, ui.Hidden{Name: "api_key", Value: value})
	}
	return fields
}

func archiveFiles() []ui.KV {
	return []ui.KV{
		{Key: "Certificates", Value: "qwac.pem, qseal.pem, chain.pem, ca.pem"},
		{Key: "Private keys", Value: "qwac.key, qseal.key: keep them to yourself"},
		{Key: "PKCS#12", Value: "qwac.p12, qseal.p12, with their password in README"},
		{Key: "First call", Value: "smoke-test.sh and env.sh: run sh smoke-test.sh"},
		{Key: "README", Value: "What each file is for, and calls by hand"},
	}
}
