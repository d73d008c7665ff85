package gateway

import (
	"net/http"
	"strconv"

	"fairway/internal/catalog"
)

// versionsPath is the page with the days of every version.
const versionsPath = "/docs/versions"

// announce tells who calls a deprecated version so, in the headers of whatever the answer is: since when it is deprecated
// (RFC 9745), when it closes (RFC 8594), and where the days of all versions are. Of any other version it says nothing.
func (a *admission) announce(v catalog.Version) {
	if v.At(a.now) != catalog.Deprecated {
		return
	}
	a.header["Deprecation"] = []string{"@" + strconv.FormatInt(v.DeprecatedAt.Unix(), 10)}
	if v.RemovedAt != nil {
		a.header["Sunset"] = []string{v.RemovedAt.UTC().Format(http.TimeFormat)}
	}
	a.header["Link"] = []string{"<" + a.door.BaseURL.String() + versionsPath + `>; rel="deprecation"; type="text/html"`}
}
