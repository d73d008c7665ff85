package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
)

const feedPath = changesPath + ".atom"

// feed is the changelog for feed readers (RFC 4287).
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  feedPerson  `xml:"author"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedPerson struct {
	Name string `xml:"name"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID       string       `xml:"id"`
	Title    string       `xml:"title"`
	Updated  string       `xml:"updated"`
	Link     feedLink     `xml:"link"`
	Category feedCategory `xml:"category"`
	Content  feedContent  `xml:"content"`
}

type feedCategory struct {
	Term string `xml:"term,attr"`
}

type feedContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// sendFeed sends the changes as Atom. Ids are tag URIs (RFC 4151), which stay when the portal moves within its host.
func (f *Face) sendFeed(c *gin.Context) error {
	l, err := f.library(c.Request.Context())
	if err != nil {
		return err
	}
	base := f.BaseURL.String()
	host, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("read the portal's address: %w", err)
	}
	out := feed{ID: "tag:" + host.Hostname() + ",2026:changelog", Title: "Fairway: changes of the interface", Author: feedPerson{"Fairway"},
		Updated: time.Time{}.Format(time.RFC3339),
		Links:   []feedLink{{"self", "application/atom+xml", base + feedPath}, {"alternate", "text/html", base + changesPath}}}
	for i, ch := range l.changes {
		at := ch.At.UTC().Format(time.RFC3339)
		if i == 0 {
			out.Updated = at
		}
		out.Entries = append(out.Entries, feedEntry{ID: "tag:" + host.Hostname() + "," + ch.At.Format(time.DateOnly) + ":" + ch.Slug, Title: ch.Title, Updated: at,
			Link: feedLink{"alternate", "text/html", base + changesPath + "#" + ch.Slug}, Category: feedCategory{ch.Tag},
			Content: feedContent{"html", string(l.changeBodies[i])}})
	}
	body, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
