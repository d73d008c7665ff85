package messagecode

// requestCodes are about the form of a request: path, method, headers, query and body.
var requestCodes = []Record{
	{
		Code: "FORMAT_ERROR", HTTP: []int{400}, Standard: true,
		Title: "A header or field is missing or malformed",
		What:  "The field path names the header, query parameter or place in the body; the text says what was found and what is expected.",
		Try:   "Send X-Request-ID: 12345.",
		Causes: []string{
			"X-Request-ID is absent or is not a UUID.",
			"A mandatory header is absent: PSU-IP-Address on POST consents, Consent-ID on account reads.",
			"The body is not JSON, or booleans and numbers are written as text: \"true\" instead of true.",
			"The access of a consent mixes empty and filled lists, or lists and words such as allPsd2.",
			"recurringIndicator is false and frequencyPerDay is more than 1, or frequencyPerDay is more than 4.",
			"validUntil is in the past.",
			"X-Request-ID was used before for a POST with another body.",
		},
		Fixes: []string{
			"Make a new UUID for every request, such as 99391c7e-ad88-49ec-a2ad-99ddcb1f7756.",
			"Send the header that path names.",
			"Send true, false and numbers without quotation marks, and Content-Type: application/json.",
			"Fill every list that you send, or leave every list empty so that the customer chooses, or send one word alone.",
			"Send frequencyPerDay 1 for a one-off consent and 1 to 4 for a recurring one.",
			"Send a date from today on; 9999-12-31 asks for the longest possible time.",
			"Repeat a POST with the same id and the same bytes only; else make a new UUID.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "PARAMETER_NOT_CONSISTENT", HTTP: []int{400}, Standard: true,
		Title: "Query parameters contradict each other",
		What:  "Each parameter can be read, but they do not go together.",
		Try:   "Add dateFrom to the link next of a list of transactions, then call it.",
		Causes: []string{
			"A link to a further page was changed before it was called.",
			"A parameter occurs twice with different values.",
		},
		Fixes: []string{
			"Call the links first, next, previous and last as they came.",
			"Send each parameter once.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "PARAMETER_NOT_SUPPORTED", HTTP: []int{400}, Standard: true,
		Title: "This optional parameter is not offered",
		What:  "The standard leaves the parameter to the bank, and the bank does not offer it for card accounts.",
		Try:   "Add withBalance=true to the transactions.",
		Causes: []string{
			"deltaList or entryReferenceFrom was sent: card transactions have no entry reference.",
			"withBalance was sent: balances of cards have a call of their own.",
		},
		Fixes: []string{
			"Send dateFrom and dateTo, and keep what you have read before.",
			"Call GET /card-account/v1/card-accounts/{account-id}/balances.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "PERIOD_INVALID", HTTP: []int{400}, Standard: true,
		Title: "The period cannot be read",
		What:  "dateFrom and dateTo are dates, but the period between them is not possible.",
		Try:   "Send a dateFrom that is later than dateTo.",
		Causes: []string{
			"dateFrom is later than dateTo.",
			"dateFrom is further back than the bank keeps transactions, or in the future.",
		},
		Fixes: []string{
			"Swap the two dates. Both days are included.",
			"Ask for a later day. The sandbox keeps thirteen full months.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "RESOURCE_UNKNOWN", HTTP: []int{404}, Standard: true,
		Title: "There is nothing at this address",
		What:  "The path is not one of this interface, or the account in it does not exist for this customer.",
		Try:   "Read an account with a made-up UUID.",
		Causes: []string{
			"The account id is not a resourceId of the customer’s list of card accounts.",
			"resourceIds of one brand or environment were used at another.",
			"The API’s name or version is missing in the path.",
		},
		Fixes: []string{
			"Read GET /card-account/v1/card-accounts and use a resourceId from the answer.",
			"Read the list again at the address that you call.",
			"Paths begin with the API’s name and version, as in /card-account/v1/card-accounts.",
		},
		See: []string{seeEnvironments, seeFlow},
	},
	{
		Code: "SERVICE_INVALID", HTTP: []int{400, 405}, Standard: true,
		Title: "This service is not offered here",
		What:  "The path exists, but not with this method (405), or the body asks for a service that the bank does not offer (400).",
		Try:   "Send PUT instead of GET.",
		Causes: []string{
			"The method is wrong, as in GET instead of POST for a new consent.",
			"The consent asks for something that this bank does not offer.",
		},
		Fixes: []string{
			"Use the method that the header Allow of the answer names.",
			"Ask for card accounts, their balances and their transactions.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "REQUESTED_FORMATS_INVALID", HTTP: []int{406}, Standard: true,
		Title: "The requested format is not offered",
		What:  "Accept does not allow application/json, which is the format of this interface.",
		Try:   "Send Accept: application/xml.",
		Causes: []string{
			"Accept asks for XML or text, as some banks offer for payment accounts.",
		},
		Fixes: []string{
			"Send Accept: application/json, or leave Accept out.",
		},
	},
}
