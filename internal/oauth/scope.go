package oauth

import (
	"regexp"
	"strings"

	"fairway/internal/fault"
)

const (
	scopeAIS      = "AIS"
	offlineAccess = "offline_access"
)

// resourceScope is a scope that names a resource: "AIS:" and an id, the prefix in any letter case.
var resourceScope = regexp.MustCompile(`^(?i:(AIS|PIS|PIIS)):([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})$`)

// readScope finds the consent that a scope names (Implementation Guidelines, 13.1). offline_access may stand beside
// it; it changes nothing, since a recurring consent has refresh tokens anyway.
func readScope(scope string) (consentID string, problem *fault.Error) {
	if scope == "" {
		return "", say(ErrScope, "scope is missing. Send scope=AIS:{consentId} with the id of the consent that the customer is to authorise.")
	}
	for part := range strings.SplitSeq(scope, " ") {
		if part == offlineAccess || part == "" {
			continue
		}
		m := resourceScope.FindStringSubmatch(part)
		switch {
		case m == nil:
			return "", say(ErrScope, "scope is %s. Send scope=AIS:{consentId} with the consentId of your consent, a UUID.", quote(scope))
		case !strings.EqualFold(m[1], scopeAIS):
			return "", say(ErrScope, "scope begins with %s. This bank offers account information: AIS:{consentId}.", strings.ToUpper(m[1]))
		case consentID != "":
			return "", say(ErrScope, "scope names more than one consent. The customer authorises one at a time.")
		}
		consentID = strings.ToLower(m[2])
	}
	if consentID == "" {
		return "", say(ErrScope, "scope names no consent. Send scope=AIS:{consentId}.")
	}
	return consentID, nil
}

func consentScope(consentID string) string { return scopeAIS + ":" + consentID }

// within reports whether a refresh asks for no more than was granted (RFC 6749 §6).
func within(asked, granted string) bool {
	for part := range strings.SplitSeq(asked, " ") {
		if part != "" && part != offlineAccess && !strings.EqualFold(part, granted) {
			return false
		}
	}
	return true
}
