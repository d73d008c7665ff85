// Package site owns the public pages: the landing page, the documentation with a page for every code, the certificate
// inspector, what search engines ask for, and the outbox of a developer's machine.
package site

import (
	"context"
	"crypto/x509"
	"log/slog"
	"sync/atomic"

	"fairway/internal/address"
	"fairway/internal/apps"
	"fairway/internal/audit"
	"fairway/internal/bank"
	"fairway/internal/calls"
	"fairway/internal/catalog"
	"fairway/internal/clock"
	"fairway/internal/example"
	"fairway/internal/httpkit"
	"fairway/internal/mail"
	"fairway/internal/progress"
	"fairway/internal/qcert"
	"fairway/internal/quota"
	"fairway/internal/rehearsals"
	"fairway/internal/search"
	"fairway/web/templates/layout"
)

// Deps are what the face is built from.
type Deps struct {
	Catalog *catalog.Catalog
	Bank    bank.Bank
	Calls   *calls.Log
	// Apps and Rehearsals let a reader order the answer that a page explains.
	Apps       *apps.Apps
	Rehearsals *rehearsals.Rehearsals
	// Issuer is the inspector's line about the trusted lists.
	Issuer func(ctx context.Context, cert *x509.Certificate, chain []*x509.Certificate, kind qcert.Kind) (qcert.Check, error)
	// Seal issues a certificate for the worked example by the sandbox's authority, with the signature that its key made of a text.
	Seal func(ctx context.Context, text []byte) (*x509.Certificate, []byte, error)
	// Outbox is nil where letters are sent; then its pages do not exist.
	Outbox *mail.Outbox
	Clock  clock.Clock
	Log    *slog.Logger

	APIURL, AuthURL, BankURL, BaseURL address.Template
	// Limits are how many requests an app may send in the sandbox now.
	Limits func(ctx context.Context) (quota.Limits, error)
	// Taken tells of each of the six steps to the first answer whether an organisation took it.
	Taken func(ctx context.Context, organisationID string) ([progress.Steps]bool, error)
	// Used are the apps of an organisation with what they have sent today.
	Used func(ctx context.Context, organisationID string) ([]AppUse, error)
	// Trail says when a version was announced.
	Trail *audit.Trail
	// Entries is what else the search finds, as the operations and fields of a reference; nil where there is nothing.
	Entries func(ctx context.Context) ([]search.Entry, error)
	// LiveCountry is where the register must grant a service.
	LiveCountry string
	// Automatic says that evidence decides about Live where every check passed.
	Automatic bool
	// SupportEmail is where people ask for help with the portal.
	SupportEmail string
	// MorePaths lists public pages of other faces, for search engines; it may be nil.
	MorePaths func() []string
	// Reader is what the samples of an organisation's people are filled with; nil fills them with nobody's.
	Reader func(ctx context.Context, organisationID string) (Reader, error)
	// ConsentDays is how long a consent lasts at most, its first day included.
	ConsentDays int
}

// Face is the public pages.
type Face struct {
	Deps
	current atomic.Pointer[library]
	example atomic.Pointer[example.Signed]
}

// New makes the face. Its pages are written when the first of them is asked for.
func New(d Deps) *Face { return &Face{Deps: d} }

// Mount adds the routes.
func (f *Face) Mount(m httpkit.Mounts) {
	m.Public.Get("/", f.showLanding)
	m.Public.Get("/docs", f.showChapter)
	for _, s := range slugs() {
		if s != "" {
			m.Public.Get("/docs/"+s, f.showChapter)
		}
	}
	m.Public.Get("/docs/errors/:code", f.showCode)
	m.Public.Post("/docs/auth", f.computeChallenge)
	m.Public.Get(feedPath, f.sendFeed)
	m.Public.Get(layout.SearchPath, f.search)
	m.Public.Get(inspectorPath, f.askInspector)
	m.Public.Post(inspectorPath, f.inspect)
	m.Public.Get("/robots.txt", f.sendRobots)
	m.Public.Get("/sitemap.xml", f.sendSitemap)
	m.Public.Get("/favicon.ico", f.sendIcon)
	if f.Outbox != nil {
		m.Public.Get("/dev/outbox", f.showOutbox)
		m.Public.Get("/dev/outbox/:number", f.showLetter)
	}
}
