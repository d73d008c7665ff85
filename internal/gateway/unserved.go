package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/catalog"
)

// mostAddresses bounds how many addresses are named where none was met.
const mostAddresses = 40

// unservedView is the answer outside of all addresses: what this is, and what is served. Its addresses are the configured ones,
// whatever host was asked for.
type unservedView struct {
	Error         string   `json:"error,omitempty"`
	About         string   `json:"about,omitempty"`
	Addresses     []string `json:"addresses"`
	TokenEndpoint string   `json:"token_endpoint"`
	Documentation string   `json:"documentation"`
}

// unserved answers what no address of this door takes. A host that is not ours was misdirected (RFC 9110, 15.5.20); on ours,
// the root says what the door is, and there is nothing else beside the addresses.
func (g *Door) unserved(w http.ResponseWriter, r *http.Request) {
	v := unservedView{Addresses: g.addresses(r.Context()), TokenEndpoint: g.AuthURL.String() + "/token", Documentation: g.BaseURL.String() + "/docs/environments"}
	status := http.StatusNotFound
	switch {
	case !g.APIURL.MatchesHost(r.Host) && !g.AuthURL.MatchesHost(r.Host):
		status, v.Error = http.StatusMisdirectedRequest, "This host is not served here. Call one of the addresses below, letter by letter."
	case r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		status, v.About = http.StatusOK, "The door for machines: the banks' APIs and the token endpoint, for certificates of third parties under PSD2."
	default:
		v.Error = "This path is not served here. Paths begin with the address of a bank, one of those below."
	}
	body, err := json.Marshal(v)
	if err != nil {
		body = []byte("{}") // texts only: cannot fail
	}
	w.Header()["X-Content-Type-Options"] = nosniff
	answer(w, status, string(body))
}

// addresses are those of the banks' APIs, or how they are made where the banks cannot be told now.
func (g *Door) addresses(ctx context.Context) []string {
	brands, err := g.Catalog.Brands(ctx)
	if err != nil || len(brands) == 0 {
		return []string{g.APIURL.String()}
	}
	var list []string
	for _, b := range brands[:min(len(brands), mostAddresses)] {
		list = append(list, g.APIURL.URL(string(catalog.Sandbox), b.ID))
	}
	for _, b := range brands[:min(len(brands), mostAddresses)] {
		if b.Live.Open() {
			list = append(list, g.APIURL.URL(string(catalog.Live), b.ID))
		}
	}
	return list
}

// noTokenPath and noTokenMethod answer what the authorisation server does not have.
func (g *Door) noTokenPath(c *gin.Context) {
	answer(c.Writer, http.StatusNotFound, oauthError("not_found", "The authorisation server has no such path. The token endpoint is "+g.AuthURL.String()+"/token."))
}

func (g *Door) noTokenMethod(c *gin.Context) {
	taken := strings.ReplaceAll(c.Writer.Header().Get("Allow"), ", ", " and ")
	answer(c.Writer, http.StatusMethodNotAllowed, oauthError("method_not_allowed", "This path takes "+taken+" only."))
}

// oauthError is the body of an error as OAuth writes it (RFC 6749, 5.2). Its texts are ours and need no escapes.
func oauthError(code, text string) string {
	return `{"error":"` + code + `","error_description":"` + text + `"}`
}
