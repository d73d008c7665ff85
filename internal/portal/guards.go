package portal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

var (
	errSignIn = fault.New(fault.Unauthenticated, "sign_in", "Sign in to see this page.")
	errStaff  = fault.New(fault.NotFound, "page_unknown", errNoPage.Message)
	errNoTPP  = fault.New(fault.Forbidden, "no_organisation",
		"The playground belongs to third-party providers. Your account works for the service provider and has no organisation.")
)

// signedIn lets members of an organisation pass.
func (d *Door) signedIn(c *gin.Context) {
	v := httpkit.Who(c)
	switch {
	case !v.SignedIn():
		d.fail(c, errSignIn)
		c.Abort()
	case v.OrganisationID == "" && c.FullPath() != "/account" && c.FullPath() != "/logout" && c.FullPath() != "/account/sessions":
		d.fail(c, errNoTPP)
		c.Abort()
	}
}

// halfway lets whoever entered the password and still owes the second factor pass. Who is signed in has it behind her.
func (d *Door) halfway(c *gin.Context) {
	switch v := httpkit.Who(c); {
	case v.SignedIn():
		_ = httpkit.SeeOther(c, httpkit.Home(v.Role)) // a redirect to a path of ours cannot fail
		c.Abort()
	case !httpkit.Owing(c).SignedIn():
		d.fail(c, errSignIn)
		c.Abort()
	}
}

// staff lets people of these roles pass. To others the page does not exist.
func (d *Door) staff(roles ...string) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := httpkit.Who(c)
		switch {
		case !v.SignedIn():
			d.fail(c, errSignIn)
			c.Abort()
		case !slices.Contains(roles, v.Role):
			d.fail(c, errStaff)
			c.Abort()
		}
	}
}

// loginPath is the log-in page that leads back to where the visitor wanted to go.
func loginPath(r *http.Request) string {
	if r.URL.Path == "/" {
		return "/login"
	}
	return "/login?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
}
