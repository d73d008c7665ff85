package nca

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"fairway/internal/enrolments"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/revocation"
	"fairway/internal/trustlist"
)

// Section is a part of an examination: one check list with its heading.
type Section struct {
	ID, Title string
	Checks    []qcert.Check
}

// Examination is all that was found out about an enrolment at one instant, as it is stored and shown.
type Examination struct {
	At time.Time
	// Version is the enrolment's when it was examined.
	Version  int
	Sections []Section
	// Whole says that the revocation services were asked too.
	Whole bool
	// Unreachable says that a source did not answer: the examination decides nothing and is repeated.
	Unreachable bool

	QWACIssuer, QSealIssuer trustlist.Judgement
	QWACStatus, QSealStatus *revocation.Result
	Register                register.Evidence
	Alike                   []enrolments.Likeness
}

// Worst is the gravest level of all checks.
func (x *Examination) Worst() string {
	worst := qcert.LevelPassed
	for _, s := range x.Sections {
		if level := qcert.Worst(s.Checks); level == qcert.LevelError || worst == qcert.LevelPassed {
			worst = level
		}
	}
	return worst
}

// Clear tells whether the evidence alone would do: everything was asked, every check passed, lists and register are
// current, and nobody else has handed in the same.
func (x *Examination) Clear() bool {
	return x.Whole && !x.Unreachable && x.Worst() == qcert.LevelPassed && x.QWACIssuer.Automatic() && x.QSealIssuer.Automatic() &&
		len(x.Register.Granted) > 0 && x.registerCurrent() && len(x.Alike) == 0
}

// registerCurrent tells whether every role was looked up in a copy of the register that had not grown old.
func (x *Examination) registerCurrent() bool {
	return !slices.ContainsFunc(x.Register.Answers, func(a register.Answer) bool { return x.At.Sub(a.Snapshot.ImportedAt) > RegisterLasts })
}

// agrees tells whether another examination found the same, at whatever time.
func (x *Examination) agrees(other *Examination) bool {
	return slices.Equal(codes(x), codes(other)) && slices.Equal(x.Alike, other.Alike)
}

// Fingerprint names exactly this evidence: a decision carries it.
func (x *Examination) Fingerprint() (string, error) {
	text, err := json.Marshal(x)
	if err != nil {
		return "", fmt.Errorf("encode an examination: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Look examines what can be seen at once: the files, the trusted lists and the register. No service outside is asked.
// Sections about a certificate that is missing are left out.
func (n *NCA) Look(ctx context.Context, e *enrolments.Enrolment) (*Examination, error) {
	now := n.DB.Now()
	x := &Examination{At: now, Version: e.Version}
	qwac, seal, pair := e.Checks(now)
	var err error
	if e.QWAC != nil {
		if x.QWACIssuer, err = n.Lists.Judge(ctx, e.QWAC.Cert, e.QWAC.Chain, qcert.QWAC, now); err != nil {
			return nil, fmt.Errorf("judge the QWAC's issuer: %w", err)
		}
		x.Sections = append(x.Sections, Section{"qwac", "QWAC", append(qwac, n.issuerCheck(x.QWACIssuer))})
	}
	if e.QSeal != nil {
		if x.QSealIssuer, err = n.Lists.Judge(ctx, e.QSeal.Cert, e.QSeal.Chain, qcert.QSealC, now); err != nil {
			return nil, fmt.Errorf("judge the seal's issuer: %w", err)
		}
		x.Sections = append(x.Sections, Section{"qseal", "QC eSeal", append(seal, n.issuerCheck(x.QSealIssuer))})
	}
	if !e.Complete() {
		return x, nil
	}
	x.Sections = append(x.Sections, Section{"pair", "The two together", pair})
	if x.Register, err = n.askRegister(ctx, e, now); err != nil {
		return nil, err
	}
	x.Sections = append(x.Sections, Section{"register", "The authority’s register", n.registerChecks(e, x.Register)})
	return x, nil
}

// Issuer is the line about the trusted lists for one certificate, whosever it is.
func (n *NCA) Issuer(ctx context.Context, cert *x509.Certificate, chain []*x509.Certificate, kind qcert.Kind) (qcert.Check, error) {
	j, err := n.Lists.Judge(ctx, cert, chain, kind, n.DB.Now())
	if err != nil {
		return qcert.Check{}, fmt.Errorf("judge an issuer: %w", err)
	}
	return n.issuerCheck(j), nil
}

// Examine looks and asks the revocation services as well; staff see in it who else handed in the same.
func (n *NCA) Examine(ctx context.Context, e *enrolments.Enrolment) (*Examination, error) {
	x, err := n.Look(ctx, e)
	if err != nil || !e.Complete() {
		return x, err
	}
	x.Whole = true
	var lines []qcert.Check
	for _, one := range []struct {
		title  string
		issuer trustlist.Judgement
		upload *enrolments.Upload
		into   **revocation.Result
	}{{"QWAC", x.QWACIssuer, e.QWAC, &x.QWACStatus}, {"QC eSeal", x.QSealIssuer, e.QSeal, &x.QSealStatus}} {
		line, status, err := n.askIssuer(ctx, one.title, one.issuer, one.upload)
		if err != nil {
			return nil, err
		}
		*one.into = status
		x.Unreachable = x.Unreachable || status != nil && status.State == revocation.Unavailable
		lines = append(lines, line)
	}
	x.Sections = append(x.Sections, Section{"revocation", "Revocation", lines})
	if x.Alike, err = n.Enrolments.Alike(ctx, e); err != nil {
		return nil, err
	}
	return x, nil
}

// askIssuer asks whether the certificate was revoked, where its issuer is on a trusted list: addresses in files of
// strangers are not asked otherwise.
func (n *NCA) askIssuer(ctx context.Context, title string, issuer trustlist.Judgement, u *enrolments.Upload) (qcert.Check, *revocation.Result, error) {
	line := qcert.Check{ID: "revocation-" + string(u.Info.Kind), Title: title + " not revoked", Rule: "Regulation (EU) 910/2014, Article 24(4)", Expected: "the issuer says good", Level: qcert.LevelPassed}
	if issuer.Verdict == trustlist.Unknown || len(issuer.Chain) < 2 {
		line.Found, line.Level = "not asked", qcert.LevelWarning
		line.Findings = []qcert.Finding{{Code: RevocationUnasked, Level: qcert.LevelWarning, Field: "revocation", Text: "The issuer is on no trusted list, so nobody was asked whether it was revoked."}}
		return line, nil, nil
	}
	result, err := n.Revocations.Check(ctx, u.Cert, issuer.Chain[1])
	if err != nil {
		return line, nil, fmt.Errorf("ask whether a certificate was revoked: %w", err)
	}
	line.Found = string(result.State)
	if result.Source != "" {
		line.Found += " (" + string(result.Source) + ", " + result.CheckedAt.UTC().Format("2 Jan 2006, 15:04 UTC") + ")"
	}
	if finding, ok := revocationFinding(result); ok {
		line.Level, line.Findings = finding.Level, []qcert.Finding{finding}
	}
	return line, &result, nil
}

func (n *NCA) askRegister(ctx context.Context, e *enrolments.Enrolment, now time.Time) (register.Evidence, error) {
	seal := e.QSeal.Info
	found, err := n.Register.Evidence(ctx, register.Query{
		OrganizationIdentifier: seal.OrganizationIdentifier, NCAID: seal.NCAID, Host: n.config.Host, At: now,
	}, providerRoles(e))
	if err != nil {
		return found, fmt.Errorf("ask the register: %w", err)
	}
	return found, nil
}

// providerRoles are the roles that both certificates name and that a register can grant.
func providerRoles(e *enrolments.Enrolment) []qcert.Role {
	return slices.DeleteFunc(slices.Clone(e.Roles()), func(r qcert.Role) bool { return !r.OfProvider() })
}

// errAgain has the queue try later: a source did not answer, and that decides nothing.
var errAgain = errors.New("a source did not answer; the examination is repeated")
