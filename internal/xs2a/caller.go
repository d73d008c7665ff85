// Package xs2a is the Berlin Group's wire: consents and card accounts as NextGenPSD2 writes them, and tppMessages
// for what went wrong. The machines' door has checked who asks before anything here runs.
package xs2a

import (
	"context"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/consents"
	"fairway/internal/upstream"
)

// Caller is who asks, as the machines' door found out.
type Caller struct {
	Environment    catalog.Environment
	Brand          string
	OrganisationID string
	AppID          string
	// ConsentID and PSU are of the user token; empty where the TPP speaks for itself.
	ConsentID, PSU string
	RequestID      string
	// Now is the instant at which the door admitted the request.
	Now time.Time
	// Digest is the verified digest of the body.
	Digest string
	// Attended says that the customer asked for this just now: PSU-IP-Address was sent.
	Attended bool
	// BasePath is the path below which the bank's interface lies on its host, for links.
	BasePath string
	// TPP is who calls and Operation what is called, as a brand's own system is told in Live.
	TPP       upstream.TPP
	Operation string
	// CallID is the call's name in the request log.
	CallID string
	// Refused is the message code with which the brand's own system refused the call; the face sets it, for the request log.
	Refused string
	// MetadataURL is the authorisation server's metadata of this place.
	MetadataURL string
}

// Owner is whose consents the caller may see.
func (c *Caller) Owner() consents.Owner {
	return consents.Owner{OrganisationID: c.OrganisationID, Environment: c.Environment, Brand: c.Brand}
}

type callerKey struct{}

// WithCaller is called by the machines' door alone.
func WithCaller(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	if c == nil {
		return &Caller{}
	}
	return c
}

type bodyKey struct{}

// WithBody hands over the bytes of the body whose digest was verified.
func WithBody(ctx context.Context, body []byte) context.Context {
	return context.WithValue(ctx, bodyKey{}, body)
}

func bodyOf(ctx context.Context) []byte {
	body, _ := ctx.Value(bodyKey{}).([]byte)
	return body
}
