package site

// headers are the names that the search knows, with the place that explains each.
var headers = []struct{ Name, What, Href string }{
	{"Authorization", "The access token of the call, or client id and secret at the token endpoint.", "/docs/auth#bound"},
	{"Consent-ID", "The consent that opens the accounts; the one that the token is for.", "/docs/flow#accounts"},
	{"Deprecation", "Since when the version that was called is deprecated.", "/docs/versions#headers"},
	{"Digest", "The hash of the body in base64.", "/docs/signing#digest"},
	{"Fairway-Rehearse", "Orders the answer to the call that carries it, in the sandbox.", "/docs/environments#rehearse"},
	{"Link", "Leads from an error answer to the page of its code, and from one of a deprecated version to the list of versions.", "/docs/errors#form"},
	{"PSU-Corporate-ID", "The company’s number at the bank; signed where it is sent.", "/docs/signing#signing-string"},
	{"PSU-ID", "The customer’s number at the bank; signed where it is sent.", "/docs/signing#signing-string"},
	{"PSU-IP-Address", "The customer’s address, where the customer asked for the call.", "/docs/flow#accounts"},
	{"RateLimit", "What is left of the limits of a second and a day.", "/docs/limits#headers"},
	{"RateLimit-Policy", "The limits that apply to the app.", "/docs/limits#headers"},
	{"Retry-After", "In how many seconds to try again.", "/docs/limits#headers"},
	{"Signature", "Who signed, how, which headers, and the signature.", "/docs/signing#signature"},
	{"Sunset", "When the version that was called is removed.", "/docs/versions#headers"},
	{"TPP-Redirect-URI", "Where the bank sends the customer back to; signed where it is sent.", "/docs/signing#signing-string"},
	{"TPP-Signature-Certificate", "Your QC eSeal in base64.", "/docs/signing#certificate"},
	{"X-API-Key", "The key of the app that calls.", "/docs#layers"},
	{"X-Request-ID", "A new UUID for every request; always signed.", "/docs/signing#signing-string"},
	{"X-Trace-ID", "The last part of the address of the request’s page in your log.", "/docs/errors#trace"},
}
