package xs2a

import (
	"net/http"

	"fairway/internal/fault"
)

// statuses is this wire's row of the table from kinds to answers (Implementation Guidelines 4.12, 14.11).
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// exceptions are codes whose status is not that of their kind.
var exceptions = map[string]int{
	"SERVICE_INVALID":           http.StatusMethodNotAllowed,
	"REQUESTED_FORMATS_INVALID": http.StatusNotAcceptable,
	"unsupported_media_type":    http.StatusUnsupportedMediaType,
	"body_too_large":            http.StatusRequestEntityTooLarge,
	"BANK_UNREACHABLE":          http.StatusBadGateway,
	"BANK_ANSWER_INVALID":       http.StatusBadGateway,
	"BANK_TIMEOUT":              http.StatusGatewayTimeout,
}

// foreign are the names that other packages give their faults, in the words of this wire.
var foreign = map[string]string{
	"customer_unknown": "RESOURCE_UNKNOWN",
	"account_unknown":  "RESOURCE_UNKNOWN",
	"query_invalid":    "FORMAT_ERROR",
	"period_order":     "PERIOD_INVALID",
	"conflict":         "STATUS_INVALID",
}

// silent are answers for which the standard has no message code: they carry a status and no tppMessages.
var silent = map[string]bool{
	"unsupported_media_type": true, "body_too_large": true, "bank_unavailable": true, "unavailable": true, "internal": true,
	"client_left": true,
}

// Status is the HTTP status of a fault on this wire.
func Status(f *fault.Error) int {
	if status, ok := exceptions[f.Code]; ok {
		return status
	}
	return statuses[f.Kind]
}

// Code is the message code of a fault on this wire; empty where the standard has none.
func Code(f *fault.Error) string {
	if silent[f.Code] || f.Kind == fault.Internal {
		return ""
	}
	if code, ok := foreign[f.Code]; ok {
		return code
	}
	return f.Code
}
