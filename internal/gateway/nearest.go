package gateway

import (
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
	"fairway/internal/xs2a"
)

// noPath answers a path that the interface does not have, and names the one that was probably meant.
func (g *Door) noPath(c *gin.Context) {
	g.fail(c, xs2a.NoPath(nearby(c.Request.URL.Path)))
}

// What a path may differ in from the one that was meant: a part left out or put in, a part that is another word, and all of it
// together.
const (
	partMissing  = 3
	partOther    = 4
	partAlike    = 1 // one word has the other in it
	farthest     = 7
	longestParts = 8
	longestPart  = 40
)

// patterns are the paths of the interface, each once.
var patterns = func() []string {
	var list []string
	seen := map[string]bool{}
	for _, o := range catalog.Operations() {
		if !seen[o.Pattern] {
			seen[o.Pattern], list = true, append(list, o.Pattern)
		}
	}
	return append(list, orderPath)
}()

// nearby says which path was probably meant, or nothing. It quotes nothing of what was sent.
func nearby(path string) string {
	if path == "/" {
		return "This is the address of its interface itself; the operations are below it, such as GET /card-account/v1/card-accounts."
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 || len(parts) > longestParts {
		return ""
	}
	best, least := "", farthest+1
	for _, pattern := range patterns {
		if far := distance(parts, strings.Split(pattern[1:], "/")); far < least {
			best, least = pattern, far
		}
	}
	switch {
	case best == "":
		return ""
	case least > 0:
		return "The closest is " + best + "."
	case strings.HasSuffix(path, "/"):
		return "There is a slash too many at its end; call " + best + "."
	}
	return "There is a slash too many in it; call " + best + "."
}

// distance is how far a path is from a pattern, part by part.
func distance(parts, pattern []string) int {
	row := make([]int, len(pattern)+1)
	for j := range row {
		row[j] = j * partMissing
	}
	for _, part := range parts {
		before := row[0]
		row[0] += partMissing
		for j, want := range pattern {
			replaced := before + apart(part, want)
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+partMissing, row[j+1]+partMissing)
		}
	}
	return row[len(pattern)]
}

// apart is how far a part of a path is from a part of a pattern. What stands for an id fits nothing that is none.
func apart(part, want string) int {
	switch {
	case strings.HasPrefix(want, "{"):
		if isUUID(part) {
			return 0
		}
		return partMissing
	case part == want:
		return 0
	case len(part) > longestPart:
		return partOther
	}
	part = strings.ToLower(part)
	if len(part) > 3 && len(want) > 3 && (strings.Contains(want, part) || strings.Contains(part, want)) {
		return partAlike
	}
	return min(partOther, max(1, slips(part, want)))
}

// slips is how many letters have to be changed, left out or put in to make one word of the other.
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0]++
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
