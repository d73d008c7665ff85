//go:build e2e_full

package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fairway/internal/samples"
)

var (
	apiLink       = regexp.MustCompile(`href="(/reference/[a-z-]+/v[0-9]+)"`)
	operationLink = regexp.MustCompile(`href="(/reference/[a-z-]+/v[0-9]+/[a-z-]+\.[a-z-]+)"`)
)

// found are the addresses in a page, each once.
func found(form *regexp.Regexp, page string) []string {
	var list []string
	seen := map[string]bool{}
	for _, m := range form.FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			list = append(list, m[1])
		}
	}
	return list
}

// oddTexts are what programs have trouble with when it stands in a literal.
var oddTexts = []string{"plain", "it's \"x\" \\ \\\\", "${HOME} $HOME `id` %s {0} {{x}}", "\"\"\"\nraw\n\"\"\"\"", "{\n\t\"a\": \"\\\"\",\n\n  \"b\": 1}\n", "é 東京 \u00a0\u200b", "\"", "\\", "\n", strings.Repeat("\"", 9) + "\n"}

// sendable keeps what a header may carry.
func sendable(r rune) rune {
	if r <= ' ' || r > '~' {
		return -1
	}
	return r
}

// oddPrograms are requests of every kind with texts of every kind, in C#.
func oddPrograms(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, text := range oddTexts {
		for kind := range 8 {
			r := samples.Request{Name: "odd", Method: "POST", URL: "https://api.example/consent/v1/consents?q=%22a%22&b={c}", Signed: kind&1 > 0, APIKey: kind&2 > 0,
				ClientID: samples.Value{Text: "fwy_x"}, Headers: []samples.Field{samples.Text("psu-id", strings.Map(sendable, text)+"x"), samples.Variable("Consent-ID", "CONSENT_ID")}, Body: text}
			if kind&4 > 0 {
				r.Token, r.TokenURL = samples.OwnToken, "https://auth.example/token"
			}
			p, err := samples.Write("csharp", r)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			list = append(list, p.Text)
		}
	}
	return list
}

// TestEveryProgramInCSharpIsCSharp holds without .NET that no program that the pages show is broken text: the ones of every
// operation and of the documentation, and ones whose texts are odd.
func TestEveryProgramInCSharpIsCSharp(t *testing.T) {
	t.Parallel()
	node, _ := needHeavy(t, "web-tree-sitter", "package.json")
	script := filepath.Join("heavy", "csharp.mjs")
	b := town(t, wideLimits).browser(t)
	programs := oddPrograms(t)
	take := func(address, id string) {
		text, _ := copied(t, b.open(address+"?lang=csharp").body, id)
		programs = append(programs, text)
	}
	for _, api := range found(apiLink, b.open("/reference").body) {
		for _, operation := range found(operationLink, b.open(api).body) {
			if !strings.Contains(operation, "/openapi.") {
				take(operation, "sample")
			}
		}
	}
	ofOperations := len(programs) - 8*len(oddTexts)
	take("/docs/auth", "sample-token-csharp")
	take("/docs/signing", "sample-consent-csharp")
	take("/docs/signing", "sample-accounts")
	dir := t.TempDir()
	args := []string{script}
	for i, text := range programs {
		save(t, dir, fmt.Sprintf("p%d.cs", i), text)
		args = append(args, filepath.Join(dir, fmt.Sprintf("p%d.cs", i)))
	}
	save(t, dir, "broken.cs", strings.Replace(programs[0], ";", "", 1))

	said, err := exec.CommandContext(t.Context(), node, args...).CombinedOutput()
	broken := exec.CommandContext(t.Context(), node, script, filepath.Join(dir, "broken.cs")).Run()

	if err != nil {
		t.Errorf("of %d programs some are no C#: %v\n%s", len(programs), err, said)
	}
	if broken == nil || ofOperations < 11 {
		t.Errorf("a program without its first semicolon passes: %t; %d programs of operations were found", broken == nil, ofOperations)
	}
	t.Logf("%d programs, %d of them of operations", len(programs), ofOperations)
}
