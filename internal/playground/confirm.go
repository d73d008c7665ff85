package playground

import (
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
	page "fairway/web/templates/playground"
)

// lately is how long an entered password, or a set that was just made, opens what is asked for again (ASVS 7.5).
const lately = 5 * time.Minute

// What the session remembers: when the password was entered again, and which set was made here.
const (
	confirmedKey = "playground.confirmed"
	generatedKey = "playground.generated"
)

// entered reports whether the password was entered in this session within the last five minutes.
func (p *Playground) entered(c *gin.Context) bool {
	now := p.Clock.Now()
	return httpkit.Who(c).Authenticated(now) || isLately(httpkit.Recall(c, confirmedKey), now)
}

func isLately(stamp string, now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, stamp)
	return err == nil && !at.After(now) && now.Sub(at) < lately
}

// confirm asks for the password where it was not entered lately. A wrong one is a Form fault at "password".
func (p *Playground) confirm(c *gin.Context, password string) error {
	if p.entered(c) {
		return nil
	}
	if password == "" {
		return fault.Form(fault.Field{Name: "password", Message: "Enter your password."})
	}
	err := p.Accounts.ConfirmPassword(c.Request.Context(), httpkit.Who(c).PersonID, password, c.ClientIP())
	if f := fault.Of(err); err != nil && (f.Kind == fault.Invalid || f.Kind == fault.Unauthenticated) {
		return fault.Form(fault.Field{Name: "password", Message: f.Message})
	}
	if err != nil {
		return err
	}
	return httpkit.Remember(c, confirmedKey, p.Clock.Now().Format(time.RFC3339Nano))
}

func confirmView(ask bool, found problems) page.ConfirmView {
	return page.ConfirmView{Ask: ask, Error: found.at("password")}
}

// rememberSet notes that this session made the set, so that its download asks for no password in the next minutes.
func (p *Playground) rememberSet(c *gin.Context, setID string) error {
	return httpkit.Remember(c, generatedKey, setID+" "+p.Clock.Now().Format(time.RFC3339Nano))
}

// madeHere reports whether this session made the set within the last five minutes.
func (p *Playground) madeHere(c *gin.Context, setID string) bool {
	value := httpkit.Recall(c, generatedKey)
	return len(value) > len(setID)+1 && value[:len(setID)+1] == setID+" " && isLately(value[len(setID)+1:], p.Clock.Now())
}
