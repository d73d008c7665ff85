// Package signin owns the pages that lead into the portal and out of it: sign-up, the links of letters, log-in,
// log-out, password reset, and who is signed in.
package signin

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/clock"
	"fairway/internal/httpkit"
)

// Deps are what the face is built from.
type Deps struct {
	Accounts *accounts.Accounts
	Clock    clock.Clock
	// Secure says that the portal is reached by https, which its cookies follow.
	Secure bool
	// Loopback says that the portal's host is a name of this machine.
	Loopback bool
}

// Face is the pages.
type Face struct {
	accounts *accounts.Accounts
	clock    clock.Clock
	secure   bool
	loopback bool
}

// New makes the face.
func New(d Deps) *Face {
	return &Face{accounts: d.Accounts, clock: d.Clock, secure: d.Secure, loopback: d.Loopback}
}

// Mount adds the routes. The links of letters answer GET with a button and do nothing until it is pressed.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Public.Get("/signup", f.askSignUp)
	m.Public.Post("/signup", f.signUp)
	m.Public.Get("/signup/check", f.showInbox)
	m.Public.Get("/signup/check/state", f.showInboxState)
	m.Public.Post("/signup/check", f.resendLetter)
	m.Public.Get("/verify/:token", f.askVerify)
	m.Public.Post("/verify/:token", f.verify)
	m.Public.Post("/verify/:token/again", f.replaceLetter)
	m.Public.Get("/login", f.askLogIn)
	m.Public.Post("/login", f.logIn)
	m.Public.Post("/logout", f.logOut)
	m.Public.Get("/reset", f.askReset)
	m.Public.Post("/reset", f.requestReset)
	m.Public.Get("/reset/sent", f.showResetSent)
	m.Public.Get("/reset/:token", f.askNewPassword)
	m.Public.Post("/reset/:token", f.resetPassword)
	m.Public.Get("/staff/:token", f.askStaffPassword)
	m.Public.Post("/staff/:token", f.acceptStaff)
	m.Public.Post("/theme", f.chooseTheme)
	m.Halfway.Get("/login/code", f.askCode)
	m.Halfway.Post("/login/code", f.logInCode)
	m.Halfway.Get("/login/factor", f.askFactor)
	m.Halfway.Post("/login/factor", f.enrolFactor)
	m.SignedIn.Get("/account", f.showAccount)
	m.SignedIn.Post("/account/sessions", f.logOutEverywhere)
	m.Support.Get("/account/factor", f.showFactor)
	m.Support.Post("/account/factor/codes", f.replaceCodes)
	m.Support.Get("/account/factor/replace", f.askReplacement)
	m.Support.Post("/account/factor/replace", f.replaceFactor)
	m.Support.Get("/account/confirm", f.askConfirmation)
	m.Support.Post("/account/confirm", f.confirm)
}

// home is where somebody begins.
func home(role accounts.Role) string { return httpkit.Home(string(role)) }

// onward is where somebody goes who has entered the password: on to the second step, where the role has one.
func onward(role accounts.Role, next string) string {
	if role.NeedsFactor() {
		return withNext(codePath, next)
	}
	return httpkit.OwnPath(next, home(role))
}

// enter gives the browser a session of this person. Where the role needs a second factor it is not whole yet, and the
// browser counts as known only after that.
func (f *Face) enter(c *gin.Context, person accounts.Person) error {
	if err := httpkit.SignIn(c, person.ID); err != nil {
		return err
	}
	if !person.Role.NeedsFactor() {
		f.knowDevice(c, person.ID)
	}
	return nil
}

// knowDevice remembers that the person used this browser.
func (f *Face) knowDevice(c *gin.Context, personID string) {
	if f.accounts.KnownDevice(httpkit.Device(c), personID) {
		return
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: httpkit.DeviceCookie(f.secure), Value: f.accounts.DeviceToken(personID).Reveal(), Path: "/", MaxAge: int((180 * 24 * time.Hour).Seconds()),
		HttpOnly: true, Secure: f.secure, SameSite: http.SameSiteLaxMode,
	})
}
