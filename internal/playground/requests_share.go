package playground

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/calls"
	"fairway/internal/callview"
	"fairway/internal/httpkit"
	"fairway/internal/secret"
	page "fairway/web/templates/playground"
	"fairway/web/templates/ui"
)

const sharedPath = "/shared"

func (p *Playground) mountShares(m httpkit.Mounts) {
	m.SignedIn.Post(requestsPath+"/:id/share", p.share)
	m.SignedIn.Post(requestsPath+"/:id/shares/:share/revoke", p.revokeShare)
	m.Public.Get(sharedPath+"/:token", p.shared)
}

// share makes a link to a request, which this answer alone shows.
func (p *Playground) share(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	id, ok := calls.ParseID(c.Param("id"))
	if !ok {
		return errNoCall
	}

	token, link, err := p.Calls.Share(ctx, v.OrganisationID, id, v.PersonID)
	if err != nil {
		return err
	}

	return section{p, env}.showOnce(c, callPath(id), page.ShownView{
		Head: ui.HeadView{Title: "A link for support", Lead: "Whoever has it sees this one request, without an account and without what is secret in it.",
			Crumbs: []ui.Crumb{{Text: "Requests", Href: requestsPath}, {Text: calls.FormatID(id), Href: callPath(id)}, {Text: "Link"}}},
		Secrets: []ui.SecretView{{ID: "link", Label: "Link", Value: p.Addresses.Portal + sharedPath + "/" + token.Reveal(), Note: "It works until " + instant(link.ExpiresAt) + ", or until you revoke it on the page of the request."}},
		Next:    ui.LinkView{Text: "Back to the request", Href: callPath(id) + "#shares"},
	})
}

// revokeShare ends a link.
func (p *Playground) revokeShare(c *gin.Context) error {
	ctx, v := c.Request.Context(), httpkit.Who(c)
	id, ok := calls.ParseID(c.Param("id"))
	if !ok {
		return errNoCall
	}

	if err := p.Calls.RevokeShare(ctx, v.OrganisationID, id, c.Param("share"), v.PersonID); err != nil {
		return err
	}

	return p.goTo(c, callPath(id), "ok", "The link is revoked. It shows nothing any more.")
}

func shareView(id int64, links []calls.Share) page.ShareView {
	v := page.ShareView{Full: len(links) >= calls.MaxShares, Make: ui.PostView{Action: callPath(id) + "/share", Button: ui.ButtonView{Text: "Make a link for support", Icon: "link"}}}
	for _, l := range links {
		v.Links = append(v.Links, page.SharedLink{MadeISO: iso(l.CreatedAt), Made: instant(l.CreatedAt), UntilISO: iso(l.ExpiresAt), Until: instant(l.ExpiresAt),
			Revoke: ui.PostView{Action: callPath(id) + "/shares/" + l.ID + "/revoke", Button: ui.ButtonView{Text: "Revoke", For: "the link of " + instant(l.CreatedAt), Look: ui.Danger, Small: true}}})
	}
	return v
}

// shared is one request for whoever has a link to it.
func (p *Playground) shared(c *gin.Context) error {
	ctx := c.Request.Context()

	call, link, err := p.Calls.Shared(ctx, secret.Text(c.Param("token")))
	if err != nil {
		return err
	}
	brands, err := p.Catalog.Brands(ctx)
	if err != nil {
		return err
	}

	c.Header("X-Robots-Tag", "noindex, nofollow")
	view := sharedView(callview.Visible(callview.Shared(call)), legend{brands: brands}, instant(link.ExpiresAt))
	fr := httpkit.Frame(c, view.Head.Title)
	fr.Wide, fr.Env = true, environmentOf(call.Environment)
	return httpkit.Page(c, http.StatusOK, page.Shared(fr, view))
}

func sharedView(call calls.Call, known legend, until string) page.SharedView {
	v := page.SharedView{
		Head: ui.HeadView{Title: callview.Name(call), Tone: ui.StatusTone(call.Status), Status: callview.Title(call),
			Lead: call.At.UTC().Format("2 Jan 2006, 15:04:05") + " UTC, answered in " + callview.Duration(call.Duration) + "."},
		Until: until, Call: callview.Of(call, callview.Names{App: ui.KV{Key: "Trace id", Value: calls.FormatID(call.ID), Copy: "trace-id"},
			Brand: known.brandName(call.Brand), Shared: true}),
	}
	v.Call.BodyNote = "What is secret or of a person was removed."
	if call.Status >= 400 {
		v.Reason = withoutLink(call.Detail.Reason)
	}
	return v
}
