package messagecode

// consentCodes are about consents and what they open.
var consentCodes = []Record{
	{
		Code: "CONSENT_UNKNOWN", HTTP: []int{400, 403}, Standard: true,
		Title: "There is no such consent",
		What:  "No consent of yours has this id at this brand. The status is 400 for the header Consent-ID and 403 for the id in the path.",
		Try:   "Send a made-up UUID as Consent-ID.",
		Causes: []string{
			"The id was mistyped or cut off.",
			"The consent was created at another brand, in another environment or by another organisation.",
		},
		Fixes: []string{
			"Send the consentId of the answer to POST consents, 36 characters.",
			"Call the same address with the same app that created the consent.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "CONSENT_INVALID", HTTP: []int{401}, Standard: true,
		Title: "The consent does not allow this call",
		What:  "The consent is yours, but it is not valid now or does not open what you asked for.",
		Try:   "Ask for accounts alone in a consent, then read balances with it.",
		Causes: []string{
			"The customer has not authorised it yet: its status is received.",
			"The customer declined or revoked it, or you ended it with DELETE.",
			"The customer authorised a newer recurring consent of yours, which ended this one.",
			"It does not open this account, or not its balances or transactions.",
		},
		Fixes: []string{
			"Send the customer to the authorisation endpoint first.",
			"Create a new consent and send the customer to authorise it.",
			"Use the id of the newer consent.",
			"GET /consent/v1/consents/{consentId} shows what was granted. Ask for more in a new consent.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "CONSENT_EXPIRED", HTTP: []int{401}, Standard: true,
		Title: "The consent is over",
		What:  "The last day of the consent has passed, or a one-off consent was used. Tokens for it no longer work.",
		Try:   "Read the list twice with a consent whose recurringIndicator is false.",
		Causes: []string{
			"validUntil has passed. The bank may have shortened it: GET /consent/v1/consents/{consentId} shows the date that counts.",
			"A one-off consent (recurringIndicator false) reads each account and kind of data once, within 20 minutes of the authorisation.",
		},
		Fixes: []string{
			"Create a new consent and send the customer to authorise it.",
			"Create a new consent; make it recurring if you read more than once.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "ACCESS_EXCEEDED", HTTP: []int{429}, Standard: true,
		Title: "The consent’s reads of today are used",
		What:  "Without the customer present a consent allows frequencyPerDay reads a day for each account and kind of data. This has nothing to do with the limit of requests a second.",
		Try:   "Set frequencyPerDay to 1 and read the list twice without PSU-IP-Address.",
		Causes: []string{
			"The data was read more often today than frequencyPerDay says, without PSU-IP-Address.",
			"The customer asked for the data, but the request did not say so.",
		},
		Fixes: []string{
			"Read again after the seconds in Retry-After: the count begins anew with the bank’s day.",
			"Send the customer’s address in PSU-IP-Address whenever, and only when, the customer asks for the data. Those reads do not count.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "SESSIONS_NOT_SUPPORTED", HTTP: []int{400}, Standard: true,
		Title: "Combined services are not offered",
		What:  "combinedServiceIndicator is true, but this bank does not combine account information with payments in one session.",
		Try:   "Set combinedServiceIndicator to true in a new consent.",
		Causes: []string{
			"The consent request was copied from a bank that combines services.",
		},
		Fixes: []string{
			"Send \"combinedServiceIndicator\": false.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "STATUS_INVALID", HTTP: []int{409}, Standard: true,
		Title: "The state does not allow this",
		What:  "The request does not fit the state that it meets: the consent no longer waits for an authorisation, another request changed the same at the same moment, or, in Live, the bank’s own system says so.",
		Causes: []string{
			"The customer has already approved or declined this consent.",
			"The consent was ended or has expired.",
		},
		Fixes: []string{
			"Read the status: GET /consent/v1/consents/{consentId}/status. If it is valid, exchange the code that you received.",
			"Create a new consent and send the customer to authorise that one.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "SERVICE_BLOCKED", HTTP: []int{403}, Standard: true,
		Title: "The bank does not serve this customer, or you",
		What:  "As an answer to a call: your organisation is suspended, and no call of it is taken. In an authorisation the code stands in error_description beside access_denied: the bank has blocked this customer, whatever channel is used. In the sandbox one of the test customers is blocked for your tests.",
		Try:   "Log in on the bank’s page as the blocked test customer: error_description of the redirect begins with this code.",
		Causes: []string{
			"Your organisation was suspended in this portal.",
			"The bank blocked the customer.",
		},
		Fixes: []string{
			"Sign in to the portal. A banner says why, and since the tokens and consents stay, your apps work again as soon as the organisation is restored.",
			"Tell the customer to contact the bank. In the sandbox, use another test customer; Environments lists them.",
		},
		See: []string{seeEnvironments},
	},
}
