// Package certs owns the sandbox's certification authorities and what they issue: certificate sets of organisations,
// server certificates, revocation lists, and the questions that the machines' door asks about a certificate.
package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/httpsig"
	"fairway/internal/jobs"
	"fairway/internal/memo"
	"fairway/internal/qcert"
	"fairway/internal/secret"
)

// The topics under which changes are told: the thumbprint of a certificate that was issued or revoked, and the id of an
// organisation whose active set is another one now.
const (
	topicCertificates = "certs"
	topicSeals        = "seals"
)

const (
	maxCertificates = 20_000 // certificates remembered for the door, by thumbprint
	maxSeals        = 20_000 // registered seals remembered for the door, by organisation
	maxKeys         = 64     // sets whose private keys are held open for the playground
)

// Config are the addresses that certificates carry and what the bundle has to know about the doors.
type Config struct {
	// BaseURL is the portal's own address; revocation lists and issuers are published below it.
	BaseURL string
	// AuthURL is the token endpoint's address, always https; the disclosure statement stands below it.
	AuthURL string
	// PublicServerCertificate tells that the doors present a certificate that machines trust by themselves, so that
	// clients need no --cacert.
	PublicServerCertificate bool
}

// check refuses at the start what no certificate could carry later.
func (c Config) check() error {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return errors.New("certificates need the portal's address, http or https")
	}
	auth, err := url.Parse(c.AuthURL)
	if err != nil || auth.Host == "" || auth.Scheme != "https" {
		return errors.New("certificates need the token endpoint's address, and it must be https")
	}
	return nil
}

// Certs issues, replaces and answers for certificates. It is safe for concurrent use.
type Certs struct {
	db    *db.DB
	queue *jobs.Queue
	ring  *secret.Ring
	cfg   Config
	log   *slog.Logger

	cas atomic.Pointer[authorities]

	registered *memo.Cache[string, Certificate]
	seals      *memo.Cache[owner, Certificate]
	open       *memo.Cache[owner, openSet]

	crlMu      sync.Mutex
	crls       map[Issuer]publishedCRL
	crlSigning sync.Mutex
	crlEpoch   int

	keygen  *gate
	bundles *gate
}

// owner names whose active set is meant, and in which environment.
type owner struct {
	organisation string
	environment  catalog.Environment
}

// New makes the domain on an open database and subscribes it to the changes of other processes. Call
// EnsureAuthorities before anything is issued.
func New(d *db.DB, q *jobs.Queue, ring *secret.Ring, cfg Config, log *slog.Logger) *Certs {
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	cfg.AuthURL = strings.TrimRight(cfg.AuthURL, "/")
	c := &Certs{
		db: d, queue: q, ring: ring, cfg: cfg, log: log,
		crls: map[Issuer]publishedCRL{}, keygen: newGate(), bundles: newGate(),
	}
	c.registered = memo.New(maxCertificates, c.loadCertificate)
	c.seals = memo.New(maxSeals, c.loadSeal)
	c.open = memo.New(maxKeys, c.loadKeys)
	d.OnChange(topicCertificates, c.forgetCertificate)
	d.OnChange(topicSeals, c.forgetSet)
	return c
}

func (c *Certs) forgetCertificate(thumbprint string) {
	if thumbprint == "" {
		c.registered.ForgetAll()
	} else {
		c.registered.Forget(thumbprint)
	}
	c.forgetCRLs()
}

func (c *Certs) forgetSet(organisation string) {
	if organisation == "" {
		c.seals.ForgetAll()
		c.open.ForgetAll()
		return
	}
	for _, env := range []catalog.Environment{catalog.Sandbox, catalog.Live} {
		c.seals.Forget(owner{organisation, env})
		c.open.Forget(owner{organisation, env})
	}
}

// Certificate is one registered certificate.
type Certificate struct {
	ID             string
	SetID          string
	OrganisationID string
	Environment    catalog.Environment
	// Kind is qcert.QWAC or qcert.QSealC.
	Kind qcert.Kind
	// Thumbprint is the SHA-256 of the DER bytes in lower-case hex.
	Thumbprint string
	// Serial is upper-case hex with an even number of digits.
	Serial string
	DER    []byte
	X509   *x509.Certificate
	Info   qcert.Info
	// Header is the certificate as the TPP-Signature-Certificate header carries it: base64 of the DER bytes.
	Header string
	// IssuedByUs tells that the sandbox's issuing authority signed it.
	IssuedByUs bool
	// RevokedAt is when it was revoked; nil where it is not.
	RevokedAt *time.Time
	// RevocationReason is the code of RFC 5280 §5.3.1; it means nothing without RevokedAt.
	RevocationReason int
	// Verifier is the seal prepared for verifying; only RegisteredSeal and IdentifySeal fill it in.
	Verifier *httpsig.Verifier

	passed string
}

// SetStatus is where a set stands in its life: active until it is replaced.
type SetStatus string

// The states of a set.
const (
	Active   SetStatus = "active"
	Replaced SetStatus = "replaced"
)

// Set is a QWAC and a seal that were issued together.
type Set struct {
	ID             string
	OrganisationID string
	Environment    catalog.Environment
	Roles          []qcert.Role
	// KeyBits is the size of the seal's key.
	KeyBits int
	// Origin is where the private keys were made.
	Origin      Origin
	Status      SetStatus
	CreatedBy   string
	CreatedAt   time.Time
	ReplacedAt  *time.Time
	QWAC, QSeal Certificate
	// Playground is the QWAC that the playground connects with where it does not have the organisation's own key; nil
	// where it has.
	Playground *Certificate
}

// Certificates are all of the set's: QWAC, seal and, where there is one, the playground's QWAC.
func (s Set) Certificates() []Certificate {
	all := []Certificate{s.QWAC, s.QSeal}
	if s.Playground != nil {
		all = append(all, *s.Playground)
	}
	return all
}

// Expired tells whether the set's certificates have ended.
func (s Set) Expired(now time.Time) bool {
	return s.QWAC.X509 == nil || now.After(s.QWAC.X509.NotAfter) || now.After(s.QSeal.X509.NotAfter)
}

// Active is the organisation's set that works now. Without one it is the fault NotFound "no_certificates".
func (c *Certs) Active(ctx context.Context, organisationID string, env catalog.Environment) (Set, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return Set{}, err
	}
	var row setRow
	var certs []certificateRow
	err = c.db.Read(ctx, func(tx db.Tx) (err error) {
		if row, err = activeSet(tx, owner{organisationID, env}); err != nil {
			return err
		}
		certs, err = certificatesOf(tx, organisationID, row.ID)
		return err
	})
	if err != nil {
		return Set{}, missing(err, errNoSet)
	}
	return newSet(all, row, certs)
}

// History are the organisation's sets, newest first, at most fifty.
func (c *Certs) History(ctx context.Context, organisationID string, env catalog.Environment) ([]Set, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, err
	}
	var sets []Set
	err = c.db.Read(ctx, func(tx db.Tx) error {
		sets, err = historyIn(tx, all, owner{organisationID, env})
		return err
	})
	return sets, err
}

// HistoryIn is History in the caller's transaction.
func (c *Certs) HistoryIn(tx db.Tx, organisationID string, env catalog.Environment) ([]Set, error) {
	all, err := c.authorities(tx.Context())
	if err != nil {
		return nil, err
	}
	return historyIn(tx, all, owner{organisationID, env})
}

func historyIn(tx db.Tx, all *authorities, o owner) ([]Set, error) {
	rows, err := setsOf(tx, o)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]string, len(rows))
	for n, row := range rows {
		ids[n] = row.ID
	}
	certs, err := certificatesOf(tx, o.organisation, ids...)
	if err != nil {
		return nil, err
	}
	bySet := map[string][]certificateRow{}
	for _, cert := range certs {
		bySet[cert.SetID] = append(bySet[cert.SetID], cert)
	}
	sets := make([]Set, 0, len(rows))
	for _, row := range rows {
		set, err := newSet(all, row, bySet[row.ID])
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}
