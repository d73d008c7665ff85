package trustlist

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"fairway/internal/qcert"
	"fairway/internal/trustlist/xades"
)

// Verdict is what the trusted lists say about the issuer of a certificate.
type Verdict string

// The verdicts, from the best to the worst.
const (
	// Granted: a listed service, granted now and when the certificate was issued, issues this kind without conditions.
	Granted Verdict = "granted"
	// NeedsPerson: listed, but under conditions that are not evaluated, in a state that has not begun, or not granted yet when
	// the certificate was issued.
	NeedsPerson Verdict = "needs_person"
	// Withdrawn: listed, but not granted now.
	Withdrawn Verdict = "withdrawn"
	// WrongKind: listed and granted, but not for this kind of certificate.
	WrongKind Verdict = "wrong_kind"
	// Unknown: no path leads to a listed certificate.
	Unknown Verdict = "unknown"
)

// Judgement is a verdict with its evidence.
type Judgement struct {
	Verdict Verdict
	// Text is a sentence for the person who uploaded the certificate.
	Text string
	// Issuer is who issued the last certificate of the path: the listed one's name, or the one that is not listed.
	Issuer string
	// Path leads from the certificate to the listed one; where the issuer is unknown, as far as it could be followed.
	Path []Link
	// Chain is the path as certificates, for whoever asks the issuers more. It is not stored.
	Chain []*x509.Certificate `json:"-"`
	// Service is the entry that the verdict rests on; nil where the issuer is unknown.
	Service *Service
	// Stale says that the list, or the list of the lists, is past its next update or no longer vouched for.
	Stale bool
}

// Automatic tells whether the verdict may stand without a person: granted, on lists that are current.
func (j Judgement) Automatic() bool { return j.Verdict == Granted && !j.Stale }

// Link is one certificate of a path.
type Link struct {
	// Subject is RFC 4514 text that is safe to show; SHA256 the thumbprint in lower-case hex.
	Subject, SHA256 string
}

// Service is the entry of a trusted list that a verdict rests on.
type Service struct {
	Provider, Name, Type string
	// Since is when the current state began.
	Since     time.Time
	Granted   bool
	Web, Seal bool
	// Qualifiers are the conditions on some of the service's certificates.
	Qualifiers []string

	Territory string
	// Operator is who publishes the list, by the list's own words.
	Operator   string
	Sequence   int64
	IssuedAt   time.Time
	NextUpdate time.Time // zero where the list is the last one of its territory
}

var errNoCertificate = errors.New("judge an issuer: no certificate given")

// Judge tells whether a listed service issued the leaf, at a time, as the kind that it is to be. The chain is what was
// uploaded beside it, in any order; more than ten certificates of it are not looked at, and none with an RSA key beyond
// qcert.MaxRSABits. A certificate may be listed several times, and one entry that fits is enough. Errors are the database's,
// and ErrBusy.
func (l *Lists) Judge(ctx context.Context, leaf *x509.Certificate, chain []*x509.Certificate, kind qcert.Kind, at time.Time) (Judgement, error) {
	if leaf == nil {
		return Judgement{}, errNoCertificate
	}
	s, err := l.snapshot(ctx)
	if err != nil {
		return Judgement{}, err
	}
	leave, err := l.desk.enter(ctx)
	if err != nil {
		return Judgement{}, err
	}
	defer leave()
	chain = affordable(chain[:min(len(chain), maxUploaded)])
	best, rank := s.unknown(leaf, chain, at), 2*len(ranks)
	for _, p := range s.paths(leaf, chain, at) {
		for _, e := range p.anchor.entries {
			c := claim{entry: e, kind: kind, at: at, issued: leaf.NotBefore, stale: s.stale(e.list, at)}
			if r := c.rank(); r < rank {
				best, rank = c.judgement(p), r
			}
		}
	}
	return best, nil
}

// claim is one entry held against what is asked of it.
type claim struct {
	*entry
	kind       qcert.Kind
	at, issued time.Time
	stale      bool
}

// ranks order what an entry can say. A current list is preferred to a stale one where both say the same.
var ranks = []Verdict{Granted, NeedsPerson, Withdrawn, WrongKind}

func (c claim) rank() int {
	verdict := c.verdict()
	for n, v := range ranks {
		if v != verdict {
			continue
		}
		if c.stale {
			return 2*n + 1
		}
		return 2 * n
	}
	return 2 * len(ranks)
}

func (c claim) verdict() Verdict {
	switch {
	case c.Type != xades.TypeCAQC:
		return WrongKind
	case c.ahead():
		return NeedsPerson
	case !c.Granted:
		return Withdrawn
	case !c.issues(c.Web, c.Seal):
		return WrongKind
	case len(c.conditions()) > 0 || !c.grantedAtIssue():
		return NeedsPerson
	}
	return Granted
}

// ahead tells of a state that was announced and has not begun.
func (c claim) ahead() bool { return c.at.Before(c.Since) }

// issues tells whether the kind is among those that a state has.
func (c claim) issues(web, seal bool) bool {
	return c.kind == qcert.QWAC && web || c.kind == qcert.QSealC && seal
}

// grantedAtIssue looks for the state that was current when the certificate's term began.
func (c claim) grantedAtIssue() bool {
	if !c.issued.Before(c.Since) {
		return true // the current state, which is known to fit
	}
	for _, past := range c.history {
		if !c.issued.Before(past.Since) {
			return past.Granted && c.issues(past.Web, past.Seal)
		}
	}
	return false
}

// harmless are the qualifiers that change neither what a PSD2 certificate is for nor whether it is qualified (TS 119 612
// §5.5.9.2.3): they speak of devices, of legal persons, and of certificates that do not declare themselves qualified.
var harmless = map[string]bool{
	"QCWithQSCD": true, "QCNoQSCD": true, "QCQSCDStatusAsInCert": true, "QCQSCDManagedOnBehalf": true,
	"QCWithSSCD": true, "QCNoSSCD": true, "QCSSCDStatusAsInCert": true, "QCForLegalPerson": true, "QCStatement": true,
}

// ownQualifier says of some certificates that they are of the kind, which the certificate says itself.
var ownQualifier = map[qcert.Kind]string{qcert.QWAC: "QCForWSA", qcert.QSealC: "QCForESeal"}

// conditions are the qualifiers that could speak against this certificate. Which certificates they are on is not evaluated.
func (c claim) conditions() []string {
	var found []string
	for _, q := range c.qualifiers {
		if !harmless[q] && q != ownQualifier[c.kind] {
			found = append(found, q)
		}
	}
	return found
}
