package letters

// FactorEnrolled tells that an authenticator app was set up.
func FactorEnrolled(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "A second factor was set up",
		Preview: "Signing in now takes a code of this app.",
		Parts: []Part{
			{Text: "An authenticator app was set up for your account at the Fairway developer portal on " + v.When + ". Signing in takes your password and a code of this app. A former app and its recovery codes do not work any more, and other browsers were signed out."},
			{Text: "If that was you, there is nothing to do. If it was not, somebody else can sign in as you: tell the operator of the portal at once."},
		},
	})
}

// FactorReset tells that the operator took the second factor away.
func FactorReset(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "Your second factor was reset",
		Preview: "You get a link from the operator.",
		Parts: []Part{
			{Text: "The operator of the Fairway developer portal reset the second factor of your account on " + v.When + ". Your password, your app and your recovery codes do not work any more, and every browser was signed out."},
			{Text: "You get a one-time link from the operator, by which you choose a new password and set up an app. If you did not ask for this, tell the operator at once."},
		},
	})
}

// RecoveryCodeUsed tells that a recovery code stood in for the app.
func RecoveryCodeUsed(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "A recovery code was used",
		Preview: "It stood in for your authenticator app.",
		Parts: []Part{
			{Text: "One of your recovery codes was used in place of your authenticator app at the Fairway developer portal on " + v.When + ". That code does not work again."},
			{Text: "If that was you, see how many codes are left, and set up another app if yours is lost. If it was not you, somebody else knows your password and your codes: tell the operator of the portal at once."},
			{Link: Link{Text: "Second factor", Href: v.Home + "/account/factor"}},
		},
	})
}

// NewDevice tells somebody of the staff that she signed in with a device that she did not use before.
func NewDevice(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "You signed in with a new device",
		Preview: "If it was not you, sign out everywhere.",
		Parts: []Part{
			{Text: "Your account at the Fairway developer portal was used to sign in on " + v.When + ", with the password and the second factor, from a browser that was not used for it before."},
			{Text: "If that was you, there is nothing to do: this browser is known from now on. If it was not, somebody else has your password and your second factor. See where you are signed in, sign out everywhere, and tell the operator of the portal at once."},
			{Link: Link{Text: "Where you are signed in", Href: v.Home + "/account"}},
		},
	})
}

// RecoveryCodesReplaced tells that there are new recovery codes.
func RecoveryCodesReplaced(v AccountView) Letter {
	return v.letter(Letter{
		Subject: "Your recovery codes were replaced",
		Preview: "The old ones do not work any more.",
		Parts: []Part{
			{Text: "New recovery codes were made for your account at the Fairway developer portal on " + v.When + ". The old ones do not work any more."},
			{Text: "If that was you, there is nothing to do. If it was not, somebody else is signed in as you: sign out everywhere, and tell the operator of the portal at once."},
			{Link: Link{Text: "Your account", Href: v.Home + "/account"}},
		},
	})
}
