package site

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/site"
	"fairway/web/templates/ui"
)

// The lengths of a code verifier (RFC 7636 §4.1).
const (
	shortestVerifier = 43
	longestVerifier  = 128
)

var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]*$`)

// pkceForm is the calculator. It is posted, so that a verifier stands in no address, history or log; it is kept nowhere.
type pkceForm struct {
	Verifier string `form:"verifier"`
	New      string `form:"new"`
}

// computeChallenge is the calculator for browsers without script.
func (f *Face) computeChallenge(c *gin.Context) error {
	var form pkceForm
	if err := httpkit.BindForm(c, &form); err != nil {
		return err
	}
	if form.New != "" {
		form.Verifier = newVerifier()
	}
	form.Verifier = strings.TrimSpace(form.Verifier)
	problem := checkVerifier(form.Verifier)

	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return f.chapter(c, status, map[slot]templ.Component{"pkce": pkce(c, form.Verifier, problem)})
}

// pkceExample is the calculator with the example of the RFC.
func (f *Face) pkceExample(c *gin.Context, _ *library) (templ.Component, error) {
	return pkce(c, exampleVerifier, ""), nil
}

// newVerifier has 256 bits of chance in 43 characters, as RFC 7636 §4.1 recommends.
func newVerifier() string {
	sum := sha256.Sum256([]byte(secret.Token("").Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func checkVerifier(v string) string {
	switch {
	case v == "":
		return "Enter a verifier, or make a new one."
	case !verifierForm.MatchString(v):
		return "A verifier has letters, digits, -, ., _ and ~ only. Take the other characters out."
	case len(v) < shortestVerifier || len(v) > longestVerifier:
		return fmt.Sprintf("A verifier has %d to %d characters; this one has %d.", shortestVerifier, longestVerifier, len(v))
	}
	return ""
}

func pkce(c *gin.Context, verifier, problem string) templ.Component {
	v := page.PKCEView{Token: httpkit.FormToken(c), Note: fmt.Sprintf("%d bytes are hashed. The verifier itself goes to the token endpoint alone.", len(verifier)),
		Verifier: ui.FieldView{Name: "verifier", Label: "code_verifier", Value: clipped(verifier), Mono: true, Error: problem, Autocomplete: "off",
			Hint: fmt.Sprintf("%d to %d letters, digits, -, ., _ or ~. One that you typed here is for trying out: make a new one for a customer.", shortestVerifier, longestVerifier)}}
	if problem != "" {
		v.Problems, v.Note = []ui.FieldError{{Field: "verifier", Text: problem}}, ""
		v.Bytes, v.Hash, v.Challenge = "–", "–", "–"
		return page.PKCE(v)
	}
	sum := sha256.Sum256([]byte(verifier))
	v.Bytes, v.Hash = spaced(hex.EncodeToString([]byte(verifier))), spaced(hex.EncodeToString(sum[:]))
	v.Challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	return page.PKCE(v)
}

// clipped keeps what was typed, within reason.
func clipped(s string) string {
	const most = 400
	return string([]rune(s)[:min(len([]rune(s)), most)])
}

// spaced puts a blank after every byte of a hexadecimal text.
func spaced(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[i : i+2])
	}
	return b.String()
}
