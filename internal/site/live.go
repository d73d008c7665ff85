package site

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/httpkit"
	"fairway/web/templates/layout"
)

// slot is a part of a page that is drawn for each reader: what was asked for in the address, or what is the reader's own.
type slot string

// Render writes nothing: drawn puts the part in its place.
func (slot) Render(context.Context, io.Writer) error { return nil }

// slots are the parts that are drawn for each reader, by the names that pages ask for them.
var slots = map[slot]func(*Face, *gin.Context, *library) (templ.Component, error){
	"terms":         (*Face).terms,
	"progress":      (*Face).progress,
	"usage":         (*Face).usage,
	"your-versions": (*Face).yourVersions,
	"changes":       (*Face).changelog,
	"your-request":  (*Face).yourRequest,
	"pkce":          (*Face).pkceExample,
	slotToken:       program(slotToken),
	slotExchange:    program(slotExchange),
	slotConsent:     program(slotConsent),
	slotAccounts:    program(slotAccounts),
}

// drawn are the parts of a page for this reader. What a handler has drawn already is its own.
func (f *Face) drawn(c *gin.Context, l *library, w written, own map[slot]templ.Component) ([]templ.Component, error) {
	out := make([]templ.Component, len(w.doc.Parts))
	for i, part := range w.doc.Parts {
		out[i] = part
		name, ok := part.(slot)
		if !ok {
			continue
		}
		if done, ok := own[name]; ok {
			out[i] = done
			continue
		}
		var err error
		if out[i], err = slots[name](f, c, l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// frame is the frame of a page that search engines may list, under its own address.
func (f *Face) frame(c *gin.Context, title, description string) layout.Page {
	p := httpkit.PublicFrame(c, title, description)
	p.Canonical = f.BaseURL.String() + c.Request.URL.Path
	return p
}
