package authserver

import (
	"net/http"
	"strings"

	"fairway/internal/fault"
)

// wire is how a fault is told: its name in RFC 6749 (§4.1.2.1 in a redirect, §5.2 at the token endpoint) and the token
// endpoint's status.
type wire struct {
	status int
	name   string
}

// The names of RFC 6749.
var (
	invalidRequest   = wire{http.StatusBadRequest, "invalid_request"}
	invalidClient    = wire{http.StatusUnauthorized, "invalid_client"}
	invalidGrant     = wire{http.StatusBadRequest, "invalid_grant"}
	unauthorised     = wire{http.StatusBadRequest, "unauthorized_client"}
	unsupportedGrant = wire{http.StatusBadRequest, "unsupported_grant_type"}
	unsupportedType  = wire{http.StatusBadRequest, "unsupported_response_type"}
	invalidScope     = wire{http.StatusBadRequest, "invalid_scope"}
	accessDenied     = wire{http.StatusForbidden, "access_denied"}
	serverError      = wire{http.StatusInternalServerError, "server_error"}
	unavailable      = wire{http.StatusServiceUnavailable, "temporarily_unavailable"}
)

// codes tells every fault that can reach the token endpoint or a redirect.
var codes = map[string]wire{
	// the request as such
	"parameter_missing":     invalidRequest,
	"parameter_repeated":    invalidRequest,
	"parameter_unreadable":  invalidRequest,
	"token_form_type":       invalidRequest,
	"token_form_too_large":  invalidRequest,
	"token_form_unreadable": invalidRequest,
	"credentials_twice":     invalidRequest,
	"issuer_unknown":        {http.StatusNotFound, invalidRequest.name},

	// the client
	"credentials_missing": invalidClient,
	"invalid_client":      invalidClient,
	"CERTIFICATE_MISSING": invalidClient,
	"CERTIFICATE_INVALID": invalidClient,
	"CERTIFICATE_EXPIRED": invalidClient,
	"CERTIFICATE_REVOKED": invalidClient,
	"client_suspended":    unauthorised,
	"client_not_approved": unauthorised,
	"token_limit":         {http.StatusTooManyRequests, unavailable.name},

	// the grant
	"grant_type_unsupported": unsupportedGrant,
	"scope_not_granted":      invalidScope,
	"code_unknown":           invalidGrant,
	"code_used":              invalidGrant,
	"code_expired":           invalidGrant,
	"redirect_uri_differs":   invalidGrant,
	"code_verifier_wrong":    invalidGrant,
	"grant_consent_ended":    invalidGrant,
	"refresh_token_unknown":  invalidGrant,
	"refresh_token_used":     invalidGrant,
	"refresh_token_expired":  invalidGrant,
	"refresh_token_revoked":  invalidGrant,

	// the authorisation request
	"response_type_unsupported":         unsupportedType,
	"response_mode_unsupported":         invalidRequest,
	"state_unusable":                    invalidRequest,
	"code_challenge_unusable":           invalidRequest,
	"code_challenge_method_unsupported": invalidRequest,
	"redirect_uri_of_consent":           invalidRequest,
	"scope_unusable":                    invalidScope,
	"consent_not_authorisable":          invalidScope,
	"app_not_connected":                 unauthorised,

	// what a brand tells us
	"visit_unknown":      {http.StatusNotFound, invalidRequest.name},
	"visit_decided":      {http.StatusConflict, invalidRequest.name},
	"decision_invalid":   invalidRequest,
	"withdrawal_unknown": {http.StatusNotFound, invalidRequest.name},

	// the customer
	"authorisation_denied":    accessDenied,
	"authorisation_failed":    accessDenied,
	"authorisation_timed_out": accessDenied,
	"authorisation_aborted":   accessDenied,
	"customer_blocked":        accessDenied,
	"consent_ended":           invalidScope,
}

// shown are faults that appear on a page of the bank and never in a redirect or at the token endpoint.
var shown = map[string]bool{
	"client_unknown": true, "client_repeated": true, "redirect_uri_unknown": true, "authorisation_unknown": true,
	"authorisation_form_stale": true, "authorisation_app_gone": true, "authorisation_over": true, "authorisation_query_unreadable": true,
	"bank_unknown": true,
}

// told finds how a fault is told; one without a row goes by its kind.
func told(f *fault.Error) wire {
	if w, ok := codes[f.Code]; ok {
		return w
	}
	switch f.Kind {
	case fault.Unauthenticated:
		return invalidClient
	case fault.Invalid:
		return invalidRequest
	case fault.Unavailable:
		return unavailable
	case fault.TooMany:
		return wire{http.StatusTooManyRequests, unavailable.name}
	}
	return serverError
}

// description writes a sentence in the characters that error_description may have (RFC 6749, appendix A.8).
func description(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r == '…':
			return '.'
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, text)
}
