package messagecode

// grantCodes come from the token endpoint (RFC 6749 §5.2); the first three of them also in a redirect.
var grantCodes = []Record{
	{
		Code: "invalid_request", HTTP: []int{400}, Standard: true,
		Title: "A parameter is missing, repeated or malformed",
		What:  "The token endpoint could not read the request, or the authorisation endpoint sent the customer back with this error. error_description names the parameter.",
		Try:   "Leave out code_challenge when you send the customer to the bank.",
		Causes: []string{
			"code_challenge is missing, or code_challenge_method is not S256.",
			"The token request is not form-encoded, or a parameter occurs twice.",
			"grant_type, code, redirect_uri or state is missing.",
			"The client’s credentials were sent in the header and in the body at once.",
		},
		Fixes: []string{
			"Send code_challenge=BASE64URL(SHA256(code_verifier)) without \"=\" at its end, and code_challenge_method=S256.",
			"POST with Content-Type: application/x-www-form-urlencoded and each parameter once: `curl --data-urlencode`.",
			"Send the parameter that error_description names.",
			"Send them once: with `curl --user`, or as client_id and client_secret in the form.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "unauthorized_client", HTTP: []int{400}, Standard: true,
		Title: "The app may not use this grant here",
		What:  "The app is known, but it is not allowed what it asked for, most often because it is not connected to an API of the brand.",
		Try:   "Remove the app’s connections under Apps, then send a customer to the bank.",
		Causes: []string{
			"The app is not connected to an API at this brand.",
			"Your organisation is suspended in this portal: it gets no tokens and no authorisations.",
		},
		Fixes: []string{
			"Open APIs and connect the app at the brand whose customers you send.",
			"Sign in to the portal. A banner says why, and your apps work again as soon as the organisation is restored.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "invalid_scope", HTTP: []int{400}, Standard: true,
		Title: "The scope does not name a consent that can be authorised",
		What:  "The scope of the authorisation is AIS: and the id of a consent of yours that waits for the customer.",
		Try:   "Send the customer to the bank with scope=AIS.",
		Causes: []string{
			"The scope is written differently, as in AIS alone or AIS[id].",
			"The consent was created by another app or at another brand.",
			"The consent was authorised, declined or ended before.",
			"A refresh asks for more than was granted.",
		},
		Fixes: []string{
			"Send scope=AIS:{consentId}.",
			"Send the customer to the brand where the consent was created, with the client id of the app that created it.",
			"Create a new consent and send the customer to authorise that one.",
			"Leave scope out when you refresh.",
		},
		See: []string{seeAuth, seeFlow},
	},
	{
		Code: "invalid_client", HTTP: []int{401}, Standard: true,
		Title: "The client could not be authenticated",
		What:  "Client id, client secret and the QWAC on the connection belong together. Which of them was wrong is not told.",
		Try:   "Change a letter of the client secret.",
		Causes: []string{
			"The client secret was mistyped or replaced.",
			"No QWAC came with the connection, or it is not the current one of the app’s organisation.",
		},
		Fixes: []string{
			"Compare client id and the secret’s hint under Apps > Credentials. Make a new secret if it is lost.",
			"Call with `curl --cert qwac.pem --key qwac.key` and the files of the current ZIP.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "invalid_grant", HTTP: []int{400}, Standard: true,
		Title: "The code or refresh token cannot be used",
		What:  "The code or the refresh token is wrong, used, expired, or was given to another app, redirect URI or certificate; or the code verifier does not fit.",
		Try:   "Exchange the same code twice.",
		Causes: []string{
			"The code was used before. A code works once and for a short time.",
			"code_verifier is not the one that code_challenge was made from.",
			"redirect_uri differs from the one of the authorisation.",
			"The refresh token was used before: each use gives a new one.",
			"The consent has ended.",
		},
		Fixes: []string{
			"Send the customer through the authorisation again. Exchange each code once, at once.",
			"Keep the verifier together with state until the customer is back, and send it unchanged.",
			"Send the same redirect_uri byte for byte.",
			"Store the refresh token of the newest answer. After a reuse the grant is closed; create a new consent.",
			"Create a new consent and send the customer to authorise it.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "unsupported_grant_type", HTTP: []int{400}, Standard: true,
		Title: "This grant type is not offered",
		What:  "The token endpoint knows client_credentials, authorization_code and refresh_token.",
		Try:   "Send grant_type=password to the token endpoint.",
		Causes: []string{
			"grant_type is misspelt, as in authorisation_code with an s.",
		},
		Fixes: []string{
			"Send one of client_credentials, authorization_code and refresh_token.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "server_error", HTTP: []int{500}, Standard: true,
		Title: "Something failed on our side",
		What:  "The request was not refused; it could not be worked on.",
		Causes: []string{
			"An error of ours.",
		},
		Fixes: []string{
			"Try again in a minute. If it stays, write to support with the time of the call.",
		},
	},
	{
		Code: "temporarily_unavailable", HTTP: []int{429, 503}, Standard: true,
		Title: "Not available at the moment",
		What:  "With status 429 the app asked for tokens too often; with 503 the server is overloaded or in maintenance.",
		Try:   "Ask for more tokens within a second than the limit of requests allows.",
		Causes: []string{
			"A token is fetched before every call (429).",
			"A short interruption (503).",
		},
		Fixes: []string{
			"Keep a token until expires_in is over. The token endpoint takes as many requests of an app as the API does.",
			"Try again after the seconds in Retry-After, or in a minute.",
		},
		See: []string{seeAuth},
	},
}

// redirectCodes come to the redirect URI only (RFC 6749 §4.1.2.1).
var redirectCodes = []Record{
	{
		Code: "unsupported_response_type", Standard: true,
		Title: "This response type is not offered",
		What:  "The authorisation endpoint knows response_type=code alone. The browser came back to your redirect URI with this error.",
		Try:   "Send the customer to the bank with response_type=token.",
		Causes: []string{
			"response_type is missing, or is token or id_token.",
		},
		Fixes: []string{
			"Send response_type=code, and exchange the code at the token endpoint.",
		},
		See: []string{seeAuth},
	},
	{
		Code: "access_denied", Standard: true,
		Title: "The customer said no",
		What:  "The customer declined on the bank’s pages, or could not confirm. The browser came back to your redirect URI with this error and your state; error_description says which it was.",
		Try:   "Decline on the bank’s page, or log in there as the blocked test customer.",
		Causes: []string{
			"The customer chose to decline.",
			"The customer entered a wrong code three times.",
			"The customer did not finish within ten minutes. The consent still waits.",
			"The bank serves nobody on behalf of this customer: error_description says SERVICE_BLOCKED.",
		},
		Fixes: []string{
			"Tell the customer what is missing without the consent. To try again, create a new consent.",
			"Create a new consent and let the customer try again.",
			"Send the customer to the bank again, with the same consent.",
			"Tell the customer to contact the bank. In the sandbox, use another test customer.",
		},
		See: []string{seeFlow},
	},
}
