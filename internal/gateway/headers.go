package gateway

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairway/internal/fault"
)

const (
	maxBody       = 64 << 10
	maxHeaderText = 512
)

// once are headers that must not be repeated: two of one mean different things to different readers.
var once = []string{"X-Request-Id", "Consent-Id", "Psu-Ip-Address", "Psu-Id", "Psu-Corporate-Id", "Tpp-Redirect-Uri", "Content-Type", "Content-Encoding", "Accept"}

// checkHeaders: what the operation needs is there, once and well-formed. The consent named here must be the token's own.
func (a *admission) checkHeaders() (string, error) {
	h := a.request.Header
	for _, name := range once {
		if len(h[name]) > 1 {
			return "", formatError(spelling(name), "The header "+spelling(name)+" occurs twice. Send it once.")
		}
	}
	for _, check := range headerChecks {
		if err := check(a); err != nil {
			return "", err
		}
	}
	a.caller.Environment, a.caller.Brand = a.app.Environment, a.place.Brand
	a.caller.OrganisationID, a.caller.AppID = a.app.OrganisationID, a.app.ID
	a.caller.Now, a.caller.BasePath = a.now, a.place.BasePath
	if a.who.pair != nil {
		a.tellTPP()
	}
	if a.operation.HasBody { // only the answer to a new consent names it
		a.caller.MetadataURL = a.door.AuthURL.String() + "/" + a.place.Environment + "/" + a.place.Brand + metadataPath
	}
	return "", nil
}

var headerChecks = []func(*admission) error{
	(*admission).checkRequestID, (*admission).checkConsentID, (*admission).checkPSU, (*admission).checkContent,
}

func (a *admission) checkRequestID() error {
	value := a.request.Header.Get("X-Request-Id")
	if value == "" {
		return formatError("X-Request-ID", "The header X-Request-ID is missing. Send a new UUID with every request, for example 99391c7e-ad88-49ec-a2ad-99ddcb1f7756.")
	}
	if !isUUID(value) {
		return formatError("X-Request-ID", "X-Request-ID must be a UUID such as 99391c7e-ad88-49ec-a2ad-99ddcb1f7756. You sent \""+clip(value)+"\". Make a new one for every request.")
	}
	a.caller.RequestID = strings.ToLower(value)
	a.call.Detail.Repeated = a.door.seen.add(a.app.ID, a.caller.RequestID)
	return nil
}

func (a *admission) checkConsentID() error {
	if !a.operation.NeedsConsent {
		return nil
	}
	value := a.request.Header.Get("Consent-Id")
	switch {
	case value == "":
		return formatError("Consent-ID", "The header Consent-ID is missing. Send the id of the consent that the token was made for: "+a.token.ConsentID+".")
	case !isUUID(value):
		return formatError("Consent-ID", "Consent-ID must be the UUID that POST consents answered. You sent \""+clip(value)+"\".")
	case strings.EqualFold(value, a.token.ConsentID):
		return nil
	}
	if _, err := a.door.Consents.ByID(a.request.Context(), a.owner(), strings.ToLower(value)); err != nil {
		if !fault.Is(err, fault.Forbidden) {
			return err
		}
		return fault.New(fault.Invalid, "CONSENT_UNKNOWN", "No consent of yours has the id "+value+" at this bank. The token was made for consent "+a.token.ConsentID+".").At("Consent-ID")
	}
	return fault.New(fault.Unauthenticated, "TOKEN_INVALID", "The token belongs to consent "+a.token.ConsentID+", but Consent-ID names "+value+". Use the token of that consent, or the other id.").At("Consent-ID")
}

func (a *admission) checkPSU() error {
	h := a.request.Header
	ip := h.Get("Psu-Ip-Address")
	if ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			return formatError("PSU-IP-Address", "PSU-IP-Address must be an IPv4 or IPv6 address. You sent \""+clip(ip)+"\".")
		}
		a.caller.Attended = true
	} else if a.operation.ID == "consents.create" {
		return formatError("PSU-IP-Address", "The header PSU-IP-Address is missing. Send the customer's IP address; where you do not know it, send your own.")
	}
	for _, name := range []string{"Psu-Id", "Psu-Corporate-Id", "Tpp-Redirect-Uri"} {
		if len(h.Get(name)) > maxHeaderText {
			return formatError(spelling(name), "The header "+spelling(name)+" is longer than 512 characters.")
		}
		if !readable(h.Get(name)) {
			return formatError(spelling(name), "The header "+spelling(name)+" holds characters that cannot be read. Send visible characters in UTF-8.")
		}
	}
	if uri := h.Get("Tpp-Redirect-Uri"); uri != "" {
		if u, err := url.Parse(uri); err != nil || !u.IsAbs() {
			return formatError("TPP-Redirect-URI", "TPP-Redirect-URI must be an absolute address. You sent \""+clip(uri)+"\".")
		}
	}
	return nil
}

func (a *admission) checkContent() error {
	h := a.request.Header
	if h.Get("Content-Encoding") != "" {
		return fault.New(fault.Invalid, "unsupported_media_type", "A compressed body is not taken: the digest is over the bytes as sent.").At("Content-Encoding")
	}
	if a.request.ContentLength > maxBody {
		return fault.New(fault.Invalid, "body_too_large", "The body is larger than 64 kB.")
	}
	if a.operation.HasBody {
		media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
		if !strings.EqualFold(strings.TrimSpace(media), "application/json") {
			return fault.New(fault.Invalid, "unsupported_media_type", "The body must be sent as Content-Type: application/json.").At("Content-Type")
		}
	}
	if !acceptsJSON(h.Get("Accept")) {
		return fault.New(fault.Invalid, "REQUESTED_FORMATS_INVALID", "Accept asks for \""+clip(h.Get("Accept"))+"\", but this interface answers application/json. Send that, or leave Accept out.").At("Accept")
	}
	return nil
}

func acceptsJSON(accept string) bool {
	if accept == "" || accept == "*/*" || accept == "application/json" {
		return true
	}
	for part := range strings.SplitSeq(accept, ",") {
		media, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.Contains(strings.ReplaceAll(params, " ", ""), "q=0") && !strings.Contains(params, "q=0.") {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "*/*", "application/*", "application/json":
			return true
		}
	}
	return false
}

// spelling is the name of a header as the guidelines write it.
func spelling(canonical string) string {
	if name, ok := spelled[canonical]; ok {
		return name
	}
	return canonical
}

var spelled = map[string]string{
	"X-Request-Id": "X-Request-ID", traceHeader: "X-Trace-ID", "X-Api-Key": "X-API-Key", "Consent-Id": "Consent-ID", "Tpp-Redirect-Uri": "TPP-Redirect-URI",
	"Tpp-Signature-Certificate": "TPP-Signature-Certificate", "Psu-Ip-Address": "PSU-IP-Address", "Psu-Id": "PSU-ID",
	"Psu-Corporate-Id": "PSU-Corporate-ID", "Psu-Ip-Port": "PSU-IP-Port", "Psu-User-Agent": "PSU-User-Agent", "Psu-Device-Id": "PSU-Device-ID",
	"Ratelimit": "RateLimit", "Ratelimit-Policy": "RateLimit-Policy", "Aspsp-Sca-Approach": "ASPSP-SCA-Approach", "Www-Authenticate": "WWW-Authenticate",
}

// readable reports whether s is UTF-8 without control characters.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// isUUID reports whether s has the form of RFC 9562, in any version and letter case.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F'):
			return false
		}
	}
	return true
}

func formatError(path, text string) *fault.Error {
	return fault.New(fault.Invalid, "FORMAT_ERROR", text).At(path)
}

// clip shortens what a client sent before it is repeated in an answer.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return strings.ToValidUTF8(s, "�")
}
