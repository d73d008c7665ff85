package samples

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed programs/*.tmpl
var sources embed.FS

var programs = template.Must(template.New("").ParseFS(sources, "programs/*.tmpl"))

// hints say what a reader sets a variable to that env.sh does not hold.
var hints = map[string]string{
	"ACCESS_TOKEN":  "Set ACCESS_TOKEN to the access_token that the code was exchanged for",
	"CONSENT_ID":    "Set CONSENT_ID to the consentId that the customer approved",
	"CODE":          "Set CODE to the code of the redirect",
	"CODE_VERIFIER": "Set CODE_VERIFIER to the verifier behind the code_challenge",
	"REFRESH_TOKEN": "Set REFRESH_TOKEN to the refresh_token of the last answer",
}

// pair is a name and the expression of its value. Literal is false where the expression is a variable.
type pair struct {
	Name, Value string
	Literal     bool
	Text        string
}

// want is a variable that the reader sets.
type want struct{ Name, Hint string }

// view is a request as the templates see it: every text is an expression of the language already.
type view struct {
	File, Run           string
	Method, URL         string
	Glob                bool
	Headers, Form       []pair
	Body                string
	HasBody             bool
	Signed, APIKey      bool
	Own, Customer       bool
	TokenURL, ClientID  string
	Wants               []want
	SignedNames, Format string
	Values              []string
}

// Env tells whether the program reads a variable that has to be set.
func (v view) Env() bool {
	return v.Basic() || v.APIKey || v.Customer || slices.ContainsFunc(v.Headers, func(h pair) bool { return !h.Literal })
}

// Basic tells whether the program proves the client to a token endpoint.
func (v view) Basic() bool { return v.Own || len(v.Form) > 0 }

// Write writes a request in a language. It answers ErrUnwritable for a request that no program can carry, and for a language
// that is none of the six.
func Write(language string, r Request) (Program, error) {
	r, err := checked(r)
	if err != nil {
		return Program{}, err
	}
	for _, l := range Languages() {
		if l.ID != language {
			continue
		}
		file, run := fileOf(l.ID, r.Name)
		var b strings.Builder
		if err := programs.ExecuteTemplate(&b, l.ID+".tmpl", viewOf(dialects[l.ID], r, file, run)); err != nil {
			return Program{}, fmt.Errorf("write a program in %s: %w", l.Name, err)
		}
		return Program{Language: l, File: file, Run: run, Text: b.String()}, nil
	}
	return Program{}, fmt.Errorf("%w: no language %q", ErrUnwritable, language)
}

func fileOf(language, name string) (file, run string) {
	switch language {
	case "node":
		return name + ".mjs", ". ./env.sh && node " + name + ".mjs"
	case "python":
		return name + ".py", ". ./env.sh && python3 " + name + ".py"
	case "go":
		return name + ".go", ". ./env.sh && go run " + name + ".go"
	case "java":
		return "Main.java", ". ./env.sh && java Main.java"
	case "csharp":
		return "Program.cs", ". ./env.sh && dotnet run"
	}
	return name + ".sh", "sh " + name + ".sh"
}

func viewOf(d dialect, r Request, file, run string) view {
	v := view{File: file, Run: run, Method: r.Method, URL: d.line(r.URL), Glob: strings.ContainsAny(r.URL, "[]{}"),
		Headers: pairs(d, r.Headers), Form: pairs(d, r.Form), Signed: r.Signed, APIKey: r.APIKey,
		Own: r.Token == OwnToken, Customer: r.Token == CustomerToken, ClientID: d.of(r.ClientID)}
	if r.Body != "" {
		v.HasBody, v.Body = true, d.block(r.Body)
	}
	if v.Own {
		v.TokenURL = d.line(r.TokenURL)
	}
	v.addWants(r)
	v.addSigned()
	return v
}

func pairs(d dialect, fields []Field) []pair {
	out := make([]pair, 0, len(fields))
	for _, f := range fields {
		out = append(out, pair{Name: f.Name, Value: d.of(f.Value), Literal: f.Value.Variable == "", Text: f.Value.Text + f.Value.Variable})
	}
	return out
}

// addWants names the variables that only the reader knows, in the order in which they are used.
func (v *view) addWants(r Request) {
	var names []string
	if r.Token == CustomerToken {
		names = append(names, "ACCESS_TOKEN")
	}
	for _, f := range append(r.Headers[:len(r.Headers):len(r.Headers)], r.Form...) {
		names = append(names, f.Value.Variable)
	}
	for _, name := range names {
		if hint := hints[name]; hint != "" {
			v.Wants = append(v.Wants, want{name, hint})
		}
	}
}

// addSigned prepares the signing string for a shell, which has no map of headers to look into.
func (v *view) addSigned() {
	names := []string{"x-request-id", "digest"}
	for _, name := range conditional {
		for _, h := range v.Headers {
			if h.Name == name {
				names, v.Values = append(names, strings.ToLower(name)), append(v.Values, h.Value)
			}
		}
	}
	v.SignedNames, v.Format = strings.Join(names, " "), strings.Join(names, `: %s\n`)+": %s"
}

// HeaderWord is a header as a word of a shell's command line.
func (p pair) HeaderWord() string {
	if p.Literal {
		return shWord(p.Name + ": " + p.Text)
	}
	return `"` + p.Name + ": $" + p.Text + `"`
}

// FormWord is a form parameter as a word of a shell's command line.
func (p pair) FormWord() string {
	if p.Literal {
		return shWord(p.Name + "=" + p.Text)
	}
	return `"` + p.Name + "=$" + p.Text + `"`
}
