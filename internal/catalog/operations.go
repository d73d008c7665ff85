package catalog

import (
	"net/http"
	"time"
)

// operations is the interface that every brand has (NextGenPSD2 §6.3, §6.4 and §6.6, with the API's name before its
// version in the path). It is the one table behind the routes, the playground, the request log and the reference.
var operations = []Operation{
	{
		ID: "consents.create", Scope: "AIS", Role: "PSP_AI", Method: http.MethodPost, Pattern: "/consent/v1/consents",
		Summary: "Ask for a consent: which accounts, which data, until when, how often.",
		Token:   ClientToken, Success: http.StatusCreated, HeaderParams: createHeaders, HasBody: true, Example: exampleConsent,
	},
	{
		ID: "consents.read", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet, Pattern: "/consent/v1/consents/{consentId}",
		Summary: "Read a consent with the accounts that the customer granted.",
		Token:   EitherToken, Success: http.StatusOK, PathParams: consentPath, HeaderParams: attendedHeaders,
	},
	{
		ID: "consents.status", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet, Pattern: "/consent/v1/consents/{consentId}/status",
		Summary: "Read where a consent stands: received, valid, rejected, expired, revoked or terminated.",
		Token:   EitherToken, Success: http.StatusOK, PathParams: consentPath, HeaderParams: attendedHeaders,
	},
	{
		ID: "consents.delete", Scope: "AIS", Role: "PSP_AI", Method: http.MethodDelete, Pattern: "/consent/v1/consents/{consentId}",
		Summary: "End a consent. Its tokens end with it.",
		Token:   EitherToken, Success: http.StatusNoContent, PathParams: consentPath, HeaderParams: attendedHeaders,
	},
	{
		ID: "card-accounts.list", API: "card-account", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet,
		Pattern: "/card-account/v1/card-accounts",
		Summary: "List the card accounts that the consent opens.",
		Token:   UserToken, NeedsConsent: true, Success: http.StatusOK, HeaderParams: accountHeaders,
	},
	{
		ID: "card-accounts.read", API: "card-account", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet,
		Pattern: "/card-account/v1/card-accounts/{account-id}",
		Summary: "Read one card account.",
		Token:   UserToken, NeedsConsent: true, Success: http.StatusOK, PathParams: accountPath, HeaderParams: accountHeaders,
	},
	{
		ID: "card-accounts.balances", API: "card-account", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet,
		Pattern: "/card-account/v1/card-accounts/{account-id}/balances",
		Summary: "Read the balances of a card account.",
		Token:   UserToken, NeedsConsent: true, Success: http.StatusOK, PathParams: accountPath, HeaderParams: accountHeaders,
	},
	{
		ID: "card-accounts.transactions", API: "card-account", Scope: "AIS", Role: "PSP_AI", Method: http.MethodGet,
		Pattern: "/card-account/v1/card-accounts/{account-id}/transactions",
		Summary: "List the transactions of a card account, page by page.",
		Token:   UserToken, NeedsConsent: true, Success: http.StatusOK, PathParams: accountPath, HeaderParams: accountHeaders,
		QueryParams: []Param{
			{Name: "bookingStatus", Required: true, Type: Choice, Enum: []string{"booked", "pending", "both"}, Example: "both",
				Hint: "Booked transactions, pending ones, or both."},
			{Name: "dateFrom", Required: true, Type: Date, Example: "2026-09-01",
				Hint: "First day, included. Booked transactions count by their booking date, pending ones by the date of use."},
			{Name: "dateTo", Type: Date, Hint: "Last day, included. Without it: until now."},
			{Name: "page", Type: Text, Hint: "The page that a link of the answer before points to. Follow the links; do not make one up."},
		},
	},
}

var consentPath = []Param{{Name: "consentId", Required: true, Type: UUID, Hint: "The consentId that the answer to POST consents gave."}}

var accountPath = []Param{{Name: "account-id", Required: true, Type: UUID, Hint: "The resourceId of a card account from the list."}}

// An account read without PSU-IP-Address counts as unattended, against the consent's frequencyPerDay.
var attendedHeaders = []Param{
	{Name: "PSU-IP-Address", Type: IP, Hint: "The customer's address, if and only if the customer asked for this call."},
}

var accountHeaders = append([]Param{
	{Name: "Consent-ID", Required: true, Type: UUID, Hint: "The consent that opens the accounts; the one that the access token is for."},
}, attendedHeaders...)

var createHeaders = []Param{
	{Name: "PSU-IP-Address", Required: true, Type: IP, Example: "192.0.2.10",
		Hint: "The customer's address as your server saw it; your own where there is none."},
	{Name: "PSU-ID", Type: Text, Example: "1345611", Hint: "The customer's number at the bank, where you know it. It is signed where it is sent."},
	{Name: "PSU-Corporate-ID", Type: Text, Hint: "The company's number at the bank, where a company consents. It is signed where it is sent."},
	{Name: "TPP-Redirect-URI", Type: URI, Hint: "Where the bank sends the customer back to: a redirect URI of the app, byte for byte. It is signed where it is sent."},
	{Name: "TPP-Nok-Redirect-URI", Type: URI, Hint: "Where the customer goes when something went wrong. The redirect URI serves for that too."},
	{Name: "TPP-Redirect-Preferred", Type: Flag, Hint: "True where you prefer the redirect, which is the way that every brand offers."},
	{Name: "TPP-Brand-Logging-Information", Type: Text, Hint: "The brand under which the customer knows you."},
}

// exampleConsent asks for everything about the accounts that the customer picks, for 90 days.
func exampleConsent(today time.Time) string {
	return `{
  "access": {
    "accounts": [],
    "balances": [],
    "transactions": []
  },
  "recurringIndicator": true,
  "validUntil": "` + today.AddDate(0, 0, 90).Format(time.DateOnly) + `",
  "frequencyPerDay": 4,
  "combinedServiceIndicator": false
}`
}
