package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/httpkit"
)

// ownApps are the apps of who reads; known is false for staff and for people who are not signed in.
type ownApps struct {
	known bool
	list  []apps.App
}

func (f *Face) ownApps(c *gin.Context) (ownApps, error) {
	who := httpkit.Who(c)
	if who.OrganisationID == "" || who.Staff() {
		return ownApps{}, nil
	}
	own := ownApps{known: true}
	for _, env := range catalog.Environments() {
		list, err := f.Apps.List(c.Request.Context(), who.OrganisationID, env)
		if err != nil {
			return ownApps{}, err
		}
		own.list = append(own.list, list...)
	}
	return own, nil
}

// mostNamed is how many apps are named before the others are counted.
const mostNamed = 3

// affected says which of the reader's apps a change is about: those that are connected to its API at one of its banks. It is
// empty for a change that is about no API, and for a reader who has no apps of her own.
func (o ownApps) affected(ch change, l *library) string {
	if !o.known || ch.About == portalItself {
		return ""
	}
	var names []string
	for _, app := range o.list {
		if slices.ContainsFunc(app.Connections, func(c apps.Connection) bool { return c.API == ch.About && l.concerns(ch, c.Brand) }) {
			names = append(names, app.Name)
		}
	}
	more := ""
	count := fmt.Sprintf("%d of your apps", len(names))
	switch n := len(names); {
	case n == 0:
		return "Affects none of your apps."
	case n > mostNamed:
		names, more = names[:mostNamed], fmt.Sprintf(" and %d more", n-mostNamed)
	}
	return "Affects " + count + ": " + strings.Join(names, ", ") + more + "."
}

// concerns reports whether a change is about a brand.
func (l *library) concerns(ch change, brand string) bool {
	return ch.Banks == nil || slices.ContainsFunc(l.places, func(p place) bool { return p.Brand.ID == brand && slices.Contains(ch.Banks, p.Brand.Name) })
}
