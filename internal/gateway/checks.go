package gateway

import (
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fairway/internal/apps"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/qcert"
	"fairway/internal/quota"
	"fairway/internal/secret"
)

// checkCertificate: a certificate is there, ours, in time, not revoked, registered.
func (a *admission) checkCertificate() (string, error) {
	if err := a.checkPlace(); err != nil {
		return "", err
	}
	who, text, err := a.identify(a.request.Context(), catalog.Environment(a.place.Environment))
	a.who = who
	a.call.OrganisationID = who.organisationID
	return text, err
}

// checkPlace: the address names an environment and a brand that exist.
func (a *admission) checkPlace() error {
	env, ok := catalog.ParseEnvironment(a.place.Environment)
	if !ok {
		return fault.New(fault.NotFound, "RESOURCE_UNKNOWN", "The address names no environment that is served here. Use "+a.door.APIURL.URL("sandbox", a.place.Brand)+" for the sandbox.")
	}
	brand, err := a.door.Catalog.Brand(a.request.Context(), a.place.Brand)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "RESOURCE_UNKNOWN", "The address names no brand that exists. The brands are listed in the documentation under Environments.")
	}
	if err == nil && env == catalog.Live && !brand.Live.Open() {
		return fault.New(fault.NotFound, "RESOURCE_UNKNOWN", brand.Name+" is not open in Live yet. Use "+a.door.APIURL.URL("sandbox", brand.ID)+" for its sandbox; the portal announces when Live opens.")
	}
	return err
}

// errSuspended is told to nobody but the organisation itself: certificate and key belong together before.
var errSuspended = fault.New(fault.Forbidden, "SERVICE_BLOCKED",
	"Your organisation is suspended: its calls are refused until it is restored. Sign in to the portal to read why and whom to ask.")

// checkKey: the API key is current, and its app belongs to the organisation of the certificate, which may go on.
func (a *admission) checkKey() (string, error) {
	a.keyRead = true
	values := a.request.Header.Values("X-Api-Key")
	if len(values) == 0 || values[0] == "" {
		return "", fault.New(fault.Unauthenticated, "API_KEY_MISSING", "The header X-API-Key is missing. Send the API key of your app; it was shown once when the app was made, and can be rotated under Apps.").At("X-API-Key")
	}
	if len(values) > 1 {
		return "", formatError("X-API-Key", "The header X-API-Key occurs twice. Send it once.")
	}
	if text := elsewhere(values[0], a.who.environment, "an API key"); text != "" {
		return "", apps.ErrAPIKey.Saying(text)
	}
	app, err := a.keyOwner(a.request.Context(), secret.Text(values[0]), a.who.organisationID)
	if err != nil {
		return "", err
	}
	a.app = app
	a.call.AppID, a.call.OrganisationID = app.ID, app.OrganisationID
	if app.OrganisationID != a.who.organisationID || string(app.Environment) != a.place.Environment || a.who.environment != app.Environment {
		return "", apps.ErrAPIKey // who else has a key is nobody's business
	}
	a.proved = true
	if app.Suspended {
		return "", errSuspended
	}
	if app.Playground {
		return "The playground's key of " + app.Name, nil
	}
	return "A key of " + app.Name, nil
}

// checkToken: the bearer token is known, current, bound to this certificate and app, and of the right kind.
func (a *admission) checkToken() (string, error) {
	bearer, err := a.bearer()
	if err != nil {
		return "", err
	}
	if text := elsewhere(bearer.Reveal(), a.app.Environment, "a token"); text != "" {
		return "", fault.New(fault.Unauthenticated, "TOKEN_INVALID", text).At("Authorization")
	}
	token, err := a.door.OAuth.Check(a.request.Context(), bearer, a.who.thumbprint, a.app.ID, a.app.Environment, a.place.Brand)
	if err != nil {
		return "", err
	}
	a.token = token
	if a.operation.Token == catalog.UserToken && token.ConsentID == "" {
		return "", fault.New(fault.Unauthenticated, "TOKEN_INVALID",
			"This token speaks for you alone (client_credentials); card accounts need the token of a customer. Send the customer to the authorisation endpoint and exchange the code.").At("Authorization")
	}
	if a.operation.Token == catalog.ClientToken && token.ConsentID != "" {
		return "", fault.New(fault.Unauthenticated, "TOKEN_INVALID",
			"This token belongs to one customer's consent. Make new consents with a token of the client_credentials grant.").At("Authorization")
	}
	if err := otherConsent(token.ConsentID, a.consentID); err != nil {
		return "", err
	}
	a.caller.ConsentID, a.caller.PSU = token.ConsentID, token.PSU
	if token.ConsentID != "" {
		return "A customer's token, bound to this certificate", nil
	}
	return "A token bound to this certificate", nil
}

// checkConsent: the token's own consent is in a state to be used. Calls that make a consent, or read of one, need none.
func (a *admission) checkConsent() (_ string, err error) {
	if a.operation.Token != catalog.UserToken {
		return "This operation uses none", nil
	}
	if a.consent, err = a.door.Consents.Usable(a.request.Context(), a.owner(), a.token.ConsentID); err != nil {
		return "", err
	}
	return "Consent " + a.token.ConsentID + " can be used", nil
}

// otherConsent refuses a customer's token where the path names another consent than the customer's.
func otherConsent(ofToken, ofPath string) error {
	if ofToken == "" || ofPath == "" || ofToken == ofPath {
		return nil
	}
	return fault.New(fault.Unauthenticated, "TOKEN_INVALID", "This token belongs to the consent "+ofToken+" alone. For any other consent of yours send the token of that consent, or one of the client_credentials grant.").At("Authorization")
}

func (a *admission) bearer() (secret.Text, error) {
	values := a.request.Header.Values("Authorization")
	if len(values) == 0 {
		return "", fault.New(fault.Unauthenticated, "TOKEN_UNKNOWN", "The header Authorization is missing. Get a token from the token endpoint and send it as Authorization: Bearer <token>.").At("Authorization")
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if len(values) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", fault.New(fault.Unauthenticated, "TOKEN_UNKNOWN", "The header Authorization is not written as Bearer <token>. Send it once, in that form.").At("Authorization")
	}
	return secret.Text(strings.TrimSpace(token)), nil
}

// checkRole: the certificate has the PSP role of the operation (TS 119 495), and in Live the approval gives it.
func (a *admission) checkRole() (string, error) {
	for _, role := range a.who.rights {
		if string(role) == a.operation.Role {
			return a.operation.Role, nil
		}
	}
	return "", fault.New(fault.Unauthenticated, "ROLE_INVALID", "This operation needs the role "+a.operation.Role+"; "+a.who.rightsText()).At("TLS")
}

func roleNames(roles []qcert.Role) string {
	if len(roles) == 0 {
		return "none"
	}
	return qcert.JoinRoles(roles, ", ")
}

// checkConnection: the app is connected to the API at this brand, and the brand still offers the version of the address.
// Consents come with every API of their scope.
func (a *admission) checkConnection() (string, error) {
	connected := false
	for _, c := range a.app.Connections {
		if c.Brand != a.place.Brand || a.operation.API != "" && c.API != a.operation.API {
			continue
		}
		connected = true
		if open, err := a.offers(c.API); err != nil {
			return "", err
		} else if open {
			return a.app.Name + " is connected", nil
		}
	}
	if !connected {
		return "", fault.New(fault.Forbidden, "API_NOT_CONNECTED", fmt.Sprintf("The app %s is not connected to this API of %s. Connect it under APIs.", a.app.Name, a.place.Brand))
	}
	return "", fault.New(fault.NotFound, "RESOURCE_UNKNOWN", fmt.Sprintf("%s does not offer this version of the API at the moment. The documentation lists under Versioning which versions are open.", a.place.Brand))
}

// offers reports whether the brand offers what is called: the version of the address, or for a new consent any version of
// an API that it opens. A consent that is there can be read and ended for as long as the app is connected. Where the version
// of the address is deprecated, the answer says so.
func (a *admission) offers(api string) (bool, error) {
	if a.operation.API == "" {
		if !a.operation.HasBody {
			return true, nil
		}
		return a.door.Catalog.Offered(a.request.Context(), a.app.Environment, a.place.Brand, api)
	}
	versions, err := a.door.Catalog.Versions(a.request.Context(), api, a.place.Brand)
	for _, v := range versions {
		if strings.HasPrefix(a.operation.Pattern, "/"+api+"/"+v.Version+"/") && v.OpenIn(a.app.Environment, a.now) {
			a.announce(v)
			return true, nil
		}
	}
	return false, err
}

// checkQuota: so many a second, so many a day. It stands before the dear checks.
func (a *admission) checkQuota() (string, error) {
	d, err := a.door.Quota.Take(a.request.Context(), quota.Caller{Environment: a.place.Environment, OrganisationID: a.app.OrganisationID, App: a.app.ID})
	if err != nil {
		return "", err
	}
	limits := d.Limits
	a.header["Ratelimit-Policy"] = a.door.policyOf(limits)
	a.header["Ratelimit"] = []string{d.Header()}
	if a.counted = d.OK; d.OK {
		a.keep()
		return usedToday(d), nil
	}
	text := fmt.Sprintf("The app sent more than %d requests within one second. Wait %s, then continue; spread or queue the calls. Today: %s.",
		limits.PerSecond, d.RetryAfter.Round(time.Millisecond), strings.TrimSuffix(usedToday(d), " today"))
	if d.Which == "day" {
		text = "The app has used its " + string(appendThousands(nil, limits.PerDay)) + " requests of today. The count starts again at 00:00 UTC."
	}
	return "", fault.New(fault.TooMany, "RATE_LIMIT_EXCEEDED", text).After(d.RetryAfter)
}

// usedToday is "12 of 1,000 today".
func usedToday(d quota.Decision) string {
	b := make([]byte, 0, 48)
	b = appendThousands(b, d.UsedToday)
	b = append(b, " of "...)
	b = appendThousands(b, d.Limits.PerDay)
	return string(append(b, " today"...))
}

// appendThousands writes a number as people read it: 1,000.
func appendThousands(b []byte, n int) []byte {
	if n >= 1000 {
		b = append(appendThousands(b, n/1000), ',', byte('0'+n/100%10))
		return append(b, byte('0'+n/10%10), byte('0'+n%10))
	}
	return strconv.AppendInt(b, int64(n), 10)
}

func peerCertificate(certificates []*x509.Certificate) *x509.Certificate {
	if len(certificates) == 0 {
		return nil
	}
	return certificates[0]
}
