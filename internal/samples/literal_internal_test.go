package samples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// hostile are texts that break out of a literal where it is written carelessly.
var hostile = []string{
	"", "plain", `it's "quoted" \ and \\ more`, "$HOME `id` $(id) ${HOME} %s %d", "two\nlines", "\nbegins and ends with a line\n", "tab\tand\rcarriage\r\nreturn",
	"</script><b>&amp;", "Zürich 東京 🏦 ￿", "\u2028\u2029\ufeff\u200b\u00ad", `\u0041 \x41 \n {{.}}`, `"""`, `'''`, "x\"\"\"\"\"\n\"", "line \n  indented \n\n trailing\t\n",
	"  all\n  indented", `ends with \`, "ends with '", "ends\nwith \"", "x\n\n\"\"\"", "\x01\x1b\x7f", "#{1+1} #{`id`}", "a\\\nb", "''", "``\n`${1}`", "*/ // --> <!--", "\u0085\n\u00a0", "x\u3000\n\u2028\ny\x1c\n",
}

// prints are programs that print a literal and nothing else, with what runs them.
var prints = map[string]struct {
	file, before, after string
	command             []string
}{
	"curl":   {"p.sh", "printf '%s' ", "\n", []string{"sh"}},
	"node":   {"p.mjs", "process.stdout.write(", ");\n", []string{"node"}},
	"python": {"p.py", "import sys\nsys.stdout.buffer.write((", ").encode())\n", []string{"python3"}},
	"go":     {"p.go", "package main\nimport \"os\"\nfunc main() { os.Stdout.WriteString(", ") }\n", []string{"go", "run"}},
	"java": {"P.java", "public class P { public static void main(String[] a) throws Exception { System.out.write((", ").getBytes(\"UTF-8\")); System.out.flush(); } }\n",
		[]string{"java", "-Xshare:auto", "-XX:TieredStopAtLevel=1"}},
	"csharp": {"p.csx", "Console.OpenStandardOutput().Write(System.Text.Encoding.UTF8.GetBytes(", "));\n", []string{"dotnet-script"}},
}

// TestALiteralIsReadBackAsItWas lets the languages themselves read what we wrote: all texts in one program of each.
func TestALiteralIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			p := prints[l.ID]
			if _, err := exec.LookPath(p.command[0]); err != nil {
				t.Skipf("skipped: %s is not on this machine", p.command[0])
			}
			join := map[string]string{"curl": ""}
			plus, ok := join[l.ID]
			if !ok {
				plus = " + "
			}
			var parts, want []string
			for _, s := range hostile {
				d := dialects[l.ID]
				parts, want = append(parts, d.line(s), d.block(s)), append(want, s, s)
			}
			file := filepath.Join(t.TempDir(), p.file)
			if err := os.WriteFile(file, []byte(p.before+strings.Join(parts, plus)+p.after), 0o600); err != nil {
				t.Fatal(err)
			}

			cmd := exec.CommandContext(t.Context(), p.command[0], append(p.command[1:len(p.command):len(p.command)], file)...)
			cmd.Env = append(os.Environ(), "LC_ALL=C")
			out, err := cmd.Output()

			if err != nil || string(out) != strings.Join(want, "") {
				t.Errorf("%v\n got %q\nwant %q", err, out, strings.Join(want, ""))
			}
		})
	}
}

// unread reads a literal as its language does. It knows only what we write.
func unread(t *testing.T, language, literal string) string {
	t.Helper()
	fail := func(why string) string {
		t.Fatalf("%s: %s: %q", language, why, literal)
		return ""
	}
	inside := func(fence string) string {
		rest, ok := strings.CutPrefix(literal, fence)
		rest, closed := strings.CutSuffix(rest, fence)
		if !ok || !closed || len(literal) < 2*len(fence) {
			return fail("no fence " + fence)
		}
		return rest
	}
	switch {
	case language == "curl":
		parts := strings.Split(inside("'"), `'\''`)
		if strings.Contains(strings.Join(parts, ""), "'") {
			return fail("an apostrophe ends the word")
		}
		return strings.Join(parts, "'")
	case language == "go":
		s, err := strconv.Unquote(literal)
		if err != nil {
			return fail(err.Error())
		}
		return s
	case language == "csharp" && strings.HasPrefix(literal, `"""`):
		fence := literal[:len(literal)-len(strings.TrimLeft(literal, `"`))]
		body := inside(fence)
		if strings.Contains(body, fence) || !strings.HasPrefix(body, "\n") || !strings.HasSuffix(body, "\n") || len(body) < 2 {
			return fail("a raw literal that ends early")
		}
		return body[1 : len(body)-1]
	case language == "java" && strings.HasPrefix(literal, `"""`):
		body := strings.TrimPrefix(inside(`"""`), "\n")
		for line := range strings.SplitSeq(body, "\n") {
			if strings.TrimRight(line, " \t\f") != line {
				return fail("a text block whose blanks are stripped")
			}
		}
		return unescape(body, `"""`, fail)
	case language == "python" && strings.HasPrefix(literal, "'''") && strings.Contains(literal, "\n"):
		return unescape(inside("'''"), "'''", fail)
	}
	fence := literal[:1]
	body := inside(fence)
	if fence != "`" && strings.Contains(body, "\n") {
		return fail("a line feed in a literal of one line")
	}
	if fence == "`" && strings.Contains(strings.ReplaceAll(body, `\${`, ""), "${") {
		return fail("an expression in a template")
	}
	return unescape(body, fence, fail)
}

// unescape undoes backslashes. The fence must not stand in the text without one.
func unescape(s, fence string, fail func(string) string) string {
	var units []uint16
	var b strings.Builder
	flush := func() {
		for _, r := range utf16.Decode(units) {
			b.WriteRune(r)
		}
		units = nil
	}
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			flush()
			if strings.HasPrefix(s[i:], fence) {
				return fail("the text ends its own literal")
			}
			r, n := utf8.DecodeRuneInString(s[i:])
			b.WriteRune(r)
			i += n
			continue
		}
		if i+1 == len(s) {
			return fail("a backslash at the end")
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i+1]]
		if digits > 0 {
			n, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32)
			if err != nil {
				return fail(err.Error())
			}
			if digits == 4 {
				units = append(units, uint16(n))
			} else {
				flush()
				b.WriteRune(rune(n))
			}
			i += 2 + digits
			continue
		}
		flush()
		plain, ok := map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 's': " ", '\\': `\`, '\'': "'", '"': `"`, '`': "`", '$': "$"}[s[i+1]]
		if !ok {
			return fail("an escape that nobody knows")
		}
		b.WriteString(plain)
		i += 2
	}
	flush()
	return b.String()
}

func FuzzALiteralHoldsAnyText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !text(s) {
			t.Skip("no program holds it")
		}
		for id, d := range dialects {
			for name, literal := range map[string]string{"line": d.line(s), "block": d.block(s)} {
				if got := unread(t, id, literal); got != s {
					t.Errorf("%s %s: %q is read as %q: %s", id, name, s, got, literal)
				}
			}
		}
	})
}
