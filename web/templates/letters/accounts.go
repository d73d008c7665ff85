package letters

// AccountView is what the letters about an account say. Href is the one link; Home is the portal's address, Support where
// to ask.
type AccountView struct {
	Home    string
	Support string
	Href    string
	When    string // of what happened, as in "21 Nov 2026, 09:00 UTC"
}

// ConfirmAddress asks whoever signed up to prove the address.
func ConfirmAddress(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "Confirm your e-mail address",
		Preview: "The link works once, for 24 hours.",
		Parts: []Part{
			{Text: "Somebody signed up for the Fairway developer portal with this address. If that was you, confirm it: the link opens a page with one button."},
			{Link: Link{Text: "Confirm my address", Href: v.Href}},
			{Text: "The link works once, for 24 hours. You can have a new one sent from the sign-up page."},
			{Text: "If you did not sign up, do nothing. Without the confirmation nobody can sign in with your address, and what was entered is removed after a week."},
		},
	})
}

// AddressTaken tells the owner of an account that somebody tried to sign up with her address.
func AddressTaken(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "You have an account already",
		Preview: "Somebody tried to sign up with your address.",
		Parts: []Part{
			{Text: "Somebody tried to sign up for the Fairway developer portal with your address. You have an account already, so no second one was made and nothing changed."},
			{Text: "If that was you, sign in with the password that you have. The sign-in page also helps when you have forgotten it."},
			{Link: Link{Text: "Sign in", Href: v.Home + "/login"}},
			{Text: "If it was not you, do nothing. Whoever it was did not learn that you have an account."},
		},
	})
}

// NewPassword carries the link to set a new password.
func NewPassword(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "Set a new password",
		Preview: "The link works once, for one hour.",
		Parts: []Part{
			{Text: "Somebody asked for a new password for your account at the Fairway developer portal. If that was you, choose one here:"},
			{Link: Link{Text: "Choose a new password", Href: v.Href}},
			{Text: "The link works once, for one hour. When you have chosen, every browser that is signed in with your account is signed out."},
			{Text: "If it was not you, do nothing: your password stays as it is."},
		},
	})
}

// PasswordChanged tells that the password was replaced.
func PasswordChanged(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "Your password was changed",
		Preview: "Every browser was signed out.",
		Parts: []Part{
			{Text: "The password of your account at the Fairway developer portal was changed on " + v.When + ", by a link that we sent to this address. Every browser that was signed in before has been signed out."},
			{Text: "If that was you, there is nothing to do. If it was not, somebody else can read your letters: secure your mailbox first, then ask for a new password at once."},
			{Link: Link{Text: "Ask for a new password", Href: v.Home + "/reset"}},
		},
	})
}

func (v AccountView) letter(l Letter) Letter {
	l.Greeting = "Hello,"
	l.Contact = ask(v.Support)
	l.Why = "You get this letter because this address was entered at " + v.Home + "."
	return l
}
