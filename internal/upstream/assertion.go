package upstream

import (
	"context"
	"time"

	"fairway/internal/secret"
)

// Header is what carries the assertion of a call.
const Header = "Fairway-Assertion"

// The types of what is signed, in the header typ, so that one cannot stand for the other (RFC 8725, 3.11).
const (
	typeCall    = "fairway-call+jwt"
	typeRequest = "fairway-authorisation+jwt"
)

// assertionLife is how long an assertion may be believed: long enough for clocks that differ a little.
const assertionLife = time.Minute

// TPP is who calls, as its approved certificates and the register have it.
type TPP struct {
	Name string `json:"name"`
	// Identifier is the organisation identifier of TS 119 495, as in PSDFI-FINFSA-1234567-8.
	Identifier string `json:"identifier"`
	Authority  string `json:"authority"`
	// Roles are those that may be used: named by both certificates and given by the approval.
	Roles []string `json:"roles"`
	// Certificate is the SHA-256 of the QWAC in hex; empty where no connection stands behind the message.
	Certificate string `json:"qwac_sha256,omitempty"`
	ClientID    string `json:"client_id"`
	App         string `json:"app"`
}

// Account is a card account that the customer opened.
type Account struct {
	ResourceID   string `json:"resource_id"`
	MaskedPAN    string `json:"masked_pan"`
	Currency     string `json:"currency"`
	Balances     bool   `json:"balances"`
	Transactions bool   `json:"transactions"`
}

// Consent is what stands behind a call.
type Consent struct {
	ID         string    `json:"id"`
	Recurring  bool      `json:"recurring"`
	ValidUntil string    `json:"valid_until"`
	Accounts   []Account `json:"accounts"`
	// ListOnly says that the accounts may be listed and nothing of them read.
	ListOnly bool `json:"list_only"`
}

// Assertion is what a brand is told about one call. The names of RFC 7519 and RFC 9449 mean what they mean there.
type Assertion struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	// ID is the call's own, as it stands in the request log.
	ID string `json:"jti"`
	// Method and Target are those of the request that carries the assertion: it fits no other.
	Method string `json:"htm"`
	Target string `json:"htu"`

	Brand     string  `json:"brand"`
	Operation string  `json:"operation"`
	RequestID string  `json:"x_request_id"`
	Attended  bool    `json:"psu_present"`
	PSU       string  `json:"psu"`
	TPP       TPP     `json:"tpp"`
	Consent   Consent `json:"consent"`
	// BasePath is what stands before the paths of links in the answer.
	BasePath string `json:"base_path"`
}

// Wish is what a customer is asked to allow.
type Wish struct {
	ConsentID string `json:"id"`
	// Access is as the TPP asked for it (NextGenPSD2, access).
	Access          any    `json:"access"`
	Recurring       bool   `json:"recurring"`
	ValidUntil      string `json:"valid_until"`
	FrequencyPerDay int    `json:"frequency_per_day"`
}

// Request sends a customer to the brand's page. Each is for one visit, and is decided once.
type Request struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	// ID is the authorisation's; it stands in the address of the decision.
	ID      string `json:"jti"`
	Brand   string `json:"brand"`
	TPP     TPP    `json:"tpp"`
	Consent Wish   `json:"consent"`
	// DecideAt is where the brand tells what the customer decided, over mutual TLS. The answer says where the customer goes.
	DecideAt string `json:"decide_at"`
}

// SignRequest signs what a customer takes to the brand's page, until an instant.
func (u *Upstream) SignRequest(ctx context.Context, r Request, until time.Time) (string, error) {
	r.IssuedAt, r.Expires = u.clock.Now().Unix(), until.Unix()
	return u.keys.sign(ctx, typeRequest, r)
}

func (u *Upstream) signCall(ctx context.Context, a Assertion) (string, error) {
	now := u.clock.Now()
	a.IssuedAt, a.Expires = now.Unix(), now.Add(assertionLife).Unix()
	if a.ID == "" {
		a.ID = secret.ID("call")
	}
	return u.keys.sign(ctx, typeCall, a)
}
