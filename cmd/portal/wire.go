package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/apps"
	"fairway/internal/audit"
	"fairway/internal/authserver"
	"fairway/internal/backoffice"
	"fairway/internal/bank/sandbox"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/certs"
	"fairway/internal/clock"
	"fairway/internal/config"
	"fairway/internal/consents"
	"fairway/internal/db"
	"fairway/internal/debugger"
	"fairway/internal/enrolments"
	"fairway/internal/flows"
	"fairway/internal/gateway"
	"fairway/internal/jobs"
	"fairway/internal/mail"
	"fairway/internal/mail/smtp"
	"fairway/internal/nca"
	"fairway/internal/notebook"
	"fairway/internal/notify"
	"fairway/internal/oauth"
	"fairway/internal/outbound"
	"fairway/internal/playground"
	"fairway/internal/portal"
	"fairway/internal/quota"
	"fairway/internal/reference"
	"fairway/internal/refresh"
	"fairway/internal/register"
	"fairway/internal/rehearsals"
	"fairway/internal/responder"
	"fairway/internal/revocation"
	"fairway/internal/signin"
	"fairway/internal/site"
	"fairway/internal/trustlist"
	"fairway/internal/upstream"
	"fairway/internal/workdays"
	"fairway/internal/xs2a"
)

// maxConsentDays is the longest life of a consent (Delegated Regulation (EU) 2022/2360: 180 days).
const maxConsentDays = 180

// program is everything that runs, built in one place.
type program struct {
	cfg    config.Config
	clock  clock.Clock
	log    *slog.Logger
	stdout io.Writer

	db       *db.DB
	queue    *jobs.Queue
	audit    *audit.Trail
	accounts *accounts.Accounts
	catalog  *catalog.Catalog
	certs    *certs.Certs
	apps     *apps.Apps
	consents *consents.Consents
	flows    *flows.Flows
	notebook *notebook.Notebook
	bank     *sandbox.Bank
	oauth    *oauth.OAuth
	quota    *quota.Quota
	register *register.Register
	lists    *trustlist.Lists
	enrols   *enrolments.Enrolments
	nca      *nca.NCA
	refresh  *refresh.Refresh
	orders   *rehearsals.Rehearsals
	calls    *calls.Log
	outbox   *mail.Outbox
	letters  *notify.Notify
	auth     *authserver.Face
	keys     *upstream.Keys
	upstream *upstream.Upstream
}

// open connects to the database, brings it to this version and builds the domains. Listeners are registered here, also
// for short commands: what they tell is done by the running server.
func (p *program) open(ctx context.Context) error {
	var err error
	if p.db, err = db.Open(ctx, db.Options{URL: p.cfg.DatabaseURL, Clock: p.clock, Log: p.log}); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	p.audit = audit.New(p.db, p.log)
	if err := p.db.Migrate(ctx, p.audit.Adopt, func(ctx context.Context) error { return certs.HashKeys(ctx, p.db, p.log) }); err != nil {
		return err
	}
	if p.queue, err = jobs.New(p.db, p.log); err != nil {
		return err
	}
	ring := p.cfg.Keys
	p.accounts = accounts.New(p.db, p.queue, ring, p.log)
	p.catalog = catalog.New(p.db, p.log)
	p.certs = certs.New(p.db, p.queue, ring, certs.Config{
		BaseURL: p.cfg.BaseURL.String(), AuthURL: p.cfg.AuthURL.String(), PublicServerCertificate: p.cfg.TLSCert != "",
	}, p.log)
	p.apps = apps.New(p.db, p.queue, ring, apps.Config{PlaygroundCallback: p.cfg.BaseURL.String() + playground.CallbackPath, Catalog: p.catalog,
		Live: enrolments.Live, Grants: enrolments.Grants}, p.log)
	p.orders = rehearsals.New(p.db, p.apps)
	p.consents = consents.New(p.db, consents.Config{MaxDays: maxConsentDays})
	p.flows, p.notebook = flows.New(p.db, ring), notebook.New(p.db)
	p.bank = sandbox.New(p.clock)
	p.quota = p.newQuota()
	p.register = register.New(p.db, p.queue)
	pinned, err := p.listSigners()
	if err != nil {
		return err
	}
	p.lists = trustlist.New(p.db, pinned, p.log)
	p.openLive()
	p.openRefresh()
	p.oauth = oauth.New(p.db, p.apps, p.consents, p.bank, ring, oauth.Config{
		Issuer: p.issuer, TPP: p.tpp, Catalog: p.catalog, Quota: p.quota,
	}, p.log)
	p.keys = upstream.NewKeys(p.db, ring)
	p.upstream = upstream.New(p.keys, p.clock, upstream.Config{}, p.log)
	p.calls = calls.New(p.db, p.clock, p.log)
	p.auth = authserver.New(p.oauth, p.catalog, p.bank, authserver.Config{
		AuthURL: p.cfg.AuthURL, BankURL: p.cfg.BankURL, APIURL: p.cfg.APIURL, PortalURL: p.cfg.BaseURL.String(),
		Upstream: p.upstream, Keys: p.keys, Statements: p.demoStatements(),
	}, p.log)
	if err := p.certs.EnsureAuthorities(ctx); err != nil {
		return fmt.Errorf("make the sandbox's authorities: %w", err)
	}
	if err := p.keys.Ensure(ctx); err != nil {
		return err
	}
	return p.listen()
}

// tpp tells who an organisation is: by what we issued in the sandbox, by what was approved in Live.
func (p *program) tpp(ctx context.Context, organisationID string, env catalog.Environment) (oauth.TPP, error) {
	if env == catalog.Live {
		return oauth.FromApprovals(p.enrols)(ctx, organisationID)
	}
	return oauth.FromCertificates(p.certs)(ctx, organisationID, env)
}

// openLive builds what lets organisations into Live.
func (p *program) openLive() {
	days := p.cfg.LiveDays
	p.enrols = enrolments.New(p.db, p.queue, enrolments.Config{
		Audience: p.cfg.BaseURL.Host(),
		Deadline: func(t time.Time) time.Time { return days.Deadline(t, workdays.Decision) },
		Resume:   days.Moved,
	})
	p.nca = nca.New(nca.Deps{
		DB: p.db, Queue: p.queue, Accounts: p.accounts, Enrolments: p.enrols, Lists: p.lists, Register: p.register, Log: p.log,
		Revocations: revocation.New(revocation.Config{Client: outbound.New(p.outside()), Clock: p.clock}),
	}, nca.Config{
		Host: p.cfg.LiveCountry, Automatic: p.automatic(), FourEyes: p.cfg.LiveDecision == "two", Demonstrations: p.cfg.Mode == config.Development,
	})
}

// automatic says that evidence decides about Live where every check passed.
func (p *program) automatic() bool { return p.cfg.LiveDecision == "automatic" }

// fetchWithin is how long one file may take: the register has 20 MB.
const fetchWithin = 2 * time.Minute

// openRefresh builds what fetches the lists and the register. Off this machine alone: what is on it comes in by command.
func (p *program) openRefresh() {
	p.refresh = refresh.New(refresh.Deps{DB: p.db, Lists: p.lists, Register: p.register, Log: p.log}, refresh.Config{
		Lists: p.cfg.ListsURL, Register: p.cfg.RegisterURL, Outside: outbound.New(outbound.Config{Timeout: fetchWithin}),
	})
}

// outside says which addresses of strangers' files may be asked: public ones, and in development this portal's own, where
// the demonstration's authority answers.
func (p *program) outside() outbound.Config {
	if p.cfg.Mode != config.Development {
		return outbound.Config{}
	}
	return outbound.Config{Loopback: []string{p.cfg.BaseURL.Host()}}
}

// newQuota counts the apps' requests where the configuration says.
func (p *program) newQuota() *quota.Quota {
	limits := quota.Limits{PerSecond: p.cfg.PerSecond, PerDay: p.cfg.PerDay}
	if p.cfg.SharedLimits {
		return quota.NewShared(p.db, p.clock, limits)
	}
	return quota.New(p.db, p.clock, limits)
}

// publicLimits are everybody's limits in the sandbox, which is what the documentation speaks of.
func (p *program) publicLimits(ctx context.Context) (quota.Limits, error) {
	return p.quota.For(ctx, string(catalog.Sandbox), "")
}

// issuer is the OAuth issuer of a brand in an environment.
func (p *program) issuer(env catalog.Environment, brand string) string {
	return p.cfg.AuthURL.String() + "/" + string(env) + "/" + brand
}

// listen says who hears of what: letters follow facts, and timers keep the tables small.
func (p *program) listen() error {
	var sender mail.Sender
	if p.cfg.Outbox() {
		p.outbox = mail.NewOutbox(p.db)
		sender = p.outbox
	} else {
		s, err := smtp.New(p.cfg.SMTPURL, p.cfg.MailFrom)
		if err != nil {
			return fmt.Errorf("PORTAL_SMTP_URL: %w", err)
		}
		sender = s
	}
	letters, err := notify.New(notify.Deps{
		DB: p.db, Queue: p.queue, Accounts: p.accounts, Certs: p.certs, Enrolments: p.enrols, Days: p.cfg.LiveDays, Automatic: p.automatic(),
		Out: sender, Home: p.cfg.BaseURL.String(), Support: p.cfg.SupportEmail,
	})
	if err != nil {
		return err
	}
	p.letters = letters
	letters.Listen(p.queue)
	p.queue.Every("notify.live_deadlines", time.Hour, letters.Deadlines)
	p.queue.Every("notify.endings", 24*time.Hour, letters.Endings)
	p.nca.Listen(p.queue)
	p.refresh.Listen(p.queue)
	jobs.On(p.queue, "oauth.app_deleted", func(ctx context.Context, f apps.Deleted) error {
		return p.oauth.RevokeApp(ctx, f.OrganisationID, f.AppID)
	})
	p.queue.Every("audit.head", 24*time.Hour, p.audit.Daily)
	p.queue.Every("consents.settle", time.Hour, p.consents.Settle)
	p.queue.Every("calls.purge", time.Hour, p.calls.Purge)
	p.queue.Every("oauth.purge", time.Hour, p.oauth.Purge)
	p.queue.Every("flows.purge", 24*time.Hour, p.flows.Purge)
	p.queue.Every("notebook.purge", 24*time.Hour, p.notebook.Purge)
	p.queue.Every("rehearsals.purge", time.Hour, p.orders.Purge)
	p.queue.Every("quota.purge", 24*time.Hour, func(ctx context.Context) error { return p.quota.Purge(ctx, p.clock.Now().AddDate(0, 0, -7)) })
	p.queue.Every("changes.purge", 10*time.Minute, func(ctx context.Context) error { return p.db.ForgetChanges(ctx, p.clock.Now().Add(-time.Hour)) })
	return nil
}

// doors builds the people's door and the machines' door.
func (p *program) doors() (*portal.Door, *gateway.Door, error) {
	public := p.site()
	people, err := portal.New(portal.Deps{
		Faces: p.faces(public), Near: public.Near, Custom: p.custom, Bank: p.auth, Keeper: signin.NewKeeper(p.accounts.Sessions()), Ring: p.cfg.Keys, Log: p.log,
		BaseURL: p.cfg.BaseURL, BankURL: p.cfg.BankURL, Proxies: p.cfg.TrustedProxies, Outbox: p.outbox != nil, Support: p.cfg.SupportEmail, Ready: p.ready,
	})
	if err != nil {
		return nil, nil, err
	}
	machines := gateway.New(gateway.Deps{
		Clock: p.clock, Log: p.log, Catalog: p.catalog, Certs: p.certs, Enrolments: p.enrols, Apps: p.apps, Consents: p.consents, OAuth: p.oauth, Quota: p.quota,
		Rehearsals: p.orders, Calls: p.calls, Auth: p.auth,
		XS2A:   xs2a.New(p.consents, p.bank, xs2a.Live{Upstream: p.upstream, Catalog: p.catalog, Issuer: p.cfg.AuthURL.String()}, p.cfg.Keys),
		APIURL: p.cfg.APIURL, AuthURL: p.cfg.AuthURL, BaseURL: p.cfg.BaseURL, Ready: p.ready,
	})
	return people, machines, nil
}

// faces are the parts of the portal that mount their own pages.
func (p *program) faces(public *site.Face) []portal.Face {
	base := p.cfg.BaseURL
	faces := []portal.Face{
		public,
		reference.New(reference.Deps{Catalog: p.catalog, Apps: p.apps, Clock: p.clock, APIURL: p.cfg.APIURL, AuthURL: p.cfg.AuthURL, BankURL: p.cfg.BankURL, BaseURL: base}),
		signin.New(signin.Deps{Accounts: p.accounts, Clock: p.clock, Secure: base.HTTPS(), Loopback: base.Loopback()}),
		backoffice.New(backoffice.Deps{
			DB: p.db, Clock: p.clock, Accounts: p.accounts, Apps: p.apps, Certs: p.certs, Calls: p.calls, Consents: p.consents,
			Enrolments: p.enrols, NCA: p.nca, Lists: p.lists, Register: p.register, Refresh: p.refresh, Trail: p.audit, Days: p.cfg.LiveDays, Letters: p.letters,
			Catalog: p.catalog, Quota: p.quota,
			Addresses: backoffice.Addresses{Portal: base, Auth: p.cfg.AuthURL, API: p.cfg.APIURL, Bank: p.cfg.BankURL},
		}),
		playground.New(playground.Deps{
			DB: p.db, Clock: p.clock, Accounts: p.accounts, Apps: p.apps, Certs: p.certs, Catalog: p.catalog, Consents: p.consents,
			Flows: p.flows, Calls: p.calls, Quota: p.quota, Bank: p.bank, Debugger: debugger.Path, Rehearsals: p.orders, Notebook: p.notebook,
			Enrolments: p.enrols, NCA: p.nca, LiveDays: p.cfg.LiveDays, Automatic: p.automatic(),
			Addresses: playground.Addresses{Portal: base.String(), Auth: p.cfg.AuthURL.String(), API: p.cfg.APIURL, Bank: p.cfg.BankURL},
		}),
		debugger.New(debugger.Deps{Calls: p.calls, Certs: p.certs, Clock: p.clock, Example: public.Example}),
	}
	if p.cfg.Mode == config.Development {
		faces = append(faces, responder.New(p.demoFolder(), p.demoBase(), p.clock))
	}
	return faces
}

// ready reports whether the database answers and has this version's schema.
func (p *program) ready(ctx context.Context) error {
	if err := p.db.Ping(ctx); err != nil {
		return err
	}
	migrated, err := p.db.Migrated(ctx)
	if err == nil && !migrated {
		err = errors.New("the schema is older than this program")
	}
	return err
}
