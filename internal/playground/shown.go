package playground

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/httpkit"
	"fairway/internal/script"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// showSandbox is the answer to the set-up: with the secrets where an app was made, else the dashboard.
func (p *Playground) showSandbox(c *gin.Context, s sandbox) error {
	if s.newSet {
		if err := p.rememberSet(c, s.set.ID); err != nil {
			return err
		}
	}
	if !s.newApp && (s.newSet || s.newLink) {
		return p.goTo(c, dashboardPath, "ok", madeText(s))
	}
	v := shownApp(s.app, s.issued)
	v.Head = ui.HeadView{Title: "Your sandbox is set up", Lead: "Everything that a first request needs is there."}
	v.Next = ui.LinkView{Text: "Continue to the example flow", Href: "/playground/flow"}
	if s.newApp {
		v.Made = madeItems(s)
		v.Downloads = append([]ui.PostView{archiveButton(s.app.ID, s.issued)}, v.Downloads...)
		v.Inside = "The set is one ZIP: the certificates with their private keys, both secrets, and a script for the first call. A later download has no secrets."
	}
	return section{p, env}.showOnce(c, dashboardPath, v)
}

func madeText(s sandbox) string {
	text := ""
	if s.newSet {
		text = "Your certificates are ready; download them under Certificates. "
	}
	if s.newLink {
		text += s.app.Name + " is connected to " + s.offer.name() + "."
	}
	return text
}

func madeItems(s sandbox) []ui.CheckItem {
	items := []ui.CheckItem{{Tone: ui.OK, Text: "Certificates: QWAC and QC eSeal, valid to " + day(s.set.QWAC.X509.NotAfter)}}
	items = append(items, ui.CheckItem{Tone: ui.OK, Text: "App: " + s.app.Name})
	if s.newLink {
		items = append(items, ui.CheckItem{Tone: ui.OK, Text: "Connection: " + s.offer.name()})
	}
	return items
}

// showNewApp is the answer to the form of a new app.
func (s section) showNewApp(c *gin.Context, app apps.App, issued apps.Issued) error {
	v := shownApp(app, issued)
	v.Head = ui.HeadView{Title: app.Name + " is created", Crumbs: appCrumbs(app, "Created")}
	v.Next = ui.LinkView{Text: "Continue to the app", Href: appPath(app)}
	return s.showOnce(c, appPath(app), v)
}

// shownApp is what both say: the credentials of a new app, or that they were shown before.
func shownApp(app apps.App, issued apps.Issued) page.ShownView {
	v := page.ShownView{Facts: []ui.KV{
		{Key: "App", Value: app.Name},
		{Key: "Client id", Value: app.ClientID, Copy: "client-id"},
	}}
	for i, r := range app.RedirectURIs {
		if !r.Playground {
			v.Facts = append(v.Facts, ui.KV{Key: "Redirect URI", Value: r.URI, Copy: rowID("uri", i)})
		}
	}
	if issued.ClientSecret == "" || issued.APIKey == "" {
		v.Again = "The client secret and the API key of " + app.Name + " were shown when it was made. We keep only hashes of them, so nobody can show them again. " +
			"Where nobody copied them, make new ones."
		v.AgainLinks = []ui.LinkView{
			{Text: "New client secret", Href: rotatePath(app, apps.ClientSecret), Icon: "refresh-cw"},
			{Text: "New API key", Href: rotatePath(app, apps.APIKey), Icon: "refresh-cw"},
		}
		return v
	}
	v.Secrets = []ui.SecretView{secretBox(apps.ClientSecret, issued.ClientSecret.Reveal()), secretBox(apps.APIKey, issued.APIKey.Reveal())}
	v.Downloads = []ui.PostView{envButton(app, issued)}
	return v
}

func secretBox(kind apps.Kind, value string) ui.SecretView {
	v := ui.SecretView{ID: "client-secret", Label: kindName(kind), Value: value, Note: "For the token endpoint, with the client id."}
	if kind == apps.APIKey {
		v.ID, v.Note = "api-key", "For the header X-API-Key of every request to a bank."
	}
	return v
}

func kindName(kind apps.Kind) string {
	if kind == apps.APIKey {
		return "API key"
	}
	return "Client secret"
}

// archiveButton and envButton carry the secrets back in the form, since nothing here keeps them.
func archiveButton(appID string, issued apps.Issued) ui.PostView {
	return ui.PostView{Action: downloadPath, Fields: append(secretFields(issued), ui.Hidden{Name: "app", Value: appID}), File: true,
		Button: ui.ButtonView{Text: "Download the set", Icon: "download"}}
}

func envButton(app apps.App, issued apps.Issued) ui.PostView {
	name := certs.SettingsFile
	if app.Environment == catalog.Live {
		name = script.SecretsFile
	}
	return ui.PostView{Action: appPath(app) + "/env", Fields: secretFields(issued), File: true,
		Button: ui.ButtonView{Text: "Download " + name, Icon: "download"}}
}

func secretFields(issued apps.Issued) []ui.Hidden {
	var fields []ui.Hidden
	if issued.ClientSecret != "" {
		fields = append(fields, ui.Hidden{Name: "client_secret", Value: issued.ClientSecret.Reveal()})
	}
	if issued.APIKey != "" {
		fields = append(fields, ui.Hidden{Name: "api_key", Value: issued.APIKey.Reveal()})
	}
	return fields
}

// showOnce draws secrets in the answer to a POST; no cache keeps it, and no later page has them. So the main button keeps
// them, and going on is the other one.
func (s section) showOnce(c *gin.Context, path string, v page.ShownView) error {
	f := s.frame(c, v.Head.Title, path, problems{})
	for i := range v.Downloads {
		v.Downloads[i].Token = f.Token
	}
	if len(v.Downloads) > 0 {
		v.Downloads[0].Button.Look = ui.Primary
	} else {
		v.Next.Look = ui.Primary
	}
	v.Next.After = "arrow-right"
	return httpkit.Page(c, http.StatusOK, page.ShownOnce(f, v))
}

// goTo leads on after an act and says what it came to.
func (p *Playground) goTo(c *gin.Context, path, tone, text string) error {
	if err := httpkit.Flash(c, tone, text); err != nil {
		return err
	}
	return httpkit.SeeOther(c, path)
}
