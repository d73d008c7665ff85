package reference

import (
	"net/http"
	"strconv"
	"strings"

	"fairway/internal/contract"
	"fairway/internal/messagecode"
	page "fairway/web/templates/reference"
)

// text is Markdown while it is written.
type text struct{ strings.Builder }

func (t *text) line(parts ...string) {
	for _, p := range parts {
		t.WriteString(p)
	}
	t.WriteString("\n")
}

// block is a fenced text. What comes from documents of ours holds no fence.
func (t *text) block(kind, content string) { t.line("```", kind, "\n", content, "\n```\n") }

// apiMarkdown is the page of an API as plain text.
func apiMarkdown(d contract.Document, at contract.Addresses) string {
	var t text
	t.line("# ", d.Title, " ", d.Version, "\n")
	t.line(d.Description, "\n")
	base := at.Place()
	if d.API == "oauth" {
		base = at.Auth
	}
	t.line("Address: ", base, "\n")
	t.line("| Method | Path | What it does |\n|---|---|---|")
	for _, o := range d.Operations {
		t.line("| ", o.Method, " | `", o.Path, "` | [", o.Summary, "](", at.Portal, documentPath(d), "/", o.ID, markdown, ") |")
	}
	return t.String()
}

// operationMarkdown is the page of an operation as plain text.
func operationMarkdown(d contract.Document, o contract.Operation, at contract.Addresses) string {
	var t text
	t.line("# ", o.Summary, "\n")
	t.line("`", o.Method, " ", o.Path, "`\n")
	t.line(o.Description, "\n")
	t.line("## Who may call\n")
	t.rows(proofs(o))
	for _, g := range groups(o) {
		t.line("## ", g.Title, "\n")
		if g.Lead != "" {
			t.line(g.Lead, "\n")
		}
		t.rows(g.Rows)
	}
	t.line("## Answers\n")
	for _, a := range o.Answers {
		t.answer(a, at)
	}
	t.line("## Example request\n")
	for _, r := range requests(d, o, at) {
		if r.Title != "Request" {
			t.line(r.Title, ":\n")
		}
		t.block("http", r.Code.Text)
	}
	return strings.TrimSuffix(t.String(), "\n")
}

func (t *text) rows(rows []page.RowView) {
	for _, r := range rows {
		about := []string{}
		for _, s := range []string{r.Type, r.Required} {
			if s != "" {
				about = append(about, s)
			}
		}
		t.line("- `", r.Name, "` (", strings.Join(about, "; "), "): ", strings.TrimSpace(r.Description+" "+r.Limits), sameAs(r))
	}
	t.line("")
}

func sameAs(r page.RowView) string {
	if r.As == "" {
		return ""
	}
	return " Its members are those of `" + r.As + "`."
}

func (t *text) answer(a contract.Answer, at contract.Addresses) {
	t.line("### ", strconv.Itoa(a.Status), " ", http.StatusText(a.Status), "\n")
	t.line(a.Description, "\n")
	for _, code := range a.Codes {
		r, _ := messagecode.Find(code)
		t.line("- [", code, "](", at.Portal, messagecode.Path(code), "): ", r.Title)
	}
	if len(a.Codes) > 0 {
		t.line("")
	}
	if a.Status < http.StatusBadRequest && len(a.Fields) > 0 {
		t.rows(fieldRows("answer", a.Fields))
	}
	if len(a.Examples) > 0 {
		t.block("json", at.Fill(a.Examples[0].Text))
	}
}
