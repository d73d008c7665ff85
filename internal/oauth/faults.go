package oauth

import (
	"fmt"
	"time"

	"fairway/internal/apps"
	"fairway/internal/fault"
)

// What is wrong with the client or its address: shown on a page, since nobody may be sent to an address that is not
// registered (RFC 6749 §4.1.2.1).
var (
	// ErrClientUnknown is an authorisation request of an app that does not exist, or not in this environment.
	ErrClientUnknown = fault.New(fault.Invalid, "client_unknown",
		"No app has this client_id here. Send the client id that the app's page in the portal shows; it begins with fwy_.").At("client_id")
	// ErrRedirectUnknown is a redirect URI that is not registered byte for byte.
	ErrRedirectUnknown = fault.New(fault.Invalid, "redirect_uri_unknown",
		"redirect_uri is not registered for this app.").At("redirect_uri")
	// ErrClientRepeated is client_id or redirect_uri sent twice.
	ErrClientRepeated = fault.New(fault.Invalid, "client_repeated",
		"client_id or redirect_uri was sent more than once. Send each parameter once.")
)

// What is wrong with the rest of an authorisation request: told to the TPP at its redirect URI.
var (
	ErrRepeated     = fault.New(fault.Invalid, "parameter_repeated", "A parameter was sent more than once. Send each parameter once.")
	ErrResponseType = fault.New(fault.Invalid, "response_type_unsupported", "response_type must be code.").At("response_type")
	ErrResponseMode = fault.New(fault.Invalid, "response_mode_unsupported", "response_mode must be query, or be left out.").At("response_mode")
	ErrState        = fault.New(fault.Invalid, "state_unusable", "state is missing.").At("state")
	ErrChallenge    = fault.New(fault.Invalid, "code_challenge_unusable", "code_challenge is missing.").At("code_challenge")
	ErrMethod       = fault.New(fault.Invalid, "code_challenge_method_unsupported", "Only S256 is accepted.").At("code_challenge_method")
	ErrScope        = fault.New(fault.Invalid, "scope_unusable", "scope must be AIS:{consentId}.").At("scope")
	ErrConsent      = fault.New(fault.Invalid, "consent_not_authorisable", "The consent is not waiting for an authorisation.").At("scope")
	ErrElsewhere    = fault.New(fault.Invalid, "redirect_uri_of_consent", "redirect_uri differs from the TPP-Redirect-URI of the consent.").At("redirect_uri")
	ErrNotConnected = fault.New(fault.Forbidden, "app_not_connected", "The app is not connected to an account information API of this bank.")
)

// How an authorisation ends without a yes: told to the TPP at its redirect URI.
var (
	ErrDenied    = fault.New(fault.Forbidden, "authorisation_denied", "The customer declined the consent. The consent is rejected.")
	ErrTries     = fault.New(fault.Forbidden, "authorisation_failed", "The customer entered a wrong code three times. The consent is rejected.")
	ErrBlocked   = fault.New(fault.Forbidden, "customer_blocked", "SERVICE_BLOCKED: the bank serves nobody on behalf of this customer. The consent is rejected.")
	ErrTimedOut  = fault.New(fault.Forbidden, "authorisation_timed_out", "The customer did not finish in time. The consent still waits: send the customer to the bank again.")
	ErrWithdrawn = fault.New(fault.Conflict, "consent_ended", "The consent ended, or was authorised in another window, before the customer finished here.")
)

// What the customer meets on the bank's pages.
var (
	// ErrNoAuthorisation is a page without a request behind it: no cookie, or one that nobody knows any more.
	ErrNoAuthorisation = fault.New(fault.Invalid, "authorisation_unknown",
		"There is no open request in this browser. It may be finished, or cookies are blocked. Go back to the app or service that sent you and start again there.")
	// ErrStaleForm is a form of another request, or of an earlier visit.
	ErrStaleForm = fault.New(fault.Conflict, "authorisation_form_stale",
		"This form belongs to another request, because a newer one was opened in this browser. Go on with the newer one, or return to the app or service that sent you and start again.")
	// ErrAppGone is an authorisation whose app, or whose redirect URI, was removed meanwhile.
	ErrAppGone = fault.New(fault.Conflict, "authorisation_app_gone",
		"The app that sent you was removed, or its address was, while you were here. Nothing was shared. You can close this page.")
)

// ErrSuspended is a request of an app whose organisation is suspended: for a token, or for a customer's authorisation. RFC
// 6749 has unauthorized_client for a client that is known and may not ask.
var ErrSuspended = fault.New(fault.Forbidden, "client_suspended",
	"The organisation of this client is suspended: it gets no tokens and no authorisations until it is restored. Its people read why in the portal.")

// ErrNotApproved is a request for a customer's authorisation in Live by who has no approved certificates there, or none with
// the role of account information. Nobody vouches for its name, so no customer is asked.
var ErrNotApproved = fault.New(fault.Forbidden, "client_not_approved",
	"The organisation of this client has no certificates in Live that are approved for PSP_AI, so no customer can be asked. Its people read how they stand in the portal, under Live, Certificates.")

// What is wrong with a request for a token.
var (
	errClient = apps.ErrClient.Saying("Client id, client secret and client certificate do not belong together. Compare the id and the secret with the app's Credentials tab, " +
		"and connect with the current QWAC of the organisation that owns the app.")
	ErrTooManyTokens   = fault.New(fault.TooMany, "token_limit", "The app asks for tokens too often. Keep a token until expires_in is over.")
	ErrGrantType       = fault.New(fault.Invalid, "grant_type_unsupported", "grant_type must be client_credentials, authorization_code or refresh_token.").At("grant_type")
	ErrMissing         = fault.New(fault.Invalid, "parameter_missing", "A parameter is missing.")
	ErrScopeNotGranted = fault.New(fault.Invalid, "scope_not_granted", "scope asks for something else than this grant gives.").At("scope")
	ErrCode            = fault.New(fault.Invalid, "code_unknown",
		"The code is not known for this app. Send the code of the redirect unchanged, as the app that the customer was sent by.").At("code")
	ErrCodeUsed = fault.New(fault.Invalid, "code_used",
		"The code was used before. Each code works once; the tokens that it gave are revoked. Send the customer to the bank again.").At("code")
	ErrCodeExpired  = fault.New(fault.Invalid, "code_expired", "The code has expired. Exchange it at once.").At("code")
	ErrRedirect     = fault.New(fault.Invalid, "redirect_uri_differs", "redirect_uri differs from the one of the authorisation.").At("redirect_uri")
	ErrVerifier     = fault.New(fault.Invalid, "code_verifier_wrong", "code_verifier does not fit the code_challenge.").At("code_verifier")
	ErrConsentEnded = fault.New(fault.Invalid, "grant_consent_ended", "The consent behind this grant has ended.")
	ErrRefresh      = fault.New(fault.Invalid, "refresh_token_unknown",
		"The refresh token is not known for this app. Send the refresh_token of the newest answer unchanged.").At("refresh_token")
	ErrRefreshUsed = fault.New(fault.Invalid, "refresh_token_used",
		"The refresh token was used before. Each one works once; because one was used twice, all tokens of this grant are revoked. Send the customer to the bank with a new consent.").At("refresh_token")
	ErrRefreshExpired = fault.New(fault.Invalid, "refresh_token_expired", "The refresh token has expired with its consent. Create a new consent and send the customer to the bank.").At("refresh_token")
	ErrRefreshRevoked = fault.New(fault.Invalid, "refresh_token_revoked", "The refresh token is revoked.").At("refresh_token")
)

// What is wrong with an access token at the machines' door (Implementation Guidelines, 14.11).
var (
	ErrTokenUnknown = fault.New(fault.Unauthenticated, "TOKEN_UNKNOWN",
		"This access token is not known here. Send the access_token of the token endpoint's answer as Authorization: Bearer …, in the environment in which it was issued.").At("Authorization")
	ErrTokenInvalid = fault.New(fault.Unauthenticated, "TOKEN_INVALID", "The access token cannot be used for this call.").At("Authorization")
	ErrTokenExpired = fault.New(fault.Unauthenticated, "TOKEN_EXPIRED", "The access token has expired.").At("Authorization")
)

// say is a fault with a sentence of its own.
func say(f *fault.Error, text string, args ...any) *fault.Error {
	return f.Saying(fmt.Sprintf(text, args...))
}

// quote repeats what a client sent: shortened, and only what can be printed.
func quote(s string) string {
	out := []rune{}
	for _, r := range s {
		if len(out) == 40 {
			return string(out) + "..."
		}
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}

// printable reports whether s is visible ASCII or blanks (VSCHAR of RFC 6749, appendix A) of bounded length.
func printable(s string, most int) bool {
	if len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// instant writes a time for people.
func instant(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
