package letters

// LiveView is what the letters about the way to Live say. Its times are written out for people.
type LiveView struct {
	Home         string
	Support      string // where to ask
	Organisation string
	Reference    string // the enrolment's id
	Submitted    string // when it was handed in, or answered
	Counted      string // the day as which that counts, where it is another one
	Automatic    bool   // evidence decides where every check passed
	Due          string // the day of the decision, as in "Thursday 26 November 2026, Helsinki time"
	Decided      string
	// Said is the question or the reason, line by line as it was written.
	Said []string
	// Roles are those that an approval gives, Beside those among them that the register does not list; empty for none.
	Roles, Beside string
	// QWAC and Seal are the serial numbers with the days until which the certificates last.
	QWAC, Seal string
}

// livePage is where an organisation sees and changes what it hands in.
const livePage = "/playground/live/certificates"

// LiveSubmitted tells that the certificates are here and when there will be a decision.
func LiveSubmitted(v LiveView) Letter {
	return v.letter("Follow it", Letter{
		Subject: "We received your certificates for Live",
		Preview: v.expected(),
		Parts: []Part{
			{Text: "Your organisation handed in a QWAC and a QC eSeal for Live. We ask the trusted lists, the issuers of the certificates and the register of your authority about them. " + v.decided()},
			{Facts: v.promised("Handed in on")},
			{Text: "There is nothing to do until then. We write to you when it is decided, or when there is a question. Meanwhile you can see where it stands, or withdraw it, under Certificates in the Live section."},
		},
	})
}

// LiveAnswered tells that the answer to a question is here and when there will be a decision.
func LiveAnswered(v LiveView) Letter {
	return v.letter("Follow it", Letter{
		Subject: "We received your answer",
		Preview: "You hear from us by the end of " + v.Due + ".",
		Parts: []Part{
			{Text: "Your organisation answered the question about its certificates for Live, and the examination goes on."},
			{Facts: v.promised("Answered on")},
			{Text: "The clock stood still while the question waited for you, so the date may be a later one than you were told before. There is nothing to do until then."},
		},
	})
}

// LiveQuestion carries a reviewer's question.
func LiveQuestion(v LiveView) Letter {
	return v.letter("Answer the question", Letter{
		Subject: "We have a question about your certificates",
		Preview: "The decision waits for your answer.",
		Parts: []Part{
			{Text: "Your certificates for Live are being examined, and there is a question for you:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Asked on", v.Submitted}}},
			{Text: "Anybody in your organisation can answer it, under Certificates in the Live section. Answer there and not by e-mail, so that your answer stands beside the certificates."},
			{Text: "The clock stands still until you answer: the date of the decision moves by the working days that this takes."},
		},
	})
}

// LiveApproved tells that the certificates are accepted and what comes next.
func LiveApproved(v LiveView) Letter {
	parts := []Part{
		{Text: "Your QWAC and your QC eSeal were examined and are accepted for Live. If you had others there before, they go on beside them for up to thirty days, so that you can change one server after another."},
		{Facts: []Fact{{"Organisation", v.Organisation}, {"Accepted on", v.Decided}, {"Roles", v.Roles}, {"QWAC", v.QWAC}, {"QC eSeal", v.Seal}}},
	}
	if v.Beside != "" {
		parts = append(parts, Part{Text: "The register of your authority that we hold does not list this for you: " + v.Beside + ". Whoever decided has found it out otherwise and answers for it."})
	}
	return v.letter("Open the certificates", Letter{
		Subject: "Your certificates are accepted for Live",
		Preview: "Nothing stands against them.",
		Parts: append(parts,
			Part{Text: "The decision says:"},
			Part{Quote: v.Said},
			Part{Text: "What to do next: in the Live section create an app, connect the APIs that your roles open, and call from your own systems; the page Your shell writes the scripts. Keep the private keys of both where they are. We write to you 60, 30, 14, 7 and 1 day before the first of them ends."},
		),
	})
}

// LiveRestored tells that a suspended approval counts again.
func LiveRestored(v LiveView) Letter {
	return v.letter("Open the certificates", Letter{
		Subject: "Your certificates are accepted for Live again",
		Preview: "The suspension has ended.",
		Parts: []Part{
			{Text: "Your certificates were suspended from Live. Everything was looked at again, and they are accepted from now on:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Since", v.Decided}, {"Roles", v.Roles}, {"QWAC", v.QWAC}, {"QC eSeal", v.Seal}}},
			{Text: "There is nothing to do: your apps in Live work as they did."},
		},
	})
}

// LiveNarrowed tells that the register took a role from an approval, and which are left.
func LiveNarrowed(v LiveView) Letter {
	return v.letter("See what is left", Letter{
		Subject: "A role of your certificates does not count in Live any more",
		Preview: "This letter says which, why, and what to do.",
		Parts: []Part{
			{Text: "Your certificates stay accepted for Live, with fewer roles: what they are held against every day has changed. The reason is:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Since", v.Decided}, {"Roles that are left", v.Roles}, {"QWAC", v.QWAC}, {"QC eSeal", v.Seal}}},
			{Text: "Requests that need another role are refused with ROLE_INVALID. Mend what the reason names with your authority. The role does not come back by itself: hand in your certificates again in the Live section, and a person decides."},
		},
	})
}

// LiveRejected tells why the certificates are not accepted and how to go on.
func LiveRejected(v LiveView) Letter {
	return v.letter("Start again", Letter{
		Subject: "Your certificates were not accepted for Live",
		Preview: "This letter says why, and what to change.",
		Parts: []Part{
			{Text: "Your QWAC and your QC eSeal were examined and are not accepted for Live. The reason is:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Decided on", v.Decided}}},
			{Text: "Change what the reason names. Where the files themselves are right, choose “Start again with the same files” under Certificates in the Live section; otherwise upload others there. A new submission gets a new date."},
		},
	})
}

// LiveSuspended tells that an approval has ended and why.
func LiveSuspended(v LiveView) Letter {
	return v.letter("See what to do", Letter{
		Subject: "Your certificates are suspended from Live",
		Preview: "This letter says why, and what to do.",
		Parts: []Part{
			{Text: "Your certificates were accepted for Live. They are not any more: what they are held against every day has changed. The reason is:"},
			{Quote: v.Said},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Suspended on", v.Decided}, {"QWAC", v.QWAC}, {"QC eSeal", v.Seal}}},
			{Text: "Mend what the reason names with your trust service provider or your authority, and hand in new certificates in the Live section. Where the reason is wrong, answer this through the contact below."},
		},
	})
}

// LiveDelayed tells that a decision may come later than it was promised.
func LiveDelayed(v LiveView) Letter {
	return v.letter("See where it stands", Letter{
		Subject: "We are still working on your certificates",
		Preview: "The decision may come later than we said.",
		Parts: []Part{
			{Text: "We are still working on it: there is no decision about your certificates for Live yet, and it may come later than we said."},
			{Facts: []Fact{{"Organisation", v.Organisation}, {"Handed in on", v.Submitted}, {"Decision expected by", "the end of " + v.Due}}},
			{Text: "There is nothing to do. Your submission keeps its place, and we write to you when it is decided, or when there is a question."},
		},
	})
}

// expected is when to expect the decision, in one line.
func (v LiveView) expected() string {
	if v.Automatic {
		return "You hear from us within minutes, where every check passes."
	}
	return "You hear from us by the end of " + v.Due + "."
}

// decided is who decides.
func (v LiveView) decided() string {
	if v.Automatic {
		return "Where every check passes, they are accepted within minutes; otherwise a person decides."
	}
	return "Then it is decided whether they are accepted."
}

// promised are the dates of what was handed in or answered.
func (v LiveView) promised(done string) []Fact {
	facts := []Fact{{"Organisation", v.Organisation}, {done, v.Submitted}}
	if v.Counted != "" {
		facts = append(facts, Fact{"Counts as of", v.Counted})
	}
	return append(facts, Fact{"Decision expected by", "the end of " + v.Due})
}

func (v LiveView) letter(link string, l Letter) Letter {
	l.Greeting = "Hello,"
	l.Parts = append(l.Parts, Part{Link: Link{Text: link, Href: v.Home + livePage}})
	l.Reference = v.Reference
	l.Contact = askQuoting(v.Support)
	l.Why = "You get this letter because you belong to this organisation at " + v.Home + "."
	return l
}
