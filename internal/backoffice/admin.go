package backoffice

import (
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
)

// mountAdmin adds the pages of administrators about organisations, the catalogue, limits, sources and the trail.
func (f *Face) mountAdmin(m httpkit.Mounts) {
	f.mountAudit(m)
	f.mountOrganisations(m)
	f.mountBrands(m)
	f.mountAPIs(m)
	f.mountLimits(m)
	f.mountSources(m)
}

// staffFrame is the frame of a page of staff. Path is where the navigation marks it, and where a change of colours leads
// back to.
func staffFrame(c *gin.Context, title, path string, found problems) layout.Page {
	f := httpkit.Frame(c, title)
	f.Path, f.Error = path, found.any()
	return f
}

// wideFrame is staffFrame for tables.
func wideFrame(c *gin.Context, title, path string, found problems) layout.Page {
	f := staffFrame(c, title, path, found)
	f.Wide = true
	return f
}
