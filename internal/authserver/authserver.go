// Package authserver is OAuth 2.0 on the wire: the token endpoint and the metadata for machines, and the pages on which
// a bank's customer signs in, reads a consent and confirms it. What is granted is decided in oauth.
package authserver

import (
	"context"
	"log/slog"

	"github.com/gin-gonic/gin"

	"fairway/internal/address"
	"fairway/internal/bank"
	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/oauth"
	"fairway/internal/upstream"
)

// Config are the addresses of a deployment.
type Config struct {
	// AuthURL is the authorisation server's own address; the token endpoint stands below it.
	AuthURL address.Template
	// BankURL is where the pages of the banks are.
	BankURL address.Template
	// APIURL is where the bank APIs are.
	APIURL address.Template
	// PortalURL is the portal, whose documentation explains errors.
	PortalURL string
	// Upstream and Keys tell the brands in Live what their customers are asked.
	Upstream *upstream.Upstream
	Keys     *upstream.Keys
	// Statements are disclosure statements of others, by their path below AuthURL.
	Statements map[string]string
}

// Face mounts its routes at both doors.
type Face struct {
	oauth   *oauth.OAuth
	catalog *catalog.Catalog
	bank    bank.Bank
	config  Config
	log     *slog.Logger
}

// New makes the face.
func New(o *oauth.OAuth, c *catalog.Catalog, b bank.Bank, config Config, log *slog.Logger) *Face {
	return &Face{oauth: o, catalog: c, bank: b, config: config, log: log}
}

// MountMachines mounts what lies below the authorisation server's own address.
func (f *Face) MountMachines(r httpkit.Routes) {
	r.Post("/token", f.token)
	r.Get("/:environment/:brand"+wellKnown, f.metadata)
	r.Get("/pds/en", f.disclosure)
	r.Get(keysPath, f.keys)
	for path := range f.config.Statements {
		r.Get(path, f.disclosure)
	}
}

// Peer is the client certificate of a connection, as the door judged it.
type Peer struct {
	// Thumbprint is the SHA-256 of the certificate in hex.
	Thumbprint string
	// OrganisationID is whose certificate it is.
	OrganisationID string
	// Environment is where it belongs; empty is the sandbox.
	Environment catalog.Environment
	// Fault is what is wrong with it, or with its absence; nil where it passed.
	Fault error
}

type peerKey struct{}

// WithPeer is called by the machines' door before the token endpoint.
func WithPeer(ctx context.Context, p Peer) context.Context {
	return context.WithValue(ctx, peerKey{}, p)
}

// errNoPeer stands for a door that told nothing about the connection.
var errNoPeer = fault.New(fault.Unauthenticated, "CERTIFICATE_MISSING",
	"The connection carried no client certificate. Send your QWAC with its key in the TLS handshake (with curl: --cert qwac.pem --key qwac.key).").At("TLS")

func peerOf(ctx context.Context) (Peer, error) {
	p, ok := ctx.Value(peerKey{}).(Peer)
	switch {
	case p.Fault != nil:
		return p, p.Fault
	case !ok || p.Thumbprint == "" || p.OrganisationID == "":
		return p, errNoPeer
	}
	return p, nil
}

// Outcome is what came of a call, for the request log.
type Outcome struct {
	// Token says that it was a call of the token endpoint; the others are not logged.
	Token bool
	// Proved says that the client was authenticated; AppID and OrganisationID are its.
	Proved                bool
	AppID, OrganisationID string
	// Code is the error as it was sent, Text its description; both are empty after a success.
	Code, Text string
}

const outcomeKey = "fairway.token_outcome"

// OutcomeOf is what came of a call, once it was answered.
func OutcomeOf(c *gin.Context) Outcome {
	v, _ := c.Get(outcomeKey)
	o, _ := v.(Outcome)
	return o
}
