package playground

import (
	"context"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

// names are how brands and APIs are called.
type names struct{ brand, api map[string]string }

func (p *Playground) names(ctx context.Context) (names, error) {
	n := names{brand: map[string]string{}, api: map[string]string{}}
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return n, err
	}
	for _, b := range brands {
		n.brand[b.ID] = b.Name
	}
	apis, err := p.Catalog.APIs(ctx)
	for _, a := range apis {
		n.api[a.ID] = a.Name
	}
	return n, err
}

func (n names) of(c apps.Connection) string { return n.api[c.API] + " – " + n.brand[c.Brand] }

func appCrumbs(app apps.App, last string) []ui.Crumb {
	return []ui.Crumb{{Text: "Apps", Href: appsPath(app.Environment)}, {Text: app.Name, Href: appPath(app)}, {Text: last}}
}

// appsView lists the apps. Shut says why there can be no new one now.
func (s section) appsView(all []apps.App, n names, shut *page.NoticeView) page.AppsView {
	v := page.AppsView{Head: s.head("Apps", "An app is one integration: a client id with its secret, an API key and redirect URIs."), Notice: shut}
	v.Empty = ui.EmptyView{Icon: "app-window", Title: "No app yet", Text: "An app holds your client id, its secret, an API key and your redirect URIs.", ActionText: "Create app", ActionHref: appsPath(s.env) + "/new"}
	switch {
	case shut == nil && len(all) > 0:
		v.Create = v.Empty.ActionHref
	case shut != nil && len(all) == 0:
		v.Notice, v.Empty = nil, ui.EmptyView{Icon: "badge-check", Title: shut.Title, Text: shut.Text, ActionText: shut.ActionText, ActionHref: shut.ActionTo}
	}
	for i, a := range all {
		card := page.AppCard{Name: a.Name, Href: appPath(a), Facts: []ui.KV{
			{Key: "Client id", Value: a.ClientID, Copy: rowID("client-id", i)},
			{Key: "Client secret", Value: hintOf(a, apps.ClientSecret)},
			{Key: "Created", Value: instant(a.CreatedAt)},
			{Key: "Last used", Value: lastUse(a)},
		}}
		for _, c := range a.Connections {
			card.Connections = append(card.Connections, n.of(c))
		}
		v.Cards = append(v.Cards, card)
	}
	return v
}

// hintOf shows the end of the TPP's current credential.
func hintOf(a apps.App, kind apps.Kind) string {
	if c, ok := current(a, kind); ok {
		return "ends with " + c.Hint
	}
	return "none"
}

// current is the TPP's credential of a kind that has no end yet.
func current(a apps.App, kind apps.Kind) (apps.Credential, bool) {
	for _, c := range a.Credentials {
		if c.Kind == kind && !c.Playground && c.ExpiresAt == nil {
			return c, true
		}
	}
	return apps.Credential{}, false
}

func lastUse(a apps.App) string {
	text := "Not used yet"
	var latest apps.Credential
	for _, c := range a.Credentials {
		if c.LastUsedAt != nil && (latest.LastUsedAt == nil || c.LastUsedAt.After(*latest.LastUsedAt)) {
			latest, text = c, instant(*c.LastUsedAt)
		}
	}
	if latest.Playground {
		text += ", by the playground"
	}
	return text
}

func ownURIs(a apps.App) []string {
	var uris []string
	for _, r := range a.RedirectURIs {
		if !r.Playground {
			uris = append(uris, r.URI)
		}
	}
	return uris
}

func playgroundURI(a apps.App) string {
	for _, r := range a.RedirectURIs {
		if r.Playground {
			return r.URI
		}
	}
	return ""
}

func (s section) appFormView(f appForm, found problems) page.AppFormView {
	v := page.AppFormView{Once: f.Once, Name: f.Name, URIs: f.RedirectURIs, Schemes: "Use https; in the sandbox http://localhost is allowed too.",
		NameError: found.at(apps.FieldName), URIsError: found.at(apps.FieldRedirectURIs)}
	if s.env == catalog.Live {
		v.Schemes = "Use https; in Live plain http is refused, for localhost as well."
	}
	v.Problems = found.summary()
	return v
}

func (s section) appView(app apps.App, n names, used spent) page.AppView {
	v := page.AppView{
		ID: app.ID, Name: app.Name,
		Head: s.head(app.Name, ""),
		Facts: []ui.KV{
			{Key: "Client id", Value: app.ClientID, Copy: "client-id"},
			{Key: "App id", Value: app.ID, Copy: "app-id"},
			{Key: "Created", Value: instant(app.CreatedAt)},
			{Key: "Last used", Value: lastUse(app)},
		},
		Usage: usageOf(app, "", used), EditHref: appPath(app) + "/edit", DeleteHref: appPath(app) + "/delete", APIsHref: apisPath(s.env),
		Credentials: credentialRows(app), Rotate: rotateLinks(app), Connections: connectionRows(app, n),
	}
	v.Head.Crumbs = []ui.Crumb{{Text: "Apps", Href: appsPath(s.env)}, {Text: app.Name}}
	for i, r := range app.RedirectURIs {
		v.URIs = append(v.URIs, page.URIRow{ID: rowID("uri", i), URI: r.URI, Playground: r.Playground})
	}
	if s.env == catalog.Live {
		v.Shell = shellButton(app)
	}
	if s.env == catalog.Sandbox && !playgroundWorks(app) {
		v.Renew = &ui.PostView{Action: appPath(app) + "/playground", Button: ui.ButtonView{Text: "New credentials for the playground", Icon: "flask-conical"}}
	}
	return v
}

// playgroundWorks reports whether the playground has both of its own.
func playgroundWorks(app apps.App) bool {
	has := map[apps.Kind]bool{}
	for _, c := range app.Credentials {
		has[c.Kind] = has[c.Kind] || c.Playground
	}
	return has[apps.ClientSecret] && has[apps.APIKey]
}

func credentialRows(app apps.App) []page.CredentialRow {
	var rows []page.CredentialRow
	for _, c := range app.Credentials {
		row := page.CredentialRow{ID: c.ID, Kind: kindName(c.Kind), Hint: c.Hint, Playground: c.Playground, CreatedISO: iso(c.CreatedAt),
			Created: instant(c.CreatedAt), Used: "Not used yet", Expiry: "Until revoked", RevokeHref: appPath(app) + "/credentials/" + c.ID + "/revoke"}
		if c.LastUsedAt != nil {
			row.UsedISO, row.Used = iso(*c.LastUsedAt), instant(*c.LastUsedAt)
		}
		if c.ExpiresAt != nil {
			row.ExpiresISO, row.Expiry = iso(*c.ExpiresAt), instant(*c.ExpiresAt)
		}
		rows = append(rows, row)
	}
	return rows
}

func rotateLinks(app apps.App) []ui.LinkView {
	var links []ui.LinkView
	for _, kind := range []apps.Kind{apps.ClientSecret, apps.APIKey} {
		text := "Rotate " + inSentence(kind)
		if _, ok := current(app, kind); !ok {
			text = "New " + inSentence(kind)
		}
		links = append(links, ui.LinkView{Text: text, Href: rotatePath(app, kind), Icon: "refresh-cw"})
	}
	return links
}

// inSentence is the kind's name in the middle of a sentence.
func inSentence(kind apps.Kind) string {
	if kind == apps.APIKey {
		return "API key"
	}
	return "client secret"
}

func connectionRows(app apps.App, n names) []page.ConnectionRow {
	var rows []page.ConnectionRow
	for _, c := range app.Connections {
		rows = append(rows, page.ConnectionRow{API: n.api[c.API], Brand: n.brand[c.Brand], SinceISO: iso(c.CreatedAt), Since: instant(c.CreatedAt),
			DisconnectHref: disconnectPath(app, c.Brand, c.API, "app")})
	}
	return rows
}
