package messagecode

// accessCodes are about API keys, connections, access tokens and limits.
var accessCodes = []Record{
	{
		Code: "API_KEY_MISSING", HTTP: []int{401},
		Title: "The API key is missing",
		What:  "Every request to a bank API carries the key of your app in the header X-API-Key.",
		Try:   "Leave out the header X-API-Key.",
		Causes: []string{
			"The header X-API-Key is absent or empty.",
			"The script’s variable is empty because env.sh was made before the app existed.",
		},
		Fixes: []string{
			"Send X-API-Key with the key that was shown when the app was created.",
			"Fill FAIRWAY_API_KEY in env.sh. If the key is lost, open Apps, choose the app and make a new one.",
		},
		See: []string{seeStart},
	},
	{
		Code: "API_KEY_INVALID", HTTP: []int{401},
		Title: "The API key is not valid",
		What:  "No current app has this key. A wrong key, an expired one and a deleted one are answered alike.",
		Try:   "Change a letter of the API key.",
		Causes: []string{
			"The key was replaced and its overlap has ended.",
			"The key belongs to another environment. Sandbox keys begin with sbx_ak_.",
			"The value was cut off or carries quotation marks or a line end.",
		},
		Fixes: []string{
			"Open Apps, choose the app, and see under Credentials which keys are in use. Make a new one if yours is not among them.",
			"Use the key that belongs to the host that you call.",
			"Send the key as it was shown, without blanks and quotation marks.",
		},
		See: []string{seeStart, seeEnvironments},
	},
	{
		Code: "API_NOT_CONNECTED", HTTP: []int{403},
		Title: "The app is not connected to this API",
		What:  "Your app is known, but it is not connected to this API at this brand.",
		Try:   "Remove the app’s connection under Apps, then call.",
		Causes: []string{
			"The app was never connected to the API at this brand.",
			"The connection was removed.",
			"The call goes to another brand than the app is connected to.",
		},
		Fixes: []string{
			"Open APIs, find the API at this brand and connect the app.",
			"Connect it again under APIs. The app’s page lists its connections.",
			"Compare the brand in the address with the app’s connections. Environments lists the address of each brand.",
		},
		See: []string{seeStart, seeEnvironments},
	},
	{
		Code: "RATE_LIMIT_EXCEEDED", HTTP: []int{429},
		Title: "Too many requests",
		What:  "The app has used its requests of this second or of this UTC day. The text says which limit was met; Retry-After says in how many seconds to try again.",
		Try:   "Send more requests within a second than RateLimit-Policy allows.",
		Causes: []string{
			"More requests were sent within one second than the limit allows.",
			"The requests of the day are used; the count begins again at 00:00 UTC.",
		},
		Fixes: []string{
			"Wait for the seconds in Retry-After, then continue. Spread calls over time or queue them.",
			"Continue after 00:00 UTC. Keep what you have read instead of reading it again.",
		},
		See: []string{seeEnvironments},
	},
	{
		Code: "TOKEN_UNKNOWN", HTTP: []int{401}, Standard: true,
		Title: "The access token is not known",
		What:  "The header Authorization is absent or holds a token that was not issued to you here.",
		Try:   "Send Authorization: Bearer abc.",
		Causes: []string{
			"The header is missing, or does not begin with Bearer and one blank.",
			"The token was issued for another environment or to another organisation.",
			"The value was cut off, or the whole JSON of the answer was sent.",
		},
		Fixes: []string{
			"Send Authorization: Bearer and the access_token of the token endpoint’s answer.",
			"Get the token with the credentials of the app that makes the call, in the same environment.",
			"Send the value of access_token alone, without quotation marks.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "TOKEN_INVALID", HTTP: []int{401}, Standard: true,
		Title: "The access token does not fit this call",
		What:  "The token is yours and known, but it cannot be used here: it is of the wrong kind, for another consent, or bound to another certificate.",
		Try:   "Read card accounts with the token of the client_credentials grant.",
		Causes: []string{
			"Card accounts were read with a token of the client-credentials grant.",
			"The token was obtained for another consent than the one in Consent-ID.",
			"The token was obtained over a connection with another QWAC.",
			"The token was revoked: its consent ended, its code was used twice, or an older refresh token was used again.",
			"The token belongs to another app than the API key.",
		},
		Fixes: []string{
			"Send the customer to the authorisation endpoint and exchange the code; that token reads accounts.",
			"Send the Consent-ID that stands in the token’s scope, AIS:{consentId}.",
			"Use the same certificate for the token endpoint and for the API. After Re-generate, get a new token.",
			"Create a new consent and send the customer to authorise it.",
			"Use client id, client secret and API key of one app.",
		},
		See: []string{seeAuth, seeFlow},
	},
	{
		Code: "TOKEN_EXPIRED", HTTP: []int{401}, Standard: true,
		Title: "The access token has expired",
		What:  "The token was right and its time is over. expires_in of the token endpoint’s answer says how long a token lives.",
		Try:   "Wait until the seconds of expires_in are over, then call with the same token.",
		Causes: []string{
			"The client keeps a token longer than expires_in.",
			"The clock of the client runs behind.",
		},
		Fixes: []string{
			"Use the refresh token, or ask for a new client-credentials token, a little before the time is over.",
			"Count from the moment of the answer with a clock that is set by NTP, or refresh when this code comes.",
		},
		See: []string{seeAuth},
	},
}
