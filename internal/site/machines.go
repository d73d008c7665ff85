package site

import (
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/messagecode"
	"fairway/web/static"
)

// sendRobots tells search engines what to leave alone.
func (f *Face) sendRobots(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /playground\nDisallow: /account\nDisallow: /bank/\nDisallow: /dev/\n\nSitemap: %s/sitemap.xml\n", f.BaseURL)
	return nil
}

type sitemap struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Location string `xml:"loc"`
}

// sendSitemap lists the public pages.
func (f *Face) sendSitemap(c *gin.Context) error {
	var m sitemap
	paths := publicPaths()
	if f.MorePaths != nil {
		paths = append(paths, f.MorePaths()...)
	}
	for _, path := range paths {
		m.URLs = append(m.URLs, siteURL{f.BaseURL.String() + path})
	}
	body, err := xml.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write the site map: %w", err)
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}

// publicPaths are the pages that search engines may list.
func publicPaths() []string {
	paths := []string{"/", inspectorPath, debuggerPath}
	for _, s := range slugs() {
		paths = append(paths, chapter{Slug: s}.Path())
	}
	for _, r := range messagecode.Everything() {
		paths = append(paths, messagecode.Path(r.Code))
	}
	return paths
}

// sendIcon leads browsers that ask for the old name to the icon.
func (f *Face) sendIcon(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.Redirect(http.StatusFound, static.URL("icon.svg"))
	return nil
}
