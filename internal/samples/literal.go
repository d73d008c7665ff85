package samples

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A dialect writes any text as a literal of one language: on one line, or for a body as it reads best.
type dialect struct {
	line, block func(string) string
	// variable is the expression for an environment variable.
	variable func(string) string
}

var dialects = map[string]dialect{
	"curl":   {shWord, shWord, func(name string) string { return `"$` + name + `"` }},
	"node":   {jsLine, jsBlock, func(name string) string { return "env('" + name + "')" }},
	"python": {pyLine, pyBlock, func(name string) string { return `os.environ["` + name + `"]` }},
	"go":     {strconv.Quote, goBlock, func(name string) string { return `env("` + name + `")` }},
	"java":   {javaLine, javaBlock, func(name string) string { return `env("` + name + `")` }},
	"csharp": {csLine, csBlock, func(name string) string { return `Env("` + name + `")` }},
}

// of is the expression for a value.
func (d dialect) of(v Value) string {
	if v.Variable != "" {
		return d.variable(v.Variable)
	}
	return d.line(v.Text)
}

// shWord is one word of a POSIX shell.
func shWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// escaped writes the runes that mean something in a literal by the given map, and those that nobody sees by their number.
func escaped(s string, special map[rune]string, number func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if short, ok := special[r]; ok {
			b.WriteString(short)
		} else if !strconv.IsPrint(r) {
			b.WriteString(number(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// byUTF16 is the number of a rune as Java, JavaScript and C# write it.
func byUTF16(r rune) string {
	out := ""
	for _, unit := range utf16.Encode([]rune{r}) {
		out += fmt.Sprintf(`\u%04x`, unit)
	}
	return out
}

func byPython(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

var (
	inSingle = map[rune]string{'\\': `\\`, '\'': `\'`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	inDouble = map[rune]string{'\\': `\\`, '"': `\"`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	inBlock  = map[rune]string{'\\': `\\`, '\'': `\'`, '\n': "\n", '\r': `\r`, '\t': "\t"}
	inTicks  = map[rune]string{'\\': `\\`, '`': "\\`", '\n': "\n", '\r': `\r`, '\t': "\t"}
)

func jsLine(s string) string { return "'" + escaped(s, inSingle, byUTF16) + "'" }

func jsBlock(s string) string {
	if !strings.Contains(s, "\n") {
		return jsLine(s)
	}
	return "`" + strings.ReplaceAll(escaped(s, inTicks, byUTF16), "${", `\${`) + "`"
}

func pyLine(s string) string {
	if strings.Contains(s, `"`) {
		return "'" + escaped(s, inSingle, byPython) + "'"
	}
	return `"` + escaped(s, inDouble, byPython) + `"`
}

func pyBlock(s string) string {
	if !strings.Contains(s, "\n") {
		return pyLine(s)
	}
	return "'''" + escaped(s, inBlock, byPython) + "'''"
}

// goBlock is a raw literal where one can hold the text: without backtick, and without what compilers drop or refuse.
func goBlock(s string) string {
	if strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func javaLine(s string) string { return `"` + inASCII(escaped(s, inDouble, byUTF16)) + `"` }

// javaBlock is a text block (JLS §3.10.6). It strips the indentation that all lines share and the blanks at their ends, so
// one line has to begin at the margin, the last blank of a line is written as an escape, and other blanks forbid it.
func javaBlock(s string) string {
	unseen := func(r rune) bool { return r != '\n' && r != '\t' && !strconv.IsPrint(r) }
	if !strings.Contains(s, "\n") || strings.ContainsFunc(s, unseen) || !atMargin(s) {
		return javaLine(s)
	}
	quoted := map[rune]string{'\\': `\\`, '"': `"`, '\n': "\n", '\t': `\t`}
	body := strings.ReplaceAll(escaped(s, quoted, byUTF16), `"""`, `\"\"\"`)
	if strings.HasSuffix(body, `"`) && !strings.HasSuffix(body, `\"\"\"`) {
		body = body[:len(body)-1] + `\"`
	}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if strings.HasSuffix(line, " ") {
			lines[i] = line[:len(line)-1] + `\s`
		}
	}
	return "\"\"\"\n" + inASCII(strings.Join(lines, "\n")) + `"""`
}

func atMargin(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if line != "" && line[0] > ' ' && line[0] < 0x7f {
			return true
		}
	}
	return false
}

// inASCII writes what is beyond ASCII by its number: javac before 18 reads sources in the machine's own encoding.
func inASCII(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			b.WriteString(byUTF16(r))
		}
	}
	return b.String()
}

func csLine(s string) string { return `"` + escaped(s, inDouble, byUTF16) + `"` }

// csBlock is a raw literal of C# 11, whose fence is longer than any run of quotation marks in it.
func csBlock(s string) string {
	if !strings.Contains(s, `"`) || s != escaped(s, map[rune]string{'\n': "\n", '\t': "\t"}, byUTF16) {
		return csLine(s)
	}
	fence := `"""`
	for strings.Contains(s, fence) {
		fence += `"`
	}
	return fence + "\n" + s + "\n" + fence
}
