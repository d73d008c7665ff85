package layout_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// with gives a component its children, one after the other.
func with(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, all(children...)), w)
	})
}

func all(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			if err := p.Render(templ.ClearChildren(ctx), w); err != nil {
				return err
			}
		}
		return nil
	})
}

// inside wraps parts in an element of a class.
func inside(tag, class string, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "<"+tag+` class="`+class+`">`); err != nil {
			return err
		}
		if err := all(parts...).Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</"+element(tag)+">")
		return err
	})
}

func text(tag, words string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<"+tag+">"+templ.EscapeString(words)+"</"+element(tag)+">")
		return err
	})
}

// element is the name of an element whose attributes were written behind it.
func element(tag string) string {
	name, _, _ := strings.Cut(tag, " ")
	return name
}

func cell(parts ...templ.Component) templ.Component { return inside("td", "", parts...) }
func row(parts ...templ.Component) templ.Component  { return inside("div", "row", parts...) }
func section(title string, parts ...templ.Component) templ.Component {
	return with(ui.Section(ui.SectionView{Title: title}), parts...)
}

// gallery is every component in every state, as whole pages.
func gallery() map[string]templ.Component {
	app := func(path, title string) layout.Page {
		return layout.Page{Title: title, Path: path, Env: "sandbox", SignedIn: true, Organisation: "Budget Buddy Oy",
			Email: "maija@budgetbuddy.example", Token: "form-token", Theme: "auto"}
	}
	refused := app("/playground/apps", "Create an app")
	refused.Error = true
	requests := app("/playground/requests", "Requests")
	requests.Wide, requests.Env = true, "live"
	requests.Flash = &ui.FlashView{Tone: ui.OK, Text: "The filter is saved.", LinkText: "Show all", LinkHref: "/playground/requests"}
	docs := layout.Page{Title: "Message signing", Path: "/docs/signing", Public: true, Description: "How each request is signed."}
	return map[string]templ.Component{
		"dashboard":    with(layout.App(app("/playground", "Dashboard")), dashboard()),
		"certificates": with(layout.App(app("/playground/certificates", "Certificates")), certificates()),
		"form":         with(layout.App(refused), forms()),
		"requests":     with(layout.App(requests), lists()),
		"docs":         with(layout.Docs(docs, chapters(), onThisPage()), documentation()),
		"landing":      with(layout.Public(layout.Page{Path: "/", Public: true, Description: "A bank to build against."}), landing()),
		"signin":       with(layout.Narrow(layout.Page{Title: "Sign in", Path: "/login"}), signIn()),
		"message":      with(layout.Public(layout.Page{Title: "Page not found"}), notFound()),
		"bank":         with(layout.Bank(layout.BankPage{Title: "Allow access", BrandID: "rocker", BrandName: "Rocker", BrandCSS: "/brand.css", Sandbox: true, Footer: "Questions? Rocker customer service answers on weekdays."}), consent()),
	}
}

func dashboard() templ.Component {
	return all(
		with(ui.PageHead(ui.HeadView{Title: "Get your first 200 OK", Lead: "Six steps from here to a signed request that a bank answers."}),
			ui.LinkButton(ui.LinkView{Text: "Read the guide", Href: "/docs", Icon: "book-open"})),
		with(ui.Poll(ui.PollView{ID: "steps", Href: "/playground/steps", Seconds: 4}),
			ui.Progress(ui.ProgressView{ID: "steps-done", Text: "3 of 6 steps done", Value: 3, Max: 6}),
			with(ui.TaskList(),
				ui.Task(ui.TaskView{State: ui.Done, Title: "Verify your e-mail address", Text: "Done 09:12 UTC"}),
				ui.Task(ui.TaskView{State: ui.Done, Title: "Generate sandbox certificates", Text: "QWAC and QC eSeal, valid to 20 Nov 2027", Href: "/playground/certificates"}),
				ui.Task(ui.TaskView{State: ui.Failed, Title: "Create an app", Text: "Budget Buddy"}),
				with(ui.Task(ui.TaskView{State: ui.Now, Title: "Connect the Accounts API", Text: "One click. No approval needed in the sandbox."}),
					ui.PostButton(ui.PostView{Action: "/playground/apis/accounts", Token: "form-token", Fields: []ui.Hidden{{Name: "app", Value: "app_1"}},
						Button: ui.ButtonView{Text: "Connect", Look: ui.Primary}})),
				ui.Task(ui.TaskView{State: ui.Locked, Title: "Send your first signed request", Text: "We fill in the certificate, token and signature."}),
				ui.Task(ui.TaskView{State: ui.Locked, Title: "Get 200 OK from card-accounts", Text: "Approve the consent as test customer 1345611."}))),
		with(ui.Section(ui.SectionView{Title: "Recent requests", LinkText: "All requests", LinkHref: "/playground/requests"}), requestTable("recent")),
		inside("div", "grid",
			ui.Empty(ui.EmptyView{Icon: "flask-conical", Title: "No saved requests yet", Text: "Send a request in the playground, then choose Save.", ActionText: "Open the playground", ActionHref: "/playground/flow"}),
			with(ui.Card(ui.CardView{Title: "Usage today", Tone: ui.OK, Status: "Within the limit", Lead: "The count starts again at 00:00 UTC."}),
				ui.Progress(ui.ProgressView{ID: "today", Text: "312 of 1,000 requests", Value: 312, Max: 1000}),
				ui.Progress(ui.ProgressView{ID: "near", Text: "Consent 5f1c: 4 of 4 reads without the customer", Value: 4, Max: 4, Tone: ui.Warn}),
				with(ui.Details("How the limits are counted"), text("p", "Every request that reaches the bank counts, except those refused with 429.")))),
	)
}

func requestTable(id string) templ.Component {
	line := func(time, method, path string, status int, word, ms string) templ.Component {
		return inside("tr", "",
			cell(ui.Time("2026-11-20T"+time+"Z", "20 Nov 2026, "+time+" UTC")), cell(ui.Method(method)),
			inside("th scope=\"row\"", "", text("a href=\"/playground/requests/"+id+time+"\"", path)),
			cell(ui.StatusBadge(ui.StatusTone(status), word)), inside("td", "num", text("span", ms)))
	}
	columns := []ui.Column{{Text: "Time", Href: "?sort=time", Sorted: "descending"}, {Text: "Method"}, {Text: "Path"}, {Text: "Status"}, {Text: "Duration", Number: true}}
	return with(ui.Table(ui.TableView{ID: id, Caption: "Requests, newest first", Columns: columns, Rows: id + "-rows"}),
		line("09:41:12", "POST", "/consent/v1/consents", 201, "201 Created", "88 ms"),
		line("09:41:40", "GET", "/card-account/v1/card-accounts", 401, "401 SIGNATURE_INVALID", "12 ms"),
		line("09:42:03", "GET", "/card-account/v1/card-accounts", 429, "429 RATE_LIMIT_EXCEEDED", "3 ms"),
		line("09:43:17", "DELETE", "/consent/v1/consents/5f1c0b1e", 302, "302 Found", "9 ms"))
}

func certificates() templ.Component {
	set := func(title, use string) templ.Component {
		return with(ui.Card(ui.CardView{Title: title, Tone: ui.OK, Status: "In use", Lead: use}), ui.KeyValue([]ui.KV{
			{Key: "Organisation", Value: "SANDBOX Budget Buddy Oy"}, {Key: "Authorisation number", Value: "PSDFI-FWYSBX-1234567", Mono: true},
			{Key: "Roles", Value: "PSP_AI – account information", Badge: true, Tone: ui.Note},
			{Key: "Issuer", Value: "Fairway Sandbox Issuing CA", Href: "/docs/environments"},
			{Key: "Serial", Value: "5D01F2A8BB30907C2BA", Mono: true, Copy: "serial-" + title}, {Key: "SHA-256", Value: strings.Repeat("9f2c11a40b775de0", 4), Mono: true},
		}))
	}
	return all(
		with(ui.PageHead(ui.HeadView{Title: "Certificates", Lead: "The QWAC opens the connection, the QC eSeal signs each request.",
			Crumbs: []ui.Crumb{{Text: "Dashboard", Href: "/playground"}, {Text: "Certificates"}}, Tone: ui.Sandbox, Status: "Sandbox"}),
			ui.LinkButton(ui.LinkView{Text: "Download ZIP", Href: "/playground/certificates/zip", Icon: "download", File: true}),
			ui.LinkButton(ui.LinkView{Text: "Re-generate", Href: "/playground/certificates/replace", Icon: "refresh-cw", Look: ui.Danger, Dialog: "replace"})),
		ui.TabNav("Sections", []ui.TabLink{{Text: "Certificates", Href: "/playground/certificates", Current: true}, {Text: "Apps", Href: "/playground/apps"}, {Text: "APIs", Href: "/playground/apis"}}),
		ui.Stepper("Steps", []ui.StepView{{State: ui.Done, Text: "Generate", Href: "/playground/certificates"}, {State: ui.Done, Text: "Download"}, {State: ui.Now, Text: "Connect"}, {State: ui.Locked, Text: "Call"}, {State: ui.Failed, Text: "Verify"}}),
		inside("div", "grid", set("QWAC", "For mutual TLS."), set("QC eSeal", "For signatures.")),
		ui.SecretBox(ui.SecretView{ID: "client-secret", Label: "Client secret", Value: "sbx_7Yk2mQ9vT4xN8pLr3WzB6cHd5Yk2mQ9vT4xN8pLr3WzB6cHd", Note: "We keep only a hash. If you lose it, rotate it."}),
		with(ui.Card(ui.CardView{Title: "Checks"}), ui.CheckList([]ui.CheckItem{
			{Tone: ui.OK, Text: "Digest matches the body (empty body)"}, {Tone: ui.Warn, Text: "The certificate expires in 12 days", Detail: "Upload the next one before 2 Dec 2026."},
			{Tone: ui.Bad, Text: "RSA verification failed over 112 bytes"}, {Text: "Revocation"}})),
		with(ui.Card(ui.CardView{Title: "What happens next"}), with(ui.Timeline(),
			ui.Event(ui.EventView{State: ui.Done, Title: "Submitted", TimeISO: "2026-11-20T09:50:00Z", Time: "20 Nov 2026, 09:50 UTC"}),
			ui.Event(ui.EventView{State: ui.Now, Title: "Checking the issuer against the EU trusted lists", Text: "Usually under a minute. You can close this page."}),
			ui.Event(ui.EventView{State: ui.Failed, Title: "Register check with your authority"}),
			ui.Event(ui.EventView{State: ui.Locked, Title: "Decision by Wed 25 Nov", Text: "Three working days. We write either way."}))),
		with(ui.Dialog(ui.DialogView{ID: "replace", Title: "Replace both certificates?"}),
			text("p", "The old set stops working at once. Apps that use it get CERTIFICATE_INVALID."),
			with(ui.Form(ui.FormView{Action: "/playground/certificates", Token: "form-token"}),
				with(ui.Actions(), ui.Button(ui.ButtonView{Text: "Replace", Look: ui.Danger}), ui.Button(ui.ButtonView{Text: "Keep them", Type: "button", Autofocus: true, Attrs: templ.Attributes{"data-close": true}})))),
	)
}

func forms() templ.Component {
	return all(
		ui.ErrorSummary([]ui.FieldError{{Field: "name", Text: "Enter a name"}, {Field: "kind", Text: "Choose what the app does"}, {Text: "The form was open for too long. Send it again."}}),
		ui.PageHead(ui.HeadView{Title: "Create an app"}),
		with(ui.Form(ui.FormView{Action: "/playground/apps", Token: "form-token", Files: true}),
			ui.Field(ui.FieldView{Name: "name", Label: "Name", Hint: "Your customers see it when they allow access.", Error: "Enter a name", Autocomplete: "off"}),
			ui.Field(ui.FieldView{Name: "contact", Label: "Contact", Type: "email", Value: "maija@budgetbuddy.example", Autocomplete: "email", Optional: true}),
			ui.Field(ui.FieldView{Name: "code", Label: "Code", InputMode: "numeric", Autocomplete: "one-time-code", Short: true, Value: "482913"}),
			ui.Password(ui.FieldView{Name: "password", Label: "Password", Hint: "At least 12 characters.", Autocomplete: "new-password"}),
			ui.TextArea(ui.FieldView{Name: "uris", Label: "Redirect URIs", Hint: "One on each line.", Value: "https://app.example/callback\nhttp://localhost:3000/callback", Rows: 4, Mono: true}),
			ui.Select(ui.SelectView{Name: "brand", Label: "Bank", Value: "st1", Options: []ui.Option{{Value: "rocker", Text: "Rocker"}, {Value: "st1", Text: "ST1 Finance"}, {Value: "alisa", Text: "Alisa Bank", Disabled: true}}}),
			ui.Radios(ui.ChoiceView{Name: "kind", Legend: "What does it do?", Error: "Choose what the app does", Options: []ui.Option{{Value: "ais", Text: "Reads accounts", Hint: "Needs the role PSP_AI."}, {Value: "pis", Text: "Starts payments", Hint: "Needs the role PSP_PI."}}}),
			ui.Checkboxes(ui.ChoiceView{Name: "apis", Legend: "Connect at once", Inline: true, Options: []ui.Option{{Value: "cards", Text: "Card accounts", Selected: true}, {Value: "funds", Text: "Funds confirmation", Disabled: true}}}),
			ui.FileField(ui.FieldView{Name: "csr", Label: "Certificate request", Hint: "PEM, at most 16 KiB.", Accept: ".pem,.csr"}),
			ui.Checkbox(ui.CheckView{Name: "terms", Label: "I have read the terms", Hint: "They fit on one page."}),
			with(ui.Actions(), ui.Button(ui.ButtonView{Text: "Create app", Look: ui.Primary}), ui.Button(ui.ButtonView{Text: "Save for later", FormAction: "/later", Name: "act", Value: "save"}),
				ui.LinkButton(ui.LinkView{Text: "Cancel", Href: "/playground/apps", Look: ui.Ghost}))),
		section("Buttons", row(
			ui.Button(ui.ButtonView{Text: "Primary", Look: ui.Primary, Icon: "play"}), ui.Button(ui.ButtonView{Text: "Default"}), ui.Button(ui.ButtonView{Text: "Ghost", Look: ui.Ghost}), ui.Button(ui.ButtonView{Text: "Delete", For: "app Budget Buddy", Look: ui.Danger, Icon: "trash-2"}),
			ui.Button(ui.ButtonView{Text: "Small", Small: true}), ui.Button(ui.ButtonView{Text: "Working", Look: ui.Primary, Attrs: templ.Attributes{"aria-busy": "true"}}), ui.Button(ui.ButtonView{Text: "Off", Attrs: templ.Attributes{"disabled": true}}))),
		section("Badges", row(ui.Badge(ui.Plain, "Plain"), ui.Badge(ui.OK, "Completed"), ui.Badge(ui.Warn, "Deprecated"), ui.Badge(ui.Bad, "Revoked"), ui.Badge(ui.Note, "Current"), ui.Badge(ui.Sandbox, "Sandbox"),
			ui.StatusBadge(ui.OK, "Readable"), ui.StatusBadge(ui.Sandbox, "Sandbox"), ui.Method("GET"), ui.Method("POST"), ui.Method("PUT"), ui.Method("DELETE"), ui.Method("OPTIONS"))),
		section("Alerts",
			with(ui.Alert(ui.Note, "The seal's key stays in this browser"), text("p", "Nobody else can sign with it.")),
			with(ui.Alert(ui.OK, ""), text("p", "Both certificates are readable.")),
			with(ui.Alert(ui.Warn, "The QWAC expires in 12 days"), text("p", "Upload the renewed one in time.")),
			with(ui.Alert(ui.Bad, "The signature does not match"), text("p", "Header names in the signing string must be lower case.")),
			with(ui.Alert(ui.Sandbox, ""), text("p", "This page works on sandbox data only.")),
			ui.Flash(&ui.FlashView{Tone: ui.Note, Text: "The app is saved."}), ui.Flash(nil), ui.ErrorSummary(nil)),
	)
}

func lists() templ.Component {
	return all(
		ui.PageHead(ui.HeadView{Title: "Requests"}),
		with(ui.Form(ui.FormView{Action: "/playground/requests", Get: true, Class: "filters"}),
			ui.Field(ui.FieldView{Name: "q", Label: "Path or X-Request-ID", Mono: true, Attrs: templ.Attributes{"hx-get": "/playground/requests", "hx-trigger": "input changed delay:300ms", "hx-target": "#log-rows"}}),
			ui.Select(ui.SelectView{Name: "status", Label: "Status", Options: []ui.Option{{Text: "Any"}, {Value: "4", Text: "4xx"}}}), ui.Button(ui.ButtonView{Text: "Filter"})),
		requestTable("log"),
		ui.Pager(ui.PagerView{Label: "Pages of requests", Newer: "?newer=1", Older: "?older=1", Text: "Kept for 30 days"}),
		inside("div", "split",
			with(ui.Card(ui.CardView{Title: "Request"}), ui.HTTPMessage(ui.HTTPView{ID: "req", Title: "Request", Start: "POST /consent/v1/consents HTTP/1.1",
				Headers: []ui.HTTPHeader{{Name: "X-Request-ID", Value: "99391c7e-ad88-49ec-a2ad-99ddcb1f7756", Note: "Made by you"}, {Name: "Digest", Value: "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}},
				Body:    "{\"recurringIndicator\": true}", Note: "Authorization is shortened."})),
			with(ui.Card(ui.CardView{Title: "What was signed"}), ui.Diff(ui.DiffView{ID: "diff", Caption: "Signing string: yours and ours", Lines: []ui.DiffLine{
				{Number: "1", Parts: []ui.DiffPart{{Text: "digest: SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}},
				{Kind: "del", Number: "2", Parts: []ui.DiffPart{{Text: "X-Request-ID", Changed: true}, {Text: ": 99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}}},
				{Kind: "add", Number: "2", Parts: []ui.DiffPart{{Text: "x-request-id", Changed: true}, {Text: ": 99391c7e-ad88-49ec-a2ad-99ddcb1f7756"}}}}}))),
		with(ui.Poll(ui.PollView{ID: "done"}), text("p", "Nothing more is fetched.")),
		with(ui.Table(ui.TableView{Caption: "Errors of the last week", Show: true, Columns: []ui.Column{{Text: "Code"}, {Text: "Times", Number: true}, {Text: "Open", Hidden: true}}}),
			inside("tr", "", text("th scope=\"row\"", "SIGNATURE_INVALID"), inside("td", "num", text("span", "14")), cell(text("a href=\"/docs/errors\"", "Explain")))),
	)
}

func chapters() []layout.NavGroup {
	return []layout.NavGroup{{Title: "Start", Items: []layout.NavItem{{Text: "Introduction", Href: "/docs"}, {Text: "Get started", Href: "/docs/start"}}},
		{Title: "Build", Items: []layout.NavItem{{Text: "Message signing", Href: "/docs/signing", Current: true}, {Text: "Worked example", Href: "/docs/signing/example", Sub: true}}}}
}

func onThisPage() []layout.NavItem {
	return []layout.NavItem{{Text: "Build the signing string", Href: "#build"}, {Text: "In six languages", Href: "#languages", Sub: true}}
}

func documentation() templ.Component {
	code := func(id, title, text string, spans ...ui.Span) templ.Component {
		return ui.CodeBlock(ui.CodeView{ID: id, Title: title, Text: text, Spans: spans})
	}
	return inside("article", "prose",
		ui.PageHead(ui.HeadView{Title: "Message signing", Lead: "Every request carries a Digest of its body and a Signature made with the key of your QC eSeal.", Crumbs: []ui.Crumb{{Text: "Documentation", Href: "/docs"}, {Text: "Message signing"}}}),
		text(`h2 id="build"`, "Build the signing string"), text("p", "List at least digest and x-request-id. A line is the name, a colon, one space, and the value."),
		with(ui.Alert(ui.Note, ""), text("p", "Stuck? Open the request in the log: it shows the first byte that differs.")),
		code("empty", "Digest of an empty body", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
		text(`h2 id="languages"`, "In six languages"),
		with(ui.Tabs(ui.TabsView{Label: "Language", Tabs: []ui.Tab{{ID: "l-curl", Text: "curl", Lang: "curl"}, {ID: "l-go", Text: "Go", Lang: "go", Selected: true}}}),
			with(ui.TabPanel("l-curl", "curl"), code("s-curl", "curl example", "", ui.Span{Kind: "c", Text: "# call\n"}, ui.Span{Kind: "f", Text: "curl"}, ui.Span{Text: " --cert qwac.pem --key qwac.key "}, ui.Span{Kind: "s", Text: "\"https://localhost:8443/\""})),
			with(ui.TabPanel("l-go", "Go"), code("s-go", "Go example", "", ui.Span{Kind: "k", Text: "func "}, ui.Span{Kind: "f", Text: "sign"}, ui.Span{Text: "(n "}, ui.Span{Kind: "p", Text: "int"}, ui.Span{Text: ") { "}, ui.Span{Kind: "m", Text: "return"}, ui.Span{Kind: "n", Text: " 42"}, ui.Span{Text: " }"}))))
}

func landing() templ.Component {
	return all(
		with(ui.Hero(ui.HeroView{Title: "Open banking you can finish today", Lead: "A PSD2 interface with the bank behind it. Test certificates at a click, signatures that explain themselves, and the same rules as in live.",
			Aside: ui.CodeBlock(ui.CodeView{ID: "first", Title: "200 OK in 41 ms", Text: "{\n  \"cardAccounts\": [\n    {\n      \"maskedPan\": \"524378******8693\",\n      \"product\": \"MC_CARD\"\n    }\n  ]\n}"})}),
			ui.LinkButton(ui.LinkView{Text: "Start in the sandbox", Href: "/signup", Look: ui.Primary, Icon: "rocket"}), ui.LinkButton(ui.LinkView{Text: "Read the documentation", Href: "/docs"})),
		inside("div", "grid",
			ui.Feature("file-key", "Certificates at a click", "A QWAC and a QC eSeal in a ZIP that calls the bank by itself."),
			ui.Feature("fingerprint", "Failures that explain", "The signing string the server computed beside the one you signed."),
			ui.Feature("landmark", "A bank that behaves", "Consents, strong customer authentication and limits, as in live.")))
}

func signIn() templ.Component {
	return all(ui.PageHead(ui.HeadView{Title: "Sign in"}),
		with(ui.Form(ui.FormView{Action: "/login", Token: "t"}),
			ui.Field(ui.FieldView{Name: "email", Label: "E-mail address", Type: "email", Autocomplete: "username"}),
			ui.Password(ui.FieldView{Name: "password", Label: "Password", Autocomplete: "current-password"}),
			ui.FactorField(ui.FactorView{Ask: true, Error: "This code is not right."}), ui.FactorField(ui.FactorView{}),
			with(ui.Actions(), ui.Button(ui.ButtonView{Text: "Sign in", Look: ui.Primary, Wide: true}))))
}

func notFound() templ.Component {
	return layout.Message(layout.MessageView{Code: "404", Title: "This page does not exist", Text: []string{"The address may be mistyped, or the page has moved."},
		Reference: "req_3f9a", Icon: "search", Actions: []ui.LinkView{{Text: "Go to the start page", Href: "/", Look: ui.Primary}, {Text: "Documentation", Href: "/docs"}}})
}

func consent() templ.Component {
	return all(text("h1", "Let Budget Buddy see your cards?"), text("p", "Budget Buddy Oy, authorised in Finland, asks for this until 18 Feb 2027."),
		ui.KeyValue([]ui.KV{{Key: "What", Value: "Balances and transactions"}, {Key: "How often", Value: "Up to 4 times a day"}}),
		with(ui.Form(ui.FormView{ID: "allow", Action: "/bank/rocker/approve", Token: "t"}),
			ui.Checkboxes(ui.ChoiceView{Name: "cards", Legend: "Cards to share", Options: []ui.Option{{Value: "1", Text: "5243 78** **** 8693", Hint: "MC_CARD", Selected: true}, {Value: "2", Text: "5243 66** **** 8694", Hint: "MC_CARD"}}}),
			inside("div", "actions equal", ui.Button(ui.ButtonView{Text: "Allow access", Look: ui.Primary}), ui.Button(ui.ButtonView{Text: "Refuse", Attrs: templ.Attributes{"form": "refuse"}}))),
		ui.PostButton(ui.PostView{ID: "refuse", Action: "/bank/rocker/deny", Token: "t", Button: ui.ButtonView{Text: "Refuse and go back", Look: ui.Ghost, Small: true}}))
}

func mustRender(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
