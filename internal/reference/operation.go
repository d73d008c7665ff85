package reference

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fairway/internal/callview"
	"fairway/internal/catalog"
	"fairway/internal/contract"
	"fairway/internal/httpsig"
	"fairway/internal/messagecode"
	page "fairway/web/templates/reference"
	"fairway/web/templates/ui"
)

func operationView(d contract.Document, o contract.Operation, r reader) page.OperationView {
	path := documentPath(d) + "/" + o.ID
	v := page.OperationView{
		Head:   ui.HeadView{Title: o.Summary, Lead: o.Description, Crumbs: append(crumbs(d), ui.Crumb{Text: o.Summary})},
		Method: o.Method, Path: o.Path, Markdown: path + markdown + r.query(),
		Actions: []ui.LinkView{{Text: "Markdown", For: "of this page", Href: path + markdown + r.query(), Icon: "file-text", Look: ui.Ghost}},
		Proofs:  proofs(o), Groups: groups(o), Request: requests(d, o, r.at), Replies: replies(o, r.at), HasIDs: hasIDs(o),
	}
	if d.API != "oauth" {
		v.Brands = r.tabs(path)
		v.Actions = append([]ui.LinkView{{Text: "Open in the playground", Icon: "play", Look: ui.Primary, Href: workbench(o, r)}}, v.Actions...)
	}
	for _, a := range o.Answers {
		v.Answers = append(v.Answers, answerView(a))
	}
	return v
}

// workbench is the page of the playground that does what an operation does.
func workbench(o contract.Operation, r reader) string {
	if _, known := catalog.OperationByID(o.ID); !known {
		return "/playground/rehearsals"
	}
	return "/playground/request?" + url.Values{"operation": {o.ID}, "brand": {r.brand.ID}}.Encode()
}

// proofs say what a caller shows: certificate, key, token, role.
func proofs(o contract.Operation) []page.RowView {
	if len(o.Schemes) == 0 {
		return []page.RowView{{ID: "access-anybody", Name: "Anybody", Description: "Neither certificate nor key nor token is asked for."}}
	}
	var rows []page.RowView
	for _, s := range o.Schemes {
		row := page.RowView{ID: "access-" + s.Name, Name: proofName(s), Type: proofType(s), Description: s.Description, Required: "required", Must: true}
		for _, way := range o.Access {
			if !slices.Contains(way, s.Name) {
				row.Required, row.Must = "this or the other", false
			}
		}
		rows = append(rows, row)
	}
	if o.Role != "" {
		rows = append(rows, page.RowView{ID: "access-role", Name: o.Role, Type: "PSD2 role", Required: "required", Must: true,
			Description: "The role that the QWAC names, and in Live the approval gives (ETSI TS 119 495)."})
	}
	return rows
}

func proofName(s contract.Scheme) string {
	switch s.Type {
	case "mutualTLS":
		return "QWAC"
	case "apiKey":
		return s.Header
	}
	return "Authorization"
}

func proofType(s contract.Scheme) string {
	switch s.Name {
	case "clientCertificate":
		return "client certificate of the connection"
	case "apiKey":
		return "header"
	case "ownToken":
		return "header, Bearer and your own token"
	case "customerToken":
		return "header, Bearer and the customer’s token"
	}
	return "header, Basic"
}

// groups are the parameters by where they stand, the fields of the body, the headers of answers and the fields of errors.
func groups(o contract.Operation) []page.GroupView {
	var out []page.GroupView
	for _, in := range []struct{ name, title string }{{"path", "Path"}, {"query", "Query"}, {"header", "Headers"}} {
		g := page.GroupView{ID: in.name, Title: in.title}
		for _, p := range o.Params {
			if p.In == in.name {
				g.Rows = append(g.Rows, paramRow(in.name, p))
			}
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	if o.Body != nil {
		out = append(out, page.GroupView{ID: "body", Title: "Body", Lead: o.Body.Media + ". " + o.Body.Description, Rows: fieldRows("body", o.Body.Fields)})
	}
	if rows := answerHeaders(o); len(rows) > 0 {
		out = append(out, page.GroupView{ID: "answer-headers", Title: "Headers of answers", Rows: rows})
	}
	for _, a := range o.Answers {
		if a.Status >= http.StatusBadRequest && len(a.Fields) > 0 {
			return append(out, page.GroupView{ID: "error", Title: "Body of errors", Lead: a.Media + ". It is the same for every code.", Rows: fieldRows("error", a.Fields)})
		}
	}
	return out
}

func paramRow(group string, p contract.Param) page.RowView {
	r := page.RowView{ID: group + "-" + p.Name, Name: p.Name, Type: p.Type, Description: p.Description, Limits: limits(p.Limits, p.Enum), Required: "optional"}
	switch {
	case p.Required:
		r.Required, r.Must = "required", true
	case p.Unless != "":
		r.Required, r.Must = "required unless "+p.Unless+" is sent", true
	}
	return r
}

// limits puts what a value must keep to into one line.
func limits(list, enum []string) string {
	parts := append([]string{}, list...)
	if len(enum) > 0 {
		parts = append(parts, "one of "+strings.Join(enum, ", "))
	}
	text := strings.Join(parts, "; ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// depths are the classes that move a row to the right.
var depths = []string{"", "d1", "d2", "d3"}

func fieldRows(group string, fields []contract.Field) []page.RowView {
	rows := make([]page.RowView, 0, len(fields))
	for _, f := range fields {
		r := page.RowView{ID: group + "-" + anchor(f.Path), Name: f.Path, Type: f.Type, Description: f.Description, Limits: limits(f.Limits, f.Enum),
			Required: "optional", Depth: depths[min(f.Depth, len(depths)-1)]}
		if f.As != "" {
			r.As, r.AsHref = f.As, "#"+group+"-"+anchor(f.As)
		}
		if f.Required {
			r.Required, r.Must = "required", true
		}
		rows = append(rows, r)
	}
	return rows
}

var anchors = strings.NewReplacer("[]", "", ".", "-")

// anchor writes a path as an id of HTML.
func anchor(path string) string { return anchors.Replace(path) }

// answerHeaders lists each header of the answers once, with the statuses that it comes with.
func answerHeaders(o contract.Operation) []page.RowView {
	var rows []page.RowView
	at, with, always := map[string]int{}, map[string][]string{}, map[string][]string{}
	for _, a := range o.Answers {
		for _, h := range a.Headers {
			if _, known := at[h.Name]; !known {
				at[h.Name] = len(rows)
				rows = append(rows, page.RowView{ID: "answer-headers-" + h.Name, Name: h.Name, Description: h.Description, Limits: limits(h.Limits, h.Enum)})
			}
			with[h.Name] = append(with[h.Name], strconv.Itoa(a.Status))
			if h.Required {
				always[h.Name] = append(always[h.Name], strconv.Itoa(a.Status))
			}
		}
	}
	for name, i := range at {
		switch {
		case len(always[name]) == len(o.Answers):
			rows[i].Required = "with every answer"
		case len(with[name]) < len(o.Answers):
			rows[i].Required = "with " + strings.Join(with[name], ", ")
		case len(always[name]) == 0:
			rows[i].Required = "where it applies"
		default:
			rows[i].Required = "always with " + strings.Join(always[name], ", ") + "; with others where it applies"
		}
	}
	return rows
}

func answerView(a contract.Answer) page.AnswerView {
	status := strconv.Itoa(a.Status)
	v := page.AnswerView{ID: "answer-" + status, Status: status + " " + http.StatusText(a.Status), Tone: ui.StatusTone(a.Status), Description: a.Description}
	for _, code := range a.Codes {
		r, _ := messagecode.Find(code)
		v.Codes = append(v.Codes, page.CodeLink{Code: code, Href: messagecode.Path(code), Title: r.Title})
	}
	if a.Status < http.StatusBadRequest {
		v.Fields = fieldRows("answer-"+status, a.Fields)
	}
	return v
}

// requests are the example as it stands on the wire, one for each body.
func requests(d contract.Document, o contract.Operation, at contract.Addresses) []page.PanelView {
	bodies := []contract.Example{{}}
	if o.Body != nil && len(o.Body.Examples) > 0 {
		bodies = o.Body.Examples
	}
	out := make([]page.PanelView, 0, len(bodies))
	for i, b := range bodies {
		id := "request-" + strconv.Itoa(i+1)
		title := b.Summary
		if title == "" {
			title = "Request"
		}
		out = append(out, page.PanelView{Tab: ui.Tab{ID: id, Text: title}, Title: title,
			Code: ui.CodeView{ID: id + "-code", Title: title, Text: requestText(d, o, b, at), Wrap: true}})
	}
	return out
}

// requestText writes a request: first line, headers, an empty line, body. It has what is required, and the customer's address.
func requestText(d contract.Document, o contract.Operation, body contract.Example, at contract.Addresses) string {
	var headers []string
	for _, p := range o.Params {
		switch {
		case p.In != "header" || !sent(p):
		case p.Name == "Digest":
			headers = append(headers, p.Name+": "+httpsig.Digest("SHA-256", []byte(body.Text)))
		default:
			headers = append(headers, p.Name+": "+p.Example)
		}
	}
	u, err := url.Parse(target(d, o, at))
	if err != nil {
		return o.Method + " " + o.Path // a configured address can always be read
	}
	lines := append([]string{o.Method + " " + u.RequestURI() + " HTTP/1.1", "Host: " + u.Host}, proofLines(o)...)
	lines = append(lines, headers...)
	if body.Text != "" {
		lines = append(lines, "Content-Type: "+o.Body.Media, "", body.Text)
	}
	return strings.Join(lines, "\n")
}

func proofLines(o contract.Operation) []string {
	switch {
	case o.Takes("clientSecret"):
		return []string{"Authorization: Basic base64(client_id:client_secret)"}
	case o.Takes("ownToken"), o.Takes("customerToken"):
		return []string{"Authorization: Bearer sbx_at_…", "X-API-Key: sbx_ak_…"}
	case o.Takes("apiKey"):
		return []string{"X-API-Key: sbx_ak_…"}
	}
	return nil
}

// replies are the examples of answers, one for each status that has a body.
func replies(o contract.Operation, at contract.Addresses) []page.PanelView {
	var out []page.PanelView
	for _, a := range o.Answers {
		status := strconv.Itoa(a.Status)
		code := ui.CodeView{ID: "reply-" + status + "-code", Title: status + " " + http.StatusText(a.Status), Tall: true}
		switch {
		case len(a.Examples) > 0:
			code.Text = at.Fill(a.Examples[0].Text)
			code.Spans = callview.Spans(code.Text, nil)
			code.Wrap = a.Status >= http.StatusBadRequest
		case a.Status < http.StatusBadRequest:
			code.Text, code.Plain = "No body.", true
		default:
			continue
		}
		out = append(out, page.PanelView{Tab: ui.Tab{ID: "reply-" + status, Text: status}, Title: code.Title, Code: code})
	}
	return out
}
