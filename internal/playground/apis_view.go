package playground

import (
	"slices"
	"strings"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/certview"
	"fairway/internal/qcert"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func (s section) apisView(o offerings) page.APIsView {
	v := page.APIsView{Head: s.head("APIs", "What each brand’s bank offers. An app calls only what it is connected to."), Connect: apisPath(s.env) + "/connect",
		Nothing: " offers nothing in " + inThe(s.env) + " at the moment."}
	switch {
	case o.shut != nil:
		v.Notice = o.shut
	case len(o.apps) == 0:
		v.Notice = &page.NoticeView{Tone: ui.Note, Title: "Create an app first", Text: "APIs are connected to an app, and you have none yet.", ActionText: "Create app", ActionTo: appsPath(s.env) + "/new"}
	case !o.certified:
		v.Notice = &page.NoticeView{Tone: ui.Note, Title: "Your certificates are missing", Text: "You can connect APIs now; calling them needs certificates.", ActionText: "Generate certificates", ActionTo: certificatesPath}
	}
	for _, b := range o.brands {
		brand := page.BrandView{ID: b.ID, Name: b.Name}
		if b.FormerName != "" {
			brand.Former = "Earlier name: " + b.FormerName
		}
		for _, group := range byAPI(o.offers[b.ID]) {
			brand.APIs = append(brand.APIs, s.apiView(b, group, o))
		}
		v.Brands = append(v.Brands, brand)
	}
	return v
}

// byAPI puts the versions of an API together; they come in that order.
func byAPI(offers []catalog.Offer) [][]catalog.Offer {
	var groups [][]catalog.Offer
	for i, o := range offers {
		if i == 0 || o.API.ID != offers[i-1].API.ID {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], o)
	}
	return groups
}

// inThe is an environment in a sentence: "in the sandbox", "in Live".
func inThe(env catalog.Environment) string {
	if env == catalog.Live {
		return "Live"
	}
	return "the sandbox"
}

func (s section) apiView(b catalog.Brand, versions []catalog.Offer, o offerings) page.APIView {
	api := versions[0].API
	v := page.APIView{
		Card:  ui.CardView{ID: apiID(b.ID, api.ID), Title: api.Name, Minor: true, Lead: api.Summary},
		Facts: []ui.KV{{Key: "Role needed", Value: certview.Role(qcert.Role(api.Role))}, {Key: "Scope", Value: api.Scope, Mono: true}},
	}
	open := false
	for _, offer := range versions {
		v.Versions = append(v.Versions, versionView(offer))
		open = open || offer.Open
	}
	granted := slices.Contains(o.roles, qcert.Role(api.Role))
	if o.certified {
		s.showRole(&v, api.Role, granted)
	}
	for _, a := range o.apps {
		if a.ConnectedTo(b.ID, api.ID) {
			v.Connected = append(v.Connected, page.ConnectedApp{Name: a.Name, Href: appPath(a), DisconnectHref: disconnectPath(a, b.ID, api.ID, "")})
		}
	}
	switch {
	case !open:
		v.Closed = s.closed(b)
	case s.env == catalog.Sandbox || granted:
		v.Connect = connectView(b, api, o.apps)
	}
	for _, operation := range catalog.OperationsOf(api) {
		v.Operations = append(v.Operations, page.OperationRow{Method: operation.Method, Path: operation.Pattern, Summary: operation.Summary})
	}
	return v
}

// showRole says whether the certificates, or in Live the approval, give the role that an API needs.
func (s section) showRole(v *page.APIView, role string, granted bool) {
	switch {
	case s.env == catalog.Live && granted:
		v.Facts = append(v.Facts, ui.KV{Key: "Approval", Value: "Your approval gives " + role, Tone: ui.OK, Badge: true})
	case s.env == catalog.Live:
		v.Facts = append(v.Facts, ui.KV{Key: "Approval", Value: "Your approval does not give " + role, Tone: ui.Warn, Badge: true})
		v.RoleMissing = "It needs " + role + ", which your approval does not give, so no app can be connected."
		v.RoleLink = ui.LinkView{Text: "Hand in certificates that name it", Href: liveUploadPath}
	case !granted:
		v.RoleMissing = "Your certificates do not carry " + role + ", so requests are refused with ROLE_INVALID."
		v.RoleLink = ui.LinkView{Text: "Re-generate the certificates", Href: certificatesPath + "/regenerate"}
	}
}

// closed says why an API cannot be connected now.
func (s section) closed(b catalog.Brand) string {
	switch {
	case s.env == catalog.Sandbox:
		return "It is not open in the sandbox yet, so nothing can be connected."
	case !b.Live.Open():
		return b.Name + " is not open in Live yet, so nothing can be connected."
	}
	return "It is not released yet. It can be connected in Live from its release."
}

func versionView(o catalog.Offer) page.VersionView {
	v := page.VersionView{Text: o.Version.Version, State: o.State.Name()}
	switch o.State {
	case catalog.Current:
		v.Tone = ui.OK
	case catalog.Upcoming:
		v.Tone = ui.Note
		v.Detail = "In the sandbox from " + day(o.Version.SandboxFrom)
		if o.Version.ReleasedAt != nil {
			v.Detail += ", released on " + day(*o.Version.ReleasedAt)
		}
	case catalog.Deprecated:
		v.Tone = ui.Warn
		if until := o.Until(); until != nil {
			v.State += " until " + day(*until)
		}
	}
	return v
}

// connectView offers the apps that are not connected yet; there is no form where none is left.
func connectView(b catalog.Brand, api catalog.API, all []apps.App) *page.ConnectView {
	var options []ui.Option
	for _, a := range all {
		if !a.ConnectedTo(b.ID, api.ID) {
			options = append(options, ui.Option{Value: a.ID, Text: a.Name})
		}
	}
	if len(options) == 0 {
		return nil
	}
	v := &page.ConnectView{Button: "Connect", For: strings.ToLower(api.Name) + " of " + b.Name, Fields: []ui.Hidden{{Name: "brand", Value: b.ID}, {Name: "api", Value: api.ID}}}
	if len(options) == 1 {
		v.Button = "Connect " + options[0].Text
		v.For = "to " + strings.ToLower(api.Name) + " of " + b.Name
		v.Fields = append(v.Fields, ui.Hidden{Name: "app", Value: options[0].Value})
		return v
	}
	v.Apps = &ui.SelectView{ID: "app-" + apiID(b.ID, api.ID), Name: "app", Label: "App", Options: options}
	return v
}
