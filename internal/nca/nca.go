// Package nca owns the question whether an organisation may go live: what the trusted lists, the revocation services and
// its authority's register say about the certificates that it handed in, and who decided what on that evidence.
package nca

import (
	"context"
	"crypto/x509"
	"log/slog"
	"time"

	"fairway/internal/accounts"
	"fairway/internal/db"
	"fairway/internal/enrolments"
	"fairway/internal/jobs"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/trustlist"
)

// Revocations answers whether a certificate was revoked. The caller has chained both to a trusted list.
type Revocations interface {
	Check(ctx context.Context, cert, issuer *x509.Certificate) (revocation.Result, error)
}

// Config is what a deployment decides.
type Config struct {
	// Host is the country where the banks offer their interface: the register must grant the service there.
	Host string
	// Automatic lets the evidence decide where every check agrees. Otherwise a person decides.
	Automatic bool
	// Demonstrations lets issuers count that are on a list of a demonstration alone. Production leaves it false.
	Demonstrations bool
	// FourEyes asks a second person to approve.
	FourEyes bool
}

// Deps are what the service asks.
type Deps struct {
	DB          *db.DB
	Queue       *jobs.Queue
	Accounts    *accounts.Accounts
	Enrolments  *enrolments.Enrolments
	Lists       *trustlist.Lists
	Register    *register.Register
	Revocations Revocations
	Log         *slog.Logger
}

// NCA is the service. It is safe for concurrent use.
type NCA struct {
	Deps
	config Config
}

// New makes the service. Listen subscribes it.
func New(d Deps, config Config) *NCA { return &NCA{Deps: d, config: config} }

// Listen subscribes to what organisations hand in, and has what was approved looked at again. Both ask issuers' services,
// which may be slow.
func (n *NCA) Listen(q *jobs.Queue) {
	jobs.OnOutside(q, "nca.submitted", n.submitted)
	n.listenAgain(q)
}

// RegisterLasts is how old the copy of the register may be before a person has to look: the EBA publishes one each day.
const RegisterLasts = 7 * 24 * time.Hour

const (
	// freshFor is how old evidence may be when somebody decides on it.
	freshFor = 24 * time.Hour
	// System is who decides where nobody does.
	System = "system"
)
