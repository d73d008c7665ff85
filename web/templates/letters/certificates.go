package letters

// CertificatesView is what the letter about a new certificate set says.
type CertificatesView struct {
	Home         string
	Support      string // where to ask
	Organisation string
	When         string
	QWAC, Seal   string // serial numbers
}

// CertificatesReplaced tells that a new set took the place of the former one.
func CertificatesReplaced(v CertificatesView) Letter {
	return Letter{
		Subject:  "Your sandbox certificates were replaced",
		Preview:  "The former set stopped working at once.",
		Greeting: "Hello,",
		Parts: []Part{
			{Text: "A new set of sandbox certificates was generated for your organisation. The former set was revoked in the same moment: calls that still use it are refused with CERTIFICATE_REVOKED, and access tokens that were bound to it no longer work."},
			{Facts: []Fact{
				{Name: "Organisation", Value: v.Organisation},
				{Name: "Replaced on", Value: v.When},
				{Name: "Serial of the new QWAC", Value: v.QWAC},
				{Name: "Serial of the new QC eSeal", Value: v.Seal},
			}},
			{Text: "Put the new files where your client reads them, then ask for a new access token."},
			{Link: Link{Text: "Open the certificates", Href: v.Home + "/playground/certificates"}},
			{Text: "If nobody in your organisation did this, change your password and generate a set again."},
		},
		Contact: ask(v.Support),
		Why:     "You get this letter because you belong to this organisation at " + v.Home + ".",
	}
}
