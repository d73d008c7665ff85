package playground

import (
	"fairway/internal/catalog"
	"fairway/internal/script"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

func (p *Playground) shellView(f shellCall) page.ShellView {
	v := page.ShellView{Action: shellPath, Head: section{p, catalog.Live}.head("Call from your shell",
		"A script of curl and openssl for each call in Live. You run it where your keys are.")}
	if v.Missing = shellMissing(f); v.Missing != nil {
		return v
	}
	v.Choose = shellChoices(f)
	v.Warnings = shellWarnings(f)
	if redirectOf(f.app) != "" {
		v.Flow = &ui.LinkView{Text: "Download " + shellFile, Href: shellFileAddress(f), Icon: "download", File: true}
	}
	v.Method, v.Path, v.Summary = f.request.Method, f.request.Path, f.request.Summary
	v.Script = ui.CodeView{ID: "script", Title: "POSIX shell", Text: f.request.Script(p.caller(f), p.Clock.Now().UTC()), Wrap: true}
	for _, h := range f.request.Headers {
		v.Headers = append(v.Headers, page.ShellHeader{Name: h.Name, By: h.By, Purpose: h.Purpose})
	}
	v.Signed = signedNote(f.request)
	return v
}

func shellFileAddress(f shellCall) string {
	return shellPath + "/" + shellFile + "?" + shellQuery(f.app.ID, f.brand.ID, "")
}

// shellMissing says what a call in Live needs that is not there yet.
func shellMissing(f shellCall) *ui.EmptyView {
	e := &ui.EmptyView{Icon: "square-terminal", Title: "Connect an API first", Text: "A script calls what an app in Live is connected to, and that is nothing yet.", ActionText: "Go to the APIs in Live", ActionHref: apisPath(catalog.Live)}
	switch {
	case f.shut != nil:
		e.Title, e.Text, e.ActionText, e.ActionHref = f.shut.Title, f.shut.Text, f.shut.ActionText, f.shut.ActionTo
	case f.all == 0:
		e.Title, e.Text = "Create an app first", "A script calls for an app in Live, and you have none yet."
		e.ActionText, e.ActionHref = "Create app", appsPath(catalog.Live)+"/new"
	case f.brand.ID != "":
		return nil
	}
	return e
}

func shellChoices(f shellCall) []ui.SelectView {
	app := ui.SelectView{Name: "app", Label: "App", Value: f.app.ID}
	for _, a := range f.apps {
		app.Options = append(app.Options, ui.Option{Value: a.ID, Text: a.Name})
	}
	brand := ui.SelectView{Name: "brand", Label: "Brand", Value: f.brand.ID}
	for _, b := range f.brands {
		brand.Options = append(brand.Options, ui.Option{Value: b.ID, Text: b.Name})
	}
	request := ui.SelectView{Name: "operation", Label: "Call", Value: f.request.ID}
	for _, r := range f.requests {
		request.Options = append(request.Options, ui.Option{Value: r.ID, Text: callName(r)})
	}
	return []ui.SelectView{app, brand, request}
}

// callName tells calls of the same address apart.
func callName(r script.Request) string {
	switch r.ID {
	case "token":
		return "POST /token, for yourself"
	case "exchange":
		return "POST /token, for a code"
	case "refresh":
		return "POST /token, for a refresh token"
	}
	return r.Method + " " + r.Path
}

// shellWarnings are what stands against the call.
func shellWarnings(f shellCall) []page.NoticeView {
	var list []page.NoticeView
	if !f.brand.Live.Open() {
		list = append(list, page.NoticeView{Tone: ui.Warn, Title: f.brand.Name + " is not open in Live", Text: "Its calls are refused at the moment. The script is right once it is open."})
	}
	if redirectOf(f.app) == "" {
		list = append(list, page.NoticeView{Tone: ui.Warn, Title: f.app.Name + " has no redirect URI", Text: "Without one no customer can be sent to the bank.",
			ActionText: "Add one", ActionTo: appPath(f.app) + "/edit"})
	}
	return list
}

// signedNote says what the seal signs.
func signedNote(r script.Request) string {
	switch {
	case r.ID == "authorise":
		return "Nothing is sent by the script: it prints an address, and the customer’s browser goes there. The verifier stays with you; only its SHA-256 travels."
	case len(r.Headers) > 0 && !r.Signed():
		return "Requests for tokens are not signed. The QWAC on the connection and the client secret are enough."
	}
	return "Optional headers are left out. PSU-ID, PSU-Corporate-ID and TPP-Redirect-URI have to be signed too where they are sent, behind x-request-id and digest, with their names in headers."
}
