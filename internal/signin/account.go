package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/httpkit"
	page "fairway/web/templates/signin"
	"fairway/web/templates/ui"
)

func (f *Face) showAccount(c *gin.Context) error {
	who := httpkit.Who(c)

	sessions, err := f.accounts.Sessions().List(c.Request.Context(), who.PersonID)
	if err != nil {
		return err
	}

	frame := httpkit.Frame(c, "Your account")
	frame.Env = ""
	return httpkit.Page(c, http.StatusOK, page.Account(frame, accountView(who, sessions)))
}

func accountView(who httpkit.Visitor, sessions []accounts.Session) page.AccountView {
	v := page.AccountView{Facts: []ui.KV{{Key: "E-mail address", Value: who.Email}, {Key: "Role", Value: roleName(accounts.Role(who.Role))}}}
	if who.OrganisationID != "" {
		country, _ := accounts.CountryName(who.Country)
		v.Facts = append(v.Facts, ui.KV{Key: "Organisation", Value: who.Organisation}, ui.KV{Key: "Country", Value: country})
	}
	for _, s := range sessions {
		line := page.SessionView{Browser: browser(s.UserAgent), Address: s.IP, Current: s.AuthAt.Equal(who.AuthAt)}
		line.Since, line.SinceISO = stamp(s.CreatedAt)
		line.Seen, line.SeenISO = stamp(s.SeenAt)
		v.Sessions = append(v.Sessions, line)
	}
	return v
}

func roleName(r accounts.Role) string {
	switch r {
	case accounts.Admin:
		return "Administrator of the service provider"
	case accounts.Support:
		return "Support of the service provider"
	}
	return "Third-party provider"
}

// logOutEverywhere ends every session of the person, this one too.
func (f *Face) logOutEverywhere(c *gin.Context) error {
	who := httpkit.Who(c)

	if err := f.accounts.Sessions().KillAll(c.Request.Context(), who.PersonID); err != nil {
		return err
	}

	if err := httpkit.SignOut(c); err != nil {
		return err
	}
	f.clearSite(c)
	return httpkit.SeeOther(c, "/login")
}
