package script

import (
	_ "embed"
	"time"

	"fairway/internal/catalog"
)

//go:embed flow.sh
var flow string

// Flow is one script for the whole way: token, consent, the customer's yes in a browser, token, card accounts. It asks for the
// address that the browser came back to. Its last line is 200.
func Flow(c Caller, today time.Time) string {
	consent, _ := catalog.OperationByID("consents.create")
	return opening(c, "from the first token to the card accounts", clientSecret, apiKey) +
		"REDIRECT_URI=" + quoted(c.RedirectURI) + "\n" +
		"AUTHORISATION=" + quoted(authorisation(c)) + "\n" +
		"ISSUER=" + quoted(c.Issuer) + "\n" +
		"LOG_URL=" + quoted(c.LogURL) + "\n" +
		"CONSENT=" + quoted(consent.Example(today)) + "\n" +
		wanted([]string{"PSU_IP_ADDRESS", "the address of the customer; your own where you are the customer"}) + "\n" +
		seal(c) + "\n" + option + base64url + flow
}
