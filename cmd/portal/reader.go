package main

import (
	"context"

	"fairway/internal/catalog"
	"fairway/internal/site"
)

// reader is what the samples of an organisation's people are filled with: its first app that is connected to a bank, or its
// first app.
func (p *program) reader(ctx context.Context, organisationID string) (site.Reader, error) {
	list, err := p.apps.List(ctx, organisationID, catalog.Sandbox)
	if err != nil {
		return site.Reader{}, err
	}
	var r site.Reader
	for _, app := range list {
		if len(app.Connections) > 0 {
			return site.Reader{ClientID: app.ClientID, Brand: app.Connections[0].Brand}, nil
		}
		if r.ClientID == "" {
			r.ClientID = app.ClientID
		}
	}
	return r, nil
}
