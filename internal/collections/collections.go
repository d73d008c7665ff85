// Package collections writes the interface as files for the tools of others: the whole way from the first token to the end of a
// consent, filled with an app and signed by a script that comes along. It is pure: the same values give the same bytes.
package collections

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"fairway/internal/contract"
)

// signing is the script that signs, the same for every tool.
//
//go:embed sign.js
var signing string

// Place is what a collection is filled with. Secrets are never part of it.
type Place struct {
	// App is the name of the app; empty where the reader has none.
	App string
	// Brand is the brand's name.
	Brand string
	// APIURL is the address of the brand's interface, TokenURL the token endpoint, AuthorisationURL where customers are sent.
	APIURL, TokenURL, AuthorisationURL string
	// ClientID and RedirectURI are the app's.
	ClientID, RedirectURI string
	// PortalURL is where explanations are.
	PortalURL string
	// Day is the first day that transactions are asked for, as YYYY-MM-DD.
	Day string
}

// Variable is a value that requests use by name.
type Variable struct {
	Name, Value string
	// Secret values are empty; Hint says where the value is found.
	Secret bool
	Hint   string
}

// variables are in the order in which a reader fills them.
func (p Place) variables() []Variable {
	return []Variable{
		{Name: "api_url", Value: p.APIURL, Hint: "The address of the brand's interface."},
		{Name: "token_url", Value: p.TokenURL, Hint: "The token endpoint of all brands."},
		{Name: "authorization_url", Value: p.AuthorisationURL, Hint: "Where the customer is sent."},
		{Name: "client_id", Value: p.ClientID, Hint: "The client id of the app, on its page under Apps."},
		{Name: "redirect_uri", Value: p.RedirectURI, Hint: "A redirect URI of the app, byte for byte."},
		{Name: "client_secret", Secret: true, Hint: "Shown once when the app was made; FAIRWAY_CLIENT_SECRET in env.sh."},
		{Name: "api_key", Secret: true, Hint: "Shown once when the app was made; FAIRWAY_API_KEY in env.sh."},
		{Name: "qseal_certificate", Hint: "The text of qseal.pem."},
		{Name: "qseal_key", Secret: true, Hint: "The text of qseal.key. It stays in this tool: the script signs with it here."},
		{Name: "psu_ip_address", Value: "192.0.2.10", Hint: "The customer's address, since the customer is present."},
		{Name: "code", Hint: "What stands behind code= when the bank has sent the browser back."},
	}
}

// given are set by the requests themselves.
var given = []string{"access_token", "consent_id", "account_id", "code_verifier", "code_challenge", "state"}

// request is one step of the way, in no tool's own words yet. Variables stand in double braces.
type request struct {
	name, doc, method, url string
	headers                [][2]string
	form                   [][2]string
	body                   string
	// basic sends client id and secret, signed signs.
	basic, signed bool
	// keep are variables and where in the answer their values are.
	keep [][2]string
	// status is the one that is expected; stay means that redirects are not followed.
	status int
	stay   bool
}

// folder is a part of the way.
type folder struct {
	name, doc string
	requests  []request
}

// way is what a TPP does, in its order: before the customer says yes, and after.
func (p Place) way() ([]folder, error) {
	var missing error
	call := func(id string) request {
		r, err := p.operation(id)
		if err != nil {
			missing = err
		}
		return r
	}
	token := request{name: "Get a token of your own", method: "POST", url: "{{token_url}}", basic: true, form: [][2]string{{"grant_type", "client_credentials"}},
		keep: [][2]string{{"access_token", "access_token"}}, status: 200, doc: "For calls about consents. It is bound to the QWAC of the connection."}
	create := call("consents.create")
	create.keep = [][2]string{{"consent_id", "consentId"}}
	authorise := request{name: "Send the customer to the bank", method: "GET", stay: true, status: 303,
		url: "{{authorization_url}}?response_type=code&client_id={{client_id}}&redirect_uri={{redirect_uri}}&scope=AIS:{{consent_id}}&state={{state}}&code_challenge={{code_challenge}}&code_challenge_method=S256",
		doc: "Send it once, then open its address in a browser: the customer approves there, and the bank leads back to the redirect URI. Copy what stands behind code= into the variable code, and go on within a minute. The test customers are listed at " + p.PortalURL + "/docs/environments."}
	exchange := request{name: "Exchange the code", method: "POST", url: "{{token_url}}", basic: true, status: 200,
		form: [][2]string{{"grant_type", "authorization_code"}, {"code", "{{code}}"}, {"redirect_uri", "{{redirect_uri}}"}, {"code_verifier", "{{code_verifier}}"}},
		keep: [][2]string{{"access_token", "access_token"}}, doc: "The code works once, for a minute. The token opens this consent."}
	cards := call("card-accounts.list")
	cards.keep = [][2]string{{"account_id", "cardAccounts.0.resourceId"}}
	folders := []folder{
		{name: "1 Consent", doc: "Until the customer is at the bank.", requests: []request{token, create, call("consents.status"), authorise}},
		{name: "2 Accounts", doc: "After the customer has approved and code is filled.", requests: []request{exchange, cards, call("card-accounts.balances"), call("card-accounts.transactions"), call("consents.delete")}},
	}
	return folders, missing
}

// operation makes a request of an operation of the documents.
func (p Place) operation(id string) (request, error) {
	documents, err := contract.Documents()
	if err != nil {
		return request{}, err
	}
	for _, d := range documents {
		o, ok := d.Operation(id)
		if !ok {
			continue
		}
		r := request{name: o.Summary, doc: o.Description + " " + p.PortalURL + "/reference/" + d.API + "/" + d.Version + "/" + id, method: o.Method, signed: true, status: o.Success().Status}
		r.url = "{{api_url}}" + strings.NewReplacer("{consentId}", "{{consent_id}}", "{account-id}", "{{account_id}}").Replace(o.Path)
		if id == "card-accounts.transactions" {
			r.url += "?bookingStatus=both&dateFrom=" + p.Day
		}
		r.headers = [][2]string{{"Authorization", "Bearer {{access_token}}"}, {"X-API-Key", "{{api_key}}"}}
		if _, ok := o.Param("header", "Consent-ID"); ok {
			r.headers = append(r.headers, [2]string{"Consent-ID", "{{consent_id}}"})
		}
		r.headers = append(r.headers, [2]string{"PSU-IP-Address", "{{psu_ip_address}}"})
		if o.Body != nil {
			r.headers = append(r.headers, [2]string{"Content-Type", o.Body.Media}, [2]string{"TPP-Redirect-URI", "{{redirect_uri}}"})
			r.body = o.Body.Examples[0].Text
		}
		return r, nil
	}
	return request{}, fmt.Errorf("no document has the operation %s", id)
}

// title is the name of the collection.
func (p Place) title() string {
	if p.App == "" {
		return "Fairway, " + harmless(p.Brand)
	}
	return "Fairway, " + harmless(p.App) + " at " + harmless(p.Brand)
}

func (p Place) about() string {
	return "The way from the first token to the end of a consent, in the sandbox. Give the tool qwac.pem and qwac.key as the client certificate for the host of api_url and token_url, and trust ca.pem. " +
		"Fill the empty variables; each says where its value is. Send folder 1 from the top, let the customer approve, fill code, and send folder 2. " + p.PortalURL + "/docs/flow explains the steps."
}

// hints say where the empty values are, for tools whose variables have no place for it.
func (p Place) hints() string {
	var b strings.Builder
	for _, v := range p.variables() {
		if v.Value == "" {
			b.WriteString("\n- " + v.Name + ": " + v.Hint)
		}
	}
	return "\n" + b.String()
}

// harmless is a name without what a tool would take for a variable or for the end of a line.
func harmless(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	return strings.NewReplacer("{{", "{ {", "}}", "} }", "{%", "{ %", "%}", "% }").Replace(name)
}
