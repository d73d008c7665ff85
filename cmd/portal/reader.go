package main

import (
	"context"

	"fairway/internal/catalog"
	"fairway/internal/fault"
	"fairway/internal/progress"
	"fairway/internal/reference"
	"fairway/internal/samples"
	"fairway/internal/site"
)

// taken tells the documentation which of the six steps an organisation has taken. Who can sign in has proved the address.
func (p *program) taken(ctx context.Context, organisationID string) ([progress.Steps]bool, error) {
	done := [progress.Steps]bool{progress.Verify: true}
	_, err := p.certs.Active(ctx, organisationID, catalog.Sandbox)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return done, err
	}
	done[progress.Certify] = err == nil
	list, err := p.apps.List(ctx, organisationID, catalog.Sandbox)
	if err != nil {
		return done, err
	}
	for _, a := range list {
		done[progress.CreateApp] = true
		done[progress.Connect] = done[progress.Connect] || len(a.Connections) > 0
	}
	for step, operation := range map[progress.Step]string{progress.Sign: progress.FirstSigned, progress.Answer: progress.FirstAnswer} {
		if _, done[step], err = p.calls.FirstSuccess(ctx, organisationID, string(catalog.Sandbox), operation); err != nil {
			return done, err
		}
	}
	done[progress.Sign] = done[progress.Sign] || done[progress.Answer]
	return done, nil
}

// used tells the documentation what the apps of an organisation have sent today.
func (p *program) used(ctx context.Context, organisationID string) ([]site.AppUse, error) {
	var out []site.AppUse
	for _, env := range catalog.Environments() {
		list, err := p.apps.List(ctx, organisationID, env)
		if err != nil {
			return nil, err
		}
		limits, err := p.quota.For(ctx, string(env), organisationID)
		if err != nil {
			return nil, err
		}
		ids := make([]string, 0, len(list))
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		today, err := p.quota.Used(ctx, string(env), ids...)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out = append(out, site.AppUse{App: a.Name, Environment: env, Used: today[a.ID], Limits: limits})
		}
	}
	return out, nil
}

// site builds the public pages, which the door's error pages ask too.
func (p *program) site() *site.Face {
	return site.New(site.Deps{
		Catalog: p.catalog, Bank: p.bank, Calls: p.calls, Outbox: p.outbox, Clock: p.clock, Log: p.log, Issuer: p.nca.Issuer, Trail: p.audit, Apps: p.apps, Rehearsals: p.orders,
		APIURL: p.cfg.APIURL, AuthURL: p.cfg.AuthURL, BankURL: p.cfg.BankURL, BaseURL: p.cfg.BaseURL, Reader: p.reader, Taken: p.taken, Used: p.used, Seal: p.certs.Example,
		MorePaths: reference.Paths, Entries: reference.Entries,
		Limits: p.publicLimits, ConsentDays: maxConsentDays, LiveCountry: p.cfg.LiveCountry, SupportEmail: p.cfg.SupportEmail, Automatic: p.automatic(),
	})
}

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

// customDays is how far back the calls of an organisation tell its language.
const customDays = 7

// custom is the language that most of an organisation's newest calls came from; the playground's own tell nothing.
func (p *program) custom(ctx context.Context, organisationID string) (string, error) {
	agents, err := p.calls.Agents(ctx, organisationID, p.clock.Now().AddDate(0, 0, -customDays))
	return samples.MostUsed(agents), err
}
