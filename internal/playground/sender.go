package playground

import (
	"context"

	"fairway/internal/bankclient"
	"fairway/internal/fault"
)

// psuAddress is the customer's address as the playground tells it to the banks: one that belongs to nobody (RFC 5737).
const psuAddress = "192.0.2.10"

// errNoSet is asking a bank for something without certificates.
var errNoSet = fault.New(fault.Conflict, "certificates_missing",
	"Your organisation has no certificates yet, and no bank answers without. Set up your sandbox on the dashboard, or generate them under Certificates.")

// errNoCredentials is an app whose playground credentials were revoked.
var errNoCredentials = fault.New(fault.Conflict, "playground_revoked",
	"The playground has no credentials for this app any more: somebody revoked them. The app’s page offers new ones.")

// newClient is the playground's way to the banks.
func newClient(d Deps) *bankclient.Client {
	return bankclient.New(bankclient.Config{API: d.Addresses.API, TokenURL: d.Addresses.Auth + "/token", Roots: d.Certs.Roots, Clock: d.Clock})
}

// identity is whom the playground speaks for: an organisation's certificates and its app's playground credentials.
func (p *Playground) identity(ctx context.Context, organisationID, appID string) (bankclient.Identity, error) {
	clientID, clientSecret, apiKey, err := p.Apps.PlaygroundCredentials(ctx, organisationID, appID)
	if fault.Of(err).Code == "playground_revoked" {
		return bankclient.Identity{}, errNoCredentials
	}
	if err != nil {
		return bankclient.Identity{}, err
	}
	qwac, seal, sealKey, err := p.Certs.PlaygroundKeys(ctx, organisationID, env)
	if fault.Is(err, fault.NotFound) {
		return bankclient.Identity{}, errNoSet
	}
	if err != nil {
		return bankclient.Identity{}, err
	}
	id := bankclient.Identity{Owner: organisationID, QWAC: qwac, Seal: seal, ClientID: clientID, ClientSecret: clientSecret, APIKey: apiKey}
	if sealKey != nil {
		id.SealKey = sealKey
	}
	return id, nil
}
