// Package enrolments owns an organisation's way to Live: the certificates that it hands in, the challenge that its seal's
// key signs, and where the matter stands until somebody has decided. What the authorities know about it is nca's.
package enrolments

import (
	"crypto/x509"
	"slices"
	"time"

	"fairway/internal/qcert"
)

// State is how far an enrolment has come.
type State string

// The states. The first three are open, and an organisation has at most one open enrolment.
//
//	draft ──Submit──> submitted ──approved──> approved ──a newer one is approved──> replaced
//	  │                │  ▲  │                   └──authority, revocation, staff──> suspended ──restored──> approved
//	  │           asked▼  │  └──rejected──> rejected ──Again──> a new draft with the same files
//	  │             question │
//	  └──Withdraw──> withdrawn <──Withdraw──┘
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Question  State = "question"
	Approved  State = "approved"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
	Replaced  State = "replaced"
	Suspended State = "suspended"
)

// Open tells whether the matter is not decided yet.
func (s State) Open() bool { return s == Draft || s == Submitted || s == Question }

// Upload is one certificate as it was handed in, with what came along.
type Upload struct {
	Cert  *x509.Certificate
	Chain []*x509.Certificate
	Info  qcert.Info
	// Repairs are sentences about what had to be mended to read the file.
	Repairs []string
}

// Challenge is the text that the seal's key signs.
type Challenge struct {
	Text   string
	EndsAt time.Time
	// TriesLeft are how many wrong signatures are still looked at.
	TriesLeft int

	earlier string // the text before, to recognise a signature of it
}

// Ended tells whether the text is signed in vain now.
func (c *Challenge) Ended(now time.Time) bool { return !now.Before(c.EndsAt) || c.TriesLeft == 0 }

// Proof is how the possession of the seal's key was proved.
type Proof struct {
	// Seal is the SHA-256 of the seal that the proof is for, in hex.
	Seal string `json:"seal"`
	// Algorithm is in words: "RSA PKCS #1 v1.5 with SHA-256".
	Algorithm string `json:"algorithm"`
	// Ending is what stood behind the text when it was signed: nothing, or a line end.
	Ending string `json:"ending"`
	// By is the person who handed it in.
	By string    `json:"by"`
	At time.Time `json:"-"`
}

// Enrolment is one way to Live. It is a copy: changing it changes nothing.
type Enrolment struct {
	ID             string
	OrganisationID string
	State          State
	// Version grows with every change. Forms carry it, so that nobody changes or decides what they did not see.
	Version int
	// QWAC and QSeal are nil while they are missing.
	QWAC, QSeal *Upload
	// Challenge is nil before the first one and after the proof.
	Challenge *Challenge
	// Proof is nil until the seal's key has signed.
	Proof *Proof

	CreatedBy            string
	CreatedAt, UpdatedAt time.Time
	SubmittedBy          string
	SubmittedAt, DueAt   time.Time
	AskedAt              time.Time
	AskedFor, Answer     string
	DecidedBy, Reason    string
	DecidedAt            time.Time
	// Rights are the roles that the approval gave, less those that the register took back since; nil before.
	Rights []qcert.Role
	// Beside are those of the rights that a person gave although the register did not grant them.
	Beside []qcert.Role
	// OverlapEnds is until when what was replaced goes on beside its successor; zero where it does not.
	OverlapEnds time.Time
}

// Overlaps tells whether the pair goes on beside its successor.
func (e *Enrolment) Overlaps(now time.Time) bool {
	return e.State == Replaced && now.Before(e.OverlapEnds)
}

// Complete tells whether both certificates are there.
func (e *Enrolment) Complete() bool { return e.QWAC != nil && e.QSeal != nil }

// EndsAt is when the first of both certificates ends; zero while one is missing.
func (e *Enrolment) EndsAt() time.Time {
	if !e.Complete() {
		return time.Time{}
	}
	qwac, seal := e.QWAC.Cert.NotAfter.UTC(), e.QSeal.Cert.NotAfter.UTC()
	if seal.Before(qwac) {
		return seal
	}
	return qwac
}

// Checks are the check lists of both certificates and of the pair, as far as they are there. Kinds are those of the fields
// that the files were put into.
func (e *Enrolment) Checks(now time.Time) (qwac, seal, pair []qcert.Check) {
	if e.QWAC != nil {
		qwac = qcert.Checklist(e.QWAC.Info, e.QWAC.Cert, qcert.QWAC, now)
	}
	if e.QSeal != nil {
		seal = qcert.Checklist(e.QSeal.Info, e.QSeal.Cert, qcert.QSealC, now)
	}
	if e.Complete() {
		pair = qcert.PairChecklist(e.QWAC.Info, e.QSeal.Info)
	}
	return qwac, seal, pair
}

// Sound tells whether nothing that can be seen in the files alone stands against them.
func (e *Enrolment) Sound(now time.Time) bool {
	qwac, seal, pair := e.Checks(now)
	return e.Complete() && qcert.Worst(qwac, seal, pair) != qcert.LevelError
}

// Swapped tells whether each certificate lies in the other's place.
func (e *Enrolment) Swapped() bool {
	return e.Complete() && e.QWAC.Info.Kind == qcert.QSealC && e.QSeal.Info.Kind == qcert.QWAC
}

// Proved tells whether the key of this very seal has signed.
func (e *Enrolment) Proved() bool {
	return e.Proof != nil && e.QSeal != nil && e.Proof.Seal == e.QSeal.Info.SHA256
}

// Roles are the roles that both certificates name.
func (e *Enrolment) Roles() []qcert.Role {
	if !e.Complete() {
		return nil
	}
	var both []qcert.Role
	for _, r := range e.QWAC.Info.Roles {
		if e.QSeal.Info.Has(r) {
			both = append(both, r)
		}
	}
	return both
}

// given are the roles of a decision that both certificates name, in their order.
func given(e *Enrolment, rights []qcert.Role) []qcert.Role {
	return slices.DeleteFunc(e.Roles(), func(r qcert.Role) bool { return !slices.Contains(rights, r) })
}
