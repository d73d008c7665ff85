package letters

// EndingView is what the letters about the end of certificates say. Its times are written out for people.
type EndingView struct {
	Home         string
	Support      string // where to ask
	Organisation string
	Reference    string // the id of the set, or of the enrolment
	In           string // how long it is until then, as in "in 30 days"
	On           string // of the first of the two
	QWAC, Seal   string // serial numbers
}

// LiveEnds tells that certificates of Live will end.
func LiveEnds(v EndingView) Letter {
	return v.letter("Hand in new certificates", livePage, Letter{
		Subject: "Your Live certificates end " + v.In,
		Preview: "Hand in new ones before that.",
		Parts: []Part{
			{Text: "The first of your organisation’s certificates for Live ends " + v.In + ". From then on they are not accepted."},
			v.facts(),
			{Text: "Order new ones from your provider and hand them in under Certificates in the Live section. Leave some days for the examination. The present ones stay until the new ones are accepted, or until they end."},
		},
	})
}

// SandboxEnds tells that the certificates of the sandbox will end.
func SandboxEnds(v EndingView) Letter {
	return v.letter("Open the certificates", "/playground/certificates", Letter{
		Subject: "Your sandbox certificates end " + v.In,
		Preview: "Generate new ones before that.",
		Parts: []Part{
			{Text: "Your organisation’s sandbox certificates end " + v.In + ". From then on calls that use them are refused with CERTIFICATE_EXPIRED."},
			v.facts(),
			{Text: "Generate a new set when it suits you. It takes a moment and ends the present set at once, so put the new files where your client reads them right after that. Nobody has to approve anything."},
		},
	})
}

func (v EndingView) facts() Part {
	return Part{Facts: []Fact{{"Organisation", v.Organisation}, {"Ends on", v.On}, {"Serial of the QWAC", v.QWAC}, {"Serial of the QC eSeal", v.Seal}}}
}

func (v EndingView) letter(link, page string, l Letter) Letter {
	l.Greeting = "Hello,"
	l.Parts = append(l.Parts, Part{Link: Link{Text: link, Href: v.Home + page}})
	l.Reference = v.Reference
	l.Contact = askQuoting(v.Support)
	l.Why = "You get this letter because you belong to this organisation at " + v.Home + "."
	return l
}
