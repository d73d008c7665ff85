package httpkit

import (
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/web/templates/layout"
	"fairway/web/templates/ui"
)

// Visitor is who asks at the people's door. The zero value is nobody in particular.
type Visitor struct {
	PersonID       string
	Email          string
	Role           string // "tpp", "support" or "admin"
	OrganisationID string
	Organisation   string
	Country        string
	// Suspended is why the organisation is suspended; empty while it may go on.
	Suspended string
	// Session names the session. It is a hash, opens nothing, and stands in no page.
	Session string
	// AuthAt is when the password was last entered in this session.
	AuthAt time.Time
	// FactorAt is when the second factor was last proved in this session; zero where it was not.
	FactorAt time.Time
}

// SignedIn reports whether the visitor is a known person.
func (v Visitor) SignedIn() bool { return v.PersonID != "" }

// Staff reports whether the visitor works for the service provider.
func (v Visitor) Staff() bool { return v.Role == "support" || v.Role == "admin" }

// Authenticated reports whether the password was entered within the last five minutes.
func (v Visitor) Authenticated(now time.Time) bool {
	return v.SignedIn() && !v.AuthAt.IsZero() && now.Sub(v.AuthAt) < 5*time.Minute
}

// Proved reports whether the second factor was proved within the last five minutes: forms of decisions then need not
// ask for a code. Whether the decision may be made is asked of accounts.ConfirmFactor.
func (v Visitor) Proved(now time.Time) bool {
	return v.SignedIn() && !v.FactorAt.IsZero() && now.Sub(v.FactorAt) < 5*time.Minute
}

// Home is the path where people of a role begin.
func Home(role string) string {
	switch role {
	case "admin":
		return "/admin"
	case "support":
		return "/support-desk"
	case "tpp":
		return "/playground"
	}
	return "/"
}

const (
	visitorKey = "fairway.visitor"
	owingKey   = "fairway.owing"
)

// SetVisitor is called by the door's session middleware alone.
func SetVisitor(c *gin.Context, v Visitor) { c.Set(visitorKey, v) }

// Who is the visitor of this request.
func Who(c *gin.Context) Visitor {
	v, _ := c.Get(visitorKey)
	visitor, _ := v.(Visitor)
	return visitor
}

// Owing is who entered the password in this session and still owes the second factor; nobody where it is not so. She is
// not signed in.
func Owing(c *gin.Context) Visitor {
	v, _ := c.Get(owingKey)
	visitor, _ := v.(Visitor)
	return visitor
}

// FactorField asks for a code in a form whose act needs a recent proof of the second factor, where this session has none.
// What is wrong with a code that was entered is the fault's field "code"; one that was not looked at, since something else was
// wrong, stays in its field.
func FactorField(c *gin.Context, now time.Time, failed error) ui.FactorView {
	v := ui.FactorView{Ask: !Who(c).Proved(now)}
	if failed != nil {
		if c.Request != nil {
			v.Value = c.Request.PostForm.Get("code")
		}
		for _, field := range fault.Of(failed).Fields {
			if field.Name == "code" {
				v.Ask, v.Error, v.Value = true, field.Message, ""
			}
		}
	}
	return v
}

// Frame is the frame of a page of the portal for this visitor. It takes the flash message out of the session.
func Frame(c *gin.Context, title string) layout.Page {
	v := Who(c)
	p := layout.Page{
		Title: title, Path: c.Request.URL.Path, SignedIn: v.SignedIn(), Staff: v.Staff(), Home: Home(v.Role),
		Organisation: v.Organisation, Email: v.Email, Token: FormToken(c), Theme: Theme(c), DevOutbox: c.GetBool(outboxKey), Support: c.GetString(supportKey),
	}
	switch {
	case v.Role == "admin":
		p.Organisation = "Administration"
	case v.Staff():
		p.Organisation = "Support"
	case v.SignedIn():
		p.Env, p.Suspended = "sandbox", v.Suspended
	}
	if kind, text := takeFlash(c); text != "" {
		p.Flash = &ui.FlashView{Tone: ui.Tone(kind), Text: text}
	}
	return p
}

// PublicFrame is Frame for a page that everybody may read and search engines may list.
func PublicFrame(c *gin.Context, title, description string) layout.Page {
	p := Frame(c, title)
	p.Public, p.Description = true, description
	return p
}

// Theme is what the visitor chose: auto, light or dark.
func Theme(c *gin.Context) string {
	value, err := c.Cookie("theme")
	if err != nil || (value != "light" && value != "dark") {
		return "auto"
	}
	return value
}

const (
	outboxKey  = "fairway.outbox"
	supportKey = "fairway.support"
)

// SetSupport is the middleware that lets pages say where to ask for help.
func SetSupport(address string) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(supportKey, address) }
}

// SetOutbox says that the development outbox is open; the door calls it.
func SetOutbox(c *gin.Context) { c.Set(outboxKey, true) }
