package site

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/httpkit"
	page "fairway/web/templates/site"
)

// contactPath leads to the page that says whom to ask, with the request that the question is about.
func contactPath(rid string) string { return "/docs/contact?" + url.Values{"rid": {rid}}.Encode() }

// yourRequest is the request that a reader comes from, and a letter to support that names it.
func (f *Face) yourRequest(c *gin.Context, _ *library) (templ.Component, error) {
	v := page.YourRequestView{Address: f.SupportEmail, Mail: "mailto:" + f.SupportEmail}
	rid := c.Query("rid")
	if rid == "" {
		return page.YourRequest(v), nil
	}
	id, ok := calls.ParseID(rid)
	if !ok {
		return nil, errNoCall
	}
	rid = calls.FormatID(id)
	shown, err := f.request(c.Request.Context(), httpkit.Who(c), "", id)
	if err != nil {
		return nil, err
	}
	v.Trace, v.Facts = rid, shown.Facts
	subject := "Request " + rid
	switch {
	case shown.SignIn != "":
		v.Note = "Sign in to see here what it was. Support finds it by the trace id either way."
	case shown.Note != "":
		v.Note = shown.Note
	default:
		for _, fact := range shown.Facts {
			if fact.Key == "Status" {
				subject += ": " + fact.Value
			}
		}
	}
	body := "Trace id: " + rid + "\n\nWhat I wanted to do:\n\nWhat I expected:\n"
	v.Mail += "?" + strings.ReplaceAll(url.Values{"subject": {subject}, "body": {body}}.Encode(), "+", "%20")
	return page.YourRequest(v), nil
}
